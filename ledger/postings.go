package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"fortnight/digest"
)

//go:embed questions/take_postings.sql
var takePostingsSQL string

//go:embed questions/end_posting.sql
var endPostingSQL string

// What is posted and not taken is posted again: after a minute, then after twice as long each time, six hours at most, until a day
// after it happened.
const (
	firstRepost  = time.Minute
	lastRepost   = 6 * time.Hour
	postingLasts = 24 * time.Hour
	keepPostings = 30 * 24 * time.Hour
)

// TakePostings takes up to n events that are to be posted, of all projects, of one webhook at most a quarter of them. Nobody else is
// given them while the lease lasts; PostingEnded is called before. What is not is posted once more then, so that an event comes at
// least once. An event whose secret no SECRET_KEY opens is not posted, and says so.
func (l *Ledger) TakePostings(ctx context.Context, n int, lease time.Duration) ([]digest.DuePosting, error) {
	now := l.Now()
	rows, err := ask[struct {
		postingRow
		URL          string
		SecretSealed []byte
	}](ctx, l.pool, takePostingsSQL, args{"now": now, "n": n, "each": max(1, n/4), "lease_until": now.Add(lease)})
	if err != nil {
		return nil, fmt.Errorf("look for what is to be posted: %w", err)
	}
	var all []digest.DuePosting
	for _, r := range rows {
		p := digest.DuePosting{Posting: r.posting(), URL: r.URL}
		if p.Secret, _, err = l.Keys.open(r.SecretSealed, ofWebhook); err != nil {
			p.Answer = "not posted: " + err.Error()
			if err := l.PostingEnded(ctx, p.Posting); err != nil {
				return all, err
			}
			continue
		}
		all = append(all, p)
	}
	return all, nil
}

// PostingEnded writes what became of a try: Status is the receiver's (0: it gave none) and Answer what went wrong. A status of 200 to
// 299 ends it well; else it is posted again later, unless it is a test or happened a day ago. One whose lease has run out and that another has
// taken stays as the other leaves it.
func (l *Ledger) PostingEnded(ctx context.Context, p digest.Posting) error {
	now := l.Now()
	with := args{"posting": p.ID, "tries": p.Tries, "status": p.Status, "answer": clean(p.Answer), "next_at": nil, "done_at": nil}
	if p.Status >= 200 && p.Status <= 299 {
		with["done_at"] = now
	} else if again := now.Add(repostAfter(p.Tries)); p.Kind != digest.EventTest && again.Before(p.MadeAt.Add(postingLasts)) {
		with["next_at"] = again
	}
	ctx, cancel := outlive(ctx)
	defer cancel()
	if _, err := l.pool.Exec(ctx, endPostingSQL, with); err != nil {
		return fmt.Errorf("note what became of event %d: %w", p.ID, err)
	}
	return nil
}

func repostAfter(tries int) time.Duration {
	after := firstRepost
	for range min(tries-1, 20) {
		after = min(2*after, lastRepost)
	}
	return after
}
