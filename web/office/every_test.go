package office

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"fortnight/digest"
)

// parts are a list of subscribers in parts of two.
type parts struct {
	Readers
	all   []digest.SubscriberLine
	fails int // the part that cannot be read, counted from 1; 0: none
	asked []string
}

func (p *parts) Subscribers(_ context.Context, w digest.SubscribersWanted) (l digest.Listed[digest.SubscriberLine], err error) {
	p.asked = append(p.asked, fmt.Sprintf("%s %s after %q", w.Digest, w.State, w.After))
	if len(p.asked) == p.fails {
		return l, errors.New("the books are shut")
	}
	var at int
	if w.After != "" {
		_, _ = fmt.Sscan(w.After, &at)
	}
	l.Lines = p.all[at:min(at+2, len(p.all))]
	if at+2 < len(p.all) {
		l.Next = fmt.Sprint(at + 2)
	}
	return l, nil
}

func five() (all []digest.SubscriberLine) {
	for _, name := range []string{"Ana", "Bo", "Cy", "Di", "Ed"} {
		all = append(all, digest.SubscriberLine{Subscriber: digest.Subscriber{Name: name}})
	}
	return all
}

func TestEverySubscriberIsGivenHoweverManyPartsTheListHas(t *testing.T) {
	for n := range 6 {
		p := &parts{all: five()[:n]}
		var got []string
		for s, err := range EverySubscriber(t.Context(), p, digest.SubscribersWanted{Digest: "weekly", State: "gets", Page: digest.Page{After: "3"}}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, s.Name)
		}
		if want := []string{"Ana", "Bo", "Cy", "Di", "Ed"}[:n]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("of %d it gives %v", n, got)
		}
		if p.asked[0] != `weekly gets after ""` {
			t.Errorf("it begins with %s", p.asked[0])
		}
	}
}

func TestNoPartIsAskedForThatNobodyReads(t *testing.T) {
	p := &parts{all: five()}
	for _, err := range EverySubscriber(t.Context(), p, digest.SubscribersWanted{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(p.asked) != 1 {
		t.Errorf("it asks %q", p.asked)
	}
}

func TestAPartThatCannotBeReadEndsTheListWithItsError(t *testing.T) {
	p := &parts{all: five(), fails: 2}
	var got []string
	for s, err := range EverySubscriber(t.Context(), p, digest.SubscribersWanted{}) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, s.Name)
	}
	if want := "[Ana Bo the books are shut]"; fmt.Sprint(got) != want {
		t.Errorf("it gives %v", got)
	}
}
