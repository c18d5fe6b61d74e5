package collectors

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// twins are the relations that are kept in the tables of another: what these require holds for them too.
var twins = map[string]string{
	"message_history": "message", "user_message": "message", "flow_session_history": "flow_session", "goal_history": "goal_event",
	"open_conversation": "conversation", "person": "end_user",
}

// sequences are instants of a relation that follow each other: the second is not before the first.
var sequences = map[string][][2]string{
	"conversation":      {{"last_user_message_at", "last_message_at"}},
	"open_conversation": {{"last_user_message_at", "last_message_at"}},
	"episode":           {{"opened_at", "closed_at"}},
	"assignment":        {{"offered_at", "accepted_at"}, {"offered_at", "first_reply_at"}, {"offered_at", "ended_at"}, {"accepted_at", "ended_at"}},
	"agent_session":     {{"started_at", "ended_at"}, {"started_at", "last_activity_at"}},
	"flow_session":      {{"started_at", "first_response_at"}, {"started_at", "last_activity_at"}, {"started_at", "ended_at"}, {"started_at", "expires_at"}},
	"flow_step":         {{"entered_at", "answered_at"}},
	"outbound_delivery": {{"attempted_at", "sent_at"}, {"attempted_at", "delivered_at"}, {"attempted_at", "read_at"}, {"attempted_at", "failed_at"}, {"attempted_at", "first_response_at"}},
}

// exactly are the relations that owe the rows of the period and no others, by the instant that decides.
var exactly = map[string]string{"message": "sent_at", "intent_hit": "hit_at", "flow_session": "started_at", "goal_event": "occurred_at"}

// referencesOf are columns that name a row of another relation. Some may be unknown: former agents that the platform no longer has.
var referencesOf = map[string][]struct{ column, to, key string }{
	"agent":             {{"team_id", "team", "team_id"}},
	"message":           {{"conversation_id", "conversation", "conversation_id"}, {"agent_id", "agent", "agent_id"}},
	"episode":           {{"conversation_id", "conversation", "conversation_id"}, {"agent_id", "agent", "agent_id"}},
	"assignment":        {{"conversation_id", "conversation", "conversation_id"}, {"agent_id", "agent", "agent_id"}, {"team_id", "team", "team_id"}},
	"agent_session":     {{"agent_id", "agent", "agent_id"}},
	"conversation":      {{"assignee_id", "agent", "agent_id"}},
	"open_conversation": {{"assignee_id", "agent", "agent_id"}},
	"flow_step":         {{"flow_session_id", "flow_session", "flow_session_id"}},
	"outbound_delivery": {{"campaign_id", "campaign", "campaign_id"}},
}

// twin is what Fortnight's own tables require of a relation.
func (r relation) twin() (digest.Relation, bool) {
	name := r.name
	if other, kept := twins[name]; kept {
		name = other
	}
	for _, n := range NativeRelations() {
		if n.Name == name {
			return n, true
		}
	}
	return digest.Relation{}, false
}

// identifies are the columns that tell one row from another within the tenant.
func (r relation) identifies() []string {
	twin, known := r.twin()
	switch {
	case r.name == "tenant":
		return []string{"tenant_id"}
	case r.name == "capability":
		return []string{"relation", "metric"}
	case !known:
		return nil
	case twin.Name == "message": // the instant is of the key because it is partitioned by it
		return []string{"message_id"}
	}
	return twin.Key[1:]
}

// keys counts rows of other tenants, rows without what identifies them, and those that share it.
func (e *examiner) keys(r relation) (all []measure) {
	wrong := func(column, rule, found, remedy string) Finding {
		return Finding{Relation: r.name, Column: column, Rule: rule, Verdict: digest.CheckMend, Found: found, Remedy: remedy}
	}
	names := r.names()
	if slices.Contains(names, "tenant_id") {
		all = append(all, measure{
			"count(*) FILTER (WHERE tenant_id IS DISTINCT FROM @tenant::text)", "min(tenant_id) FILTER (WHERE tenant_id IS DISTINCT FROM @tenant::text)",
			func(n, rows int64, example string) Finding {
				return wrong("tenant_id", RuleTenant, fmt.Sprintf("%s of %s not of the asked tenant%s", someRows(n), thousands(rows), such(example)), "Put the tenant into the WHERE of the mapping, in the platform's own type, and give @tenant::text AS tenant_id: a project must not see another's rows.")
			},
		})
	}
	required := r.identifies()
	if twin, known := r.twin(); known {
		for _, c := range twin.Columns {
			if c.Required && c.Name != "tenant_id" && slices.Contains(names, c.Name) && !slices.Contains(required, c.Name) {
				required = append(slices.Clone(required), c.Name)
			}
		}
	}
	if r.name == "capability" {
		required = []string{"relation", "metric", "support"}
	}
	for _, column := range required {
		if r.name == "intent_hit" && (column == "message_id" || column == "intent") || r.name == "user_message" && column == "conversation_id" {
			continue // where it is null it counts as an empty text; what was said with one user is not told apart by conversations
		}
		all = append(all, measure{
			"count(*) FILTER (WHERE " + column + " IS NULL)", "",
			func(n, rows int64, _ string) Finding {
				return wrong(column, RuleNull, fmt.Sprintf("%s of %s without it", someRows(n), thousands(rows)), "Every row has to have it: leave out rows that cannot, or take it from elsewhere.")
			},
		})
	}
	if key := r.identifies(); len(key) > 0 {
		var together []string
		for _, column := range key {
			together = append(together, "coalesce("+column+"::text, '')")
		}
		twice := " FROM checked GROUP BY " + strings.Join(together, ", ") + " HAVING count(*) > 1) AS twice"
		all = append(all, measure{
			"SELECT count(*) FROM (SELECT 1" + twice, "SELECT min(id) FROM (SELECT concat_ws(' ', " + strings.Join(together, ", ") + ") AS id" + twice,
			func(n, rows int64, example string) Finding {
				return wrong(strings.Join(key, ", "), RuleUnique, fmt.Sprintf("%s for more than one row%s", counted(int(n), "id stands", "ids stand"), such(example)), "Look for a JOIN that finds several rows for one, and for ids that are unique within another table only: put what tells them apart into the id.")
			},
		})
	}
	return all
}

