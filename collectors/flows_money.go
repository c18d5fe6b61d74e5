package collectors

import (
	"slices"

	"fortnight/digest"
)

// prices are what goals are worth: amounts of their own in one currency, else a value that the digest sets.
type prices struct {
	currency                string // "" where no goal and no digest names one
	own                     bool   // the digest names it
	appointment, enrollment *float64
}

// pricesOf settles the one currency of both periods: the digest's, else that of most of this period's goals, else of the previous one's.
func pricesOf(p digest.FlowsParameters, now, before *flowsRaw) prices {
	out := prices{currency: p.Currency, own: p.Currency != "", appointment: p.ValuePerAppointment, enrollment: p.ValuePerEnrollment}
	for _, f := range []*flowsRaw{now, before} {
		if out.currency == "" && f != nil {
			out.currency = mostNamed(f.goals)
		}
	}
	return out
}

// mostNamed is the currency that most goals have an amount in; of equals the first by name.
func mostNamed(goals []goalFact) (most string) {
	named := map[string]int64{}
	var names []string
	for _, g := range goals {
		if g.Currency != nil && g.Priced > 0 {
			named[*g.Currency] += g.Priced
			names = append(names, *g.Currency)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if most == "" || named[name] > named[most] {
			most = name
		}
	}
	return most
}

// value is what one goal of a fact without an amount is worth; nil: not set.
func (p prices) value(fact string) *float64 {
	if fact == "enrolled" {
		return p.enrollment
	}
	return p.appointment
}

// counted splits the goals of a fact: the amounts in the currency, goals without an amount, and goals that cannot be added because
// their amount is in another currency or names none. An amount that names none is in the digest's own, where that is set.
func (p prices) counted(goals []goalFact, fact string, of func(goalFact) bool) (amount float64, priced, bare, foreign int64) {
	for _, g := range goals {
		if g.Fact != fact || of != nil && !of(g) {
			continue
		}
		bare += g.Goals - g.Priced
		switch {
		case g.Priced == 0:
		case g.Currency == nil && p.own, g.Currency != nil && *g.Currency == p.currency:
			amount, priced = amount+g.Amount, priced+g.Priced
		default:
			foreign += g.Priced
		}
	}
	return amount, priced, bare, foreign
}

// money is what the goals of a fact are worth: n/a where neither they nor the digest say.
func (p prices) money(goals []goalFact, fact string, of func(goalFact) bool) digest.Value {
	amount, priced, bare, _ := p.counted(goals, fact, of)
	value := p.value(fact)
	switch {
	case p.currency == "" || value == nil && priced == 0:
		return digest.None(digest.Empty)
	case value != nil:
		amount += float64(bare) * *value
	}
	return digest.Sum(amount, p.currency)
}

// notes tell what is left out of money that is told.
func (p prices) notes(goals []goalFact) (notes []digest.Note) {
	var foreign, bare int64
	for _, fact := range []string{"scheduled", "completed", "enrolled"} {
		_, priced, b, other := p.counted(goals, fact, nil)
		foreign += other
		if p.value(fact) == nil && priced > 0 {
			bare += b
		}
	}
	one := func(key string, n int64) {
		if n > 0 {
			notes = append(notes, digest.Note{Key: key, Values: map[string]digest.Value{"count": count(n)}})
		}
	}
	one("other_currency", foreign)
	one("no_amount", bare)
	return notes
}
