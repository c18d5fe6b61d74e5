package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"fortnight/digest"
	"fortnight/settings"
	"fortnight/web/office"
)

// Digest is a digest, without its subscribers.
type Digest struct {
	Key     string `json:"key" example:"weekly"`
	ID      int64  `json:"id"`
	Version int    `json:"version" doc:"Counts its changes; the ETag."`
	settings.Digest
	Owner      *Owner                  `json:"owner,omitempty"`
	Subscribed map[digest.Audience]int `json:"subscribed" doc:"How many get the next edition, by audience."`
	Gone       int                     `json:"gone" doc:"How many do not: unsubscribed, suppressed, paused."`
	Last       *Edition                `json:"last,omitempty" doc:"Its latest edition."`
}

// Owner is a member whom a digest belongs to.
type Owner struct {
	Account int64  `json:"account"`
	Name    string `json:"name"`
}

// Send is one due of a cadence.
type Send struct {
	Digest     string    `json:"digest,omitempty"`
	Cadence    string    `json:"cadence,omitempty" doc:"Of the readers it is for, where they chose another than the digest's."`
	Due        time.Time `json:"due" doc:"In the digest's zone."`
	Local      time.Time `json:"local,omitzero" doc:"When the copy leaves for a subscriber in the zone that was asked for."`
	AsSoon     bool      `json:"as_soon_as_ready,omitempty" doc:"That hour comes before the period has closed: the copy leaves as soon as the edition is ready."`
	Period     Period    `json:"period"`
	Change     time.Time `json:"clock_change,omitzero" doc:"Of the clocks inside the period."`
	Forward    bool      `json:"clocks_forward,omitempty"`
	DueShift   string    `json:"due_shift,omitempty"`
	LocalShift string    `json:"local_shift,omitempty"`
	Edition    *Edition  `json:"edition,omitempty" doc:"Where there is one already."`
}

// Cadence is what a cadence comes to.
type Cadence struct {
	Kind  string `json:"kind" doc:"Aliases resolved." example:"twice-monthly"`
	Words string `json:"words" example:"every Monday at 08:00 in Europe/Berlin, the seven days before"`
	Next  []Send `json:"next" nullable:"false"`
}

// Period is half open: from inclusive, to exclusive.
type Period struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Zone  string    `json:"zone" example:"Europe/Berlin"`
	Hours float64   `json:"hours" example:"168"`
}

func periodOf(p digest.Period) Period { return Period{p.From, p.To, p.Location().String(), p.Hours()} }

func sendOf(s office.Send) Send {
	return Send{
		Due: s.Due, Local: s.Local, AsSoon: s.AsSoon, Period: periodOf(s.Period), Change: s.Change, Forward: s.Forward,
		DueShift: s.DueShift, LocalShift: s.LocalShift,
	}
}

func digestOf(l digest.DigestLine, p digest.Project) Digest {
	d := Digest{
		Key: l.Config.Key, ID: l.ID, Version: l.Version, Digest: settings.WriteDigest(l.Config, p), Gone: l.Gone, Subscribed: map[digest.Audience]int{},
	}
	for audience, n := range l.Readers {
		d.Subscribed[audience] = n
	}
	if l.Owner != 0 {
		d.Owner = &Owner{l.Owner, l.OwnerName}
	}
	if l.Last != nil {
		last := editionOf(*l.Last)
		d.Last = &last
	}
	return d
}

type AtDigest struct {
	Digest string `path:"digest" doc:"Its key." example:"weekly"`
}

type digestOut struct {
	ETag string `header:"ETag"`
	Body Digest
}

type savedDigest struct {
	ETag string `header:"ETag"`
	Body Changed[Digest]
}

// planned gives a digest beside its project.
func (a *api) planned(ctx context.Context, v visit, key string) (digest.Project, digest.DigestLine, error) {
	p, err := v.head(ctx)
	if err != nil {
		return p, digest.DigestLine{}, err
	}
	l, err := v.books.Digest(ctx, key)
	return p, l, err
}

// read reads a digest as it was sent, with all its faults.
func (a *api) read(key string, s settings.Digest, p digest.Project) (digest.Config, error) {
	c, err := a.known.Digest("", key, s, p)
	return c, atMostOnce(errors.Join(err, a.Works.CheckDigest(p, c)))
}

