package console

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/office"
	"fortnight/web/roster"
)

// importPlan is what a file would do to a digest's subscribers.
type importPlan struct {
	New, Changed, Out, Same int
	News, Changes, Outs     []importLine // the first of them
	Quiet                   []string     // who get nothing all the same: "t.okafor@lindenhof.example unsubscribed"
	QuietMore               int
}

type importLine struct{ Who, What string }

// wouldDo gives the subscribers that a file means, over those there are, and what saving them would change.
func (c *console) wouldDo(ctx context.Context, v *visit, d digest.DigestLine, sheet roster.Sheet, only bool) ([]digest.Subscriber, []digest.Change, error) {
	known := map[string]digest.Subscriber{}
	for s, err := range office.EverySubscriber(ctx, v.Office, digest.SubscribersWanted{Digest: d.Config.Key}) {
		if err != nil {
			return nil, nil, err
		}
		known[strings.ToLower(s.Address)] = s.Subscriber
	}
	all := sheet.Over(known, v.Account.Called())
	changes, err := v.Office.SaveSubscribers(ctx, v.By, d.Config.Key, all, only, true)
	return all, changes, err
}

// markOf is a mark of what was shown.
func markOf(changes []digest.Change) string {
	h := sha256.New()
	for _, c := range changes {
		fmt.Fprintln(h, c.String())
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// count counts changes by what they do.
func (p *importPlan) count(changes []digest.Change) {
	for _, c := range changes {
		switch c.Verb {
		case "add":
			p.New++
		case "remove":
			p.Out++
		default:
			p.Changed++
		}
	}
}

// words is "47 new, 5 changed, 3 taken out".
func (p *importPlan) words() string {
	var parts []string
	for _, one := range []struct {
		n    int
		word string
	}{{p.New, "new"}, {p.Changed, "changed"}, {p.Out, "taken out"}} {
		if one.n > 0 {
			parts = append(parts, look.Thousands(one.n)+" "+one.word)
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing to change")
}

// planOf tells what changes do to whom.
func planOf(ctx context.Context, o office.Project, key string, sheet roster.Sheet, all []digest.Subscriber, changes []digest.Change) (importPlan, error) {
	var p importPlan
	p.count(changes)
	p.Same = len(all) - p.New - p.Changed
	by := map[string]digest.Subscriber{}
	for _, s := range all {
		by[strings.ToLower(s.Address)] = s
	}
	who := func(c digest.Change) string {
		address := c.What[strings.LastIndexByte(c.What, ' ')+1:]
		if s := by[strings.ToLower(address)]; s.Name != "" {
			return s.Name + ", " + address
		}
		return address
	}
	add := func(to *[]importLine, c digest.Change) {
		if len(*to) < mostShown {
			*to = append(*to, importLine{who(c), changesOfPerson(c)})
		}
	}
	for _, c := range changes {
		switch c.Verb {
		case "add":
			add(&p.News, c)
		case "remove":
			add(&p.Outs, c)
		default:
			add(&p.Changes, c)
		}
	}
	quiet, err := quietOnes(ctx, o, key, by)
	if err != nil {
		return p, err
	}
	p.Quiet = quiet[:min(len(quiet), mostOnceMore)]
	p.QuietMore = len(quiet) - len(p.Quiet)
	return p, nil
}

// quietOnes are those of a file who get nothing all the same, by address: "t.okafor@lindenhof.example: unsubscribed".
func quietOnes(ctx context.Context, o office.Project, key string, by map[string]digest.Subscriber) ([]string, error) {
	why := map[string]string{}
	for page := (digest.Page{Size: 500}); ; {
		part, err := o.Suppressions(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, s := range part.Lines {
			if _, there := by[strings.ToLower(s.Address)]; there && s.Address != "" {
				why[strings.ToLower(s.Address)] = s.Reason
			}
		}
		if page.After = part.Next; part.Next == "" {
			break
		}
	}
	for s, err := range office.EverySubscriber(ctx, o, digest.SubscribersWanted{Digest: key, State: "unsubscribed"}) {
		if err != nil {
			return nil, err
		}
		if _, there := by[strings.ToLower(s.Address)]; there {
			why[strings.ToLower(s.Address)] = "unsubscribed"
		}
	}
	var all []string
	for address, reason := range why {
		all = append(all, by[address].Address+": "+reason)
	}
	slices.Sort(all)
	return all, nil
}
