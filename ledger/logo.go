package ledger

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/logo_of_project.sql
var logoOfProjectSQL string

// Logo gives the picture of an edition's project as the edition names it, which may be an older one than the project has now;
// digest.ErrNotFound where it is not there.
func (l *Ledger) Logo(ctx context.Context, e digest.Edition) (digest.Logo, error) {
	hash := e.Project.Brand.Logo
	logo, err := askOne[struct {
		PNG           []byte
		Width, Height int
	}](ctx, l.pool, logoOfProjectSQL, args{"project": e.Project.Key, "hash": hash})
	if errors.Is(err, pgx.ErrNoRows) {
		err = digest.ErrNotFound
	}
	if err != nil {
		return digest.Logo{}, fmt.Errorf("logo %.8s of project %s: %w", hash, e.Project.Key, err)
	}
	return digest.Logo{Hash: hash, PNG: logo.PNG, Width: logo.Width, Height: logo.Height}, nil
}