// atMostOnce keeps of joined faults the first of each field: what is written and what is meant may be at fault for one reason.
func atMostOnce(err error) error {
	all, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return err
	}
	seen := map[string]bool{}
	var kept []error
	for _, fault := range apart(all.Unwrap()) {
		var refused *digest.RefusedError
		if errors.As(fault, &refused) {
			if seen[refused.Field] {
				continue
			}
			seen[refused.Field] = true
		}
		kept = append(kept, fault)
	}
	return errors.Join(kept...)
}

// apart takes joined errors apart, however deep.
func apart(errs []error) (all []error) {
	for _, err := range errs {
		if more, ok := err.(interface{ Unwrap() []error }); ok {
			all = append(all, apart(more.Unwrap())...)
		} else {
			all = append(all, err)
		}
	}
	return all
}

func (a *api) digests() {
	handle(a, op("list-digests", "GET /digests", digest.ScopeRead, tagDigests, "List digests", ""),
		func(ctx context.Context, v visit, _ *struct{}) (*listOut[Digest], error) {
			p, err := v.head(ctx)
			if err != nil {
				return nil, err
			}
			all, err := v.books.Digests(ctx)
			return whole(all, func(l digest.DigestLine) Digest { return digestOf(l, p) }), err
		})
	handle(a, op("get-digest", "GET /digests/{digest}", digest.ScopeRead, tagDigests, "Get a digest", "Its ETag is what If-Match takes."),
		func(ctx context.Context, v visit, in *AtDigest) (*digestOut, error) {
			p, l, err := a.planned(ctx, v, in.Digest)
			return &digestOut{etag(l.Version), digestOf(l, p)}, err
		})
	handle(a, op("put-digest", "PUT /digests/{digest}", digest.ScopeWrite, tagDigests, "Add or change a digest",
		"All of it: what is left out goes back to its default, active too. To change one, send If-Match with the ETag that it was read with; to add one, If-None-Match: *. Its subscribers stay."), a.putDigest)
	handle(a, op("delete-digest", "DELETE /digests/{digest}", digest.ScopeWrite, tagDigests, "Remove a digest", "One whose editions were mailed stays; switch it off instead."),
		func(ctx context.Context, v visit, in *AtDigest) (*none, error) {
			return nil, v.books.RemoveDigest(ctx, v.by, in.Digest)
		})
	handle(a, op("switch-digest", "POST /digests/{digest}/switch", digest.ScopeWrite, tagDigests, "Switch a digest on or off", "Nothing goes out until it is switched on."),
		func(ctx context.Context, v visit, in *struct {
			AtDigest
			Body struct {
				On bool `json:"on"`
			} `nameHint:"Switch"`
		},
		) (*digestOut, error) {
			if err := v.books.SwitchDigest(ctx, v.by, in.Digest, in.Body.On); err != nil {
				return nil, err
			}
			p, l, err := a.planned(ctx, v, in.Digest)
			return &digestOut{etag(l.Version), digestOf(l, p)}, err
		})
	handle(a, op("put-owner", "PUT /digests/{digest}/owner", digest.ScopeManage, tagDigests, "Hand a digest to another member", "account 0: to nobody."),
		func(ctx context.Context, v visit, in *struct {
			AtDigest
			Body struct {
				Account int64 `json:"account" minimum:"0" doc:"Of a member."`
			} `nameHint:"NewOwner"`
		},
		) (*none, error) {
			return nil, v.books.Reassign(ctx, v.by, in.Digest, in.Body.Account)
		})
	a.calendars()
}

func (a *api) putDigest(ctx context.Context, v visit, in *struct {
	AtDigest
	Match string `header:"If-Match" doc:"The ETag that it was read with."`
	None  string `header:"If-None-Match" doc:"*, to add one." enum:"*"`
	Body  settings.Digest
},
) (*savedDigest, error) {
	read := 0
	switch {
	case in.Match != "":
		var err error
		if read, err = version(in.Match); err != nil {
			return nil, err
		}
	case in.None == "":
		return nil, problem(http.StatusPreconditionRequired, "unconditional", "Send If-Match with the digest's ETag to change it, or If-None-Match: * to add it, so that nobody's change is lost.")
	}
	p, err := v.head(ctx)
	if err != nil {
		return nil, err
	}
	c, err := a.read(in.Digest, in.Body, p)
	if err != nil {
		return nil, err
	}
	l, change, err := v.books.SaveDigest(ctx, v.by, c, read)
	if err != nil {
		return nil, err
	}
	return &savedDigest{etag(l.Version), Changed[Digest]{digestOf(l, p), changesOf(change)}}, nil
}
