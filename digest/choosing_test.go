package digest

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
)

var threeSections = []SectionChoice{{"activity", "chat"}, {"chatbot", "chat"}, {"contact_center", "chat"}}

func TestAReadersWishesStandOverTheConfigurationAsFarAsTheDigestLetsHim(t *testing.T) {
	yes := true
	ana := Subscriber{Name: "Ana", Locale: "en", Zone: "Europe/Berlin", Audience: Executive}
	c := Config{Sections: threeSections, Readers: Readers{Cadences: []string{"monthly"}, Sections: true}}
	until := Date{2026, 4, 1}
	got := ana.With(Wishes{Locale: "es", Zone: "Europe/Madrid", PDF: &yes, Cadence: "monthly", Sections: []string{"contact_center", "activity"}, PausedUntil: until}, c)
	if got.Locale != "es" || got.Zone != "Europe/Madrid" || !got.PDF || got.Cadence != "monthly" || got.PausedUntil != until || got.Audience != Executive ||
		!slices.Equal(got.Sections, []string{"activity", "contact_center"}) {
		t.Errorf("all that may be wished for gives %+v", got)
	}
	c.Readers = Readers{}
	got = ana.With(Wishes{Cadence: "monthly", Sections: []string{"activity"}}, c)
	if got.Cadence != "" || got.Sections != nil || got.Locale != "en" || got.Zone != "Europe/Berlin" || got.PDF {
		t.Errorf("what may not be chosen gives %+v", got)
	}
}

func TestAChoiceOfAllSectionsOrOfNoneThatThereIsIsTheDigestItself(t *testing.T) {
	e := Edition{Project: Project{Locale: "en"}, Config: Config{Sections: threeSections, Paper: "A4"}}
	for _, c := range []struct {
		name   string
		wanted []string
		want   string
	}{
		{"nothing said", nil, ""},
		{"all", []string{"contact_center", "chatbot", "activity"}, ""},
		{"none that the digest has", []string{"gone"}, ""},
		{"two, in the digest's order", []string{"contact_center", "activity"}, "activity,contact_center"},
		{"one that is there and one that is gone", []string{"gone", "chatbot"}, "chatbot"},
	} {
		if got := ChoiceOf(e, Subscriber{Sections: c.wanted}); got.Sections != c.want || got.Audience != Manager || got.Locale != "en" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	if got := (Choice{Sections: "activity,contact_center"}).Wanted(); !slices.Equal(got, []string{"activity", "contact_center"}) {
		t.Errorf("wanted are %v", got)
	}
	if got := (Choice{}).Wanted(); len(got) != 0 {
		t.Errorf("of all, wanted are %v", got)
	}
}

func TestAPartOfAnEditionKeepsItsHashAndLosesWhatIsSaidOfTheRest(t *testing.T) {
	of := func(keys ...string) Snapshot {
		s := Snapshot{Version: SnapshotVersion}
		for _, k := range keys {
			s.Sections = append(s.Sections, Section{Key: k, Status: Complete})
		}
		return s
	}
	whole := of("activity", "chatbot", "contact_center")
	hash, err := whole.Hash()
	if err != nil {
		t.Fatal(err)
	}
	b := Brief{Sections: 3, Restated: []Restatement{{Section: "chatbot"}, {Section: "activity"}}, CatchUp: []Snapshot{of("activity", "chatbot")}}
	got, told, err := part(whole, b, []string{"activity", "contact_center"})
	if err != nil || len(got.Sections) != 2 || told.Sections != 2 || told.Content != hash || len(told.Restated) != 1 || len(told.CatchUp[0].Sections) != 1 {
		t.Errorf("the part is %+v, told %+v, %v", got, told, err)
	}
	if len(whole.Sections) != 3 || len(b.Restated) != 2 || b.Restated[0].Section != "chatbot" || len(b.CatchUp[0].Sections) != 2 {
		t.Error("what the part was made of has changed")
	}
	if same, told, err := part(whole, b, nil); err != nil || len(same.Sections) != 3 || told.Content != "" {
		t.Errorf("all of it is %+v, told %+v, %v", same, told, err)
	}
}

func TestTargetsStandOnTheFiguresThatTheyAreSetFor(t *testing.T) {
	s := Snapshot{Sections: []Section{
		{Key: "activity", Figures: []Figure{{Key: "total_messages"}, {Key: "new_users"}}},
		{Key: "contact_center", Figures: []Figure{{Key: "total_messages"}, {Key: "missed"}}},
	}}
	targets := []Target{{"contact_center", "missed", 3}, {"activity", "new_users", 100}, {"chatbot", "fallback_rate", 10}, {"activity", "gone", 1}}
	s.Aim(targets)
	targets[0].Value = 99 // what is changed later changes nothing
	var got []float64
	for _, section := range s.Sections {
		for _, f := range section.Figures {
			if f.Target != nil {
				got = append(got, *f.Target)
			}
		}
	}
	if !slices.Equal(got, []float64{100, 3}) {
		t.Errorf("targets are %v", got)
	}
	before, _ := Snapshot{Sections: slices.Clone(s.Sections[:1])}.Hash()
	s.Sections[0].Figures[1].Target = nil
	if after, _ := (Snapshot{Sections: s.Sections[:1]}).Hash(); before == after {
		t.Error("a target is not part of the content's hash")
	}
}

func TestOnlyAFigureOfWhichOneSideIsGoodMayHaveATarget(t *testing.T) {
	for _, a := range Aims() {
		if a.Direction != Up && a.Direction != Down || a.Unit != Count && a.Unit != Percent && a.Unit != Duration {
			t.Errorf("%s.%s has the unit %s and the direction %s", a.Section, a.Figure, a.Unit, a.Direction)
		}
		if got, ok := AimOf(Target{Section: a.Section, Figure: a.Figure}); !ok || got != a {
			t.Errorf("%s.%s is found as %+v", a.Section, a.Figure, got)
		}
	}
	for _, neutral := range []Target{{Section: "activity", Figure: "total_messages"}, {Section: "contact_center", Figure: "transfers"}, {Section: "chatbot", Figure: "missed"}} {
		if _, ok := AimOf(neutral); ok {
			t.Errorf("%s.%s may have a target", neutral.Section, neutral.Figure)
		}
	}
}

func TestAPatternOfSubjectsHoldsItsSlotsAndOneLine(t *testing.T) {
	for _, c := range []struct{ pattern, fault string }{
		{"", ""},
		{"{project}, {period}: {finding}", ""},
		{"How the desk did – {digest}", ""},
		{"100 % fixed", ""},
		{"شهر {period}", ""},
		{"{name}: {finding}", "there is no {name}: a subject may hold {project}, {digest}, {period}, {finding}"},
		{"{Project}", "there is no {Project}"},
		{"{}", "there is no {}"},
		{"{project", "a brace has no other"},
		{"project}", "a brace has no other"},
		{"{{project}}", "a brace has no other"},
		{"a\nBcc: b@example.org", "one line"},
		{"a\u2028b", "one line"},
		{"a\u202eb", "one line"},
		{"  ", "nothing but spaces"},
		{strings.Repeat("é", 200), ""},
		{strings.Repeat("é", 201), "it has 201 characters: write at most 200"},
	} {
		err := CheckSubject(c.pattern)
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%q: %v", c.pattern, err)
		}
	}
}

