package settings

import (
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"fortnight/digest"
)

func TestParametersOfFlowsAreReadFromTheirBlock(t *testing.T) {
	var d Digest
	if err := yaml.Unmarshal([]byte(`
cadence: weekly
at: mon 08:00
practices: [Northside]
flows:
  flows: [intake, recall]
  channels: [sms]
  seconds_per_message: 20
  value_per_appointment: 120.5
  value_per_enrollment: 0
  currency: USD
  attribution_days: 30
  kept: {flow: cancel, step: verify, answer: keep}
  free_text: true
`), &d); err != nil {
		t.Fatal(err)
	}
	c, err := known.Digest("", "weekly", d, digest.Project{Zone: "UTC"})
	if err != nil {
		t.Fatal(err)
	}
	appointment, enrollment := 120.5, 0.0
	want := digest.Parameters{Practices: []string{"Northside"}, Flows: digest.FlowsParameters{
		Flows: []string{"intake", "recall"}, Channels: []string{"sms"}, SecondsPerMessage: 20, ValuePerAppointment: &appointment,
		ValuePerEnrollment: &enrollment, // 0 is a value: nothing; it is not "not known"
		Currency:           "USD", AttributionDays: 30, Kept: &digest.Answer{Flow: "cancel", Step: "verify", Answer: "keep"}, FreeText: true,
	}}
	if !reflect.DeepEqual(c.Parameters, want) {
		t.Errorf("%+v, want %+v", c.Parameters, want)
	}
}

func TestAFaultOfFlowsNamesItsField(t *testing.T) {
	value, less := 100.0, -1.0
	for _, c := range []struct {
		name string
		d    Digest
		want string
	}{
		{"a value without a currency", Digest{Flows: Flows{ValuePerAppointment: &value}}, "flows.currency: is missing"},
		{"no currency", Digest{Flows: Flows{Currency: "dollars"}}, `flows.currency: "dollars" is no currency`},
		{"a value below nothing", Digest{Flows: Flows{ValuePerEnrollment: &less, Currency: "USD"}}, "flows.value_per_enrollment: -1 is not a value"},
		{"too much time", Digest{Flows: Flows{SecondsPerMessage: 3601}}, "flows.seconds_per_message: 3601"},
		{"too many days", Digest{Flows: Flows{AttributionDays: 731}}, "flows.attribution_days: 731"},
		{"half an answer", Digest{Flows: Flows{Kept: &Kept{Flow: "cancel", Step: "verify"}}}, "flows.kept.answer: is missing"},
		{"a flow twice", Digest{Flows: Flows{Flows: []string{"a", "a"}}}, "flows.flows[1]: a stands there twice"},
		{"a practice without a name", Digest{Practices: []string{"a", " "}}, "practices[1]: is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.Cadence, c.d.At = "weekly", "mon 08:00"
			_, err := known.Digest("", "weekly", c.d, digest.Project{Zone: "UTC"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
