package collectors

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// ofNow are the relations that are not as of the period's end.
var ofNow = []string{"tenant", "team", "agent", "campaign", "business_hours", "business_holiday", "goal_history", "open_conversation", "person", "capability"}

// Columns that may hold what is still to come, or are of now; as "relation.column" or, of every relation, ".column".
var ofLater = []string{
	"flow_session.expires_at", "flow_session_history.expires_at", "goal_event.appointment_at", "conversation.waiting_since",
	"conversation.last_message_at", "conversation.last_user_message_at",
	"end_user.first_seen_at", // of users besides those that are owed
}

// measure is one thing that is counted over a relation's rows.
type measure struct {
	sql     string // gives a count
	example string // gives an id or a word, as text; "" where none is to be told
	tell    func(n, rows int64, example string) Finding
}

// rows counts, in one query over the rows of the week, what is wrong with them; in a second, whether instants move with the session's zone;
// in a third, whether the relation is as of its period's end.
func (e *examiner) rows(ctx context.Context, r relation, check RelationCheck, args pgx.NamedArgs) error {
	measures := slices.Concat(e.keys(r), e.words(r), instants(r, e.out.Week.To), e.references(r), e.telling(r))
	if check.Rows == 0 {
		e.nothing(r, check)
		return nil
	}
	var list []string
	for _, m := range measures {
		example := m.example
		if example == "" {
			example = "NULL"
		}
		list = append(list, "("+m.sql+")::bigint", "left(("+example+")::text, 60)")
	}
	from := "WITH checked AS MATERIALIZED (SELECT " + strings.Join(r.countable(), ", ") + " FROM " + r.name + ")\nSELECT count(*), "
	extremes := e.extremes(r)
	counted, err := e.count(ctx, r, from+strings.Join(slices.Concat(list, extremes), ", ")+" FROM checked", args, "UTC")
	if counted == nil || err != nil {
		return err
	}
	rows := counted[0].(int64) //nolint:forcetypeassert // count(*)
	for i, m := range measures {
		if n, _ := counted[1+2*i].(int64); n > 0 {
			example, _ := counted[2+2*i].(string)
			e.find(m.tell(n, rows, example))
		}
	}
	if check.Took > slowRelation || len(extremes) == 0 {
		return nil
	}
	elsewhere, err := e.count(ctx, r, from+strings.Join(extremes, ", ")+" FROM checked", args, "Pacific/Kiritimati")
	if elsewhere == nil || err != nil {
		return err
	}
	e.moved(r, counted[len(counted)-len(extremes):], elsewhere[1:])
	return e.asOf(ctx, r)
}

// count asks for one row of counts in a session of a time zone; nil where the server refused.
func (e *examiner) count(ctx context.Context, r relation, sql string, args pgx.NamedArgs, zone string) (values []any, err error) {
	err = e.apart(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL TimeZone = '"+zone+"'"); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, e.source.platform.inline(sql, e.source.missing), args)
		if err != nil {
			return err
		}
		values, err = pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
		return err
	})
	if err != nil {
		return nil, e.refused(r.name, err)
	}
	return values, nil
}

// countable are the columns that are looked at: all but what people wrote.
func (r relation) countable() []string {
	var names []string
	for _, name := range r.names() {
		if name == "body" {
			name = "body IS NOT NULL AS body"
		}
		names = append(names, name)
	}
	return names
}

// extremes are the first and last instant of each column of instants, as text that no zone changes.
func (e *examiner) extremes(r relation) (list []string) {
	for _, column := range r.instants() {
		list = append(list, "extract(epoch FROM min("+column+"))::text || ' ' || extract(epoch FROM max("+column+"))::text")
	}
	return list
}

// instants are the relation's columns that are instants.
func (r relation) instants() (names []string) {
	for _, f := range r.fields() {
		if f.kind == "timestamptz" {
			names = append(names, f.name)
		}
	}
	return names
}

// moved tells of instants that are others where the session has another time zone.
func (e *examiner) moved(r relation, here, elsewhere []any) {
	var columns []string
	for i, column := range r.instants() {
		if here[i] != elsewhere[i] {
			columns = append(columns, column)
		}
	}
	if len(columns) == 0 {
		return
	}
	e.find(Finding{
		Relation: r.name, Column: strings.Join(columns, ", "), Rule: RuleZone, Verdict: digest.CheckMend,
		Found:  "it changes with the session's time zone: a local time without zone is made an instant, or compared with one, and nothing says of which zone it is",
		Remedy: "Write … AT TIME ZONE 'UTC' (or the zone in which the platform stores it) for each such column, and @from::timestamptz AT TIME ZONE 'UTC' where one is compared with the period.",
	})
}

// asOf asks the relation as of the week's middle: nothing may be of later then.
func (e *examiner) asOf(ctx context.Context, r relation) error {
	if slices.Contains(ofNow, r.name) {
		return nil
	}
	var columns, list []string
	for _, column := range r.instants() {
		if !slices.Contains(ofLater, r.name+"."+column) {
			op := ">="
			if column == "last_activity_at" {
				op = ">"
			}
			columns, list = append(columns, column), append(list, "count(*) FILTER (WHERE "+column+" "+op+" @to::timestamptz)")
		}
	}
	if len(columns) == 0 {
		return nil
	}
	args := e.half
	values, err := e.count(ctx, r, "SELECT "+strings.Join(list, ", ")+" FROM "+r.name, args, "UTC")
	if err != nil {
		return err
	}
	for i, v := range values {
		if n, _ := v.(int64); n > 0 {
			e.find(Finding{
				Relation: r.name, Column: columns[i], Rule: RulePeriod, Verdict: digest.CheckMend,
				Found:  someRows(n) + " with it at or after the period's end, when asked as of the middle of the week",
				Remedy: fmt.Sprintf("Leave out rows that begin at or after @to, and give CASE WHEN %s < @to THEN %[1]s END of what ends then: periods are judged as of their end.", columns[i]),
			})
		}
	}
	return nil
}
