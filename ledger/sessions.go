package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/find_session.sql
var findSessionSQL string

//go:embed questions/keep_session.sql
var keepSessionSQL string

//go:embed questions/end_session_of_token.sql
var endSessionOfTokenSQL string

//go:embed questions/end_session.sql
var endSessionSQL string

//go:embed questions/end_sessions.sql
var endSessionsSQL string

//go:embed questions/sessions.sql
var sessionsSQL string

// SessionStore keeps browsers' sessions under the hashes of their tokens. It is a store for alexedwards/scs (scs.CtxStore). What it is
// given to keep is JSON; of its members it reads account (a number; 0 or absent: nobody yet), agent and from (text), which say whose
// session it is and where. A session that was ended is never found again, nor kept again by a request that was under way.
type SessionStore struct{ l *Ledger }

// SessionStore gives the store of sessions.
func (l *Ledger) SessionStore() *SessionStore { return &SessionStore{l} }

// FindCtx gives what is kept of a token; found is false where there is nothing, or its time is over.
func (s *SessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	data, err = scalar[[]byte](ctx, s.l.pool, findSessionSQL, args{"token_hash": tokenHash(token), "now": s.l.Now()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find a session: %w", err)
	}
	return data, true, nil
}

// CommitCtx keeps a session until its end.
func (s *SessionStore) CommitCtx(ctx context.Context, token string, data []byte, end time.Time) error {
	var of struct {
		Account     int64
		Agent, From string
	}
	if err := json.Unmarshal(data, &of); err != nil {
		return fmt.Errorf("keep a session: its data: %w", err)
	}
	_, err := s.l.pool.Exec(ctx, keepSessionSQL, args{
		"token_hash": tokenHash(token), "account": of.Account, "data": data, "agent": short(of.Agent), "from": short(of.From),
		"now": s.l.Now(), "expires_at": end,
	})
	if err != nil {
		return fmt.Errorf("keep a session: %w", err)
	}
	return nil
}

// short makes what a browser says of itself storable.
func short(words string) string {
	const enough = 300
	if r := []rune(clean(words)); len(r) > enough {
		return string(r[:enough]) + "…"
	}
	return clean(words)
}

// DeleteCtx ends a session.
func (s *SessionStore) DeleteCtx(ctx context.Context, token string) error {
	if _, err := s.l.pool.Exec(ctx, endSessionOfTokenSQL, args{"token_hash": tokenHash(token), "now": s.l.Now()}); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// errWithoutContext is the answer to calls that scs does not make of a store that takes contexts.
var errWithoutContext = errors.New("sessions are asked for with the context of a request")

// Find stands for scs.Store alone; FindCtx is what is called.
func (s *SessionStore) Find(string) ([]byte, bool, error) { return nil, false, errWithoutContext }

// Commit stands for scs.Store alone; CommitCtx is what is called.
func (s *SessionStore) Commit(string, []byte, time.Time) error { return errWithoutContext }

// Delete stands for scs.Store alone; DeleteCtx is what is called.
func (s *SessionStore) Delete(string) error { return errWithoutContext }

// Sessions lists where an account is signed in, the latest first; that of the token is Current.
func (l *Ledger) Sessions(ctx context.Context, account int64, token string) ([]digest.Session, error) {
	rows, err := ask[struct {
		SessionID, AccountID      int64
		Agent, SeenFrom           string
		MadeAt, SeenAt, ExpiresAt time.Time
		Current                   bool
	}](ctx, l.pool, sessionsSQL, args{"account": account, "token_hash": tokenHash(token), "now": l.Now()})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	var all []digest.Session
	for _, r := range rows {
		all = append(all, digest.Session{
			ID: r.SessionID, Account: r.AccountID, Agent: r.Agent, From: r.SeenFrom,
			MadeAt: r.MadeAt.UTC(), SeenAt: r.SeenAt.UTC(), Ends: r.ExpiresAt.UTC(), Current: r.Current,
		})
	}
	return all, nil
}

// EndSession ends one of an account's own sessions; digest.ErrNotFound where it has no such.
func (l *Ledger) EndSession(ctx context.Context, account, session int64) error {
	tag, err := l.pool.Exec(ctx, endSessionSQL, args{"account": account, "session": session, "now": l.Now()})
	if err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return digest.ErrNotFound
	}
	return nil
}

// EndSessions ends all of an account's sessions but one (0: all), and says how many.
func (l *Ledger) EndSessions(ctx context.Context, account, but int64) (int, error) {
	tag, err := l.pool.Exec(ctx, endSessionsSQL, args{"account": account, "but": but, "now": l.Now()})
	if err != nil {
		return 0, fmt.Errorf("end sessions: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
