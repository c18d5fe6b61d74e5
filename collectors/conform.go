package collectors

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fortnight/digest"
)

// Conformance is what the check of a source's mapping found: whether each relation keeps the contract of relations.go, on the rows of one
// week, and how fast it is read.
type Conformance struct {
	Report    Report
	Week      digest.Period   // that was looked at
	Relations []RelationCheck // what is asked once a period ("thread_ids"), then the relations in the order of relations.go
	Findings  []Finding       // in the same order
}

// OK tells whether nothing is to be mended.
func (c Conformance) OK() bool {
	return c.Report.OK() && !slices.ContainsFunc(c.Report.Checks, func(x digest.Check) bool { return x.Verdict == digest.CheckMend }) &&
		!slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Verdict == digest.CheckMend })
}

// RelationCheck is what one relation is for the week.
type RelationCheck struct {
	Relation string
	Mapped   bool          // the platform has a mapping of it, and this database the tables
	Support  string        // of the relation as a whole, one of the Support constants; "" of what is asked once a period
	Read     bool          // it was read, so that what follows is known
	Rows     int64         //
	Took     time.Duration // for all of its rows, as the server measured it
	Scans    []string      // large tables that are gone through whole
}

// Finding is one thing that is wrong with a mapping, or worth a second look.
type Finding struct {
	Relation string         `json:"relation"`
	Column   string         `json:"column,omitempty"`
	Rule     string         `json:"rule"`
	Verdict  digest.Verdict `json:"verdict"`
	Found    string         `json:"found"`         // a sentence without its end; of the rows it quotes ids, and words that are not of the contract
	Remedy   string         `json:"remedy"`        // a sentence: what to do
	SQL      string         `json:"sql,omitempty"` // what the database's owner may run
}

// The rules that a finding can be of.
const (
	RuleRefused    = "refused"    // the server refuses the mapping
	RuleColumns    = "columns"    // exactly the columns of the contract, by name
	RuleTypes      = "types"      // of its types
	RuleOrder      = "order"      // in its order
	RuleTenant     = "tenant"     // the rows of one tenant
	RuleNull       = "null"       // what identifies a row is there
	RuleUnique     = "unique"     // and identifies one
	RuleWords      = "words"      // the words of the contract
	RuleInstants   = "instants"   // what comes later is not before what comes earlier
	RulePeriod     = "period"     // no row from outside the period, nothing from after its end
	RuleZone       = "zone"       // instants do not depend on the session's time zone, and are not in the future
	RuleReferences = "references" // who and what is named is there
	RuleCapability = "capability" // what is said of the platform is so
	RuleText       = "text"       // what people wrote is not handed out
	RuleSpeed      = "speed"      // a week is found without going through large tables
)

// slowRelation is how long a relation may take before the passes that read it again are spared.
const slowRelation = 10 * time.Second

