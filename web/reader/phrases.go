package reader

import (
	"regexp"
	"slices"
)

// said finds the phrases that a template says.
var said = regexp.MustCompile(`\.(?:Say|Put) "([a-z0-9_.]+)"`)

// Phrases are the keys that every locale of the pages has.
func Phrases() []string {
	all := []string{ // those that are chosen or filled in by the code
		"since", "archive.pdf", "archive.workbook", "archive.for.admin", "archive.for.manager", "archive.for.executive",
		"table.day", "table.name", "table.value", "table.share", "table.change", "table.from", "table.to", "table.section", "table.figure", "table.before",
		"over.title", "over.heading", "over.text", "revoked.title", "revoked.heading", "revoked.text",
		"confirm.over.title", "confirm.over.heading", "confirm.over.text",
		"preferences.for", "preferences.ended", "preferences.next", "preferences.if", "preferences.covers", "preferences.as_soon", "preferences.until_now",
		"preferences.gap", "preferences.never", "preferences.paused", "preferences.cadence_hint", "preferences.zone_hint",
		"preferences.fault.zone", "preferences.fault.section", "preferences.fault.date", "preferences.fault.year",
		"cadence.custom", "unsubscribe.change", "unsubscribe.pause", "unsubscribe.pause_button", "region.other", "forwarded.fault", "forwarded.often",
	}
	pages, _ := files.ReadDir("pages") // embedded
	for _, f := range pages {
		text, _ := files.ReadFile("pages/" + f.Name())
		for _, m := range said.FindAllSubmatch(text, -1) {
			all = append(all, string(m[1]))
		}
	}
	for _, d := range Defined() {
		for _, f := range d.Figures {
			all = append(all, "define."+d.Section+".figure."+f.Key+".is", "define.unit."+string(f.Unit))
		}
		for _, c := range d.Charts {
			all = append(all, "define."+d.Section+".chart."+c+".is")
		}
		for _, t := range d.Tables {
			all = append(all, "define."+d.Section+".table."+t+".is")
		}
	}
	for i := range all {
		all[i] = "web." + all[i]
	}
	slices.Sort(all)
	return slices.Compact(all)
}
