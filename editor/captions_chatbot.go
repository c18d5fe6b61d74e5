package editor

import (
	"math"
	"strings"

	"fortnight/digest"
)

// rowsOf splits the rows of a ranking or donut: those with a name, by value, and the sum of each role.
func rowsOf(c *digest.Chart) (named []digest.Point, byRole map[digest.Role]float64, total float64) {
	byRole = map[digest.Role]float64{}
	for _, p := range filled(currentOf(c)) {
		total += *p.Value
		if p.Role == digest.Ordinary && *p.Value > 0 {
			named = append(named, p)
		} else {
			byRole[p.Role] += *p.Value
		}
	}
	return named, byRole, total
}

// labelsAsIntents ends the note of a platform that recognises no intents: "chatwoot.labels_as_intents".
const labelsAsIntents = ".labels_as_intents"

func intents(d *desk, sec *digest.Section, c *digest.Chart) string {
	named, byRole, total := rowsOf(c)
	source := intentSource(sec)
	key := "caption.intents." + source + "."
	if total == 0 {
		return d.text(key + "none")
	}
	missed := ""
	if n := byRole[digest.Fallback]; n > 0 {
		missed = d.text("caption.intents.not_understood", digest.N("n", n))
	}
	if len(named) == 0 {
		if byRole[digest.Fallback] == total {
			return d.text("caption.intents.all_missed", digest.N("n", total))
		}
		return sentences(d.text(key+"unnamed", digest.N("n", total)), missed)
	}
	top, n := largest(named)
	slots := []digest.Slot{digest.N("n", total), digest.S("part", d.w.Count(n)), digest.S("intent", d.names(top))}
	switch {
	case len(top) == 1:
		return sentences(d.text(key+"top", slots...), missed)
	case len(top) <= fewTops:
		return sentences(d.text(key+"top_tie", slots...), missed)
	}
	return sentences(d.text(key+"even", slots...), missed)
}

// intentSource tells what recognised the intents: nlu, keyword or label. A section without a hit does not say so: a platform on
// which labels stand in for intents does, in its footnote. Else it is nlu.
func intentSource(sec *digest.Section) string {
	if n, ok := sec.Note("intents_source"); ok {
		switch s := n.Values["source"].Text; s {
		case "keyword", "label":
			return s
		}
	} else if c := sec.Chart("intents"); c != nil && strings.HasSuffix(c.Footnote, labelsAsIntents) {
		return "label"
	}
	return "nlu"
}

// names lists the labels of rows.
func (d *desk) names(points []digest.Point) string {
	var out []string
	for _, p := range points {
		out = append(out, d.closed(p.Label))
	}
	return d.w.List(out)
}

// manyUnknown is the share of rows without a name from which a caption warns of it.
const manyUnknown = 0.2

func languages(d *desk, _ *digest.Section, c *digest.Chart) string {
	named, byRole, total := rowsOf(c)
	switch {
	case total == 0:
		return d.text("caption.nobody_wrote")
	case len(named) == 0:
		return d.text("caption.languages.unknown_all", digest.N("n", total))
	}
	top, n := largest(named)
	if n == total {
		return d.text("caption.languages.all", digest.N("n", total), digest.S("language", top[0].Label))
	}
	rest := ""
	for _, p := range named {
		if p.Key == top[0].Key {
			continue
		}
		rest = d.text("caption.languages.second", digest.S("language", p.Label),
			digest.S("share", d.share(*p.Value/total, "second")))
		break
	}
	unknown := ""
	if u := byRole[digest.Unknown]; u >= manyUnknown*total {
		unknown = d.text("caption.languages.unknown", digest.N("n", u), digest.S("total", d.w.Count(total)))
	}
	return sentences(d.text("caption.languages.top", digest.S("language", top[0].Label),
		digest.S("share", d.share(n/total, "first")), digest.S("rest", rest)), unknown)
}

// fractions that a share is said by, where it lies within near of one.
var fractions = []struct {
	key   string
	value float64
}{
	{"1_2", 1. / 2},
	{"1_3", 1. / 3},
	{"2_3", 2. / 3},
	{"1_4", 1. / 4},
	{"3_4", 3. / 4},
	{"1_5", 1. / 5},
	{"2_5", 2. / 5},
	{"3_5", 3. / 5},
	{"4_5", 4. / 5},
	{"1_10", 1. / 10},
	{"9_10", 9. / 10},
}

const near = 0.012

// share says a part of the whole: "two in three" where a simple fraction is within 1.2 points, else in percent.
func (d *desk) share(part float64, place string) string {
	for _, f := range fractions {
		if math.Abs(part-f.value) <= near {
			return d.text("fraction." + place + "." + f.key)
		}
	}
	return d.text("fraction."+place+".percent", digest.S("n", d.w.Percent(part*100)))
}

func startFlows(d *desk, _ *digest.Section, c *digest.Chart) string {
	last := lastColumn(c)
	var total, bot, agent, nobody, outside float64
	nothing, nobodyID := "", ""
	for _, n := range c.Nodes {
		if n.Column == 0 {
			total += n.Value
		}
		if n.Role == digest.Nothing && n.Column < last {
			nothing = n.ID
		}
		if n.Column != last {
			continue
		}
		switch {
		case n.Role == digest.Nobody:
			nobody, nobodyID = n.Value, n.ID
		case answerOf(n) == "bot":
			bot = n.Value
		default:
			agent += n.Value
		}
	}
	for _, l := range c.Links {
		if l.From == nothing && l.To == nobodyID && nothing != "" {
			outside += l.Value
		}
	}
	key := "caption.start_flows."
	if total == 0 {
		return d.text(key + "none")
	}
	answers := key + "nobody"
	switch {
	case bot > 0 && agent > 0:
		answers = key + "both"
	case bot > 0:
		answers = key + "bot"
	case agent > 0:
		answers = key + "agent"
	}
	rest := d.text(key + "all_answered")
	if nobody > 0 {
		rest = d.text(key+"unanswered", digest.N("n", nobody))
		if outside > 0 && outside < nobody {
			rest += d.text(key+"outside", digest.N("n", outside))
		}
	}
	if bot+agent == 0 || total == 1 {
		rest = ""
	}
	return d.text(answers, digest.N("n", total), digest.S("bot", d.w.Count(bot)), digest.S("agent", d.w.Count(agent)),
		digest.S("rest", rest))
}
