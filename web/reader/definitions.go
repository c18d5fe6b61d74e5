package reader

import (
	"net/http"
	"slices"

	"fortnight/digest"
)

// defined is one figure, chart or table in the reader's words.
type defined struct {
	ID, Name, Unit, Is, Not string
	Caveats                 []string
}

type definedSection struct {
	ID, Title               string
	Figures, Charts, Sheets []defined
}

type definitions struct {
	page
	Sections []definedSection
}

// definitions tells what the figures of the reader's digest mean.
func (a *pages) definitions(w http.ResponseWriter, r *http.Request) {
	s, err := a.subscription(r)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	v := &definitions{page: a.p.about(a.p.choose(s.Locale), r.PathValue("token"), s)}
	all := Defined()
	for _, c := range s.Config.Sections {
		i := slices.IndexFunc(all, func(d SectionDefined) bool { return d.Section == c.Section })
		if i < 0 {
			continue
		}
		of := v.define(all[i], s.Platforms)
		if len(s.Config.Projects) > 0 {
			of.Sheets = slices.Insert(of.Sheets, 0, defined{ID: of.ID + "-table-" + digest.ByProject, Name: v.maybe("web.define.several.name"), Is: v.maybe("web.define.several.is"), Not: v.maybe("web.define.several.not")})
		}
		v.Sections = append(v.Sections, of)
	}
	a.p.print(w, http.StatusOK, "definitions", v)
}

func (v *definitions) define(d SectionDefined, platforms []string) definedSection {
	out := definedSection{ID: d.Section, Title: v.title(d.Section)}
	entry := func(name, kind, key string, unit digest.Unit) defined {
		at := "web.define." + d.Section + "." + kind + "." + key
		e := defined{ID: d.Section + "-" + map[string]string{"chart": "chart-", "table": "table-"}[kind] + key, Name: orElse(v.maybe(name), orElse(v.maybe(at+".name"), key)), Is: v.maybe(at + ".is"), Not: v.maybe(at + ".not")}
		if unit != "" {
			e.Unit = v.maybe("web.define.unit." + string(unit))
		}
		for _, p := range platforms {
			for _, note := range caveats(p, d.Section, key) {
				if said := v.maybe(note); said != "" && !slices.Contains(e.Caveats, said) {
					e.Caveats = append(e.Caveats, said)
				}
			}
		}
		return e
	}
	for _, f := range d.Figures {
		out.Figures = append(out.Figures, entry("figure."+d.Section+"."+f.Key+".label", "figure", f.Key, f.Unit))
	}
	for _, c := range d.Charts {
		out.Charts = append(out.Charts, entry("chart."+c+".title", "chart", c, ""))
	}
	for _, t := range d.Tables {
		out.Sheets = append(out.Sheets, entry("sheet."+t+".title", "table", t, ""))
	}
	return out
}

// FigureDefined is a figure's key and unit.
type FigureDefined struct {
	Key  string
	Unit digest.Unit
}

// SectionDefined lists what a section has.
type SectionDefined struct {
	Section        string
	Figures        []FigureDefined
	Charts, Tables []string
}

