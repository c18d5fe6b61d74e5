package ledger

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/note_bounce.sql
var noteBounceSQL string

//go:embed questions/delivery_known.sql
var deliveryKnownSQL string

//go:embed questions/suppress_in.sql
var suppressInSQL string

// BounceKind says what a report by mail means.
type BounceKind string

// The kinds of reports. Only hard ones whose status is about the address, and complaints, have consequences.
const (
	BounceHard      BounceKind = "hard"      // will never arrive
	BounceSoft      BounceKind = "soft"      // did not arrive this time
	BounceDelayed   BounceKind = "delayed"   // may yet arrive
	BounceComplaint BounceKind = "complaint" // the reader called it spam
	BounceIgnored   BounceKind = "ignored"   // an answer by a machine that says nothing of the delivery
)

// Bounce is a report that came back by mail after a delivery was sent (RFC 3464, RFC 5965).
type Bounce struct {
	Kind       BounceKind
	Status     string            // enhanced status code (RFC 3463): "5.1.1"; "" where none came
	Diagnostic string            // the remote server's words
	Report     [sha256.Size]byte // of the report's bytes: read twice, it is one
}

// BounceLine is a report in a list.
type BounceLine = digest.BounceLine

// bounceRow is a delivery's worst report; all are null where there is none.
type bounceRow struct {
	BounceKind, BounceStatus, BounceDiagnostic *string
	BouncedAt                                  *time.Time
}

func (r bounceRow) line() *BounceLine {
	if r.BounceKind == nil {
		return nil
	}
	return &BounceLine{Kind: *r.BounceKind, Status: *r.BounceStatus, Diagnostic: *r.BounceDiagnostic, At: r.BouncedAt.UTC()}
}

// Bounced notes a report about a delivery, once however often it is read; known is false where there is no such delivery (any more).
// A hard one with a status about the address stops all mail of the project to that address. A complaint does so too, and ends the
// subscription. What the delivery came to stays as it is: the server had taken it.
func (l *Ledger) Bounced(ctx context.Context, delivery int64, b Bounce) (known bool, err error) {
	switch b.Kind {
	case BounceHard, BounceSoft, BounceDelayed, BounceComplaint, BounceIgnored:
	default:
		return false, fmt.Errorf("note a report about delivery %d: %q is no kind of report", delivery, b.Kind)
	}
	err = l.inTx(ctx, func(tx pgx.Tx) error {
		r, err := askOne[struct {
			ProjectID    int64
			SubscriberID *int64
			Address      string
		}](ctx, tx, noteBounceSQL, args{
			"delivery": delivery, "kind": string(b.Kind), "status": statusOf(b.Status), "diagnostic": clean(b.Diagnostic), "report_hash": b.Report[:], "now": l.Now(),
		})
		if errors.Is(err, pgx.ErrNoRows) {
			known, err = scalar[bool](ctx, tx, deliveryKnownSQL, args{"delivery": delivery})
			return err
		}
		if err != nil {
			return err
		}
		known = true
		why := ""
		switch {
		case b.Kind == BounceComplaint:
			why = "complaint"
		case b.Kind == BounceHard && addressIsWrong(b.Status):
			why = "hard bounce " + b.Status
		}
		if why != "" && r.Address != "" { // an erased address is kept away from by its hash
			if _, err := tx.Exec(ctx, suppressInSQL, args{"project_id": r.ProjectID, "address": r.Address, "reason": why, "now": l.Now()}); err != nil {
				return err
			}
		}
		if b.Kind == BounceComplaint && r.SubscriberID != nil {
			_, err = tx.Exec(ctx, unsubscribeSQL, args{"subscriber": *r.SubscriberID, "now": l.Now()})
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note a report about delivery %d: %w", delivery, err)
	}
	return known, nil
}

var statusForm = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}$`)

// statusOf gives an enhanced status code, or nothing where it is none.
func statusOf(status string) string {
	if !statusForm.MatchString(status) {
		return ""
	}
	return status
}
