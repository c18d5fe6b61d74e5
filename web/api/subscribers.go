package api

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/settings"
	"fortnight/web/office"
	"fortnight/web/roster"
)

// Subscriber is a subscription.
type Subscriber struct {
	ID     int64  `json:"id"`
	Digest string `json:"digest" example:"weekly"`
	settings.Subscriber
	Wishes       *Wishes              `json:"wishes,omitempty" doc:"What the reader chose over it."`
	AddedAt      time.Time            `json:"added_at"`
	Gets         bool                 `json:"gets" doc:"Whether they get the next edition, but for a pause."`
	Unsubscribed time.Time            `json:"unsubscribed_at,omitzero"`
	Removed      time.Time            `json:"removed_at,omitzero" doc:"By the configuration."`
	Suppressed   string               `json:"suppressed,omitempty" doc:"Why the project may not write to the address."`
	LastState    digest.DeliveryState `json:"last_state,omitempty" doc:"Of their latest delivery."`
	LastAt       time.Time            `json:"last_at,omitzero"`
}

// Wishes are what a reader has chosen; they stand over the configuration and no configuration changes them.
type Wishes struct {
	Locale      string      `json:"locale,omitempty"`
	Zone        string      `json:"zone,omitempty"`
	PDF         *bool       `json:"pdf,omitempty"`
	Cadence     string      `json:"cadence,omitempty"`
	Sections    []string    `json:"sections,omitempty" nullable:"false"`
	PausedUntil digest.Date `json:"paused_until,omitzero" format:"date"`
}

func subscriberOf(l digest.SubscriberLine) Subscriber {
	s := Subscriber{
		ID: l.ID, Digest: l.Digest, Subscriber: settings.WriteSubscriber(l.Subscriber), AddedAt: l.AddedAt, Gets: l.Gets(),
		Unsubscribed: l.UnsubscribedAt, Removed: l.RemovedAt, Suppressed: l.Suppressed, LastState: l.LastState, LastAt: l.LastAt,
	}
	w := l.Wishes
	if w.Locale != "" || w.Zone != "" || w.PDF != nil || w.Cadence != "" || len(w.Sections) > 0 || !w.PausedUntil.IsZero() {
		s.Wishes = &Wishes{w.Locale, w.Zone, w.PDF, w.Cadence, w.Sections, w.PausedUntil}
	}
	return s
}

type AtSubscriber struct {
	Subscriber int64 `path:"subscriber" doc:"Its id."`
}

// Filtering says which subscribers are meant.
type Filtering struct {
	Search string `query:"search" maxLength:"200" doc:"Part of a name or address."`
	State  string `query:"state" enum:"gets,unsubscribed,suppressed,paused,removed" doc:"All but the removed where it is left out."`
}

type Rehearsing struct {
	Dry bool `query:"dry" doc:"Say what would be done, and do nothing."`
}

// Subscribers are those to add or change.
type Subscribers struct {
	Subscribers []settings.Subscriber `json:"subscribers" nullable:"false" maxItems:"20000"`
}

// Done is what a bulk of changes came to.
type Done struct {
	Changes []Change `json:"changes" nullable:"false"`
	Dry     bool     `json:"dry" doc:"Nothing was done."`
}

// heaviestFile is how large a file of subscribers may be, octets.
const heaviestFile = 8 << 20

