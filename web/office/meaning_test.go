package office

import (
	"context"
	"errors"
	"testing"

	"fortnight/digest"
)

// desk has digests; its trades know which kinds are longer than bi-monthly where that means twice a month.
type desk struct {
	Project
	all []digest.DigestLine
}

func (d desk) DigestsToCome(context.Context) ([]digest.DigestLine, error) { return d.all, nil }

type trades struct{ Works }

func (trades) ReadersCadence(p digest.Project, c digest.Config, kind string) (digest.CadenceSpec, error) {
	if kind == "daily" || c.Cadence.Kind == "bi-monthly" && p.BiMonthly == "every-2-months" {
		return digest.CadenceSpec{}, errors.New("it is not longer")
	}
	return digest.CadenceSpec{Kind: kind}, nil
}

func TestAMeaningThatWouldTakeReadersTheirSlowerCadenceIsRefusedWithTheDigestsNames(t *testing.T) {
	line := func(key, name, kind string, chosen ...string) digest.DigestLine {
		return digest.DigestLine{Config: digest.Config{Key: key, Name: name, Cadence: digest.CadenceSpec{Kind: kind}, Readers: digest.Readers{Cadences: chosen}}}
	}
	all := []digest.DigestLine{
		line("leaders", "Leadership", "bi-monthly", "daily", "monthly", "every-2-months"), line("plain", "", "bi-monthly", "monthly"),
		line("none", "Without", "bi-monthly"), line("weekly", "Weekly", "weekly", "monthly"), line("faulty", "Faulty", "bi-monthly", "daily"),
	}
	twice, two := digest.Project{BiMonthly: "twice-monthly"}, digest.Project{BiMonthly: "every-2-months"}
	for name, c := range map[string]struct {
		from, to digest.Project
		all      []digest.DigestLine
		want     string
	}{
		"to every two months":           {twice, two, all, "Then readers could choose a cadence that is not slower than the digest's own: Leadership (monthly, every 2 months); plain (monthly). Take it out of what they may choose there first."},
		"back to twice a month":         {two, twice, all, ""},
		"left out, which means as much": {twice, digest.Project{}, all, ""},
		"where nobody may choose":       {twice, two, all[2:], ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := CheckMeaning(t.Context(), trades{}, desk{all: c.all}, c.from, c.to)
			var refused *digest.RefusedError
			switch {
			case c.want == "" && err != nil:
				t.Errorf("it is refused: %v", err)
			case c.want != "" && (!errors.As(err, &refused) || refused.Field != "bi_monthly" || refused.Reason != c.want):
				t.Errorf("it gives %v", err)
			}
		})
	}
}

func TestHoursCannotBeTakenFromDigestsThatLeaveAtTheCloseOfBusiness(t *testing.T) {
	all := []digest.DigestLine{
		{Config: digest.Config{Key: "evening", Name: "Open at night", Cadence: digest.CadenceSpec{Kind: digest.CloseOfBusiness}}}, {Config: digest.Config{Key: "weekly", Cadence: digest.CadenceSpec{Kind: "weekly"}}},
	}
	open := digest.Project{Hours: digest.Hours{Windows: []digest.Window{{Weekday: 1, Opens: 540, Closes: 1020}}}}
	err := CheckMeaning(t.Context(), trades{}, desk{all: all}, open, digest.Project{})
	var refused *digest.RefusedError
	if !errors.As(err, &refused) || refused.Field != "hours" || refused.Reason != "Digests go out at the close of business by these hours: Open at night. Give them another cadence first." {
		t.Errorf("taken: %v", err)
	}
	for name, c := range map[string]struct {
		from, to digest.Project
		all      []digest.DigestLine
	}{"kept": {open, open, all}, "there were none": {digest.Project{}, digest.Project{}, all}, "no digest needs them": {open, digest.Project{}, all[1:]}} {
		if err := CheckMeaning(t.Context(), trades{}, desk{all: c.all}, c.from, c.to); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
