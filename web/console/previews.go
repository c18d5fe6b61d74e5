package console

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

// previews keeps what was rendered for a short while, so that another width, theme or a second look does not read the sources again.
type previews struct {
	now  func() time.Time
	mu   sync.Mutex
	kept []kept // the newest last
}

type kept struct {
	key     [32]byte
	until   time.Time
	preview office.Preview
}

// A preview is kept for keepPreview, so that what a source says now is seen soon; mostPreviews are some ten megabytes.
const (
	keepPreview  = 90 * time.Second
	mostPreviews = 24
)

func newPreviews(now func() time.Time) *previews { return &previews{now: now} }

// of hands the previews to a page.
func (p *previews) of(do func(w http.ResponseWriter, r *http.Request, v *visit, p *previews) error) act {
	return func(w http.ResponseWriter, r *http.Request, v *visit) error { return do(w, r, v, p) }
}

func previewKey(project int64, p digest.Project, c digest.Config, from digest.Date, choice digest.Choice) ([32]byte, error) {
	p.Digests = nil
	raw, err := json.Marshal([]any{project, p, c, from, choice})
	return sha256.Sum256(raw), err
}

// get gives a preview, rendered where none is kept.
func (p *previews) get(ctx context.Context, v *visit, project digest.Project, c digest.Config, l looking) (office.Preview, error) {
	key, err := previewKey(v.In.Project, project, c, l.From, l.choice(c))
	if err != nil {
		return office.Preview{}, err
	}
	if one, ok := p.find(key); ok {
		return one, nil
	}
	one, err := v.c.Works.Preview(ctx, v.In.Project, project, c, l.From, l.choice(c))
	if err == nil && one.Fault == "" {
		p.keep(key, one)
	}
	return one, err
}

// peek gives a preview where one is kept.
func (p *previews) peek(v *visit, project digest.Project, c digest.Config, l looking) (office.Preview, bool) {
	key, err := previewKey(v.In.Project, project, c, l.From, l.choice(c))
	if err != nil {
		return office.Preview{}, false
	}
	return p.find(key)
}

func (p *previews) find(key [32]byte) (office.Preview, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range p.kept {
		if k.key == key && p.now().Before(k.until) {
			return k.preview, true
		}
	}
	return office.Preview{}, false
}

func (p *previews) keep(key [32]byte, one office.Preview) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.kept = slices.DeleteFunc(p.kept, func(k kept) bool { return k.key == key || !now.Before(k.until) })
	if len(p.kept) >= mostPreviews {
		p.kept = slices.Delete(p.kept, 0, 1)
	}
	p.kept = append(p.kept, kept{key, now.Add(keepPreview), one})
}
