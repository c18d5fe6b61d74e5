package settings

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"fortnight/digest"
)

func TestParametersOfOutreachAreReadFromTheirBlock(t *testing.T) {
	var d Digest
	if err := yaml.Unmarshal([]byte("cadence: weekly\nat: mon 08:00\noutreach: {response_window: 48, individual: true}\n"), &d); err != nil {
		t.Fatal(err)
	}
	c, err := known.Digest("", "weekly", d, digest.Project{Zone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	if want := (digest.OutreachSettings{ResponseWindow: 48, Individual: true}); c.Parameters.Outreach != want {
		t.Errorf("%+v, want %+v", c.Parameters.Outreach, want)
	}
}

func TestAWindowForAnswersOfMoreThanAMonthIsAFault(t *testing.T) {
	for _, n := range []int{-1, 721} {
		_, err := known.Digest("", "weekly", Digest{Cadence: "weekly", At: "mon 08:00", Outreach: Outreach{ResponseWindow: n}}, digest.Project{Zone: "UTC"})
		if err == nil || !strings.Contains(err.Error(), "outreach.response_window: ") {
			t.Errorf("%d hours: %v", n, err)
		}
	}
}
