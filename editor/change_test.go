package editor

import (
	"testing"

	"fortnight/digest"
)

func TestAChangeIsSaidByItsUnitAndColouredByItsMeaning(t *testing.T) {
	d := deskFor(week(), digest.Manager)
	figure := func(u digest.Unit, now, before float64, way digest.Direction) digest.Figure {
		return digest.Figure{Unit: u, Value: digest.Num(now), Previous: digest.Num(before), Direction: way}
	}
	for _, c := range []struct {
		name   string
		figure digest.Figure
		want   string
		tone   digest.Tone
	}{
		{"a count in percent from ten on", figure(digest.Count, 16, 10, digest.Up), "+60%", digest.Better},
		{"a count by its difference under ten", figure(digest.Count, 14, 9, digest.Up), "+5", digest.Better},
		{"more of what should be less is worse", figure(digest.Count, 5, 0, digest.Down), "+5", digest.Worse},
		{"less of what should be less is better", figure(digest.Count, 5, 20, digest.Down), "-75%", digest.Better},
		{"a change of two is chance", figure(digest.Count, 2, 0, digest.Down), "+2", digest.Plain},
		{"a change of three is not", figure(digest.Count, 3, 0, digest.Down), "+3", digest.Worse},
		{"a neutral figure has no colour", figure(digest.Count, 300, 100, digest.Neutral), "+200%", digest.Plain},
		{"no change", figure(digest.Count, 20, 20, digest.Up), "+0", digest.Plain},
		{"a change that percents cannot show", figure(digest.Count, 100001, 100000, digest.Up), "+1", digest.Plain},
		{"whole percents differ by whole points", figure(digest.Percent, 60.4, 56.3, digest.Up), "+4pts", digest.Better},
		{"small percents differ by tenths", figure(digest.Percent, 8.1, 9.4, digest.Down), "-1.3pts", digest.Better},
		{"a duration", figure(digest.Duration, 6000, 34440, digest.Down), "-28440\u00a0s", digest.Better},
		{"a ratio by one place", figure(digest.Ratio, 2.162, 1.939, digest.Neutral), "+0.2", digest.Plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := changeOf(c.figure)
			if text := d.signedChange(c.figure, got); !ok || text != c.want || got.tone != c.tone {
				t.Errorf("got %s (%q), want %s (%q)", text, got.tone, c.want, c.tone)
			}
		})
	}
}

func TestAProvisionalFigureHasNoColour(t *testing.T) {
	f := count("missed", 9, 0, digest.Down)
	f.Provisional = true
	if c, _ := changeOf(f); c.tone != digest.Plain {
		t.Errorf("tone %q", c.tone)
	}
}

func TestWithoutOneOfTheTwoValuesThereIsNoChange(t *testing.T) {
	for _, s := range []digest.State{digest.Empty, digest.Unavailable, digest.Failed} {
		f := count("missed", 9, 0, digest.Down)
		f.Previous = digest.None(s)
		if _, ok := changeOf(f); ok {
			t.Errorf("a change from %s", s)
		}
	}
}
