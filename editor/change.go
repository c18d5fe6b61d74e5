package editor

import (
	"math"

	"fortnight/digest"
)

// change is how a figure moved against the previous period.
type change struct {
	diff float64 // value − previous, in the figure's unit
	tone digest.Tone
	// size makes changes of different figures comparable: see sizeOf.
	size float64
}

// smallCount is the change of a count that is chance: it has no colour and is no finding.
const smallCount = 2

// changeOf compares a figure with its previous value; ok is false where one of the two is missing.
func changeOf(f digest.Figure) (c change, ok bool) {
	if !f.Value.Is() || !f.Previous.Is() || f.Unit == digest.Instant || f.Unit == digest.Text || f.Value.Currency != f.Previous.Currency {
		return change{}, false
	}
	c.diff = f.Value.Number - f.Previous.Number
	c.size = sizeOf(f, c.diff)
	switch {
	case c.diff == 0, f.Direction == digest.Neutral, f.Direction == "", f.Provisional:
	case f.Unit == digest.Count && math.Abs(c.diff) <= smallCount:
	case (c.diff > 0) == (f.Direction == digest.Up):
		c.tone = digest.Better
	default:
		c.tone = digest.Worse
	}
	return c, true
}

// sizeOf measures a change as a part of what was there before. The floor keeps a start from almost nothing from being
// without measure: one conversation, one minute, ten percent, one message a conversation.
func sizeOf(f digest.Figure, diff float64) float64 {
	floor := 1.0
	switch f.Unit {
	case digest.Duration:
		floor = 60
	case digest.Percent:
		floor = 10
	}
	return math.Abs(diff) / math.Max(math.Abs(f.Previous.Number), floor)
}

// smallBefore is the previous value of a count below which a percent says nothing: the difference is given instead.
const smallBefore = 10

// asPercent tells whether a count's or an amount's change is said in percent. A change too small to be seen in percents is not.
func asPercent(f digest.Figure, c change) bool {
	return (f.Unit == digest.Count || f.Unit == digest.Money) && f.Previous.Number >= smallBefore && math.Abs(c.diff)/f.Previous.Number >= 0.0005
}

// signedChange is the change as a card prints it: "+60 %", "+5", "+4 pts", "−7 h 54 min", "±0".
func (d *desk) signedChange(f digest.Figure, c change) string {
	switch {
	case f.Unit == digest.Percent:
		return d.w.Points(pointsBetween(f))
	case f.Unit == digest.Duration && math.Abs(c.diff) >= 0.5:
		return d.sign(c.diff) + d.duration(math.Abs(c.diff))
	case f.Unit == digest.Ratio:
		return d.w.Signed(c.diff, 1)
	case asPercent(f, c):
		return d.sign(c.diff) + d.w.Percent(math.Abs(c.diff)/f.Previous.Number*100)
	case f.Unit == digest.Duration:
		return d.w.Signed(0, 0)
	case f.Unit == digest.Money && c.diff != 0:
		return d.sign(c.diff) + d.money(math.Abs(c.diff), f.Value.Currency)
	default:
		return d.w.Signed(c.diff, 0)
	}
}

// unchanged tells a change that is printed as none.
func unchanged(f digest.Figure, c change) bool {
	switch f.Unit {
	case digest.Percent:
		return pointsBetween(f) == 0
	case digest.Duration:
		return math.Abs(c.diff) < 0.5
	case digest.Ratio:
		return math.Abs(c.diff) < 0.05
	default:
		return c.diff == 0
	}
}

// plainChange is the change without its sign, for "35 % more than the week before".
func (d *desk) plainChange(f digest.Figure, c change) string {
	switch {
	case f.Unit == digest.Percent:
		return d.text("change.points", digest.S("n", unsigned(d.w.Points(math.Abs(pointsBetween(f))))))
	case f.Unit == digest.Duration:
		return d.duration(math.Abs(c.diff))
	case f.Unit == digest.Ratio:
		return d.w.Decimal(math.Abs(c.diff), 1)
	case asPercent(f, c):
		return d.text("change.percent", digest.S("n", d.w.Percent(math.Abs(c.diff)/f.Previous.Number*100)))
	case f.Unit == digest.Money:
		return d.money(math.Abs(c.diff), f.Value.Currency)
	default:
		return d.w.Count(math.Abs(c.diff))
	}
}

// pointsBetween is the difference of two percents as their printed values give it: whole where both are printed whole,
// so that 60 % from 56 % is +4 and not +4.2.
func pointsBetween(f digest.Figure) float64 {
	diff := f.Value.Number - f.Previous.Number
	if math.Round(f.Value.Number*10)/10 >= 10 && math.Round(f.Previous.Number*10)/10 >= 10 {
		return math.Round(f.Value.Number) - math.Round(f.Previous.Number)
	}
	return math.Round(diff*10) / 10
}

// sign is the locale's own sign of n, taken from how it prints one.
func (d *desk) sign(n float64) string {
	one := d.w.Signed(math.Copysign(1, n), 0)
	return one[:len(one)-len(d.w.Count(1))]
}

// unsigned takes the sign off a text that begins with one.
func unsigned(s string) string {
	for i, r := range s {
		if r != '+' && r != '±' && r != '\u2212' && r != '\u200e' && r != '\u061c' {
			return s[i:]
		}
	}
	return s
}
