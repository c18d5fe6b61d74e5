package scheduler

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestAWrongCadenceNamesTheFieldAndTheRemedy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		spec digest.CadenceSpec
		want []string // field and a piece of the remedy, one a line
	}{
		{"an unknown word", digest.CadenceSpec{Kind: "fortnightly", At: "mon 08:00", Zone: "UTC"}, []string{`cadence "fortnightly": write weekly, every-2-weeks`}},
		{"no cadence", digest.CadenceSpec{Zone: "UTC"}, []string{`cadence "": write weekly`}},
		{"no weekday", digest.CadenceSpec{Kind: Weekly, At: "08:00", Zone: "UTC"}, []string{`at "08:00": write a weekday and HH:MM, such as "mon 08:00"`}},
		{"a weekday too many", digest.CadenceSpec{Kind: Monthly, At: "mon 08:00", Zone: "UTC"}, []string{`at "mon 08:00": write HH:MM`}},
		{"a weekday in another language", digest.CadenceSpec{Kind: Weekly, At: "lun 08:00", Zone: "UTC"}, []string{`at "lun 08:00"`}},
		{"an hour that no clock has", digest.CadenceSpec{Kind: Daily, At: "24:00", Zone: "UTC"}, []string{`at "24:00"`}},
		{"no hour", digest.CadenceSpec{Kind: Daily, Zone: "UTC"}, []string{`at "": write HH:MM`}},
		{"no zone", digest.CadenceSpec{Kind: Daily, At: "08:00"}, []string{`zone "": write an IANA name`}},
		{"the machine's zone", digest.CadenceSpec{Kind: Daily, At: "08:00", Zone: "Local"}, []string{`zone "Local"`}},
		{"an unknown zone", digest.CadenceSpec{Kind: Daily, At: "08:00", Zone: "Mars/Olympus"}, []string{`zone "Mars/Olympus": no such zone`}},
		{"an anchor that nothing uses", digest.CadenceSpec{Kind: Daily, At: "08:00", Zone: "UTC", Anchor: digest.Date{Year: 2020, Month: 1, Day: 6}}, []string{`anchor "2020-01-06": leave it out`}},
		{"covers beside a word", digest.CadenceSpec{Kind: Daily, At: "08:00", Zone: "UTC", Covers: "week"}, []string{`covers "week": leave it out`}},
		{"an expression without covers", digest.CadenceSpec{Kind: "0 9 * * 1", Zone: "UTC"}, []string{`covers "": a cron expression needs day, week, half-month or month`}},
		{"an expression with an hour beside it", digest.CadenceSpec{Kind: "0 9 * * 1", At: "09:00", Zone: "UTC", Covers: "week"}, []string{`at "09:00": leave it out`}},
		{"31 February", digest.CadenceSpec{Kind: "0 9 31 2 *", Zone: "UTC", Covers: "month"}, []string{`cadence "0 9 31 2 *": no year has such a date`}},
		{"minute 60", digest.CadenceSpec{Kind: "60 9 * * *", Zone: "UTC", Covers: "day"}, []string{`cadence "60 9 * * *": no cron expression`}},
		{"a zone inside the expression", digest.CadenceSpec{Kind: "TZ=UTC 9 * * *", Zone: "UTC", Covers: "day"}, []string{`cadence "TZ=UTC 9 * * *": write weekly`}},
		{"robfig's own words", digest.CadenceSpec{Kind: "@every 1h", Zone: "UTC", Covers: "day"}, []string{`cadence "@every 1h": write weekly`}},
		{"all faults at once", digest.CadenceSpec{Kind: Weekly, At: "8", Zone: "Nowhere", Covers: "day"}, []string{`zone "Nowhere"`, `at "8"`, `covers "day"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.spec, "")
			if err == nil {
				t.Fatal("it is accepted")
			}
			var field *FieldError
			if !errors.As(err, &field) {
				t.Errorf("%v is no FieldError", err)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) < len(c.want) {
				t.Fatalf("too few faults: %q", lines)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("line %d is %q, want %q", i+1, lines[i], want)
				}
			}
		})
	}
}

func TestBiMonthlyMeansWhatTheProjectSays(t *testing.T) {
	t.Parallel()
	spec := digest.CadenceSpec{Kind: "Bi-Monthly", At: "08:00", Zone: "Europe/Berlin"}
	now := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	for meaning, want := range map[string]string{
		"": "bi-monthly means twice-monthly here: the 1st and the 16th at 08:00 Europe/Berlin, covering the 16th to the end or the 1st to the 15th; " +
			"next Wed 1 Apr 2026 08:00 and Thu 16 Apr 2026 08:00",
		"every-2-months": "bi-monthly means every-2-months here: the 1st of every other month from January at 08:00 Europe/Berlin, covering the two months before; " +
			"next Fri 1 May 2026 08:00 and Wed 1 Jul 2026 08:00",
	} {
		c, err := Parse(spec, meaning)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Describe(now); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if _, err := Parse(spec, "weekly"); err == nil || !strings.Contains(err.Error(), "bi_monthly") {
		t.Errorf("a wrong setting gives %v", err)
	}
}

func TestAnEditionIsLabelledByItsPeriod(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, project, from, to, want string }{
		{"a week from Monday", "Support desk", "2020-03-23", "2020-03-30", "SD-2020-W13"},
		{"a week that belongs to the next ISO year", "Support desk", "2019-12-30", "2020-01-06", "SD-2020-W01"},
		{"a week from Sunday", "Support desk", "2020-03-22", "2020-03-29", "SD-2020-03-22--2020-03-28"},
		{"two weeks", "Support desk", "2020-03-16", "2020-03-30", "SD-2020-W12-W13"},
		{"two weeks over the year's end", "Support desk", "2019-12-23", "2020-01-06", "SD-2019-W52-2020-W01"},
		{"the first half of a month", "Support desk", "2020-03-01", "2020-03-16", "SD-2020-03-H1"},
		{"the second half of February", "Support desk", "2020-02-16", "2020-03-01", "SD-2020-02-H2"},
		{"a month", "Support desk", "2020-03-01", "2020-04-01", "SD-2020-03"},
		{"two months", "Support desk", "2020-01-01", "2020-03-01", "SD-2020-M01-M02"},
		{"a day", "Support desk", "2020-03-25", "2020-03-26", "SD-2020-03-25"},
		{"one word", "Helpdesk", "2020-03-01", "2020-04-01", "HEL-2020-03"},
		{"five words with marks", "Équipe de l'assistance – Genève", "2020-03-01", "2020-04-01", "QDLA-2020-03"},
		{"no Latin letter", "مركز الدعم", "2020-03-01", "2020-04-01", "F-2020-03"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := digest.NewPeriod(date(t, c.from), date(t, c.to), time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if got := Label(c.project, p); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
