package collectors

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// columns holds the columns of a relation against the contract. It gives whether they are exactly those.
func (e *examiner) columns(ctx context.Context, r relation) (sound bool, err error) {
	s := e.source
	var got []field
	err = e.apart(ctx, func(ctx context.Context, tx pgx.Tx) (err error) {
		got, err = describe(ctx, tx, s.platform.inline("SELECT * FROM "+r.name, s.missing), e.args)
		for i, f := range got {
			if oid, unknown := strings.CutPrefix(f.kind, "type "); unknown && err == nil {
				err = tx.QueryRow(ctx, "SELECT format_type($1::text::oid, NULL)", oid).Scan(&got[i].kind)
			}
		}
		return err
	})
	if err != nil {
		return false, e.refused(r.name, err)
	}
	before := len(e.out.Findings)
	for _, f := range misfits(r, got) {
		e.find(f)
	}
	return len(e.out.Findings) == before, nil
}

// misfits are what columns a relation gives wrongly: those that are missing, too many, of another type, in another order.
func misfits(r relation, got []field) (found []Finding) {
	want := r.fields()
	at := func(fields []field, name string) int {
		return slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	}
	wrong := func(column, rule, found_, remedy string) {
		found = append(found, Finding{Relation: r.name, Column: column, Rule: rule, Verdict: digest.CheckMend, Found: found_, Remedy: remedy})
	}
	for i, w := range want {
		if at(got, w.name) < 0 {
			after := "as the first"
			if i > 0 {
				after = "after " + want[i-1].name
			}
			wrong(w.name, RuleColumns, "the column is missing", fmt.Sprintf("Add it %s; where the platform cannot know it, as NULL::%s AS %s.", after, w.kind, w.name))
		}
	}
	for i, g := range got {
		switch first := at(got, g.name); {
		case at(want, g.name) < 0:
			wrong(g.name, RuleColumns, "the contract has no such column", "Leave it out, or call it by the contract's name.")
		case first < i:
			wrong(g.name, RuleColumns, "the column is there twice", "Leave one out.")
		}
	}
	for _, w := range want {
		i := at(got, w.name)
		if i < 0 || got[i].kind == w.kind {
			continue
		}
		switch kind := got[i].kind; {
		case w.kind == "timestamptz" && kind == "timestamp":
			wrong(w.name, RuleTypes, "it is timestamp, a local time without zone, where the contract has an instant, timestamptz",
				fmt.Sprintf("Write … AT TIME ZONE 'UTC' AS %s, or the zone in which the platform stores it.", w.name))
		case w.kind == "timestamptz" && slices.Contains([]string{"double precision", "bigint", "integer", "numeric"}, kind):
			wrong(w.name, RuleTypes, fmt.Sprintf("it is %s, where the contract has an instant, timestamptz", kind),
				fmt.Sprintf("Write to_timestamp(…) AS %s: it takes seconds since 1970.", w.name))
		default:
			wrong(w.name, RuleTypes, fmt.Sprintf("it is %s, where the contract has %s", kind, w.kind), fmt.Sprintf("Write …::%s AS %s.", w.kind, w.name))
		}
	}
	if len(found) > 0 {
		return found
	}
	for i, w := range want {
		if got[i].name != w.name {
			wrong(w.name, RuleOrder, fmt.Sprintf("%s stands where %s is due, as column %d", got[i].name, w.name, i+1), fmt.Sprintf("Give the columns in the contract's order: %s.", strings.Join(r.names(), ", ")))
			break
		}
	}
	return found
}

// fields are the relation's columns in order.
func (r relation) fields() []field {
	var all []field
	for column := range strings.SplitSeq(r.columns, ", ") {
		name, kind, _ := strings.Cut(column, " ")
		all = append(all, field{name, kind})
	}
	return all
}
