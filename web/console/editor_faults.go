package console

import (
	"slices"
	"strings"
)

// faultLink leads from the head of the page to a field at fault.
type faultLink struct{ Field, Label, Reason string }

// controlOf is the control that a fault's field stands for.
func controlOf(field string, f filled) string {
	_, last, nested := strings.Cut(field, "cadence.")
	if nested {
		field = last
	}
	switch field {
	case "cadence", "kind":
		return "cadence"
	case "at", "zone", "anchor", "covers", "sections", "missed_after", "catch_up", "jitter", "paper", "subject", "name", "forwarding", "projects":
		return field
	}
	if param, ok := paramField(field); ok {
		return param
	}
	if strings.HasPrefix(field, "readers") {
		return "reader_cadence"
	}
	if figure, ok := strings.CutPrefix(field, "targets."); ok && aimIsListed(figure) {
		return "target." + figure
	}
	return ""
}

func aimIsListed(name string) bool {
	return slices.ContainsFunc(targetable(), func(a aim) bool { return a.section+"."+a.figure == name })
}

// faultLinks leads to each field at fault, in the order of the form.
func faultLinks(faults Faults) (all []faultLink) {
	order := []struct{ field, label string }{
		{"name", "Name"},
		{"cadence", "Cadence"},
		{"at", "Hour"},
		{"anchor", "First week"},
		{"covers", "Covers"},
		{"zone", "Zone"},
		{"sections", "Sections"},
		{"projects", "Projects summed up"},
		{"missed_after", "Missed after"},
	}
	for _, t := range targetable() {
		order = append(order, struct{ field, label string }{"target." + t.section + "." + t.figure, "Target for " + t.name})
	}
	for _, p := range parameters() {
		order = append(order, struct{ field, label string }{p.field, p.label})
	}
	order = append(order, []struct{ field, label string }{
		{"subject", "Subject"},
		{"reader_cadence", "What readers may choose"},
		{"forwarding", "Forwarded mails"},
		{"catch_up", "Missed periods"},
		{"jitter", "Begins within"},
		{"paper", "Paper"},
	}...)
	for _, o := range order {
		if faults[o.field] != "" {
			all = append(all, faultLink{o.field, o.label, faults[o.field]})
		}
	}
	return all
}
