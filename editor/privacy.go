package editor

import (
	"slices"

	"fortnight/digest"
)

// Keys of the charts that stand in for agents' charts.
const (
	handledByTeam = "handled_by_team"
	handledByDay  = "handled_by_day"
)

// agentCharts name agents, in their rows or as their series.
var agentCharts = []string{
	"conversations_per_agent", "conversations_evolution", "conversation_minutes",
	"conversation_minutes_evolution", connectionHours, "connection_hours_evolution",
}

// tables that may be printed. None but personTables names a person; a table that is not listed is shown to nobody, so that a new
// one is looked at here first.
// Those of persons are masked by masked, and are not for executives.
var tables = slices.Concat(personTables, []string{
	"by_team", digest.OpenByAssignee, digest.ByProject,
	"by_flow", "failure_reasons", "by_practice", "scheduled_status", "appointment_status", "responses", "journey",
	"by_campaign",
})

// personTables have rows of end users: columns person and address.
var personTables = []string{digest.OpenTable, "responses_by_user", "recovered_detail", "individual"}

// wholeAt is where the console has the persons of a table whole, below the edition's address.
var wholeAt = map[string]string{"responses_by_user": "/persons?kind=answered", "recovered_detail": "/persons?kind=recovered", "individual": "/recipients"}

// leadToPersons has a table of masked persons lead to the page that has them whole, for whoever may sign in.
func (d *desk) leadToPersons(s *digest.Sheet, table string) {
	if at := wholeAt[table]; at != "" && d.b.Console != "" {
		s.Whole, s.WholeText = d.b.Console+at, d.text("sheet.whole")
	}
}

// forAudience gives the snapshot as an audience may see it. It is the first step: what it takes out cannot be drawn,
// counted, linked or quoted later.
//
//   - An admin sees all.
//   - A manager sees agents by name. End users are masked, in an admin's mail too: whole they are on pages behind a sign-in alone.
//   - An executive sees no persons: agents' charts become the teams' where the platform has teams, and the total's by day;
//     notes that may quote the platform are left out unless a figure or a chart that is shown rests on them.
func forAudience(s digest.Snapshot, a digest.Audience) digest.Snapshot {
	sections := slices.Clone(s.Sections)
	for i, sec := range sections {
		sec.Tables = slices.DeleteFunc(slices.Clone(sec.Tables), func(t digest.Table) bool {
			return !slices.Contains(tables, t.Key) || a == digest.Executive && (slices.Contains(personTables, t.Key) || t.Key == digest.OpenByAssignee)
		})
		maskPersons(sec.Tables)
		if a == digest.Executive {
			sec = withoutPersons(sec)
		}
		sections[i] = sec
	}
	s.Sections = sections
	return s
}

func withoutPersons(sec digest.Section) digest.Section {
	var charts []digest.Chart
	for _, c := range sec.Charts {
		if !slices.Contains(agentCharts, c.Key) {
			charts = append(charts, c)
		}
	}
	if len(charts) < len(sec.Charts) {
		if c, ok := teamsHandled(&sec); ok {
			charts = append(charts, c)
		}
		if c, ok := totalHandled(&sec); ok {
			charts = append(charts, c)
		}
	}
	sec.Charts = charts
	return sec
}

// teamsHandled is a ranking of teams by conversations handled, from the table by_team.
func teamsHandled(sec *digest.Section) (digest.Chart, bool) {
	i := slices.IndexFunc(sec.Tables, func(t digest.Table) bool { return t.Key == "by_team" })
	if i < 0 {
		return digest.Chart{}, false
	}
	t := sec.Tables[i]
	team := slices.IndexFunc(t.Columns, func(c digest.Column) bool { return c.Key == "team" })
	handled := slices.IndexFunc(t.Columns, func(c digest.Column) bool { return c.Key == "handled" })
	if team < 0 || handled < 0 || len(t.Rows) == 0 {
		return digest.Chart{}, false
	}
	current := digest.Series{Key: "current"}
	for _, row := range t.Rows {
		p := digest.Point{Key: row[team].Text, Label: row[team].Text}
		if !row[team].Is() || row[team].Text == "" {
			p.Role = digest.Unknown
		}
		if row[handled].Is() {
			p.Value = &row[handled].Number
		}
		current.Points = append(current.Points, p)
	}
	return digest.Chart{
		Key: handledByTeam, Kind: digest.Ranking, Unit: digest.Count, State: digest.HasValue,
		Series: []digest.Series{current},
	}, true
}

// totalHandled is the handled of each day, all agents together.
func totalHandled(sec *digest.Section) (digest.Chart, bool) {
	c := sec.Chart("handled_vs_missed")
	if c == nil || c.State != digest.HasValue || c.Find("handled") == nil {
		return digest.Chart{}, false
	}
	current := digest.Series{Key: "current", Points: c.Find("handled").Points}
	return digest.Chart{
		Key: handledByDay, Kind: digest.Bar, Unit: digest.Count, State: digest.HasValue,
		Series: []digest.Series{current},
	}, true
}
