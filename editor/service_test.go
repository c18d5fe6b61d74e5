package editor

import (
	"strings"
	"testing"

	"fortnight/digest"
)

func promised(key string, value, target float64, met, judged, onUs float64) (digest.Figure, digest.Note) {
	f := digest.Figure{Key: key, Unit: digest.Percent, Direction: digest.Up, Value: digest.Num(value), Previous: digest.Num(value - 20), Target: &target}
	return f, digest.Note{Key: key, Values: map[string]digest.Value{
		"met": digest.Num(met), "judged": digest.Num(judged), "overdue": digest.Num(judged - met), "on_us": digest.Num(onUs), "on_user": digest.Num(judged - met - onUs),
	}}
}

func service(unserved map[string]digest.Value) digest.Section {
	hour, one := promised("closed_within_hour", 50, 95, 2, 4, 1)
	day, two := promised("closed_within_day", 100, 100, 4, 4, 0)
	s := digest.Section{Key: "service_levels", Status: digest.Complete, Figures: []digest.Figure{hour, day}, Notes: []digest.Note{one, two}}
	if unserved != nil {
		s.Notes = append(s.Notes, digest.Note{Key: "unserved", Values: unserved})
	}
	return s
}

func TestEachPromiseStandsInATableWithItsTargetAndWhoWasWaitedFor(t *testing.T) {
	t.Parallel()
	sec := service(nil)
	d := deskFor(week(sec), digest.Manager)
	sheets := d.serviceSheets(&sec)
	if len(sheets) != 1 || len(sheets[0].Rows) != 2 {
		t.Fatalf("sheets: %+v", sheets)
	}
	for i, want := range []string{
		"figure.service_levels.closed_within_hour.label[]|sheet.promises.missed[v=95%]|4|2|1|1",
		"figure.service_levels.closed_within_day.label[]|sheet.promises.met[v=100%]|4|4|0|0",
	} {
		if got := strings.Join(sheets[0].Rows[i], "|"); got != want {
			t.Errorf("row %d is %s, want %s", i+1, got, want)
		}
	}
	if sheets := d.serviceSheets(&digest.Section{Key: "service_levels"}); sheets != nil {
		t.Errorf("where nothing was due there is %+v", sheets)
	}
}

func TestTheHeatMapSaysWhenAgentsWereMissing(t *testing.T) {
	t.Parallel()
	note := func(count, worst float64, connected digest.Value) map[string]digest.Value {
		return map[string]digest.Value{"count": digest.Num(count), "worst": digest.Num(worst), "hour": digest.Num(9), "weekday": digest.Num(1), "connected": connected}
	}
	const at = " part=2 from=09:00 to=10:00 day=Monday agents="
	for name, c := range map[string]struct {
		note map[string]digest.Value
		want string
	}{
		"with half an agent": {note(3, 2, digest.Num(.5)), "worst[n#3" + at + "caption.by_weekday_hour.agents[n=0.5]]"},
		"with nobody":        {note(3, 2, digest.Num(0)), "worst[n#3" + at + "caption.by_weekday_hour.nobody[]]"},
		"not known":          {note(3, 2, digest.None(digest.Unavailable)), "worst[n#3" + at + "]"},
		"all in one hour":    {note(2, 2, digest.Num(2)), "all[n#2" + at + "caption.by_weekday_hour.agents[n#2]]"},
		"none":               {nil, "none[]"},
	} {
		sec := service(c.note)
		if got := byWeekdayHour(deskFor(week(sec), digest.Manager), &sec, nil); got != "caption.by_weekday_hour."+c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	sec := service(note(3, 1, digest.Num(2)))
	if got := byWeekdayHour(deskFor(week(sec), digest.Manager), &sec, nil); !strings.HasPrefix(got, "caption.by_weekday_hour.even[n#3") {
		t.Errorf("one an hour: %s", got)
	}
}

func TestAFigureShortOfItsTargetIsAFindingAndIsNotPraised(t *testing.T) {
	t.Parallel()
	sec := service(nil)
	d := deskFor(week(sec), digest.Manager)
	var said []string
	for _, f := range d.findings(map[string]bool{"service_levels": true}) {
		said = append(said, f.Word+" "+f.Text.String())
	}
	all := strings.Join(said, "\n")
	if !strings.Contains(all, "word.below[] finding.target.below[label=figure.service_levels.closed_within_hour.label[]") || strings.Contains(all, "finding.service_levels.closed_within_hour.more") {
		t.Errorf("the findings are\n%s", all)
	}
	if got := d.subject(); !strings.Contains(got, "subject.closed_within_hour[v=50%]") {
		t.Errorf("the subject is %s", got)
	}
}
