package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"strings"

	"fortnight/digest"
)

//go:embed questions/all_subscribers_of_digest.sql
var allSubscribersOfDigestSQL string

//go:embed questions/add_subscriber.sql
var addSubscriberSQL string

//go:embed questions/change_subscriber.sql
var changeSubscriberSQL string

//go:embed questions/remove_subscriber.sql
var removeSubscriberSQL string

func (a *applying) subscribers(ctx context.Context, digestID int64, key string, subscribers []digest.Subscriber) error {
	rows, err := ask[subscriberRow](ctx, a.tx, allSubscribersOfDigestSQL, args{"digest": digestID})
	if err != nil {
		return err
	}
	stored := map[string]subscriberRow{}
	for _, r := range rows {
		stored[strings.ToLower(r.Address)] = r
	}
	for _, s := range subscribers {
		s.Address = strings.TrimSpace(s.Address)
		if s.Audience == "" {
			s.Audience = digest.Manager
		}
		what := "subscriber " + a.key + "/" + key + " " + s.Address
		with := args{
			"name": s.Name, "address": s.Address, "locale": s.Locale, "zone": s.Zone, "audience": string(s.Audience), "pdf": s.PDF, "added_by": s.AddedBy,
		}
		r, known := stored[strings.ToLower(s.Address)]
		delete(stored, strings.ToLower(s.Address))
		if !known {
			a.note("add", what)
			if err := a.addSubscriber(ctx, digestID, with); err != nil {
				return err
			}
			continue
		}
		before := r.subscriber()
		s.ID, s.AddedAt, s.Token = before.ID, before.AddedAt, ""
		details, err := differences(before, s)
		if err != nil {
			return err
		}
		verb := "change"
		if r.RemovedAt != nil {
			verb = "add"
		} else if len(details) == 0 {
			continue
		}
		if r.UnsubscribedAt != nil {
			details = append(details, "stays unsubscribed")
		}
		a.note(verb, what, details...)
		with["subscriber"] = r.SubscriberID
		if _, err := a.tx.Exec(ctx, changeSubscriberSQL, with); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if _, gone := stored[strings.ToLower(r.Address)]; gone && r.RemovedAt == nil {
			a.note("remove", "subscriber "+a.key+"/"+key+" "+r.Address)
			if _, err := a.tx.Exec(ctx, removeSubscriberSQL, args{"subscriber": r.SubscriberID, "now": a.Now()}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *applying) addSubscriber(ctx context.Context, digestID int64, with args) error {
	token := strings.ToLower(rand.Text())
	sealed, err := a.Keys.seal(token, ofToken)
	if err != nil {
		return err
	}
	with["project_id"], with["digest"], with["now"] = a.projectID, digestID, a.Now()
	with["token_hash"], with["token_sealed"] = tokenHash(token), sealed
	_, err = a.tx.Exec(ctx, addSubscriberSQL, with)
	return err
}
