package main

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"fortnight/collectors"
	"fortnight/scheduler"
	"fortnight/settings"
)

func TestAllThatAFileMaySayStandsInTheManualsTables(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "\n## fortnight.yaml\n")
	part, _, _ := strings.Cut(rest, "\n## ")
	projects, digests, found := strings.Cut(part, "| of a digest |")
	if !found {
		t.Fatal("the manual has not both tables")
	}
	for _, c := range []struct {
		of    reflect.Type
		table string
	}{
		{reflect.TypeFor[settings.Project](), projects},
		{reflect.TypeFor[settings.Brand](), projects},
		{reflect.TypeFor[settings.Source](), projects},
		{reflect.TypeFor[settings.Digest](), digests},
		{reflect.TypeFor[settings.Target](), digests},
		{reflect.TypeFor[settings.Readers](), digests},
		{reflect.TypeFor[settings.Subscriber](), digests},
	} {
		for i := range c.of.NumField() {
			key, _, _ := strings.Cut(c.of.Field(i).Tag.Get("yaml"), ",")
			if key == "-" {
				continue
			}
			if !regexp.MustCompile("`[^`]*\\b" + key + "\\b[^`]*`").MatchString(c.table) {
				t.Errorf("%s of %s is not in its table", key, c.of)
			}
		}
	}
}

func TestTheWrittenFormKnowsTheCadencesThatThereAre(t *testing.T) {
	t.Parallel()
	known := knownSettings(collectors.Platforms())
	shorter := map[string]string{scheduler.Daily: "", scheduler.CloseOfBusiness: "", scheduler.Every2Months: "weekly"}
	for _, kind := range scheduler.Kinds() {
		own, ok := shorter[kind]
		if !ok {
			own = "daily"
		}
		if own == "" || kind == scheduler.BiMonthly {
			continue // no cadence is shorter; what bi-monthly means is chosen by its name
		}
		p := map[string]settings.Project{"desk": {
			Name: "Desk", Zone: "UTC", Sources: map[string]settings.Source{"own": {Platform: collectors.Platforms()[0], Tenant: "1"}},
			Digests: map[string]settings.Digest{"d": {Cadence: own, At: map[string]string{"daily": "08:00", "weekly": "mon 08:00"}[own], Readers: settings.Readers{Cadences: []string{kind}}}},
		}}
		if _, err := settings.Read(p, known); err != nil {
			t.Errorf("readers of a %s digest may not choose %s: %v", own, kind, err)
		}
	}
}
