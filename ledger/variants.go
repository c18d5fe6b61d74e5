package ledger

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/variant.sql
var variantSQL string

//go:embed questions/keep_variant.sql
var keepVariantSQL string

// KeepVariant stores a rendered variant under the edition unless there is one of the same choice, and gives the stored one. The
// edition's tries begin anew.
func (l *Ledger) KeepVariant(ctx context.Context, edition int64, v digest.Variant) (digest.Variant, error) {
	fail := func(err error) (digest.Variant, error) {
		return digest.Variant{}, fmt.Errorf("keep the %s's variant of edition %d: %w", v.Choice.Audience, edition, err)
	}
	letter, err := toJSON(v.Letter)
	if err != nil {
		return fail(err)
	}
	pngs := make([][]byte, len(v.Images))
	heads := make([]digest.Image, len(v.Images))
	for i, image := range v.Images {
		pngs[i], heads[i] = image.PNG, image
		heads[i].PNG = nil
	}
	images, err := toJSON(heads)
	if err != nil {
		return fail(err)
	}
	contents := make([][]byte, len(v.Files))
	named := make([]digest.File, len(v.Files))
	for i, f := range v.Files {
		contents[i], named[i] = f.Data, digest.File{Name: f.Name, Type: f.Type}
	}
	files, err := toJSON(named)
	if err != nil {
		return fail(err)
	}
	with := choiceArgs(edition, v.Choice)
	for name, value := range (args{
		"subject": v.Letter.Subject, "letter": letter, "html": v.HTML, "plain": v.Text, "pdf": v.PDF, "pdf_name": v.PDFName, "images": images, "pngs": pngs, "files": files, "contents": contents, "now": l.Now(), "lease_until": l.Now().Add(l.Lease),
	}) {
		with[name] = value
	}
	_, err = scalar[int64](ctx, l.pool, keepVariantSQL, with)
	if err == nil {
		return v, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return fail(err)
	}
	stored, ok, err := l.Variant(ctx, edition, v.Choice)
	if err == nil && !ok {
		err = ErrNoEdition
	}
	if err != nil {
		return fail(err)
	}
	return stored, nil
}

// Variant gives a stored variant; ok is false where there is none yet.
func (l *Ledger) Variant(ctx context.Context, edition int64, c digest.Choice) (v digest.Variant, ok bool, err error) {
	return variant(ctx, l.pool, edition, c)
}

func variant(ctx context.Context, db asker, edition int64, c digest.Choice) (v digest.Variant, ok bool, err error) {
	r, err := askOne[struct {
		Letter      json.RawMessage
		HTML, Plain []byte
		PDF         []byte
		PDFName     string
		Images      json.RawMessage
		PNGs        [][]byte `db:"pngs"`
		Files       json.RawMessage
		Contents    [][]byte
	}](ctx, db, variantSQL, choiceArgs(edition, c))
	if errors.Is(err, pgx.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("the %s's variant of edition %d: %w", c.Audience, edition, err)
	}
	v = digest.Variant{Choice: c, HTML: r.HTML, Text: r.Plain, PDF: r.PDF, PDFName: r.PDFName}
	if err := errors.Join(json.Unmarshal(r.Letter, &v.Letter), json.Unmarshal(r.Images, &v.Images), json.Unmarshal(r.Files, &v.Files)); err != nil {
		return v, false, fmt.Errorf("the %s's variant of edition %d: %w", c.Audience, edition, err)
	}
	for i := range v.Images {
		v.Images[i].PNG = r.PNGs[i]
	}
	if len(v.Files) == 0 {
		v.Files = nil
	}
	for i := range v.Files {
		v.Files[i].Data = r.Contents[i]
	}
	return v, true, nil
}

func choiceArgs(edition int64, c digest.Choice) args {
	return args{"edition": edition, "audience": string(c.Audience), "locale": c.Locale, "with_pdf": c.PDF, "paper": c.Paper, "sections": c.Sections, "agent": c.Agent}
}
