package settings

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"fortnight/digest"
)

func hoursOf(t *testing.T, written string) (digest.Hours, error) {
	t.Helper()
	var s Hours
	if err := yaml.Unmarshal([]byte(written), &s); err != nil {
		t.Fatal(err)
	}
	p, err := known.Project("", "desk", Project{Name: "Desk", Zone: "Europe/Berlin", Hours: s})
	return p.Hours, err
}

func TestHoursAreWrittenByDay(t *testing.T) {
	t.Parallel()
	h, err := hoursOf(t, `{open: {mon-fri: "09:00-12:30, 13:30-17:00", "Sat, sun": "22:00-02:00"}, holidays: [2026-12-25, 2026-01-01], zone: Europe/Vienna}`)
	if err != nil || len(h.Windows) != 12 || h.On(time.Wednesday) != "09:00-12:30, 13:30-17:00" || h.On(time.Sunday) != "22:00-02:00" ||
		fmt.Sprint(h.Holidays) != "[2026-01-01 2026-12-25]" || h.Zone != "Europe/Vienna" {
		t.Errorf("read as %+v, %v", h, err)
	}
	again := writeHours(h)
	if fmt.Sprint(again.Open) != "map[mon-fri:09:00-12:30, 13:30-17:00 sat-sun:22:00-02:00]" {
		t.Errorf("written as %v", again.Open)
	}
	if h, err := hoursOf(t, `{open: {sun-thu: "09:00-17:00"}}`); err != nil || h.On(time.Sunday) == "" || h.On(time.Friday) != "" || fmt.Sprint(writeHours(h).Open) != "map[mon-thu:09:00-17:00 sun:09:00-17:00]" {
		t.Errorf("from Sunday: %+v, %v, written as %v", h, err, writeHours(h).Open)
	}
}

func TestHoursThatCannotBeReadAreNamed(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`{open: {mon-fri: "9-17"}}`:                     `hours.open.mon-fri: "9-17" is no opening time`,
		`{open: {mo-fr: "09:00-17:00"}}`:                `hours.open.mo-fr: "mo" is no weekday`,
		`{holidays: [2026-12-25]}`:                      `hours.open: is missing`,
		`{open: {mon: "09:00-17:00"}, holidays: [25.]}`: `hours.holidays: "25." is not a date`,
		`{open: {mon: "09:00-17:00"}, zone: Mars/Base}`: `hours.zone: no such zone "Mars/Base"`,
	} {
		if _, err := hoursOf(t, written); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", written, err, want)
		}
	}
}

func TestACloseOfBusinessDigestIsReadWithTheProjectsHours(t *testing.T) {
	t.Parallel()
	p, err := known.Project("", "desk", Project{Name: "Desk", Zone: "Europe/Berlin", Hours: Hours{Open: map[string]string{"mon-fri": "09:00-17:00"}}})
	if err != nil {
		t.Fatal(err)
	}
	var asked digest.CadenceSpec
	k := known
	k.Kinds = append(k.Kinds, digest.CloseOfBusiness)
	k.Cadence = func(c digest.CadenceSpec, _ string) error { asked = c; return nil }
	c, err := k.Digest("", "evening", Digest{Cadence: digest.CloseOfBusiness}, p)
	if err != nil || asked.Hours == nil || asked.Hours.Zone != "Europe/Berlin" || c.Cadence.Hours.On(time.Friday) != "09:00-17:00" {
		t.Errorf("asked for %+v, read %+v, %v", asked, c.Cadence, err)
	}
}
