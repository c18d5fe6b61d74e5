package collectors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

const (
	defaultMissedAfter = 24 * time.Hour
	defaultPatience    = 30 * time.Second
	attempts           = 3 // of a reading that a standby cancels, or whose connection is lost
)

// lockTimeout is how long a query waits for a table that another session has locked.
const lockTimeout = 10 * time.Second

// Collect reads the sections that ask names, or the usual ones that the platform can fill, for ask's period and its previous one:
// all in one read-only transaction with one snapshot, each section under its own savepoint and timeout. A section whose
// query fails is marked failed with its reason and the others go on; one that the platform cannot fill is left out.
//
// A reading that a standby cancels because of replication (SQLSTATE 40001), or whose connection is lost, is begun anew,
// three times in all; the last time the sections not read are marked failed. An error means that nothing could be read.
// A source that hangs is not waited for: what comes before the first section, and each section, has its patience and a few
// seconds more, and the connection that is silent even then is given up, with the sections that were still to be read.
//
// Where ask wants whole data alone and the source has not reached the period's end (see dataUpTo), no section is read.
func (s *Source) Collect(ctx context.Context, ask digest.Ask) (digest.Snapshot, error) {
	ask, chosen, err := s.settle(ask)
	if err != nil {
		return digest.Snapshot{}, fmt.Errorf("source %s: %w", s.name, err)
	}
	for attempt := 1; ; attempt++ {
		snapshot, err := s.read(ctx, ask, chosen, attempt == attempts)
		switch {
		case err == nil:
			return snapshot, nil
		case ctx.Err() != nil:
			return digest.Snapshot{}, fmt.Errorf("source %s: %w", s.name, ctx.Err())
		case attempt == attempts || !passing(err):
			return digest.Snapshot{}, fmt.Errorf("source %s: %w", s.name, s.scrub(err))
		}
		select {
		case <-time.After(s.pause):
		case <-ctx.Done():
		}
	}
}

// settle fills in the defaults of an ask and finds its sections.
func (s *Source) settle(ask digest.Ask) (digest.Ask, []section, error) {
	if ask.Tenant != "" && ask.Tenant != s.tenant {
		return ask, nil, fmt.Errorf("asked for tenant %q, but opened for %q", ask.Tenant, s.tenant)
	}
	if !ask.Period.From.Before(ask.Period.To) {
		return ask, nil, errors.New("asked for an empty period")
	}
	ask.Tenant = s.tenant
	if ask.Source == "" {
		ask.Source = s.name
	}
	if ask.Previous.From.IsZero() {
		ask.Previous = ask.Period.Preceding()
	}
	if ask.MissedAfter == 0 {
		ask.MissedAfter = defaultMissedAfter
	}
	if ask.Patience == 0 {
		ask.Patience = defaultPatience
	}
	if len(ask.Sections) == 0 {
		usual := digest.Usual(keys(s.sections))
		return ask, slices.DeleteFunc(slices.Clone(s.sections), func(x section) bool { return !slices.Contains(usual, x.Key) }), nil
	}
	var chosen []section
	for _, key := range ask.Sections {
		i := slices.IndexFunc(s.sections, func(x section) bool { return x.Key == key })
		if i < 0 {
			return ask, nil, fmt.Errorf("unknown section %q: use %s", key, strings.Join(keys(s.sections), ", "))
		}
		chosen = append(chosen, s.sections[i])
	}
	return ask, chosen, nil
}

