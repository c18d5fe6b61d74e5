package collectors

import "strings"

// relation is one canonical relation: what sections ask and mappings supply.
type relation struct {
	name    string
	columns string // "name type, …" in order, as PostgreSQL spells the types
	window  string // the rows that a mapping owes for [from, to); more where it does not say exactly
}

// relations is the contract between sections and platforms: metrics.md 1 plus one variant, message_history. Every
// mapping gives exactly these columns; a relation that a platform has no mapping for is empty.
//
// Everything is as of @to (see the package comment). Instants are timestamptz, ids text.
var relations = []relation{
	{
		"tenant", "tenant_id text, name text, time_zone text, locale text",
		"the tenant",
	},
	{
		"end_user", "tenant_id text, user_id text, display_name text, address text, first_seen_at timestamptz, language text, channel text",
		"users with an inbound message in the period; first_seen_at is the first inbound message ever",
	},
	{
		"team", "tenant_id text, team_id text, name text",
		"all",
	},
	{
		"agent", "tenant_id text, agent_id text, display_name text, role text, team_id text, is_active boolean",
		"all, former ones too where the platform keeps them",
	},
	{
		"conversation", conversationColumns,
		"conversations started in the period, with a message in it, or with a closing, opening or hand-off in it; status and last_* are of now",
	},
	{
		"episode", "tenant_id text, conversation_id text, seq integer, opened_at timestamptz, closed_at timestamptz, close_reason text, " +
			"closed_by text, agent_id text, calendar_id text",
		"episodes opened or closed in the period",
	},
	{
		"message", messageColumns,
		"exactly the messages sent in the period",
	},
	{
		"message_history", messageColumns,
		"messages sent before to, however old, of conversations with an episode closed in the period or, where assignments are recorded and not " +
			"derived from replies, with one that lasted into it, and those that bear a language of users with an inbound message in it",
	},
	{
		"assignment", "tenant_id text, assignment_id text, conversation_id text, user_id text, agent_id text, team_id text, seq integer, kind text, " +
			"offered_at timestamptz, accepted_at timestamptz, first_reply_at timestamptz, ended_at timestamptz, ended_by text, end_reason text, derivation text",
		"assignments offered, accepted, replied to or ended in the period, those of a conversation with a message in the period that were " +
			"open in it, and those overlapping an episode closed in it",
	},
	{
		"agent_session", "tenant_id text, session_id text, agent_id text, started_at timestamptz, ended_at timestamptz, last_activity_at timestamptz, state text",
		"sessions overlapping the period; last_activity_at is at most to",
	},
	{
		"intent_hit", "tenant_id text, message_id text, conversation_id text, user_id text, hit_at timestamptz, intent text, " +
			"confidence double precision, is_fallback boolean, source text",
		"exactly the hits in the period",
	},
	{
		"flow_session", flowSessionColumns,
		"exactly the sessions started in the period",
	},
	{
		"flow_step", "tenant_id text, flow_session_id text, visit integer, position integer, step_id text, step_name text, prompt text, " +
			"is_question boolean, entered_at timestamptz, answered_at timestamptz, answer text",
		"steps of sessions started in the period",
	},
	{
		"flow_session_history", flowSessionColumns,
		"sessions started in [@since, @to) of users, or named by goals, with a goal in the period",
	},
	{
		"campaign", "tenant_id text, campaign_id text, name text, version text, channel text, scheduled_at timestamptz, started_at timestamptz",
		"all",
	},
	{
		"outbound_delivery", "tenant_id text, delivery_id text, campaign_id text, user_id text, attempt integer, attempted_at timestamptz, sent_at timestamptz, " +
			"delivered_at timestamptz, read_at timestamptz, failed_at timestamptz, status text, has_receipts boolean, failure_reason text, " +
			"first_response_at timestamptz, finished_at timestamptz, last_activity_at timestamptz, session_status text, variables jsonb",
		"deliveries first attempted in the period, with their later attempts",
	},
	{
		"business_hours", "tenant_id text, calendar_id text, weekday smallint, opens time, closes time, time_zone text",
		"all",
	},
	{
		"business_holiday", "tenant_id text, calendar_id text, holiday date",
		"all",
	},
	{
		"goal_event", goalColumns,
		"exactly the events in the period",
	},
	{
		"goal_history", goalColumns,
		"all events up to @now of the appointments that have an event in the period, these included; not as of @to",
	},
	{
		"open_conversation", conversationColumns + ", user_name text, user_address text, inbox_name text, last_delivery text, last_delivery_error text, public_id text",
		"conversations that are open, pending or snoozed now, each with its user and with the delivery of its last message, and with the id by which the " +
			"platform's own pages know it where that is another; not as of @to",
	},
	{
		"person", "tenant_id text, user_id text, display_name text, address text",
		"the users named in @users, whether they ever wrote or not; as of now",
	},
	{
		"user_message", messageColumns,
		"all messages before @to of the users named in @users, bodies included",
	},
	{
		"capability", "relation text, metric text, support text, note text",
		"all",
	},
}

const flowSessionColumns = "tenant_id text, flow_session_id text, flow_id text, flow_name text, flow_version text, practice text, conversation_id text, " +
	"user_id text, channel text, started_at timestamptz, first_response_at timestamptz, last_activity_at timestamptz, expires_at timestamptz, " +
	"ended_at timestamptz, status text, failure_reason text, last_step_id text, steps_reached integer, outbound_messages integer, " +
	"has_mention boolean, started_by text"

const goalColumns = "tenant_id text, event_id text, user_id text, kind text, occurred_at timestamptz, status text, practice text, appointment_id text, " +
	"appointment_at timestamptz, flow_session_id text, amount numeric, currency text, detail text"

const conversationColumns = "tenant_id text, conversation_id text, user_id text, channel text, inbox_id text, calendar_id text, practice text, " +
	"started_at timestamptz, initiated_by text, status text, waiting_since timestamptz, last_message_id text, last_message_at timestamptz, " +
	"last_message_by text, last_user_message_at timestamptz, assignee_id text, urgency smallint, is_unread boolean, entry_point text"

const messageColumns = "tenant_id text, message_id text, conversation_id text, user_id text, sent_at timestamptz, direction text, author text, " +
	"agent_id text, delivery text, delivery_error text, language text, body text"

// names gives the relation's columns in order.
func (r relation) names() []string {
	var names []string
	for column := range strings.SplitSeq(r.columns, ", ") {
		name, _, _ := strings.Cut(column, " ")
		names = append(names, name)
	}
	return names
}

// empty is the relation without a row, for a platform that has no mapping of it.
func (r relation) empty() string {
	var columns []string
	for column := range strings.SplitSeq(r.columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		columns = append(columns, "NULL::"+kind+" AS "+name)
	}
	return "SELECT " + strings.Join(columns, ", ") + " WHERE false"
}

// relationNamed finds a canonical relation.
func relationNamed(name string) (relation, bool) {
	for _, r := range relations {
		if r.name == name {
			return r, true
		}
	}
	return relation{}, false
}
