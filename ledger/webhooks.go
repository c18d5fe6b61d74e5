package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/webhooks.sql
var webhooksSQL string

//go:embed questions/add_webhook.sql
var addWebhookSQL string

//go:embed questions/lock_webhook.sql
var lockWebhookSQL string

//go:embed questions/change_webhook.sql
var changeWebhookSQL string

//go:embed questions/remove_webhook.sql
var removeWebhookSQL string

//go:embed questions/webhook_known.sql
var webhookKnownSQL string

//go:embed questions/postings.sql
var postingsSQL string

//go:embed questions/postings_total.sql
var postingsTotalSQL string

//go:embed questions/test_webhook.sql
var testWebhookSQL string

// betweenTests is how long after a test another one may be asked for.
const betweenTests = 10 * time.Second

const ofWebhook = "a webhook's secret"

// Webhooks lists the project's webhooks, each with the latest that was posted or is to be. Secrets are left out.
func (t *Tenant) Webhooks(ctx context.Context) (all []digest.Webhook, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		rows, err := ask[struct {
			WebhookID      int64
			URL            string
			Events         []string
			Active         bool
			MadeAt         time.Time
			PostingID      int64
			Kind           string
			PostingMadeAt  *time.Time
			Tries          int
			NextAt, DoneAt *time.Time
			Status         int
			Answer         string
		}](ctx, tx, webhooksSQL, args{"project_id": t.project})
		for _, r := range rows {
			w := digest.Webhook{ID: r.WebhookID, URL: r.URL, Events: r.Events, Active: r.Active, MadeAt: r.MadeAt.UTC()}
			if r.PostingID != 0 {
				w.Last = &digest.Posting{
					ID: r.PostingID, Webhook: r.WebhookID, Kind: r.Kind, MadeAt: orZero(r.PostingMadeAt), Tries: r.Tries,
					NextAt: orZero(r.NextAt), Done: orZero(r.DoneAt), Status: r.Status, Answer: r.Answer,
				}
			}
			all = append(all, w)
		}
		return err
	})
	return all, err
}

// checkWebhook puts the kinds of event in their order.
func (t *Tenant) checkWebhook(w digest.Webhook) (digest.Webhook, error) {
	var c checker
	u, err := url.Parse(w.URL)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		c.fault("url", "this is no web address: write one such as https://hooks.example.com/fortnight")
	case u.Scheme == "http" && !t.l.PlainWebhooks:
		c.fault("url", "it begins with http: events name people, so they are posted to https addresses alone")
	case u.User != nil:
		c.fault("url", "it holds a name or password: what is posted is signed instead")
	case u.Fragment != "":
		c.fault("url", "what stands after # is never sent: leave it out")
	}
	c.line("url", w.URL)
	c.within("url", w.URL, 2000)
	var kinds []string
	for _, kind := range digest.Events() {
		if slices.Contains(w.Events, kind) {
			kinds = append(kinds, kind)
		}
	}
	for _, kind := range w.Events {
		if !slices.Contains(kinds, kind) {
			c.fault("events", "no event %q", kind)
		}
	}
	w.Events = kinds
	return w, c.err()
}

// webhookWords are what the audit compares. The path and query of an address may hold a secret of its receiver: the host is shown.
type webhookWords struct {
	URL    string
	Events []string
	Active bool
}

// hostOfURL gives an address without what may be secret in it.
func hostOfURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// AddWebhook makes a webhook and gives it with its secret, "whsec_" and 24 random bytes in base64, which is told once.
func (t *Tenant) AddWebhook(ctx context.Context, by digest.Actor, w digest.Webhook) (digest.Webhook, error) {
	w, err := t.checkWebhook(w)
	if err != nil {
		return w, err
	}
	raw := make([]byte, 24)
	if _, err := rand.Read(raw); err != nil {
		return w, err
	}
	w.Secret, w.MadeAt, w.Last = "whsec_"+base64.StdEncoding.EncodeToString(raw), t.l.Now(), nil
	sealed, err := t.l.Keys.seal(w.Secret, ofWebhook)
	if err != nil {
		return digest.Webhook{}, err
	}
	err = t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		if _, _, err := t.applying(ctx, tx); err != nil {
			return nil, err
		}
		w.ID, err = scalar[int64](ctx, tx, addWebhookSQL, args{
			"project_id": t.project, "url": w.URL, "events": orNone(w.Events), "active": w.Active, "secret_sealed": sealed, "now": w.MadeAt,
		})
		return []digest.Change{{Verb: "add", What: "webhook " + hostOfURL(w.URL)}}, err
	})
	if err != nil {
		return digest.Webhook{}, err
	}
	return w, nil
}

