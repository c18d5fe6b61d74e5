package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

func (a *api) calendars() {
	handle(a, op("get-cadence", "GET /digests/{digest}/calendar", digest.ScopeRead, tagDigests, "Get a digest's next sends", "What its cadence comes to from now on, and the period that each covers."),
		func(ctx context.Context, v visit, in *struct {
			AtDigest
			N    int    `query:"n" minimum:"1" maximum:"60" default:"6" doc:"How many."`
			Zone string `query:"zone" doc:"A subscriber's zone, for when their copy leaves." example:"America/New_York"`
		},
		) (*bodyOf[Cadence], error) {
			if _, err := time.LoadLocation(in.Zone); err != nil {
				return nil, refuse("query.zone", "There is no such zone: write an IANA name, such as Europe/Berlin.")
			}
			p, l, err := a.planned(ctx, v, in.Digest)
			if err != nil {
				return nil, err
			}
			c, err := a.Works.Cadence(p, l.Config, in.Zone, in.N)
			return &bodyOf[Cadence]{Cadence{c.Kind, c.Words, each(c.Next, sendOf)}}, err
		})
	handle(a, op("list-periods", "GET /digests/{digest}/periods", digest.ScopeRead, tagDigests, "List a digest's closed periods", "The newest first: what a preview or a send may be of."),
		func(ctx context.Context, v visit, in *struct {
			AtDigest
			N int `query:"n" minimum:"1" maximum:"60" default:"6" doc:"How many."`
		},
		) (*listOut[Period], error) {
			p, l, err := a.planned(ctx, v, in.Digest)
			if err != nil {
				return nil, err
			}
			all, err := a.Works.Periods(p, l.Config, in.N)
			return whole(all, periodOf), err
		})
	handle(a, op("get-calendar", "GET /calendar", digest.ScopeRead, tagDigests, "Get the calendar of all digests",
		"What is due between two dates of the project's zone, of the digests that are switched on, with the editions that there are already."), a.calendar)
}

// longestCalendar is how many days a calendar may have.
const longestCalendar = 93

func (a *api) calendar(ctx context.Context, v visit, in *struct {
	From string `query:"from" doc:"The first date; today where it is left out." example:"2026-03-23"`
	To   string `query:"to" doc:"The date after the last; six weeks later where it is left out." example:"2026-05-04"`
},
) (*listOut[Send], error) {
	p, err := v.head(ctx)
	if err != nil {
		return nil, err
	}
	from, to, err := a.span(p, in.From, in.To)
	if err != nil {
		return nil, err
	}
	digests, err := v.books.DigestsToCome(ctx)
	if err != nil {
		return nil, err
	}
	made, err := v.books.EditionsBetween(ctx, from, to)
	if err != nil {
		return nil, err
	}
	type place struct {
		digest, cadence string
		from            int64
	}
	there := map[place]bool{}
	all := []Send{}
	for _, e := range made {
		shown := editionOf(e)
		all = append(all, Send{Digest: shown.Digest, Cadence: e.Cadence, Due: e.Due, Period: shown.Period, Edition: &shown})
		there[place{shown.Digest, e.Cadence, e.Period.From.Unix()}] = true
	}
	if now := a.Now(); from.Before(now) {
		from = now // what was due and is not there does not come any more
	}
	for _, l := range digests {
		if !l.Config.Active {
			continue
		}
		for _, cadence := range slices.Concat([]string{""}, l.Chosen) { // its own, and those that readers have chosen
			for _, s := range a.dues(p, l.Config, cadence, from, to) {
				if !there[place{l.Config.Key, cadence, s.Period.From.Unix()}] {
					due := sendOf(s)
					due.Digest, due.Cadence = l.Config.Key, cadence
					all = append(all, due)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Send) int { return a.Due.Compare(b.Due) })
	return whole(all, func(s Send) Send { return s }), nil
}

// dues are what is due of a cadence of a digest; nothing where it parses no longer, which the digest itself then says.
func (a *api) dues(p digest.Project, c digest.Config, cadence string, from, to time.Time) []office.Send {
	if cadence != "" {
		spec, err := a.Works.ReadersCadence(p, c, cadence)
		if err != nil {
			return nil
		}
		c.Cadence = spec
	}
	all, err := a.Works.Between(p, c, from, to)
	if err != nil {
		return nil
	}
	return all
}

// span is the instants of two dates of a project's zone.
func (a *api) span(p digest.Project, first, end string) (from, to time.Time, err error) {
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		return from, to, err
	}
	begins := digest.DateOf(a.Now().In(loc))
	if first != "" {
		if begins, err = digest.ParseDate(first); err != nil {
			return from, to, refuse("query.from", err.Error())
		}
	}
	ends := begins.AddDays(42)
	if end != "" {
		if ends, err = digest.ParseDate(end); err != nil {
			return from, to, refuse("query.to", err.Error())
		}
	}
	if days := begins.DaysUntil(ends); days < 1 || days > longestCalendar {
		return from, to, refuse("query.to", fmt.Sprintf("Ask for 1 to %d days.", longestCalendar))
	}
	return startOf(begins, loc), startOf(ends, loc), nil
}

// startOf is the first instant of a date, or of the next that there is in the zone.
func startOf(d digest.Date, loc *time.Location) time.Time {
	for {
		if start, ok := d.Start(loc); ok {
			return start
		}
		d = d.AddDays(1)
	}
}
