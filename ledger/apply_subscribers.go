package ledger

import (
	"context"
	"crypto/rand"
	_ "embed"
	"strings"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/tokens_of_digest.sql
var tokensOfDigestSQL string

//go:embed questions/renew_token.sql
var renewTokenSQL string

//go:embed questions/all_subscribers_of_digest.sql
var allSubscribersOfDigestSQL string

//go:embed questions/add_subscriber.sql
var addSubscriberSQL string

//go:embed questions/change_subscriber.sql
var changeSubscriberSQL string

//go:embed questions/suppressed_among.sql
var suppressedAmongSQL string

//go:embed questions/remove_subscriber.sql
var removeSubscriberSQL string

// subscribers makes those of a digest as they are configured; with only, who is not among them is taken out. What readers chose stays.
func (a *applying) subscribers(ctx context.Context, digestID int64, key string, subscribers []digest.Subscriber, only bool) error {
	rows, err := ask[subscriberRow](ctx, a.tx, allSubscribersOfDigestSQL, args{"digest": digestID})
	if err != nil {
		return err
	}
	suppressed, err := a.suppressed(ctx, subscribers)
	if err != nil {
		return err
	}
	changes := &pgx.Batch{} // in one round trip
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
			"name": s.Name, "address": s.Address, "locale": s.Locale, "zone": s.Zone, "audience": string(s.Audience), "agent": s.Agent, "pdf": s.PDF, "added_by": s.AddedBy,
		}
		r, known := stored[strings.ToLower(s.Address)]
		delete(stored, strings.ToLower(s.Address))
		var notes []string
		if r.UnsubscribedAt != nil {
			notes = append(notes, "stays unsubscribed")
		}
		if why := suppressed[strings.ToLower(s.Address)]; why != "" {
			notes = append(notes, "stays suppressed: "+why)
		}
		if !known {
			a.say(digest.Change{Verb: "add", What: what, Notes: notes})
			if err := a.complete(digestID, with); err != nil {
				return err
			}
			changes.Queue(addSubscriberSQL, with)
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
		a.say(digest.Change{Verb: verb, What: what, Details: details, Notes: notes})
		with["subscriber"] = r.SubscriberID
		changes.Queue(changeSubscriberSQL, with)
	}
	for _, r := range rows {
		if _, gone := stored[strings.ToLower(r.Address)]; gone && only && r.RemovedAt == nil {
			a.note("remove", "subscriber "+a.key+"/"+key+" "+r.Address)
			changes.Queue(removeSubscriberSQL, args{"subscriber": r.SubscriberID, "now": a.Now()})
		}
	}
	if changes.Len() > 0 {
		if err := a.tx.SendBatch(ctx, changes).Close(); err != nil {
			return err
		}
	}
	return a.renewTokens(ctx, digestID, key)
}

// suppressed says of those whose addresses the project may not write to why, by their addresses in lower case.
func (a *applying) suppressed(ctx context.Context, subscribers []digest.Subscriber) (map[string]string, error) {
	addresses := make([]string, len(subscribers))
	for i, s := range subscribers {
		addresses[i] = strings.TrimSpace(s.Address)
	}
	rows, err := ask[struct{ Address, Reason string }](ctx, a.tx, suppressedAmongSQL, args{"project": a.projectID, "addresses": addresses})
	if err != nil {
		return nil, err
	}
	why := map[string]string{}
	for _, r := range rows {
		why[strings.ToLower(r.Address)] = r.Reason
	}
	return why, nil
}

// renewTokens gives new tokens to subscriptions whose own no key opens any more: the links of mails sent before end, but the
// digest can be sent again.
func (a *applying) renewTokens(ctx context.Context, digestID int64, key string) error {
	rows, err := ask[struct {
		SubscriberID int64
		Address      string
		TokenSealed  []byte
	}](ctx, a.tx, tokensOfDigestSQL, args{"digest": digestID})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if _, _, err := a.Keys.open(r.TokenSealed, ofToken); err == nil {
			continue
		}
		a.say(digest.Change{
			Verb: "change", What: "subscriber " + a.key + "/" + key + " " + r.Address,
			Notes: []string{"links made anew, as no SECRET_KEY opens the old ones"},
		})
		hash, sealed, err := a.newToken()
		if err != nil {
			return err
		}
		if _, err := a.tx.Exec(ctx, renewTokenSQL, args{"subscriber": r.SubscriberID, "token_hash": hash, "token_sealed": sealed}); err != nil {
			return err
		}
	}
	return nil
}

// newToken makes a token: its hash to look it up by, and itself sealed.
func (a *applying) newToken() (hash, sealed []byte, err error) {
	token := strings.ToLower(rand.Text())
	sealed, err = a.Keys.seal(token, ofToken)
	return tokenHash(token), sealed, err
}

// complete adds to what is known of a new subscriber what is not his own.
func (a *applying) complete(digestID int64, with args) error {
	hash, sealed, err := a.newToken()
	with["project_id"], with["digest"], with["now"] = a.projectID, digestID, a.Now()
	with["token_hash"], with["token_sealed"] = hash, sealed
	return err
}

func (a *applying) addSubscriber(ctx context.Context, digestID int64, with args) error {
	if err := a.complete(digestID, with); err != nil {
		return err
	}
	_, err := a.tx.Exec(ctx, addSubscriberSQL, with)
	return err
}