func (a *api) subscribers() {
	handle(a, op("list-subscribers", "GET /subscribers", digest.ScopeRead, tagSubscribers, "List subscribers", ""),
		func(ctx context.Context, v visit, in *struct {
			Digest string `query:"digest" doc:"Key of one; of all digests where it is left out."`
			Filtering
			Paging
		},
		) (*listOut[Subscriber], error) {
			all, err := v.books.Subscribers(ctx, digest.SubscribersWanted{Digest: in.Digest, Search: in.Search, State: in.State, Page: in.page()})
			return part(a, v, all, subscriberOf), err
		})
	handle(a, op("get-subscriber", "GET /subscribers/{subscriber}", digest.ScopeRead, tagSubscribers, "Get a subscriber", ""),
		func(ctx context.Context, v visit, in *AtSubscriber) (*bodyOf[Subscriber], error) {
			l, err := v.books.Subscriber(ctx, in.Subscriber)
			return &bodyOf[Subscriber]{subscriberOf(l)}, err
		})
	handle(a, op("delete-subscriber", "DELETE /subscribers/{subscriber}", digest.ScopeWrite, tagSubscribers, "Take a subscriber out", ""),
		func(ctx context.Context, v visit, in *AtSubscriber) (*none, error) {
			return nil, v.books.RemoveSubscriber(ctx, v.by, in.Subscriber)
		})
	handle(a, op("revoke-links", "POST /subscribers/{subscriber}/revoke", digest.ScopeWrite, tagSubscribers, "Revoke the links in a subscriber's mails", "Those to editions; unsubscribing goes on working, and the next mails have new ones."),
		func(ctx context.Context, v visit, in *AtSubscriber) (*none, error) {
			return nil, v.books.RevokeLinks(ctx, v.by, in.Subscriber)
		})
	handle(a, op("add-subscribers", "POST /digests/{digest}/subscribers", digest.ScopeWrite, tagSubscribers, "Add or change subscribers of a digest",
		"By address, all or none. Who unsubscribed stays unsubscribed, and what readers chose stays."), a.saveSubscribers(false))
	put := op("put-subscribers", "PUT /digests/{digest}/subscribers", digest.ScopeWrite, tagSubscribers, "Set the subscribers of a digest", "As adding, and who is not among them is taken out.")
	put.MaxBodyBytes = heaviestFile
	handle(a, put, a.saveSubscribers(true))
	a.subscribersFiles()
}

func (a *api) saveSubscribers(only bool) func(context.Context, visit, *struct {
	AtDigest
	Rehearsing
	Body Subscribers
}) (*bodyOf[Done], error) {
	return func(ctx context.Context, v visit, in *struct {
		AtDigest
		Rehearsing
		Body Subscribers
	},
	) (*bodyOf[Done], error) {
		all, err := a.known.Subscribers("subscribers", in.Body.Subscribers)
		if err != nil {
			return nil, err
		}
		return save(ctx, v, in.Digest, all, only, in.Dry)
	}
}

func save(ctx context.Context, v visit, key string, all []digest.Subscriber, only, dry bool) (*bodyOf[Done], error) {
	for i := range all {
		if all[i].AddedBy == "" {
			all[i].AddedBy = v.token.Name
		}
	}
	changes, err := v.books.SaveSubscribers(ctx, v.by, key, all, only, dry)
	return &bodyOf[Done]{Done{changesOf(changes...), dry}}, err
}

const textCSV = "text/csv; charset=utf-8"

