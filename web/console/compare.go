package console

import (
	"net/http"
	"slices"
	"strconv"

	"fortnight/digest"
	"fortnight/web/look"
)

type comparePage struct {
	page
	Now, Then     string // "23–29 Mar"
	ThenPath      string
	Sections      []compareSection
	Restated      int
	RestatedWords string
	States        []compareState
	Hours         string // where the two are not equally long: "167 h beside 168 h"
}

// compareState is a section's state in both editions.
type compareState struct {
	Name      string
	Now, Then look.Stated
}

// compareSection is a section figure by figure.
type compareSection struct {
	Name string
	Rows []compareRow
}

// compareRow is one figure in both editions.
type compareRow struct {
	Name      string
	Now, Then string
	shift
	Restated string // "printed 192 then, 195 now"; "" where the same
}

func (c *console) compare(w http.ResponseWriter, r *http.Request, v *visit) error {
	e, snap, clk, err := c.asked(r, v)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("other"), 10, 64)
	if err != nil {
		return digest.ErrNotFound
	}
	other, then, err := v.Office.Edition(r.Context(), id)
	if err != nil {
		return err
	}
	if other.DigestID != e.DigestID || snap.Version == 0 || then.Version == 0 {
		return digest.ErrNotFound
	}
	words, err := c.english()
	if err != nil {
		return err
	}
	view := &comparePage{
		page: v.page(clk.span(e.Period)+" beside "+clk.span(other.Period), "editions", Crumb{"Editions", v.Path("editions")}, Crumb{editionName(clk, e), v.Path("editions", e.ID)}),
		Now:  clk.span(e.Period), Then: clk.span(other.Period), ThenPath: v.Path("editions", other.ID),
	}
	view.Lead = digestName(e.Config) + ": what each edition printed."
	if e.Period.Hours() != other.Period.Hours() {
		view.Hours = hours(e.Period.Hours()) + " beside " + hours(other.Period.Hours()) + ": sums are not of equally long periods."
	}
	view.Sections, view.Restated = comparison(words, clk, snap, then)
	for _, key := range sectionKeys(snap, then) {
		view.States = append(view.States, compareState{sectionName(key), stateIn(&snap, key), stateIn(&then, key)})
	}
	if view.Restated > 0 {
		view.RestatedWords = look.Count(view.Restated, "figure of "+view.Then+" has", "figures of "+view.Then+" have") + " changed since that edition was read: rows came later. The new edition compares with what is true now, this page with what was printed then."
	}
	return c.show(w, r, "compare", view)
}

func stateIn(s *digest.Snapshot, key string) look.Stated {
	if sec := s.Section(key); sec != nil {
		return sectionState(sec)
	}
	return look.Stated{Kind: "out", Icon: "dash", Word: "Not in it"}
}

// sectionKeys are those of two snapshots, in the order of the first.
func sectionKeys(a, b digest.Snapshot) (keys []string) {
	for _, s := range slices.Concat(a.Sections, b.Sections) {
		if !slices.Contains(keys, s.Key) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// comparison holds the figures of two snapshots against each other, and counts those of the earlier that were restated: whose
// value in the later one's own comparison is another than was printed.
func comparison(w digest.Words, clk clock, now, then digest.Snapshot) (all []compareSection, restated int) {
	same := now.Previous.From.Equal(then.Period.From) && now.Previous.To.Equal(then.Period.To)
	for _, key := range sectionKeys(now, then) {
		a, b := sectionOr(&now, key), sectionOr(&then, key)
		part := compareSection{Name: sectionName(key)}
		var names []string
		for _, f := range slices.Concat(a.Figures, b.Figures) {
			if !slices.Contains(names, f.Key) {
				names = append(names, f.Key)
			}
		}
		for _, name := range names {
			f, here := a.Figure(name)
			g, there := b.Figure(name)
			unit := f.Unit
			if !here {
				unit = g.Unit
			}
			row := compareRow{Name: figureName(w, key, name), Now: "not in it", Then: "not in it"}
			if here {
				row.Now = valueOf(w, clk, unit, f.Value)
			}
			if there {
				row.Then = valueOf(w, clk, g.Unit, g.Value)
			}
			if here && there && f.Unit == g.Unit {
				row.shift = movement(w, f, f.Value, g.Value)
				if same && f.Previous.Is() && g.Value.Is() && !equal(unit, f.Previous, g.Value) {
					row.Restated = "printed " + row.Then + " then, " + valueOf(w, clk, unit, f.Previous) + " now"
					restated++
				}
			}
			part.Rows = append(part.Rows, row)
		}
		if len(part.Rows) > 0 {
			all = append(all, part)
		}
	}
	return all, restated
}

func sectionOr(s *digest.Snapshot, key string) *digest.Section {
	if sec := s.Section(key); sec != nil {
		return sec
	}
	return &digest.Section{}
}

// equal tells values that print the same thing; what arithmetic on floats leaves behind is no difference.
func equal(u digest.Unit, a, b digest.Value) bool {
	switch u {
	case digest.Instant:
		return a.Instant.Equal(b.Instant)
	case digest.Text:
		return a.Text == b.Text
	}
	diff := a.Number - b.Number
	return diff < 1e-6 && diff > -1e-6
}
