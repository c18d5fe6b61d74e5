package console

import (
	"fmt"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/office"
	"fortnight/web/zones"
)

// The kinds of cadence that the editor has controls for; any other is a cron expression.
const (
	kindWeekly       = "weekly"
	kindEvery2Weeks  = "every-2-weeks"
	kindTwiceMonthly = "twice-monthly"
	kindMonthly      = "monthly"
	kindEvery2Months = "every-2-months"
	kindDaily        = "daily"
	kindClose        = digest.CloseOfBusiness
	kindBiMonthly    = "bi-monthly"
	kindCron         = "cron"
)

// kindName is a kind as a control says it.
func kindName(kind string) string {
	switch kind {
	case kindWeekly:
		return "Weekly"
	case kindEvery2Weeks:
		return "Every 2 weeks"
	case kindTwiceMonthly:
		return "Twice a month"
	case kindMonthly:
		return "Monthly"
	case kindEvery2Months:
		return "Every 2 months"
	case kindDaily:
		return "Daily"
	case kindClose:
		return "Close of business"
	case kindBiMonthly:
		return "Bi-monthly"
	}
	return "Cron"
}

// days is how long a kind's period is, about: which of two is longer, a reader's choice must know. 0: not known.
func days(kind, biMonthly string) int {
	switch resolved(kind, biMonthly) {
	case kindDaily, kindClose:
		return 1
	case kindWeekly:
		return 7
	case kindEvery2Weeks:
		return 14
	case kindTwiceMonthly:
		return 15
	case kindMonthly:
		return 30
	case kindEvery2Months:
		return 61
	}
	return 0
}

// resolved is what a kind means in a project.
func resolved(kind, biMonthly string) string {
	if kind != kindBiMonthly {
		return kind
	}
	if biMonthly == kindEvery2Months {
		return kindEvery2Months
	}
	return kindTwiceMonthly
}

// isCron tells whether a cadence is written as a cron expression.
func isCron(kind string) bool { return kindName(kind) == "Cron" }

// cadenceInWords is a cadence on one line of a list: "Weekly, Monday 08:00".
func cadenceInWords(s digest.CadenceSpec, p digest.Project) string {
	words := kindName(s.Kind)
	hour := s.At
	if day, rest, ok := strings.Cut(s.At, " "); ok {
		hour = weekdayNamed(day) + " " + strings.TrimSpace(rest)
	}
	switch resolved(s.Kind, p.BiMonthly) {
	case kindWeekly, kindEvery2Weeks, kindDaily:
		words += ", " + hour
	case kindClose:
		if hour != "" {
			words += ", " + hour + " on open days"
		}
	case kindTwiceMonthly:
		words += ", the 1st and the 16th at " + hour
	case kindMonthly, kindEvery2Months:
		words += ", the 1st at " + hour
	default:
		words += " " + s.Kind
		if s.Covers != "" {
			words += ", covers a " + s.Covers
		}
	}
	if s.Zone != "" && s.Zone != p.Zone {
		words += " in " + zones.City(s.Zone)
	}
	return words
}

// covering says what a cadence covers, as its hint.
func covering(kind string, p digest.Project) string {
	week := fmt.Sprintf("%s to %s", p.WeekStart, (p.WeekStart+6)%7)
	switch resolved(kind, p.BiMonthly) {
	case kindWeekly:
		return "It covers the last whole week before, " + week + "."
	case kindEvery2Weeks:
		return "It covers the last two whole weeks before, each " + week + "."
	case kindTwiceMonthly:
		return "On the 1st it covers the 16th to the end of the month before, on the 16th the 1st to the 15th."
	case kindMonthly:
		return "On the 1st it covers the month before."
	case kindEvery2Months:
		return "On 1 January, March, May, July, September and November it covers the two months before."
	case kindDaily:
		return "It covers the day before."
	case kindClose:
		if p.Hours.IsZero() {
			return "It needs the project’s opening hours: set them in the settings."
		}
		return "It covers the day that closes, by the project’s opening hours: " + openingTimes(p.Hours) + "."
	}
	return "It covers the last whole day, week, half month or month before each time."
}

func weekdayNamed(short string) string {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := d.String(); len(short) >= 3 && strings.HasPrefix(strings.ToLower(name), strings.ToLower(short)) {
			return name
		}
	}
	return short
}

// sends are the next six, as the editor's table has them.
type sends struct {
	Place, There string // heads of the columns: "Berlin", "New York"; There "" where no zone is compared
	Meaning      string // what bi-monthly means here; "" for other kinds
	Rows         []sendRow
}

type sendRow struct {
	Covers, Hours     string
	Change            string // of the clocks; in place of Hours
	Due, DueShift     string
	Local, LocalShift string
	Mark              bool // something is different this time
}

// sendsOf puts what a cadence comes to into words.
func sendsOf(c office.Cadence, spec digest.CadenceSpec, there string, now time.Time) sends {
	loc, err := time.LoadLocation(spec.Zone)
	if err != nil {
		loc = time.UTC
	}
	at := clock{now.In(loc)}
	t := sends{Place: at.place()}
	if there != "" && there != spec.Zone {
		t.There = zones.City(there)
	}
	if spec.Kind == kindBiMonthly {
		t.Meaning = "Bi-monthly means " + strings.ToLower(kindName(c.Kind)) + " here; the project’s settings say so."
	}
	for _, s := range c.Next {
		row := sendRow{Covers: at.span(s.Period), Hours: hours(s.Hours), Due: at.moment(s.Due), DueShift: s.DueShift, LocalShift: s.LocalShift}
		if !s.Change.IsZero() {
			row.Change = row.Hours + ": " + changing(at, s)
		}
		if t.There != "" && !s.Local.IsZero() {
			row.Local = clock{now.In(s.Local.Location())}.moment(s.Local)
			if s.AsSoon {
				row.LocalShift = "as soon as it is made" // its hour there comes before the edition is due
			}
		}
		row.Mark = row.Change != "" || row.DueShift != "" || s.LocalShift != ""
		t.Rows = append(t.Rows, row)
	}
	return t
}

// changing is "clocks go forward on Sun 29 Mar at 02:00": the hour is the one that they showed until then.
func changing(at clock, s office.Send) string {
	way := "back"
	if s.Forward {
		way = "forward"
	}
	_, offset := s.Change.Add(-time.Second).In(at.zone()).Zone()
	wall := s.Change.In(time.FixedZone("", offset))
	return fmt.Sprintf("clocks go %s on %s at %s", way, at.day(digest.DateOf(wall)), wall.Format("15:04"))
}

// zoneChoice is a zone that a digest's subscribers are in.
type zoneChoice struct {
	Zone, Name string // "New York: Maya Ortiz and 3 others"
	On         bool
}

// zonesOf lists the zones other than the digest's own that readers are in.
func zonesOf(readers []digest.ReadersZone, own, chosen string) (all []zoneChoice) {
	for _, z := range readers {
		if z.Zone == own {
			continue
		}
		name := z.One
		if z.Readers > 1 {
			name += " and " + look.Count(z.Readers-1, "other", "")
		}
		all = append(all, zoneChoice{z.Zone, zones.City(z.Zone) + ": " + name, z.Zone == chosen})
	}
	return all
}

// called is a subscriber's name, or the address where there is none.
func called(s digest.Subscriber) string {
	if s.Name != "" {
		return s.Name
	}
	return s.Address
}
