package scheduler

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"fortnight/digest"
)

// cron reads a cron expression by robfig's parser. Only its fields are taken: robfig's own Next skips an hour that the
// clocks jump over and fires twice in one that they repeat.
func (p *parser) cron(c *Cadence) {
	if fields := strings.Fields(c.written); len(fields) != 5 || strings.Contains(c.written, "=") {
		p.fault("cadence", p.spec.Kind, "write "+strings.Join(Kinds(), ", ")+`, or a cron expression of five fields, such as "0 9 * * mon"`)
		return
	}
	fields := strings.Fields(c.written)
	fields[4] = sundayIsZero(fields[4])
	schedule, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(strings.Join(fields, " "))
	if err != nil {
		p.fault("cadence", p.spec.Kind, fmt.Sprintf("no cron expression (minute hour day month weekday): %v", err))
		return
	}
	spec, ok := schedule.(*cron.SpecSchedule)
	if !ok {
		p.fault("cadence", p.spec.Kind, "write a cron expression of five fields, such as \"0 9 * * mon\"")
		return
	}
	c.cron = spec
	for minute := range 24 * 60 {
		if spec.Hour&(1<<(minute/60)) != 0 && spec.Minute&(1<<(minute%60)) != 0 {
			c.slots = append(c.slots, minute)
		}
	}
	if !everDue(spec) {
		p.fault("cadence", p.spec.Kind, "no year has such a date: mend the day or the month")
	}
	if p.spec.At != "" {
		p.fault("at", p.spec.At, "leave it out: a cron expression has its own hour")
	}
	switch p.spec.Covers {
	case coverDay, coverWeek, coverHalfMonth, coverMonth:
		c.covers = p.spec.Covers
	default:
		p.fault("covers", p.spec.Covers, "a cron expression needs day, week, half-month or month: the last complete one before the due")
	}
}

var seven = regexp.MustCompile(`^7$|^([0-6])-7$`)

// sundayIsZero rewrites weekday 7, which cron knows as Sunday and robfig does not.
func sundayIsZero(weekdays string) string {
	items := strings.Split(weekdays, ",")
	for i, item := range items {
		if m := seven.FindStringSubmatch(item); m != nil && m[1] == "" {
			items[i] = "0"
		} else if m != nil {
			items[i] = m[1] + "-6,0"
		}
	}
	return strings.Join(items, ",")
}

const starBit = 1 << 63 // robfig's mark of a field that is a bare star

// onDate tells whether a cron expression names the date. As in every cron, a day of the month and a weekday that are both
// given are alternatives.
func onDate(s *cron.SpecSchedule, d digest.Date) bool {
	if s.Month&(1<<uint(d.Month)) == 0 {
		return false
	}
	byDay, byWeekday := s.Dom&(1<<uint(d.Day)) != 0, s.Dow&(1<<uint(d.Weekday())) != 0
	if s.Dom&starBit != 0 || s.Dow&starBit != 0 {
		return byDay && byWeekday
	}
	return byDay || byWeekday
}

// everDue looks at 28 years, after which weekdays and leap years repeat.
func everDue(s *cron.SpecSchedule) bool {
	for d := (digest.Date{Year: 2000, Month: time.January, Day: 1}); d.Year < 2028; d = d.AddDays(1) {
		if onDate(s, d) {
			return true
		}
	}
	return false
}
