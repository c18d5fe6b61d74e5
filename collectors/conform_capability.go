package collectors

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// withoutRows are the relations that are empty on many a week or platform, which says nothing of the mapping.
var withoutRows = []string{
	"team", "business_hours", "business_holiday", "flow_step", "campaign", "goal_history", "flow_session_history", "open_conversation", "person",
	"user_message", "message_history", "capability",
}

// tells are columns from whose being null throughout a figure would be 0: where the platform cannot know them, capability has to say so.
var tells = []struct{ relation, column, metric string }{
	{"open_conversation", "urgency", "urgent"},
	{"open_conversation", "is_unread", "unread"},
	{"open_conversation", "assignee_id", "unassigned"},
	{"flow_session", "has_mention", "mention_share"},
	{"flow_session", "outbound_messages", "staff_time_saved"},
	{"intent_hit", "is_fallback", "fallback_rate"},
	{"episode", "close_reason", "closing_reasons"},
	{"outbound_delivery", "failure_reason", "failure_reasons"},
}

// metrics are what a capability of a relation can be said of, besides *: the keys of the figures, charts and tables that ask for it.
var metrics = map[string]string{
	"agent_session": "connection_hours connection_hours_evolution",
	"assignment": "accepted_from_before answered_in_10_min average_conversation_time average_wait_time by_weekday_hour " +
		"conversation_minutes conversation_minutes_evolution conversation_time_mean conversation_time_median " +
		"conversations_evolution conversations_per_agent first_response_mean first_response_median first_response_p90 " +
		"handled handled_vs_missed missed response_time total_conversations transfers unique_users wait_mean " +
		"wait_median wait_p90 waiting",
	"conversation": "start_flows",
	"end_user":     "new_users",
	"episode": "bot_conversations bot_resolution_rate bot_resolved closed_within_day closed_within_hour closing_reasons " +
		"open_to_close open_to_close_mean open_to_close_median open_to_close_p90",
	"flow_session": "by_step completed completion failed failed_at_first_step failure_by_step failure_rate initiated mention_share " +
		"pending responsive_success_rate staff_time_saved started success_rate total_flows users_assisted",
	"flow_step": "journey responses",
	"goal_event": "appointment_rate appointment_status appointments_completed appointments_scheduled completion_rate " +
		"enrollment_rate enrollment_value portal_enrollments recovered_cancellations revenue_completed " +
		"revenue_scheduled scheduled_status",
	"intent_hit": "fallback_rate intents",
	"message": "active_users after_hours_messages answered_by conversations conversations_total incoming_messages languages " +
		"max_messages_per_minute messages_per_conversation messages_per_conversation_mean peak_time peak_volume " +
		"total_messages",
	"open_conversation": "oldest_wait open pending snoozed unassigned unread urgent waiting_on_us",
	"outbound_delivery": "delivered failure_reasons funnel in_process messages_sent read response_rate responses send_failures " +
		"total_users unique_users",
	"team": "by_team",
}

// telling counts the rows in which a column is null that a figure stands on, where that is all of them; and rows with what people wrote.
func (e *examiner) telling(r relation) (all []measure) {
	for _, t := range tells {
		if support, _ := capabilityOf(e.out.Report.Capabilities, t.relation, t.metric); t.relation != r.name || support == SupportNone {
			continue
		}
		all = append(all, measure{
			"CASE WHEN count(" + t.column + ") = 0 THEN count(*) END", "",
			func(_, rows int64, _ string) Finding {
				return Finding{
					Relation: r.name, Column: t.column, Rule: RuleCapability, Verdict: digest.CheckNote,
					Found:  fmt.Sprintf("it is null in all %s rows, and capability does not say that the platform cannot know %s: it is printed as if it were known", thousands(rows), t.metric),
					Remedy: fmt.Sprintf("Where it cannot be known, add ('%s', '%s', 'none', 'why') to capability.sql.", r.name, t.metric),
				}
			},
		})
	}
	if support, _ := capabilityOf(e.out.Report.Capabilities, r.name, anyMetric); support == SupportNone {
		all = append(all, measure{"count(*)", "", func(n, _ int64, _ string) Finding {
			return Finding{
				Relation: r.name, Rule: RuleCapability, Verdict: digest.CheckNote,
				Found:  fmt.Sprintf("capability says none, and the week has %s: nothing of it is printed", someRows(n)),
				Remedy: "Say full, derived or partial in capability.sql, or take " + r.name + ".sql away.",
			}
		}})
	}
	if (r.name == "message" || r.name == "message_history") && e.source.platform.name != "native" { // there it is what was sent
		all = append(all, measure{"count(*) FILTER (WHERE body)", "", func(n, rows int64, _ string) Finding {
			return Finding{
				Relation: r.name, Column: "body", Rule: RuleText, Verdict: digest.CheckNote,
				Found:  fmt.Sprintf("%s of %s with what people wrote, which no section reads", someRows(n), thousands(rows)),
				Remedy: "Write NULL::text AS body; user_message alone gives it, where a page shows what was said with one recipient.",
			}
		}})
	}
	return all
}