func TestWhatFillsASlotIsNotLookedThroughForOthers(t *testing.T) {
	got := SubjectOf("{project} {project} {other} {finding}", map[string]string{"project": "the {finding}", "finding": "5 missed"})
	if got != "the {finding} the {finding} {other} 5 missed" {
		t.Errorf("%q", got)
	}
}

// picture is a PNG of one colour.
func picture(t *testing.T, width, height int, c color.Color) Logo {
	t.Helper()
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			p.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return Logo{Hash: "x", PNG: b.Bytes(), Width: width, Height: height}
}

func TestALogoIsShownWithinThirtyTwoByAHundredAndSixtyOnALightChip(t *testing.T) {
	navy := color.NRGBA{0, 0, 0x50, 255}
	for _, c := range []struct {
		name                         string
		width, height, wide, height2 int
	}{
		{"square", 600, 600, 32, 32},
		{"a word mark", 1000, 100, 160, 23}, // 152 by 15 on the chip
		{"tall", 50, 500, 10, 32},           // 2 by 24
		{"small already", 10, 8, 18, 16},
	} {
		chip, err := picture(t, c.width, c.height, navy).onChip()
		if err != nil || chip.Width != c.wide || chip.Height != c.height2 {
			t.Errorf("%s: %d by %d, %v", c.name, chip.Width, chip.Height, err)
			continue
		}
		drawn, err := png.Decode(bytes.NewReader(chip.PNG))
		if err != nil {
			t.Fatal(err)
		}
		b := drawn.Bounds()
		if b.Dx() != 2*chip.Width || b.Dy() != 2*chip.Height {
			t.Errorf("%s: %d by %d pixels", c.name, b.Dx(), b.Dy())
		}
		at := func(x, y int) color.NRGBA { return color.NRGBAModel.Convert(drawn.At(x, y)).(color.NRGBA) }
		if middle := at(b.Dx()/2, b.Dy()/2); middle != navy {
			t.Errorf("%s: the middle is %v", c.name, middle)
		}
		if edge := at(2, b.Dy()/2); edge != (color.NRGBA{255, 255, 255, 255}) {
			t.Errorf("%s: the chip's edge is %v", c.name, edge)
		}
		if corner := at(0, 0); corner.A > 40 {
			t.Errorf("%s: the corner is %v", c.name, corner)
		}
	}
}

func TestATransparentLogoStandsOnWhite(t *testing.T) {
	chip, err := picture(t, 64, 64, color.NRGBA{255, 255, 255, 0}).onChip()
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := png.Decode(bytes.NewReader(chip.PNG))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, a := drawn.At(20, 20).RGBA(); r+g+b+a != 4*0xffff {
		t.Errorf("below a transparent picture is %v", drawn.At(20, 20))
	}
}

func TestALogoScaledDownIsTheMeanOfItsPixels(t *testing.T) {
	p := image.NewNRGBA(image.Rect(0, 0, 4, 2))
	for y := range 2 {
		for x := range 4 {
			p.SetNRGBA(x, y, color.NRGBA{uint8(40 * x), 0, 0, 255}) // 0 40 80 120
		}
	}
	small := scaled(p, 2, 2)
	if small.Bounds().Dx() != 2 || small.Bounds().Dy() != 1 || small.NRGBAAt(0, 0).R != 20 || small.NRGBAAt(1, 0).R != 100 {
		t.Errorf("%v %v of %v", small.NRGBAAt(0, 0), small.NRGBAAt(1, 0), small.Bounds())
	}
}

func TestALogoThatIsNoPictureIsSaidToBeNone(t *testing.T) {
	cut := picture(t, 64, 64, color.White)
	cut.PNG = cut.PNG[:len(cut.PNG)/2]
	for name, l := range map[string]Logo{"cut": cut, "empty": {}, "a JPEG": {PNG: []byte("\xff\xd8\xff\xe0")}} {
		if _, err := l.Fitted(640, 128); !errors.Is(err, ErrNoPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
