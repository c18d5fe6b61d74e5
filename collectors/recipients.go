package collectors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// ErrNoRecipients is the answer where a platform does not know whom campaigns wrote to, or what was written.
var ErrNoRecipients = errors.New("the platform does not tell this")

// recipientRow is one person of one campaign; see outreach/individual.
type recipientRow struct {
	UserID         *string    `db:"user_id"`
	CampaignID     *string    `db:"campaign_id"`
	Campaign       *string    `db:"campaign"`
	Version        *string    `db:"version"`
	FirstAt        time.Time  `db:"first_at"`
	Attempts       int        `db:"attempts"`
	Status         string     `db:"status"`
	Reason         *string    `db:"reason"`
	Stage          string     `db:"stage"`
	SessionStatus  string     `db:"session_status"`
	AnsweredAt     *time.Time `db:"answered_at"`
	LastActivityAt *time.Time `db:"last_activity_at"`
	AllOfThem      int64      `db:"all_of_them"`
	Variables      *string    `db:"variables"`

	name, address *string
}

type personRow struct {
	UserID  *string `db:"user_id"`
	Name    *string `db:"name"`
	Address *string `db:"address"`
}

// How many persons are asked for at once, and how many recipients of a file.
const (
	personsAtOnce    = 1000
	recipientsAtOnce = 20000
)

func individualRows(ctx context.Context, r *reader, w digest.RecipientsWanted, skip, most int) ([]recipientRow, error) {
	return query[recipientRow](ctx, r, "outreach/individual", r.sends(), pgx.NamedArgs{
		"statuses": only(w.Status), "stages": only(w.Stage), "sessions": only(w.Session), "campaign": w.Campaign, "skip": skip, "most": most,
	})
}

func only(s string) []string {
	if s == "" {
		return []string{}
	}
	return []string{s}
}

