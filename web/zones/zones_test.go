package zones

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func TestEveryZoneThatIsOfferedExists(t *testing.T) {
	all := All()
	if len(all) < 400 {
		t.Fatalf("only %d zones are offered", len(all))
	}
	for _, z := range all {
		if _, err := time.LoadLocation(z); err != nil {
			t.Error(err)
		}
	}
}

func TestAnUnknownZoneFindsTheOneThatWasMeant(t *testing.T) {
	for _, c := range []struct{ fault, name, want string }{
		{"a letter left out", "Europe/Berln", "Europe/Berlin"},
		{"another case", "america/new_york", "America/New_York"},
		{"a space for the underline", "America/New York", "America/New_York"},
		{"a city alone", "Berlin", "Europe/Berlin"},
		{"a city alone, misspelt", "sao paolo", "America/Sao_Paulo"},
		{"the last part of a name of three", "Buenos Aires", "America/Argentina/Buenos_Aires"},
		{"nothing like a zone", "headquarters", ""},
		{"nothing", "", ""},
	} {
		if got := Nearest(c.name); got != c.want {
			t.Errorf("%s: %q was meant as %q, got %q", c.fault, c.name, c.want, got)
		}
	}
}

func TestTheMachinesOwnZoneIsNone(t *testing.T) {
	for name, want := range map[string]bool{"": false, "Local": false, "Asia/Calcutta": true, "UTC": true, "Europe/Berln": false, "../etc": false} {
		if Known(name) != want {
			t.Errorf("%q is known: %v, want %v", name, !want, want)
		}
	}
}

func TestAZoneIsSaidByItsCity(t *testing.T) {
	for zone, want := range map[string]string{"America/New_York": "New York", "America/Argentina/Buenos_Aires": "Buenos Aires", "UTC": "UTC"} {
		if got := City(zone); got != want {
			t.Errorf("%s is said %q, want %q", zone, got, want)
		}
	}
}
