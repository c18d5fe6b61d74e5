package scheduler

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// lengths is about how many days the periods have that cadences cover.
var lengths = map[string]int{coverDay: 1, coverWeek: 7, cover2Weeks: 14, coverHalfMonth: 15, coverMonth: 30, cover2Months: 61}

// readersWeeks is what every-2-weeks counts from where readers chose it for themselves: it is the same for all of them, whenever
// they did.
var readersWeeks = digest.Date{Year: 1970, Month: time.January, Day: 1}

// morning is when readers get theirs whose digest has no hour of its own.
const morning = 8 * 60

// Longer lists the kinds that a digest of this cadence may let its readers choose for themselves: those of longer periods than its own,
// the shortest first. biMonthly is as for Parse, whose error is given.
func Longer(spec digest.CadenceSpec, biMonthly string) ([]string, error) {
	own, err := readSpec(spec, biMonthly)
	if err != nil {
		return nil, err
	}
	return own.longer(), nil
}

func (c *Cadence) longer() []string {
	var all []string
	for _, kind := range []string{Weekly, Every2Weeks, TwiceMonthly, Monthly, Every2Months} {
		if lengths[(&Cadence{kind: kind}).Covers()] > lengths[c.Covers()] {
			all = append(all, kind)
		}
	}
	return all
}

// ReaderCadence writes the cadence that readers of a digest get who have chosen a kind for themselves: at the digest's hour, in its
// zone, with its weeks. Those of weeks come on the digest's own weekday, or on the day that its weeks begin with where it has none. A
// cron expression's hour is its first; where the digest leaves at the close of business, theirs come at 08:00. The kind is one of Longer's, or bi-monthly where that is; of another the error is a *FieldError.
func ReaderCadence(spec digest.CadenceSpec, kind, biMonthly string) (digest.CadenceSpec, error) {
	own, err := readSpec(spec, biMonthly)
	if err != nil {
		return digest.CadenceSpec{}, err
	}
	longer, p := own.longer(), parser{}
	kind = p.kind(strings.ToLower(strings.TrimSpace(kind)), biMonthly)
	if !slices.Contains(longer, kind) {
		remedy := "nothing is longer than the digest's own " + own.kind
		if len(longer) > 0 {
			remedy = "write a kind of longer periods than the digest's own: " + strings.Join(longer, ", ")
		}
		return digest.CadenceSpec{}, &FieldError{"readers.cadences", kind, remedy}
	}
	minute := own.slots[0]
	if minute == atClosing {
		minute = morning
	}
	readers := digest.CadenceSpec{
		Kind: kind, At: fmt.Sprintf("%02d:%02d", minute/60, minute%60), Zone: spec.Zone, WeekStart: spec.WeekStart,
	}
	if kind == Weekly || kind == Every2Weeks {
		day := spec.WeekStart
		if own.kind == Weekly {
			day = own.weekday
		}
		readers.At = strings.ToLower(day.String()[:3]) + " " + readers.At
	}
	if kind == Every2Weeks {
		readers.Anchor = readersWeeks
	}
	return readers, nil
}

// forReaders gives a digest with the cadence of the readers it is scheduled for in the place of its own.
func forReaders(s digest.Scheduled) (digest.Scheduled, error) {
	if s.Cadence == "" {
		return s, nil
	}
	spec, err := ReaderCadence(s.Config.Cadence, s.Cadence, s.Project.BiMonthly)
	s.Config.Cadence = spec
	return s, err
}
