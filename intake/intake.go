// Package intake takes events in: it reads JSON, NDJSON, CloudEvents, CSV and Parquet into rows of Fortnight's own event tables, says by line
// what is wrong with them, and writes the good ones. It knows neither HTTP nor the command line, and collects no numbers.
//
// What is written is idempotent: a row is known by its table's key (a message by its id together with its instant), and a line that
// comes again changes nothing. A line is the whole row: what it leaves out is null; of two lines with one key the later one holds.
//
// A batch is copied into a temporary table and put in its place by one INSERT … SELECT … ON CONFLICT for each relation, in one transaction.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fortnight/digest"
)

// Intake writes into the event tables of one database. It may be used by several goroutines at once.
type Intake struct {
	pool   *pgxpool.Pool
	shapes []*shape // in the order in which they are written
	now    func() time.Time
	rows   int           // of a batch
	turns  chan struct{} // who writes; the rest of the pool is for others
}

// A batch is written when it has so many rows, or so many octets.
const (
	batchRows   = 10_000
	batchOctets = 8 << 20
	faultsKept  = 100 // that an answer lists
)

// New makes the intake of a database whose tables are those of the relations.
func New(pool *pgxpool.Pool, relations []digest.Relation, now func() time.Time) *Intake {
	in := &Intake{pool: pool, now: now, rows: batchRows, turns: make(chan struct{}, max(1, pool.Config().MaxConns/2))}
	for _, r := range relations {
		in.shapes = append(in.shapes, newShape(r))
	}
	return in
}

// Watch is told what happens while events are taken; each may be nil.
type Watch struct {
	Read    func(lines int)            // so many lines have been read so far, and what was good of them is written
	Refused func(digest.Refused) error // a line has faults; an error ends the taking
}

// Take reads events and writes them. The good lines of a batch that was written stay, whatever comes after it, unless b.AllOrNone. An error
// that wraps digest.ErrTooLarge or digest.ErrUnreadable is the body's; Taken says what was done until then.
func (in *Intake) Take(ctx context.Context, body io.Reader, b digest.Batch, w Watch) (digest.Taken, error) {
	var taken digest.Taken
	if b.Relation != "" && in.shape(b.Relation) == nil {
		return taken, &digest.RefusedError{Field: "relation", Reason: in.noRelation(b.Relation)}
	}
	lines, err := in.open(body, b)
	if err != nil {
		return taken, err
	}
	defer lines.close()
	out := &writer{in: in, project: b.Project, whole: b.AllOrNone}
	defer out.abandon(ctx)
	for {
		if err := ctx.Err(); err != nil {
			return taken, err
		}
		l, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return taken, err
		}
		taken.Lines++
		faults := in.add(out, &l, b)
		if len(faults) == 0 {
			taken.Good++
		} else {
			room := max(0, faultsKept-len(taken.Faults))
			taken.More += max(0, len(faults)-room)
			taken.Faults = append(taken.Faults, faults[:min(room, len(faults))]...)
			if w.Refused != nil {
				if err := w.Refused(digest.Refused{Line: l.n, Row: l.json(), Faults: faults}); err != nil {
					return taken, err
				}
			}
		}
		if out.count >= in.rows || out.size >= batchOctets {
			if b.AllOrNone && taken.Refused() > 0 {
				out.forget()
				continue
			}
			n, err := out.flush(ctx)
			if err != nil {
				return taken, err
			}
			taken.Written += n
			if w.Read != nil {
				w.Read(taken.Lines)
			}
		}
	}
	if b.AllOrNone && taken.Refused() > 0 {
		return taken, nil
	}
	n, err := out.finish(ctx)
	if err != nil {
		return taken, err
	}
	taken.Written += n
	if w.Read != nil {
		w.Read(taken.Lines)
	}
	return taken, nil
}

// add puts a line into the writer's batch, or says what is wrong with it.
func (in *Intake) add(out *writer, l *line, b digest.Batch) []digest.LineFault {
	fault := func(field, format string, args ...any) []digest.LineFault {
		return []digest.LineFault{{Line: l.n, Relation: l.relation, Field: field, Detail: fmt.Sprintf(format, args...)}}
	}
	if l.fault != "" {
		return fault("", "%s", l.fault)
	}
	if l.relation == "" {
		l.relation = b.Relation
	}
	if l.relation == "" {
		return fault("relation", "No relation is named: write one, such as \"relation\": \"message\".")
	}
	s := in.shape(l.relation)
	if s == nil {
		return fault("relation", "%s", in.noRelation(l.relation))
	}
	s.fill(l)
	return out.row(s, l)
}

func (in *Intake) shape(relation string) *shape {
	for _, s := range in.shapes {
		if s.Name == relation {
			return s
		}
	}
	return nil
}

func (in *Intake) noRelation(name string) string {
	var names []string
	for _, s := range in.shapes {
		names = append(names, s.Name)
	}
	return fmt.Sprintf("There is no relation %q%s", clipped(name), nearest(name, names))
}