func someRows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return thousands(n) + " rows"
}

// such quotes an example.
func such(example string) string {
	if example == "" {
		return ""
	}
	return fmt.Sprintf(", such as %q", example)
}

// words counts rows whose word is not among the contract's, and whose number is not within its bounds.
func (e *examiner) words(r relation) (all []measure) {
	twin, known := r.twin()
	columns := twin.Columns
	if r.name == "capability" {
		columns, known = []digest.RelationColumn{{Name: "support", OneOf: []string{SupportFull, SupportDerived, SupportPartial, SupportNone}}}, true
	}
	if !known {
		return nil
	}
	for _, c := range columns {
		if !slices.Contains(r.names(), c.Name) {
			continue
		}
		var beyond, want string
		switch {
		case len(c.OneOf) > 0:
			beyond, want = c.Name+" NOT IN ('"+strings.Join(c.OneOf, "', '")+"')", strings.Join(c.OneOf, ", ")
		case c.Least != c.Most:
			beyond, want = fmt.Sprintf("%s NOT BETWEEN %d AND %d", c.Name, c.Least, c.Most), fmt.Sprintf("%d to %d", c.Least, c.Most)
		default:
			continue
		}
		all = append(all, measure{
			"count(*) FILTER (WHERE " + beyond + ")", "min(" + c.Name + ") FILTER (WHERE " + beyond + ")",
			func(n, rows int64, example string) Finding {
				return Finding{
					Relation: r.name, Column: c.Name, Rule: RuleWords, Verdict: digest.CheckMend,
					Found:  fmt.Sprintf("%s of %s with a word that the contract does not have%s", someRows(n), thousands(rows), such(example)),
					Remedy: "Translate it with CASE to one of: " + want + "; what fits none is null.",
				}
			},
		})
	}
	return all
}

// instants counts rows in which what comes later is before what comes earlier, and rows from outside the period.
func instants(r relation, to time.Time) (all []measure) {
	identity := "NULL"
	if key := r.identifies(); len(key) > 0 {
		identity = "min(" + key[0] + "::text)"
	}
	for _, pair := range sequences[r.name] {
		before := " FILTER (WHERE " + pair[1] + " < " + pair[0] + ")"
		all = append(all, measure{
			"count(*)" + before, identity + before,
			func(n, rows int64, example string) Finding {
				return Finding{
					Relation: r.name, Column: pair[1], Rule: RuleInstants, Verdict: digest.CheckMend,
					Found:  fmt.Sprintf("%s of %s with %s before %s%s", someRows(n), thousands(rows), pair[1], pair[0], such(example)),
					Remedy: fmt.Sprintf("Look at which of the platform's instants each is, and whether both are of one zone; where the platform itself is wrong, give greatest(%s, %s).", pair[1], pair[0]),
				}
			},
		})
	}
	if column, exact := exactly[r.name]; exact {
		outside := " FILTER (WHERE " + column + " < @from::timestamptz OR " + column + " >= @to::timestamptz)"
		all = append(all, measure{
			"count(*)" + outside, identity + outside,
			func(n, rows int64, example string) Finding {
				return Finding{
					Relation: r.name, Column: column, Rule: RulePeriod, Verdict: digest.CheckMend,
					Found:  fmt.Sprintf("%s of %s from outside the period%s", someRows(n), thousands(rows), such(example)),
					Remedy: fmt.Sprintf("This relation owes exactly the rows with %s >= @from and %[1]s < @to.", column),
				}
			},
		})
	}
	return all
}

// references counts ids that name nothing.
func (e *examiner) references(r relation) (all []measure) {
	for _, ref := range referencesOf[r.name] {
		support, _ := capabilityOf(e.out.Report.Capabilities, ref.to, anyMetric)
		if !e.sound[ref.to] || support == SupportNone {
			continue
		}
		unknown := " FROM (SELECT " + ref.column + " AS id FROM checked WHERE " + ref.column + " IS NOT NULL EXCEPT SELECT " + ref.key + " FROM " + ref.to + ") AS unknown"
		// How many there are in all stands before the example, to tell some from all.
		all = append(all, measure{
			"SELECT count(*)" + unknown, "SELECT count(DISTINCT c." + ref.column + ") || ' ' || (SELECT min(id)" + unknown + ") FROM checked AS c",
			func(n, _ int64, example string) Finding {
				total, id, _ := strings.Cut(example, " ")
				f := Finding{
					Relation: r.name, Column: ref.column, Rule: RuleReferences, Verdict: digest.CheckMend,
					Found:  fmt.Sprintf("%s of %s not in %s.%s%s", counted(int(n), "id"), total, ref.to, ref.key, such(id)),
					Remedy: fmt.Sprintf("Give in %s what %s names, spelt alike: ids are text.", ref.to, r.name),
				}
				if total != fmt.Sprint(n) {
					f.Verdict, f.Remedy = digest.CheckNote, fmt.Sprintf("What is counted by them stands under \"unknown\". Where the platform keeps these too, such as former ones, give them in %s.", ref.to)
				}
				return f
			},
		})
	}
	return all
}
