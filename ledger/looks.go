package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// Looked writes to the audit that somebody looked at persons whom an edition's campaigns wrote to; digest.ErrNotFound where the project has
// no such edition.
func (t *Tenant) Looked(ctx context.Context, by digest.Actor, edition int64, look digest.Change) error {
	err := t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		if _, err := scalar[int64](ctx, tx, editionThereSQL, args{"edition": edition}); err != nil {
			return nil, err
		}
		return []digest.Change{look}, nil
	})
	if err != nil {
		return fmt.Errorf("note a look at edition %d: %w", edition, err)
	}
	return nil
}