// read makes one attempt at a whole reading. last tells that there is no further one.
func (s *Source) read(ctx context.Context, ask digest.Ask, chosen []section, last bool) (digest.Snapshot, error) {
	conn, err := s.connect(ctx)
	if err != nil {
		return digest.Snapshot{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	snapshot := digest.Snapshot{
		Version: digest.SnapshotVersion, Tenant: s.tenant, Name: s.tenantName,
		Period: ask.Period, Previous: ask.Previous, ReadAt: s.now().UTC(), Sections: []digest.Section{},
	}
	var (
		tx    pgx.Tx
		r     *reader
		first time.Time
	)
	err = s.within(ctx, s.patience, func(ctx context.Context) (err error) {
		if tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
			return fmt.Errorf("begin reading: %w", err)
		}
		r, first, err = s.begin(ctx, tx, ask, snapshot.ReadAt)
		return err
	})
	if tx != nil {
		defer s.leave(ctx, tx)
	}
	if err != nil {
		return digest.Snapshot{}, diagnose(conn, err)
	}
	snapshot.First = r.previous == nil
	snapshot.DataUpTo = r.upTo
	if ask.Whole && !r.upTo.IsZero() {
		return snapshot, nil
	}

	var lost error
	for _, x := range chosen {
		if s.absent(x, r.capabilities) {
			continue
		}
		if lost != nil {
			snapshot.Sections = append(snapshot.Sections, s.broken(x, ask, lost))
			continue
		}
		var out digest.Section
		err := s.within(ctx, ask.Patience, func(ctx context.Context) (err error) {
			out, err = s.collect(ctx, tx, x, r)
			return err
		})
		if err == nil {
			snapshot.Sections = append(snapshot.Sections, s.finish(out, x, ask, snapshot.First, first, snapshot.DataUpTo))
			continue
		}
		err = diagnose(conn, err)
		if ctx.Err() != nil || passing(err) && !last {
			return digest.Snapshot{}, err
		}
		if conn.IsClosed() {
			if len(snapshot.Sections) == 0 {
				return digest.Snapshot{}, err
			}
			lost = errors.New("not read: the connection ended with section " + x.Key)
		}
		snapshot.Sections = append(snapshot.Sections, s.broken(x, ask, err))
	}
	return snapshot, nil
}

// begin settles the session for this transaction alone, and reads what all sections need. first is when the tenant's
// data begins; the zero time where there is none. Where the data are not whole and ask wants them so, it reads no more than that.
func (s *Source) begin(ctx context.Context, tx pgx.Tx, ask digest.Ask, now time.Time) (r *reader, first time.Time, err error) {
	// Minutes and instants do not depend on the server's zone; compiling a query that runs once costs more than it saves; a digest is no
	// reason to take a platform's other cores. The timeout is that of what comes before the first section.
	_, err = tx.Exec(ctx, fmt.Sprintf("SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; "+
		"SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d; %s", s.lockTimeout.Milliseconds(), s.patience.Milliseconds(), s.platform.session))
	if err != nil {
		return nil, first, fmt.Errorf("begin reading: %w", err)
	}
	r = s.reader(ask, ask.Period, now)
	if r.upTo, err = s.dataUpTo(ctx, tx, ask, now); err != nil || ask.Whole && !r.upTo.IsZero() {
		return r, first, err
	}
	previous := s.reader(ask, ask.Previous, now)
	if r.capabilities, err = s.capabilities(ctx, tx, r.arguments()); err != nil {
		return nil, first, err
	}
	previous.capabilities = r.capabilities
	begins, err := s.instant(ctx, tx, s.platform.first, r.arguments())
	if err != nil {
		return nil, first, fmt.Errorf("read the tenant's first row: %w", err)
	}
	if begins == nil {
		return r, first, nil // nothing was ever written: there is nothing before it either
	}
	if !ask.Previous.From.Before(*begins) {
		r.previous = previous
	}
	return r, begins.In(ask.Period.Location()), nil
}

func (s *Source) reader(ask digest.Ask, p digest.Period, now time.Time) *reader {
	return &reader{Ask: ask, Period: p, Days: p.Days(), Now: now, source: s, answers: map[string]any{}}
}

// collect runs one section under a savepoint.
func (s *Source) collect(ctx context.Context, tx pgx.Tx, x section, r *reader) (digest.Section, error) {
	sub, err := tx.Begin(ctx)
	if err != nil {
		return digest.Section{}, fmt.Errorf("savepoint: %w", err)
	}
	deadline := s.now().Add(r.Ask.Patience)
	r.tx, r.deadline = sub, deadline
	if r.previous != nil {
		r.previous.tx, r.previous.deadline = sub, deadline
	}
	out, err := x.Collect(ctx, r)
	if err != nil {
		if undo := sub.Rollback(ctx); undo != nil {
			err = errors.Join(err, undo)
		}
		return digest.Section{}, err
	}
	return out, sub.Commit(ctx)
}

// absent tells a section that the platform cannot fill at all.
func (s *Source) absent(x section, capabilities []Capability) bool {
	return slices.ContainsFunc(x.Needs, func(relation string) bool {
		support, _ := capabilityOf(capabilities, relation, anyMetric)
		return support == SupportNone || !s.platform.fills(relation, s.missing)
	})
}

// finish adds to a section what is the same for all: where it comes from, its status, and in a first edition, since when there
// are data.
func (s *Source) finish(out digest.Section, x section, ask digest.Ask, firstEdition bool, first, upTo time.Time) digest.Section {
	out.Key, out.Source, out.Platform = x.Key, ask.Source, s.platform.name
	switch {
	case digest.OfNow(x.Key): // it has neither a period that data could fall short of, nor one before
		out.Status = digest.Complete
		return out
	case out.Status == "" && upTo.IsZero():
		out.Status = digest.Complete
	case out.Status == "", out.Status == digest.Complete && !upTo.IsZero():
		out.Status = digest.Partial // the data do not reach the period's end
	}
	if !firstEdition {
		return out
	}
	for i := range out.Figures {
		out.Figures[i].Previous = digest.None(digest.Unavailable)
	}
	values := map[string]digest.Value{}
	if !first.IsZero() {
		values["since"] = digest.At(first)
	}
	out.Notes = append(out.Notes, digest.Note{Key: "first_edition", Values: values})
	return out
}

// broken is a section that could not be read.
func (s *Source) broken(x section, ask digest.Ask, err error) digest.Section {
	return digest.Section{
		Key: x.Key, Source: ask.Source, Platform: s.platform.name, Status: digest.Broken, Reason: reason(err, ask.Patience),
		Figures: []digest.Figure{}, Charts: []digest.Chart{}, Tables: []digest.Table{}, Notes: []digest.Note{},
	}
}
