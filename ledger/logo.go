package ledger

import (
	"context"

	"fortnight/digest"
)

// Logo gives the picture of an edition's project as the edition names it, which may be an older one than the project has now;
// digest.ErrNotFound where it is not there.
func (l *Ledger) Logo(ctx context.Context, e digest.Edition) (digest.Logo, error) {
	return l.LogoOf(ctx, e.Project.Key, e.Project.Brand.Logo)
}
