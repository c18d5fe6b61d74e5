package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"fortnight/digest"
)

// Webhook is an address that events are posted to, without its secret.
type Webhook struct {
	ID     int64     `json:"id"`
	URL    string    `json:"url" example:"https://example.com/hooks/fortnight"`
	Events []string  `json:"events" nullable:"false" doc:"All where it is empty."`
	Active bool      `json:"active"`
	MadeAt time.Time `json:"made_at"`
	Last   *Posting  `json:"last,omitempty" doc:"The latest posting, without its body."`
}

// WebhookSettings is a webhook to make or change.
type WebhookSettings struct {
	URL    string   `json:"url" maxLength:"2000" doc:"https. Where its name leads is looked at each time it is connected to: an address that only this machine or its network reaches is refused." example:"https://example.com/hooks/fortnight"`
	Events []string `json:"events,omitempty" nullable:"false" uniqueItems:"true" doc:"Kinds of event; all where it is left out." example:"[\"edition.held\",\"delivery.failed\"]"`
	Active *bool    `json:"active,omitempty" doc:"It is where this is left out."`
}

// MadeWebhook is a webhook with its secret, which is told this once.
type MadeWebhook struct {
	Webhook
	Secret string `json:"secret" doc:"Keep it: it checks Fortnight-Signature and is not shown again."`
}

// Posting is one event on its way to a webhook.
type Posting struct {
	ID     int64           `json:"id" doc:"Fortnight-Id of the request: the same for each try."`
	Event  string          `json:"event" example:"edition.done"`
	MadeAt time.Time       `json:"made_at"`
	Tries  int             `json:"tries"`
	NextAt time.Time       `json:"next_at,omitzero" doc:"When it is tried again; not there where it has come to an end."`
	Done   time.Time       `json:"done_at,omitzero" doc:"When it was taken."`
	Status int             `json:"status,omitempty" doc:"HTTP status of the last try."`
	Answer string          `json:"answer,omitempty" doc:"What went wrong."`
	Body   json.RawMessage `json:"body,omitempty" doc:"What is posted."`
}

func webhookOf(w digest.Webhook) Webhook {
	out := Webhook{ID: w.ID, URL: w.URL, Events: some(w.Events), Active: w.Active, MadeAt: w.MadeAt}
	if w.Last != nil {
		last := postingOf(*w.Last)
		last.Body = nil
		out.Last = &last
	}
	return out
}

func postingOf(p digest.Posting) Posting {
	return Posting{p.ID, p.Kind, p.MadeAt, p.Tries, p.NextAt, p.Done, p.Status, p.Answer, json.RawMessage(p.Body)}
}

type AtWebhook struct {
	Webhook int64 `path:"webhook" doc:"Its id."`
}

// hook is a webhook as it was sent, checked.
func (a *api) hook(id int64, in WebhookSettings) (digest.Webhook, error) {
	if err := a.checkURL(in.URL); err != nil {
		return digest.Webhook{}, err
	}
	for _, e := range in.Events {
		if !slices.Contains(digest.Events(), e) {
			return digest.Webhook{}, refuse("events", "There is no event "+e+".")
		}
	}
	return digest.Webhook{ID: id, URL: in.URL, Events: in.Events, Active: in.Active == nil || *in.Active}, nil
}

func (a *api) webhooks() {
	handle(a, op("list-webhooks", "GET /webhooks", digest.ScopeManage, tagWebhooks, "List webhooks", ""),
		func(ctx context.Context, v visit, _ *struct{}) (*listOut[Webhook], error) {
			all, err := v.books.Webhooks(ctx)
			return whole(all, webhookOf), err
		})
	post := also(op("add-webhook", "POST /webhooks", digest.ScopeManage, tagWebhooks, "Make a webhook", "Its secret is in the answer, and never again."), digest.ScopeRead)
	post.DefaultStatus = http.StatusCreated
	handle(a, post, func(ctx context.Context, v visit, in *struct{ Body WebhookSettings }) (*bodyOf[MadeWebhook], error) {
		w, err := a.hook(0, in.Body)
		if err != nil {
			return nil, err
		}
		made, err := v.books.AddWebhook(ctx, v.by, w)
		return &bodyOf[MadeWebhook]{MadeWebhook{webhookOf(made), made.Secret}}, err
	})
	handle(a, also(op("put-webhook", "PUT /webhooks/{webhook}", digest.ScopeManage, tagWebhooks, "Change a webhook", "Its secret stays."), digest.ScopeRead),
		func(ctx context.Context, v visit, in *struct {
			AtWebhook
			Body WebhookSettings
		},
		) (*none, error) {
			w, err := a.hook(in.Webhook, in.Body)
			if err != nil {
				return nil, err
			}
			return nil, v.books.SaveWebhook(ctx, v.by, w)
		})
	handle(a, op("delete-webhook", "DELETE /webhooks/{webhook}", digest.ScopeManage, tagWebhooks, "Remove a webhook", "What is on its way is not posted any more."),
		func(ctx context.Context, v visit, in *AtWebhook) (*none, error) {
			return nil, v.books.RemoveWebhook(ctx, v.by, in.Webhook)
		})
	test := also(op("test-webhook", "POST /webhooks/{webhook}/test", digest.ScopeManage, tagWebhooks, "Post a test to a webhook", "Once, whatever events it wants; the answer stands among its postings."), digest.ScopeRead)
	test.DefaultStatus = http.StatusAccepted
	handle(a, test, func(ctx context.Context, v visit, in *AtWebhook) (*none, error) {
		return nil, v.books.TestWebhook(ctx, v.by, in.Webhook)
	})
	handle(a, also(op("list-postings", "GET /webhooks/{webhook}/postings", digest.ScopeManage, tagWebhooks, "List what was posted to a webhook", "The newest first."), digest.ScopeRead),
		func(ctx context.Context, v visit, in *struct {
			AtWebhook
			Paging
		},
		) (*listOut[Posting], error) {
			all, err := v.books.Postings(ctx, in.Webhook, in.page())
			return part(a, v, all, postingOf), err
		})
}
