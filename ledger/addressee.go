package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed questions/addressee.sql
var addresseeSQL string

// Addressee is whom a delivery went to.
type Addressee struct {
	Edition        int64
	Label          string // of the edition: "SD-2020-W13"
	Digest         string // "desk/weekly"
	Address        string // "" where the person was erased
	Suppressed     string // why no mail of the project goes to the address; "": it does
	UnsubscribedAt time.Time
}

// Addressee gives whom a delivery went to; known is false where there is no such delivery (any more).
func (l *Ledger) Addressee(ctx context.Context, delivery int64) (a Addressee, known bool, err error) {
	r, err := askOne[struct {
		EditionID                          int64
		Label, Digest, Address, Suppressed string
		UnsubscribedAt                     *time.Time
	}](ctx, l.pool, addresseeSQL, args{"delivery": delivery})
	if errors.Is(err, pgx.ErrNoRows) {
		return Addressee{}, false, nil
	}
	if err != nil {
		return Addressee{}, false, fmt.Errorf("look up delivery %d: %w", delivery, err)
	}
	return Addressee{r.EditionID, r.Label, r.Digest, r.Address, r.Suppressed, orZero(r.UnsubscribedAt)}, true, nil
}
