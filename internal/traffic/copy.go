package traffic

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// columns are those of the event tables, in the order that the rows are made in.
var columns = map[string][]string{
	"tenant":            {"tenant_id", "name", "time_zone", "locale"},
	"end_user":          {"tenant_id", "user_id", "display_name", "address", "first_seen_at", "language", "channel"},
	"team":              {"tenant_id", "team_id", "name"},
	"agent":             {"tenant_id", "agent_id", "display_name", "role", "team_id", "is_active"},
	"conversation":      {"tenant_id", "conversation_id", "user_id", "channel", "inbox_id", "calendar_id", "practice", "started_at", "initiated_by", "status", "waiting_since", "last_message_id", "last_message_at", "last_message_by", "last_user_message_at", "assignee_id", "urgency", "is_unread", "entry_point"},
	"episode":           {"tenant_id", "conversation_id", "seq", "opened_at", "closed_at", "close_reason", "closed_by", "agent_id", "calendar_id"},
	"message":           {"tenant_id", "message_id", "conversation_id", "user_id", "sent_at", "direction", "author", "agent_id", "delivery", "delivery_error", "language", "body"},
	"assignment":        {"tenant_id", "assignment_id", "conversation_id", "user_id", "agent_id", "team_id", "seq", "kind", "offered_at", "accepted_at", "first_reply_at", "ended_at", "ended_by", "end_reason", "derivation"},
	"agent_session":     {"tenant_id", "session_id", "agent_id", "started_at", "ended_at", "last_activity_at", "state"},
	"intent_hit":        {"tenant_id", "message_id", "conversation_id", "user_id", "hit_at", "intent", "confidence", "is_fallback", "source"},
	"flow_session":      {"tenant_id", "flow_session_id", "flow_id", "flow_name", "flow_version", "practice", "conversation_id", "user_id", "channel", "started_at", "first_response_at", "last_activity_at", "expires_at", "ended_at", "status", "failure_reason", "last_step_id", "steps_reached", "outbound_messages", "has_mention", "started_by"},
	"campaign":          {"tenant_id", "campaign_id", "name", "version", "channel", "scheduled_at", "started_at"},
	"outbound_delivery": {"tenant_id", "delivery_id", "campaign_id", "user_id", "attempt", "attempted_at", "sent_at", "delivered_at", "read_at", "failed_at", "status", "has_receipts", "failure_reason", "first_response_at", "finished_at", "last_activity_at", "session_status", "variables"},
}

func (d *desk) row(table string, values ...any) { d.rows[table] = append(d.rows[table], values) }

func (d *desk) copyTo(ctx context.Context, conn *pgx.Conn) error {
	d.row("tenant", d.Tenant, d.Name, d.Zone.String(), "en")
	for _, p := range d.users {
		var first any
		if !p.first.IsZero() {
			first = p.first
		}
		d.row("end_user", d.Tenant, p.id, p.name, nil, first, p.language, p.channel)
	}
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for table, names := range columns {
			_, err := tx.CopyFrom(ctx, pgx.Identifier{d.Schema, table}, names, pgx.CopyFromRows(d.rows[table]))
			if err != nil {
				return fmt.Errorf("copy %d rows into %s.%s: %w", len(d.rows[table]), d.Schema, table, err)
			}
		}
		return nil
	})
}