// nameRecipients asks what the persons of rows are called.
func nameRecipients(ctx context.Context, r *reader, rows []recipientRow) error {
	for part := range slices.Chunk(rows, personsAtOnce) {
		var ids []string
		for _, x := range part {
			if x.UserID != nil {
				ids = append(ids, *x.UserID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		persons, err := query[personRow](ctx, r, "outreach/persons", pgx.NamedArgs{"users": ids})
		if err != nil {
			return err
		}
		known := map[string]personRow{}
		for _, p := range persons {
			known[textOf(p.UserID)] = p
		}
		for i := range part {
			if p, ok := known[textOf(part[i].UserID)]; ok {
				part[i].name, part[i].address = p.Name, p.Address
			}
		}
	}
	return nil
}

// Recipients reads whom the campaigns of ask's period wrote to, as of its end, the latest first: names and addresses whole. It is for who
// is signed in and may see them. ErrNoRecipients where the platform does not tell.
func (s *Source) Recipients(ctx context.Context, ask digest.Ask, w digest.RecipientsWanted) (out digest.Recipients, err error) {
	if w.Most <= 0 {
		w.Most = 50
	}
	err = s.look(ctx, ask, "outbound_delivery", func(ctx context.Context, r *reader) error {
		rows, err := individualRows(ctx, r, w, max(w.Skip, 0), w.Most)
		if err != nil {
			return err
		}
		if err := nameRecipients(ctx, r, rows); err != nil {
			return err
		}
		if len(rows) == 0 && w.Skip > 0 { // past the end: how many there are is still to be told
			first, err := individualRows(ctx, r, w, 0, 1)
			if err != nil {
				return err
			}
			if len(first) > 0 {
				out.Total = int(first[0].AllOfThem)
			}
		}
		for _, x := range rows {
			out.Total = int(x.AllOfThem)
			out.Lines = append(out.Lines, recipientOf(x))
		}
		out.ReadAt = r.Now
		return nil
	})
	return out, err
}

// EachRecipient hands all of them to yield, in the same order, all of one instant; an error of yield ends it and is given back.
func (s *Source) EachRecipient(ctx context.Context, ask digest.Ask, w digest.RecipientsWanted, yield func(digest.Recipient) error) error {
	return s.look(ctx, ask, "outbound_delivery", func(ctx context.Context, r *reader) error {
		for skip := 0; ; skip += recipientsAtOnce {
			rows, err := individualRows(ctx, r, w, skip, recipientsAtOnce)
			if err != nil {
				return err
			}
			if err := nameRecipients(ctx, r, rows); err != nil {
				return err
			}
			for _, x := range rows {
				if err := yield(recipientOf(x)); err != nil {
					return err
				}
			}
			if len(rows) < recipientsAtOnce {
				return nil
			}
		}
	})
}

func recipientOf(x recipientRow) digest.Recipient {
	return digest.Recipient{
		User: textOf(x.UserID), Name: textOf(x.name), Address: textOf(x.address), Campaign: textOf(x.Campaign), CampaignID: textOf(x.CampaignID),
		Version: textOf(x.Version), DeployedAt: x.FirstAt, Attempts: x.Attempts, Status: x.Status, Reason: textOf(x.Reason), Stage: x.Stage, Session: x.SessionStatus,
		AnsweredAt: instantOf(x.AnsweredAt), LastActivityAt: instantOf(x.LastActivityAt), Variables: textOf(x.Variables),
	}
}

func instantOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// mostSaid is how many messages of a person are shown: the latest.
const mostSaid = 500

type saidRow struct {
	SentAt         time.Time `db:"sent_at"`
	Direction      string    `db:"direction"`
	Author         *string   `db:"author"`
	Agent          *string   `db:"agent"`
	Body           *string   `db:"body"`
	Delivery       *string   `db:"delivery"`
	ConversationID *string   `db:"conversation_id"`
	AllOfThem      int64     `db:"all_of_them"`
}

// Talk reads what a person wrote and was written to up to now, in order; of many messages the latest 500. It is for who is signed in
// and may see it. digest.ErrNotFound where the source knows neither the person nor a message; ErrNoRecipients where the platform does not tell.
func (s *Source) Talk(ctx context.Context, ask digest.Ask, user string) (out digest.Talk, err error) {
	out.User = user
	err = s.look(ctx, ask, "user_message", func(ctx context.Context, r *reader) error {
		of := pgx.NamedArgs{"users": []string{user}}
		persons, err := query[personRow](ctx, r, "outreach/persons", of)
		if err != nil {
			return err
		}
		rows, err := query[saidRow](ctx, r, "outreach/history", of, pgx.NamedArgs{"to": r.Now, "most": mostSaid})
		if err != nil {
			return err
		}
		if len(persons) == 0 && len(rows) == 0 {
			return digest.ErrNotFound
		}
		for _, p := range persons {
			out.Name, out.Address = textOf(p.Name), textOf(p.Address)
		}
		for _, x := range slices.Backward(rows) {
			out.Total = int(x.AllOfThem)
			out.Lines = append(out.Lines, digest.Said{
				At: x.SentAt, In: x.Direction == "in", Author: textOf(x.Author), Agent: textOf(x.Agent), Body: textOf(x.Body), Delivery: textOf(x.Delivery),
			})
		}
		out.ReadAt = r.Now
		return nil
	})
	return out, err
}

// look reads something besides the sections, in a transaction of its own like theirs.
func (s *Source) look(ctx context.Context, ask digest.Ask, relation string, read func(context.Context, *reader) error) error {
	ask, _, err := s.settle(ask)
	if err != nil {
		return fmt.Errorf("source %s: %w", s.name, err)
	}
	if !s.platform.fills(relation, s.missing) {
		return ErrNoRecipients
	}
	conn, err := s.connect(ctx)
	if err != nil {
		return fmt.Errorf("source %s: %w", s.name, s.scrub(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = s.within(ctx, ask.Patience, func(ctx context.Context) error {
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return fmt.Errorf("begin reading: %w", err)
		}
		defer s.leave(ctx, tx)
		_, err = tx.Exec(ctx, fmt.Sprintf("SET LOCAL TimeZone = 'UTC'; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; "+
			"SET LOCAL lock_timeout = %d; SET LOCAL statement_timeout = %d; %s", s.lockTimeout.Milliseconds(), s.patience.Milliseconds(), s.platform.session))
		if err != nil {
			return fmt.Errorf("begin reading: %w", err)
		}
		now := s.now()
		r := s.reader(ask, ask.Period, now)
		r.tx, r.deadline = tx, now.Add(ask.Patience)
		if r.capabilities, err = s.capabilities(ctx, tx, r.arguments()); err != nil {
			return err
		}
		if support, _ := r.capability(relation, anyMetric); support == SupportNone {
			return ErrNoRecipients
		}
		return read(ctx, r)
	})
	if err != nil && !errors.Is(err, digest.ErrNotFound) && !errors.Is(err, ErrNoRecipients) {
		return fmt.Errorf("source %s: %w", s.name, s.scrub(diagnose(conn, err)))
	}
	return err
}