// nothing tells of a relation that capability calls full and that has no row in the week.
func (e *examiner) nothing(r relation, check RelationCheck) {
	if check.Support != SupportFull || slices.Contains(withoutRows, r.name) {
		return
	}
	e.find(Finding{
		Relation: r.name, Rule: RuleCapability, Verdict: digest.CheckNote,
		Found:  "capability says full, and the week has no row: its figures are 0",
		Remedy: fmt.Sprintf("Look whether that is so. Where the platform cannot know it, add ('%s', '*', 'none', 'why') to capability.sql.", r.name),
	})
}

// capabilities holds the rows of capability against the relations that there are.
func (e *examiner) capabilities() {
	for _, c := range e.out.Report.Capabilities {
		if _, known := relationNamed(c.Relation); !known {
			e.find(Finding{
				Relation: "capability", Column: "relation", Rule: RuleCapability, Verdict: digest.CheckMend,
				Found:  fmt.Sprintf("there is no relation %q", c.Relation),
				Remedy: fmt.Sprintf("Write the relation's name: %s?", nearest(c.Relation)),
			})
		}
		if c.Metric != anyMetric && !slices.Contains(strings.Fields(metrics[c.Relation]), c.Metric) {
			words := metrics[c.Relation]
			if words != "" {
				words = ", or one of: " + strings.Join(strings.Fields(words), ", ")
			}
			e.find(Finding{
				Relation: "capability", Column: "metric", Rule: RuleCapability, Verdict: digest.CheckMend,
				Found:  fmt.Sprintf("nothing of %s asks for %q: what is said of it is not heard", c.Relation, c.Metric),
				Remedy: "Write * for all of the relation" + words + ".",
			})
		}
		if strings.TrimSpace(c.Note) == "" && c.Support != SupportFull && e.source.platform.fills(c.Relation, e.source.missing) {
			e.find(Finding{
				Relation: "capability", Column: "note", Rule: RuleCapability, Verdict: digest.CheckNote,
				Found:  fmt.Sprintf("(%s, %s) is %s, and no note says why", c.Relation, c.Metric, c.Support),
				Remedy: "Write a sentence: it becomes the digest's footnote.",
			})
		}
	}
}

// zones tells of time zones that there are not.
func (e *examiner) zones(ctx context.Context) error {
	for _, name := range []string{"tenant", "business_hours"} {
		if !e.sound[name] {
			continue
		}
		var zones []string
		err := e.apart(ctx, func(ctx context.Context, tx pgx.Tx) error {
			rows, err := tx.Query(ctx, e.source.platform.inline("SELECT DISTINCT left(time_zone, 60) FROM "+name+" WHERE time_zone <> '' ORDER BY 1", e.source.missing), e.args)
			if err != nil {
				return err
			}
			zones, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
		if err := e.refused(name, err); err != nil {
			return err
		}
		for _, zone := range zones {
			if _, err := time.LoadLocation(zone); err != nil {
				e.find(Finding{
					Relation: name, Column: "time_zone", Rule: RuleWords, Verdict: digest.CheckMend,
					Found: fmt.Sprintf("%q is no time zone", zone), Remedy: "Give a name of the IANA database, such as Europe/Berlin, or null.",
				})
			}
		}
	}
	return nil
}
