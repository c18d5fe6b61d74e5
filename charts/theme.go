package charts

import "fortnight/digest"

// theme is the colours that a picture is drawn in.
type theme struct {
	ground           digest.Colour
	ink, ink2, ink3  digest.Colour
	grid, zero       digest.Colour // gridlines; the line that values stand on
	track            digest.Colour // the room a ranking's bar could fill
	accent, soft     digest.Colour // the maximum and this period; the other bars
	onAccent         digest.Colour // numbers inside an accent bar
	before           digest.Colour // the previous period
	missed, waiting  digest.Colour
	missedSoft       digest.Colour // what went wrong too, but less
	missedInk        digest.Colour
	waitingInk       digest.Colour
	other            digest.Colour // what is no category of its own
	node, ribbon     digest.Colour // a flow's grey nodes and ribbons
	categories       []digest.Colour
	fadeTop, fadeEnd float64 // opacity of the area under a line
}

// leastApart is the smallest distance (OKLab x 100, under every sight) that two categories of a donut may have.
const leastApart = 9

// themed gives the colours of a frame; the brand's accent replaces Fortnight's, darkened (on a dark ground, lightened)
// until it stands 3:1 against the ground.
func themed(f digest.Frame) theme {
	t := theme{
		ground: 0xFFFFFFFF, ink: 0x14171FFF, ink2: 0x4B5262FF, ink3: 0x697080FF, grid: 0xE7E9EEFF, zero: 0xC6CBD5FF, track: 0xF1F2F5FF,
		accent: 0x3F45D6FF, before: 0x9CA4B4FF, missed: 0xBE2F3EFF, waiting: 0xE59A2BFF, missedInk: 0xBE2F3EFF, waitingInk: 0x8A5500FF,
		other: 0xA9B1BFFF, node: 0x7C8598FF, ribbon: 0x8C95A8FF, fadeTop: .20, fadeEnd: .02,
		categories: []digest.Colour{0x3F45D6FF, 0x1593A8FF, 0xF0A93CFF, 0xB83268FF, 0x123F4AFF, 0xF7C9D4FF, 0xA88424FF, 0x602490FF},
	}
	if f.Theme == digest.Dark {
		t = theme{
			ground: 0x111318FF, ink: 0xF3F4F7FF, ink2: 0xBCC2CEFF, ink3: 0x949CABFF, grid: 0x22262FFF, zero: 0x3D4451FF, track: 0x1D2028FF,
			accent: 0x7B80F2FF, before: 0x7C8493FF, missed: 0xE5484DFF, waiting: 0xFFC76BFF, missedInk: 0xFF8F95FF, waitingInk: 0xF2B65AFF,
			other: 0x4F5663FF, node: 0x7C8598FF, ribbon: 0x8C95A8FF, fadeTop: .30, fadeEnd: .03,
			categories: []digest.Colour{0x7B80F2FF, 0x3CB4C3FF, 0xFFB40FFF, 0xF0693CFF, 0x78E1FFFF, 0xD2F0B4FF, 0xB43C0FFF, 0x4B5AC3FF},
		}
	}
	if f.Accent != 0 {
		t.accent = legible(f.Accent, t.ground, 3)
	}
	t.soft = mix(t.ground, t.accent, .365)
	t.missedSoft = mix(t.ground, t.missed, .45)
	t.onAccent = t.ground
	if contrast(t.accent, t.ink) > contrast(t.accent, t.ground) {
		t.onAccent = t.ink
	}
	if t.accent != t.categories[0] {
		t.categories = t.around(t.accent)
	}
	return t
}

// around gives eight categories that begin with an accent: Fortnight's own in their order, without those that a reader
// could take for the accent.
func (t theme) around(accent digest.Colour) []digest.Colour {
	spare := []digest.Colour{0x2E7D4FFF, 0xE46C48FF, 0xC06CFCFF, 0x6C480CFF, 0x78E1FFFF, 0x545400FF}
	out := []digest.Colour{accent}
	for least := float64(leastApart); len(out) < 8; least -= 3 {
		for _, c := range append(append([]digest.Colour{}, t.categories...), spare...) {
			near := apart(c, t.other)
			for _, chosen := range out {
				near = min(near, apart(c, chosen))
			}
			if near >= least && len(out) < 8 {
				out = append(out, c)
			}
		}
	}
	return out
}

// of gives the colour of a row that is no ordinary category; ok is false for those that are.
func (t theme) of(role digest.Role) (c digest.Colour, ok bool) {
	switch role {
	case digest.Fallback:
		return t.waiting, true
	case digest.Nobody:
		return t.missed, true
	case digest.Other, digest.Unknown, digest.Nothing:
		return t.other, true
	}
	return 0, false
}
