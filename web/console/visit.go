package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

// visit is who asks, of which project, and what they may do there.
type visit struct {
	Account     digest.Account
	Memberships []digest.Membership
	By          digest.Actor

	// Of the project whose path was asked for; zero outside one.
	In     digest.Membership
	Role   digest.MemberRole
	Office office.Project

	c     *console
	r     *http.Request
	head  *digest.Project
	zone  *time.Location
	needs *digest.Needs
}

// May tells whether the visitor's role in the project includes another.
func (v *visit) May(role digest.MemberRole) bool { return v.Role.Includes(role) }

// Path is an address in the console: Path("digests", "weekly") is that of a digest in the project. Each part is escaped; a last part
// "" ends it with a slash.
func (v *visit) Path(parts ...any) string {
	if v.In.Key == "" {
		return v.c.path(parts...)
	}
	return v.c.path(append([]any{"p", v.In.Key}, parts...)...)
}

// path is an address below the base.
func (c *console) path(parts ...any) string {
	p := c.base
	for _, part := range parts {
		p += "/" + url.PathEscape(fmt.Sprint(part))
	}
	return p
}

// Project gives the project's head, asked once a visit.
func (v *visit) Project(ctx context.Context) (digest.Project, error) {
	if v.head == nil {
		p, err := v.Office.Head(ctx)
		if err != nil {
			return digest.Project{}, err
		}
		v.head = &p
	}
	return *v.head, nil
}

// Zone is the project's. Where it cannot be read, it is UTC.
func (v *visit) Zone(ctx context.Context) *time.Location {
	if v.zone == nil {
		v.zone = time.UTC
		if v.Office != nil {
			if p, err := v.Project(ctx); err == nil {
				if z, err := time.LoadLocation(p.Zone); err == nil {
					v.zone = z
				}
			}
		}
	}
	return v.zone
}

// Needs gives what waits for a person, asked once a visit: the bar counts it on every page.
func (v *visit) Needs(ctx context.Context) (digest.Needs, error) {
	if v.needs == nil {
		n, err := v.Office.Needs(ctx)
		if err != nil {
			return digest.Needs{}, err
		}
		v.needs = &n
	}
	return *v.needs, nil
}

// together asks several questions of the books at once, and gives the first fault of each that failed.
func together(questions ...func() error) error {
	faults := make([]error, len(questions))
	var all sync.WaitGroup
	for i, ask := range questions {
		all.Go(func() {
			defer func() {
				if what := recover(); what != nil { // beside the request's own goroutine it would end the program
					faults[i] = fmt.Errorf("panic: %v", what)
				}
			}()
			faults[i] = ask()
		})
	}
	all.Wait()
	return errors.Join(faults...)
}

// Now is the instant of the visit, in the project's zone.
func (v *visit) Now() time.Time { return v.c.Now().In(v.Zone(v.r.Context())) }
