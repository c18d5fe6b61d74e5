package main

import (
	"testing"
	"time"

	"fortnight/digest"
)

func TestAnEditionsNumbersAreNotShownForWhatCollectsOthers(t *testing.T) {
	value := 120.0
	made := digest.Config{Sections: []digest.SectionChoice{{Section: "flows", Source: "desk"}}, Parameters: digest.Parameters{Flows: digest.FlowsParameters{ValuePerAppointment: &value}}}
	other := 120.0
	alike := made
	alike.Name, alike.Paper, alike.Parameters.Flows.ValuePerAppointment = "Another name", "Letter", &other
	if !sameNumbers(made, alike) {
		t.Error("a name or a paper changes numbers")
	}
	for what, change := range map[string]func(*digest.Config){
		"a section": func(c *digest.Config) {
			c.Sections = append(c.Sections[:1:1], digest.SectionChoice{Section: "activity", Source: "desk"})
		},
		"missed after":  func(c *digest.Config) { c.MissedAfter = time.Hour },
		"a practice":    func(c *digest.Config) { c.Parameters.Practices = []string{"North"} },
		"a value":       func(c *digest.Config) { more := 130.0; c.Parameters.Flows.ValuePerAppointment = &more },
		"an open list":  func(c *digest.Config) { c.Parameters.Open.Unread = true },
		"answers' time": func(c *digest.Config) { c.Parameters.Outreach.ResponseWindow = 24 },
	} {
		changed := made
		change(&changed)
		if sameNumbers(made, changed) {
			t.Errorf("%s changes no numbers", what)
		}
	}
}