// Defined lists all that the pages define, in the order of the digests: what collectors give, and what the editor makes of it.
func Defined() []SectionDefined {
	return []SectionDefined{
		{
			Section: "activity",
			Figures: []FigureDefined{
				{"total_messages", digest.Count},
				{"conversations_total", digest.Count},
				{"new_users", digest.Count},
				{"active_users", digest.Count},
				{"messages_per_conversation_mean", digest.Ratio},
				{"peak_volume", digest.MessagesPerMinute},
				{"peak_time", digest.Instant},
			},
			Charts: []string{"incoming_messages", "conversations", "messages_per_conversation", "max_messages_per_minute"},
		},
		{
			Section: "chatbot",
			Figures: []FigureDefined{{"bot_conversations", digest.Count}, {"bot_resolved", digest.Count}, {"bot_resolution_rate", digest.Percent}, {"fallback_rate", digest.Percent}},
			Charts:  []string{"intents", "languages", "start_flows"},
		},
		{
			Section: "contact_center",
			Figures: []FigureDefined{
				{"total_conversations", digest.Count},
				{"handled", digest.Count},
				{"missed", digest.Count},
				{"waiting", digest.Count},
				{"transfers", digest.Count},
				{"accepted_from_before", digest.Count},
				{"wait_median", digest.Duration},
				{"wait_p90", digest.Duration},
				{"wait_mean", digest.Duration},
				{"conversation_time_median", digest.Duration},
				{"conversation_time_mean", digest.Duration},
				{"unique_users", digest.Count},
				{"total_messages", digest.Count},
				{"connection_hours", digest.Duration},
			},
			Charts: []string{
				"handled_vs_missed", "average_wait_time", "average_conversation_time", "closing_reasons", "conversations_per_agent", "conversations_evolution",
				"conversation_minutes", "conversation_minutes_evolution", "connection_hours", "connection_hours_evolution", "handled_by_team", "handled_by_day",
			},
			Tables: []string{"by_team"},
		},
		{
			Section: "flows",
			Figures: []FigureDefined{
				{"initiated", digest.Count},
				{"completed", digest.Count},
				{"failed", digest.Count},
				{"pending", digest.Count},
				{"total_flows", digest.Count},
				{"success_rate", digest.Percent},
				{"failure_rate", digest.Percent},
				{"started", digest.Count},
				{"responsive_success_rate", digest.Percent},
				{"failed_at_first_step", digest.Count},
				{"users_assisted", digest.Count},
				{"staff_time_saved", digest.Duration},
				{"mention_share", digest.Percent},
				{"appointments_scheduled", digest.Count},
				{"appointment_rate", digest.Percent},
				{"revenue_scheduled", digest.Money},
				{"appointments_completed", digest.Count},
				{"completion_rate", digest.Percent},
				{"revenue_completed", digest.Money},
				{"portal_enrollments", digest.Count},
				{"enrollment_rate", digest.Percent},
				{"enrollment_value", digest.Money},
				{"recovered_cancellations", digest.Count},
			},
			Charts: []string{"completion", "by_step", "failure_by_step", "journey"},
			Tables: []string{
				"by_flow", "failure_reasons", "by_practice", "scheduled_status", "appointment_status", "responses", "responses_by_user", "recovered_detail", "journey",
			},
		},
		{
			Section: "outreach",
			Figures: []FigureDefined{
				{"total_users", digest.Count},
				{"unique_users", digest.Count},
				{"messages_sent", digest.Count},
				{"in_process", digest.Count},
				{"send_failures", digest.Count},
				{"delivered", digest.Count},
				{"read", digest.Count},
				{"responses", digest.Count},
				{"response_rate", digest.Percent},
			},
			Charts: []string{"funnel", "responses", "failure_reasons"},
			Tables: []string{"by_campaign", "individual"},
		},
		{
			Section: "service_levels",
			Figures: []FigureDefined{
				{"closed_within_hour", digest.Percent},
				{"closed_within_day", digest.Percent},
				{"answered_in_10_min", digest.Percent},
				{"after_hours_messages", digest.Count},
				{"first_response_median", digest.Duration},
				{"first_response_p90", digest.Duration},
				{"first_response_mean", digest.Duration},
				{"open_to_close_median", digest.Duration},
				{"open_to_close_p90", digest.Duration},
				{"open_to_close_mean", digest.Duration},
			},
			Charts: []string{"response_time", "open_to_close", "by_weekday_hour"},
			Tables: []string{"promises"},
		},
		{
			Section: digest.OpenConversations,
			Figures: []FigureDefined{
				{"open", digest.Count},
				{"waiting_on_us", digest.Count},
				{"oldest_wait", digest.Duration},
				{"unassigned", digest.Count},
				{"urgent", digest.Count},
				{"unread", digest.Count},
				{"pending", digest.Count},
				{"snoozed", digest.Count},
			},
			Tables: []string{digest.OpenTable, digest.OpenByAssignee},
		},
	}
}

// caveats are the phrases of what a platform keeps otherwise, or not at all, of a figure or chart.
func caveats(platform, section, key string) []string {
	if platform != "chatwoot" {
		return nil
	}
	switch section + "." + key {
	case "contact_center.closing_reasons":
		return []string{"chatwoot.close_reason"}
	case "contact_center.connection_hours", "contact_center.connection_hours_evolution":
		return []string{"chatwoot.no_presence"}
	case "chatbot.intents":
		return []string{"chatwoot.labels_as_intents"}
	case "chatbot.fallback_rate":
		return []string{"chatwoot.no_fallback"}
	case "chatbot.languages":
		return []string{"chatwoot.browser_language"}
	case "chatbot.start_flows":
		return []string{"chatwoot.entry_point"}
	}
	switch {
	case section == "contact_center", section == "service_levels" && slices.Contains([]string{"answered_in_10_min", "first_response_median", "first_response_p90", "first_response_mean", "response_time"}, key):
		return []string{"chatwoot.assignments_from_replies"}
	case section == "service_levels" && key == "by_weekday_hour":
		return []string{"chatwoot.assignments_from_replies", "chatwoot.no_presence"}
	}
	return nil
}