func (a *api) subscribersFiles() {
	get := op("export-subscribers", "GET /digests/{digest}/subscribers.csv", digest.ScopeRead, tagSubscribers, "Export subscribers of a digest", "As a file that the import takes: address, name, audience, language, zone, pdf, digest, state.")
	get.Responses["200"] = answers("The file.", "text/csv")
	handle(a, get, func(ctx context.Context, v visit, in *struct {
		AtDigest
		Filtering
	},
	) (*file, error) {
		if _, err := v.books.Digest(ctx, in.Digest); err != nil {
			return nil, err
		}
		var b bytes.Buffer
		_, err := roster.Write(&b, office.EverySubscriber(ctx, v.books, digest.SubscribersWanted{Digest: in.Digest, Search: in.Search, State: in.State}))
		return &file{textCSV, `attachment; filename="` + in.Digest + `-subscribers.csv"`, b.Bytes()}, err
	})
	post := op("import-subscribers", "POST /digests/{digest}/subscribers.csv", digest.ScopeWrite, tagSubscribers, "Import subscribers of a digest",
		"A CSV file with a head, or a list of addresses alone; commas, semicolons or tabs. A column that is not there leaves what subscribers have. Where a line has a fault, nothing is imported, and the answer names all of them by line.")
	post.MaxBodyBytes, post.BodyReadTimeout = heaviestFile, time.Minute
	handle(a, post, func(ctx context.Context, v visit, in *struct {
		AtDigest
		Rehearsing
		Only    bool   `query:"only" doc:"Take out who is not in the file."`
		RawBody []byte `contentType:"text/csv"`
	},
	) (*bodyOf[Done], error) {
		sheet, err := roster.Reader{Digest: in.Digest, Locales: a.Works.Locales()}.Read(in.RawBody)
		var large *roster.TooLargeError
		if errors.As(err, &large) {
			return nil, &digest.RefusedError{Reason: large.Reason}
		}
		if err != nil {
			return nil, err
		}
		var faults []error
		for _, f := range sheet.Faults {
			faults = append(faults, f)
		}
		if err := errors.Join(faults...); err != nil {
			return nil, err
		}
		known := map[string]digest.Subscriber{}
		for s, err := range office.EverySubscriber(ctx, v.books, digest.SubscribersWanted{Digest: in.Digest}) {
			if err != nil {
				return nil, err
			}
			known[strings.ToLower(s.Address)] = s.Subscriber
		}
		return save(ctx, v, in.Digest, sheet.Over(known, v.by.Name), in.Only, in.Dry)
	})
}

// file is an answer that is a file.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// Request is the wish of somebody who was forwarded a mail.
type Request struct {
	ID        int64     `json:"id"`
	Digest    string    `json:"digest"`
	Address   string    `json:"address"`
	Name      string    `json:"name,omitempty"`
	Locale    string    `json:"locale,omitempty"`
	Forwarder string    `json:"forwarder,omitempty" doc:"Whose mail it was."`
	MadeAt    time.Time `json:"made_at"`
	Confirmed time.Time `json:"confirmed_at,omitzero" doc:"When they answered the mail that asks whether the address is theirs."`
}

// Suppression is an address that the project may not write to.
type Suppression struct {
	Address string    `json:"address,omitempty" doc:"Not there where it was erased."`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
}

func requestOf(r digest.Request) Request { return Request(r) }

func (a *api) wishers() {
	handle(a, op("list-requests", "GET /requests", digest.ScopeRead, tagSubscribers, "List requests", "Of people who were forwarded a mail and would subscribe."),
		func(ctx context.Context, v visit, _ *struct{}) (*listOut[Request], error) {
			all, err := v.books.Requests(ctx)
			return whole(all, requestOf), err
		})
	handle(a, op("decide-request", "POST /requests/{request}/decide", digest.ScopeWrite, tagSubscribers, "Approve or refuse a request", "Approved, its person is a subscriber."),
		func(ctx context.Context, v visit, in *struct {
			Request int64 `path:"request" doc:"Its id."`
			Body    struct {
				Approve bool `json:"approve"`
			} `nameHint:"Decision"`
		},
		) (*none, error) {
			return nil, v.books.Decide(ctx, v.by, in.Request, in.Body.Approve)
		})
	handle(a, op("list-suppressions", "GET /suppressions", digest.ScopeRead, tagSubscribers, "List suppressed addresses", "The project may not write to them."),
		func(ctx context.Context, v visit, in *struct{ Paging }) (*listOut[Suppression], error) {
			all, err := v.books.Suppressions(ctx, in.page())
			return part(a, v, all, func(s digest.Suppression) Suppression { return Suppression(s) }), err
		})
	handle(a, op("delete-suppression", "DELETE /suppressions/{address}", digest.ScopeWrite, tagSubscribers, "Let the project write to an address again", ""),
		func(ctx context.Context, v visit, in *struct {
			Address string `path:"address" example:"dana@example.com"`
		},
		) (*none, error) {
			return nil, v.books.Unsuppress(ctx, v.by, in.Address)
		})
}