// Conform holds a source against the contract: the columns of each relation by name, type and order; the rows of a week by the rules
// above; its capability against what is there; and the time and the plan of reading each relation. A week that is not given is the seven
// days of UTC that end with the newest message's. It reads in one transaction that is read-only, counts rows in the server, and brings out
// of them ids and words of the contract's lists alone, never names, addresses or what people wrote. What is wrong stands in the findings; an
// error means that the check could not be made.
func (s *Source) Conform(ctx context.Context, week digest.Period) (Conformance, error) {
	report, err := s.Probe(ctx)
	if err != nil {
		return Conformance{}, err
	}
	out := Conformance{Report: report, Week: week}
	if len(report.Missing) > 0 {
		return out, nil
	}
	conn, err := s.connect(ctx)
	if err != nil {
		return out, fmt.Errorf("source %s: %w", s.name, s.scrub(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return out, fmt.Errorf("source %s: %w", s.name, s.scrub(err))
	}
	defer s.leave(ctx, tx)
	e := &examiner{source: s, tx: tx, out: &out}
	if err := e.examine(ctx); err != nil {
		return out, fmt.Errorf("source %s: %w", s.name, s.scrub(diagnose(conn, err)))
	}
	return out, nil
}

// examiner makes one check of a source.
type examiner struct {
	source *Source
	tx     pgx.Tx
	out    *Conformance
	args   pgx.NamedArgs // of the week
	half   pgx.NamedArgs // of its first half, as of whose end relations are asked too
	tables map[string]indexed
	sound  map[string]bool // relations whose columns are right, so that their rows can be looked at
}

func (e *examiner) examine(ctx context.Context) error {
	s := e.source
	settings := fmt.Sprintf("SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; "+
		"SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d; %s", s.lockTimeout.Milliseconds(), s.patience.Milliseconds(), s.platform.session)
	if _, err := e.tx.Exec(ctx, settings); err != nil {
		return err
	}
	if err := e.chooseWeek(ctx); err != nil {
		return err
	}
	var err error
	if e.tables, err = s.sizes(ctx, e.tx); err != nil {
		return err
	}
	if e.args, err = e.arguments(ctx, e.out.Week, true); err != nil {
		return err
	}
	middle := e.out.Week.From.Add(e.out.Week.To.Sub(e.out.Week.From) / 2)
	if e.half, err = e.arguments(ctx, digest.Period{From: e.out.Week.From, To: middle}, false); err != nil {
		return err
	}
	e.sound = map[string]bool{}
	for _, r := range relations {
		if s.platform.fills(r.name, s.missing) {
			if e.sound[r.name], err = e.columns(ctx, r); err != nil {
				return err
			}
		}
	}
	e.refusals()
	for _, r := range relations {
		if err := e.relation(ctx, r); err != nil {
			return err
		}
	}
	if err := e.zones(ctx); err != nil {
		return err
	}
	e.capabilities()
	e.sort()
	return nil
}

// chooseWeek takes the seven days of UTC that end with the newest message's, as far as now.
func (e *examiner) chooseWeek(ctx context.Context) error {
	s := e.source
	now := s.now().UTC()
	newest, err := s.instant(ctx, e.tx, s.platform.newest, pgx.NamedArgs{"tenant": s.tenant, "to": now})
	if err != nil {
		return fmt.Errorf("ask for the newest message: %w", err)
	}
	ever, err := s.instant(ctx, e.tx, s.platform.newest, pgx.NamedArgs{"tenant": s.tenant, "to": now.AddDate(10, 0, 0)})
	if err != nil {
		return fmt.Errorf("ask for the newest message: %w", err)
	}
	if ever != nil && ever.After(now.Add(ahead)) {
		e.find(Finding{
			Relation: "message", Rule: RuleZone, Verdict: digest.CheckMend,
			Found:  fmt.Sprintf("the newest message is %s in the future: a local time may be taken for UTC, or a clock is wrong", span(ever.Sub(now))),
			Remedy: "Make local times instants with the zone in which the platform stores them: AT TIME ZONE 'UTC', or what it is. Where tests left such rows, take them away.",
		})
	}
	if !e.out.Week.From.Before(e.out.Week.To) {
		last := now
		if newest != nil && newest.Before(now) {
			last = newest.UTC()
		}
		end := last.Truncate(24*time.Hour).AddDate(0, 0, 1)
		e.out.Week = digest.Period{From: end.AddDate(0, 0, -7), To: end}
	}
	return nil
}

// ahead is how far in the future a message may be before it is said: clocks differ.
const ahead = 5 * time.Minute

// arguments are those of a period, with what the platform is asked for once. tell: what that took stands in the report.
func (e *examiner) arguments(ctx context.Context, p digest.Period, tell bool) (pgx.NamedArgs, error) {
	s := e.source
	args := arguments(s.tenant, digest.Ask{}, p, p.Days(), s.now())
	all := "@" + strings.Join(sortedKeys(s.platform.ids), " @")
	err := s.platform.addIDs(args, all, s.missing, func(name, question string) (ids []string, err error) {
		if tell {
			check := RelationCheck{Relation: name, Mapped: true}
			if err := e.speed(ctx, &check, question, args); err != nil {
				return nil, err
			}
			e.out.Relations = append(e.out.Relations, check)
		}
		err = e.apart(ctx, func(ctx context.Context, tx pgx.Tx) error {
			rows, err := tx.Query(ctx, question, args)
			if err != nil {
				return err
			}
			ids, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
		return ids, e.refused(name, err)
	})
	return args, err
}

// relation reads one relation for the week.
func (e *examiner) relation(ctx context.Context, r relation) error {
	s := e.source
	check := RelationCheck{Relation: r.name, Mapped: s.platform.fills(r.name, s.missing)}
	check.Support, _ = capabilityOf(e.out.Report.Capabilities, r.name, anyMetric)
	if e.sound[r.name] {
		args := e.args
		if strings.Contains(s.platform.mappings[r.name], "@users") {
			users, err := e.someUsers(ctx)
			if err != nil {
				return err
			}
			args = maps.Clone(e.args)
			args["users"] = users
		}
		if err := e.speed(ctx, &check, s.platform.inline("SELECT * FROM "+r.name, s.missing), args); err != nil {
			return err
		}
		if check.Read {
			if err := e.rows(ctx, r, check, args); err != nil {
				return err
			}
		}
	}
	e.out.Relations = append(e.out.Relations, check)
	return nil
}

// someUsers are ids to ask the relations of single persons for.
func (e *examiner) someUsers(ctx context.Context) (users []string, err error) {
	if !e.sound["end_user"] {
		return []string{}, nil
	}
	err = e.apart(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, e.source.platform.inline("SELECT user_id FROM end_user WHERE user_id IS NOT NULL ORDER BY user_id LIMIT 3", e.source.missing), e.args)
		if err != nil {
			return err
		}
		users, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return append([]string{}, users...), e.refused("end_user", err)
}

// find notes a finding, once.
func (e *examiner) find(f Finding) {
	if !slices.Contains(e.out.Findings, f) {
		e.out.Findings = append(e.out.Findings, f)
	}
}

// apart asks something under a savepoint and within the source's patience.
func (e *examiner) apart(ctx context.Context, ask func(context.Context, pgx.Tx) error) error {
	return e.source.within(ctx, e.source.patience, func(ctx context.Context) error {
		sub, err := e.tx.Begin(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = sub.Rollback(ctx) }()
		return ask(ctx, sub)
	})
}

// refused notes what the server itself said against a question. Another error is given back: nothing more can be asked then.
func (e *examiner) refused(relation string, err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &pg) || passing(err):
		return err
	case pg.Code == "57014":
		e.find(Finding{
			Relation: relation, Rule: RuleSpeed, Verdict: digest.CheckMend,
			Found:  fmt.Sprintf("a week is not read within %s", e.source.patience),
			Remedy: "Write the tenant and the period as conditions on bare columns, and look at EXPLAIN of its SELECT: an index has to lead to a week.",
		})
	default:
		says := reason(err, e.source.patience)
		if pg.Hint != "" && strings.HasPrefix(pg.Code, "42") {
			says += ". " + strings.TrimSuffix(pg.Hint, ".")
		}
		e.find(Finding{Relation: relation, Rule: RuleRefused, Verdict: digest.CheckMend, Found: "the server refuses it: " + says, Remedy: fmt.Sprintf("Mend %s.sql, or a helper that it asks.", relation)})
	}
	return nil
}

// refusals tells of the sections' queries that the server refuses though each relation is right, and drops from the probe's checks what
// the findings say more closely.
func (e *examiner) refusals() {
	closely := func(f Fault) bool {
		_, known := relationNamed(f.Query)
		_, ids := e.source.platform.ids[f.Query]
		return known || ids
	}
	e.out.Report.Faults = slices.DeleteFunc(e.out.Report.Faults, closely)
	for _, x := range e.sound {
		if !x {
			e.out.Report.Faults = nil // what asks a relation that is wrong is refused with it
		}
	}
	e.out.Report.Checks = slices.DeleteFunc(e.out.Report.Checks, func(c digest.Check) bool { return c.Key == "questions" })
	if len(e.out.Report.Faults) > 0 {
		e.out.Report.Checks = append(e.out.Report.Checks, questionsRefused(e.out.Report.Faults))
	}
}

// sort puts findings in the order of the relations, those of one as they were found.
func (e *examiner) sort() {
	place := func(f Finding) int {
		return slices.IndexFunc(relations, func(r relation) bool { return r.name == f.Relation })
	}
	slices.SortStableFunc(e.out.Findings, func(a, b Finding) int { return place(a) - place(b) })
}
