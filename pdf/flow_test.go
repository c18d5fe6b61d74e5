package pdf

import (
	"fmt"
	"strings"
	"testing"
)

// flowed divides blocks over pages of 100 px and names those of each page.
func flowed(stretch float64, blocks ...block) string {
	d := &document{height: 100 + foot + head, blocks: blocks}
	var out []string
	for _, page := range d.pages(stretch) {
		var names []string
		for _, b := range page {
			names = append(names, b.running)
		}
		out = append(out, strings.Join(names, " "))
	}
	return strings.Join(out, " | ")
}

func named(name string, gap, least, most float64) block {
	return block{running: name, gap: gap, least: least, most: most}
}

func TestBlocksFillPagesInTheirOrder(t *testing.T) {
	heading := func(name string) block { return block{running: name, least: 20, most: 20, keep: true} }
	row := func(name string) block {
		return block{running: name, least: 30, most: 30, again: &block{least: 10, most: 10}}
	}
	for _, c := range []struct {
		name    string
		stretch float64
		blocks  []block
		want    string
	}{
		{"what fits stands on one page", 0, []block{named("a", 0, 60, 60), named("b", 0, 40, 40)}, "a b"},
		{"a gap counts between two", 0, []block{named("a", 0, 60, 60), named("b", 1, 40, 40)}, "a | b"},
		{"the gap above a page's first does not", 0, []block{named("a", 50, 60, 60), named("b", 0, 40, 40)}, "a b"},
		{"charts that can be smaller are", 0, []block{named("a", 0, 60, 60), named("b", 0, 40, 70)}, "a b"},
		{"and stretched take a page more", 1, []block{named("a", 0, 60, 60), named("b", 0, 40, 70)}, "a | b"},
		{"a heading does not end a page", 0, []block{named("a", 0, 60, 60), heading("h"), named("b", 0, 30, 30)}, "a | h b"},
		{"headings stay with headings", 0, []block{named("a", 0, 50, 50), heading("h"), heading("i"), named("b", 0, 20, 20)}, "a | h i b"},
		{"what is longer than a page is divided after all", 0, []block{heading("h"), named("b", 0, 90, 90)}, "h | b"},
		{"the head of a table needs its room on each page", 0, []block{named("a", 0, 90, 90), row("1"), row("2"), row("3"), row("4")}, "a | 1 2 3 | 4"},
		{"nothing has no page", 0, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := flowed(c.stretch, c.blocks...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatIsLeftOfAPageGoesToWhatCanGrow(t *testing.T) {
	d := &document{height: 100 + foot + head}
	page := []block{named("words", 10, 20, 20), named("chart", 10, 40, 60), named("chart", 0, 20, 40)}
	// 100 less 20, 10, 40 and 20 leaves 10 of 40 that they could grow by: a quarter each.
	var got []string
	for _, b := range page {
		got = append(got, fmt.Sprint(b.tall(d.growth(page, 0))))
	}
	if s := strings.Join(got, " "); s != "20 45 25" {
		t.Errorf("got %s", s)
	}
}