// SaveWebhook changes a webhook's address, its events and whether it is active; its secret stays. What waits for one that is switched
// off is posted when it is switched on again, unless it is too old then.
func (t *Tenant) SaveWebhook(ctx context.Context, by digest.Actor, w digest.Webhook) error {
	w, err := t.checkWebhook(w)
	if err != nil {
		return err
	}
	return t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		before, err := askOne[webhookWords](ctx, tx, lockWebhookSQL, args{"project_id": t.project, "webhook": w.ID})
		if err != nil {
			return nil, err
		}
		after := webhookWords{w.URL, orNone(w.Events), w.Active}
		change := digest.Change{Verb: "change", What: "webhook " + hostOfURL(w.URL)}
		if before.URL != after.URL {
			change.Notes = []string{"address changed"}
			if was, is := hostOfURL(before.URL), hostOfURL(after.URL); was != is {
				change.Details = append(change.Details, differs("host", was, is))
			}
		}
		before.URL, after.URL = "", ""
		details, err := differences(before, after)
		change.Details = append(change.Details, details...)
		if err != nil || len(change.Details)+len(change.Notes) == 0 {
			return nil, err
		}
		_, err = tx.Exec(ctx, changeWebhookSQL, args{"project_id": t.project, "webhook": w.ID, "url": w.URL, "events": orNone(w.Events), "active": w.Active})
		return []digest.Change{change}, err
	})
}

// RemoveWebhook takes a webhook away, with all that was posted to it or was to be.
func (t *Tenant) RemoveWebhook(ctx context.Context, by digest.Actor, id int64) error {
	return t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		address, err := scalar[string](ctx, tx, removeWebhookSQL, args{"project_id": t.project, "webhook": id})
		return []digest.Change{{Verb: "remove", What: "webhook " + hostOfURL(address)}}, err
	})
}

// TestWebhook has a test posted, once: what became of it stands among the postings.
func (t *Tenant) TestWebhook(ctx context.Context, by digest.Actor, id int64) error {
	return t.write(ctx, by, func(tx pgx.Tx) ([]digest.Change, error) {
		hook, err := askOne[webhookWords](ctx, tx, lockWebhookSQL, args{"project_id": t.project, "webhook": id})
		if err != nil {
			return nil, err
		}
		if !hook.Active {
			return nil, &digest.RefusedError{Field: "active", Reason: "The webhook is off: switch it on first."}
		}
		now := t.l.Now()
		done, err := tx.Exec(ctx, testWebhookSQL, args{"project_id": t.project, "webhook": id, "kind": digest.EventTest, "now": now, "lately": now.Add(-betweenTests)})
		if err != nil {
			return nil, err
		}
		if done.RowsAffected() == 0 {
			return nil, &digest.RefusedError{Reason: "A test was posted a moment ago: its answer stands among the postings."}
		}
		return []digest.Change{{Verb: "test", What: "webhook " + hostOfURL(hook.URL)}}, nil
	})
}

// Postings lists what was posted to a webhook or is to be, the newest first; digest.ErrNotFound where the project has no such webhook.
func (t *Tenant) Postings(ctx context.Context, webhook int64, p digest.Page) (part digest.Listed[digest.Posting], err error) {
	var before int64
	if err := marked(p.After, &before); err != nil {
		return part, err
	}
	size := sizeOf(p)
	err = t.read(ctx, func(tx pgx.Tx) error {
		with := args{"project_id": t.project, "webhook": webhook}
		if _, err := scalar[int64](ctx, tx, webhookKnownSQL, with); err != nil {
			return err
		}
		total, err := scalar[int](ctx, tx, postingsTotalSQL, with)
		if err != nil {
			return err
		}
		rows, err := ask[postingRow](ctx, tx, postingsSQL, args{"project_id": t.project, "webhook": webhook, "before": before, "size": size + 1})
		if err != nil {
			return err
		}
		var lines []digest.Posting
		for _, r := range rows {
			lines = append(lines, r.posting())
		}
		part, err = listed(lines, size, total, func(p digest.Posting) (string, error) { return mark(p.ID) })
		return err
	})
	return part, err
}

type postingRow struct {
	PostingID, WebhookID int64
	Kind                 string
	Body                 json.RawMessage
	MadeAt               time.Time
	Tries                int
	NextAt, DoneAt       *time.Time
	Status               int
	Answer               string
}

func (r postingRow) posting() digest.Posting {
	return digest.Posting{
		ID: r.PostingID, Webhook: r.WebhookID, Kind: r.Kind, Body: r.Body, MadeAt: r.MadeAt.UTC(), Tries: r.Tries,
		NextAt: orZero(r.NextAt), Done: orZero(r.DoneAt), Status: r.Status, Answer: r.Answer,
	}
}
