package scheduler

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// The kinds of cadence, as they are written. Any other cadence is a cron expression of five fields.
const (
	Weekly          = "weekly"
	Every2Weeks     = "every-2-weeks"
	TwiceMonthly    = "twice-monthly"
	Monthly         = "monthly"
	Every2Months    = "every-2-months"
	Daily           = "daily"
	CloseOfBusiness = digest.CloseOfBusiness // as the calendar of CadenceSpec.Hours closes
	BiMonthly       = "bi-monthly"           // an alias: of twice-monthly, or of every-2-months where a project says so
	Custom          = "custom"               // what Cadence.Kind says of a cron expression
)

// Kinds lists the words that a cadence may be, for help texts and completions.
func Kinds() []string {
	return []string{Weekly, Every2Weeks, TwiceMonthly, Monthly, Every2Months, Daily, CloseOfBusiness, BiMonthly}
}

// FieldError says which field of a cadence is wrong and what to write instead. Field is cadence, at, zone, anchor, covers
// or bi_monthly.
type FieldError struct {
	Field string
	Value string
	Fault string // with the remedy: "write HH:MM, such as 08:00"
}

// Error is `at "8 o'clock": write HH:MM, such as "08:00"`.
func (e *FieldError) Error() string { return fmt.Sprintf("%s %q: %s", e.Field, e.Value, e.Fault) }

// Parse makes a cadence run. biMonthly is what "bi-monthly" means to the project: twice-monthly (also where it is empty)
// or every-2-months. All faults are reported at once, joined; each is a *FieldError.
//
// A close-of-business cadence needs Hours, as digest.Project.Timed gives them. Its days, hours and zone are those of the calendar.
func Parse(spec digest.CadenceSpec, biMonthly string) (*Cadence, error) {
	c, err := readSpec(spec, biMonthly)
	if err == nil && c.kind == CloseOfBusiness && c.open == nil {
		return nil, &FieldError{"cadence", spec.Kind, "it needs business hours: set the project's hours, or write daily"}
	}
	return c, err
}

// readSpec is Parse; a close-of-business cadence without hours may be asked what it is, but not when.
func readSpec(spec digest.CadenceSpec, biMonthly string) (*Cadence, error) {
	c := &Cadence{written: strings.ToLower(strings.TrimSpace(spec.Kind)), anchor: spec.Anchor, weekStart: spec.WeekStart}
	p := parser{spec: spec}
	c.kind = p.kind(c.written, biMonthly)
	c.loc = p.zone()
	if c.kind == Custom {
		p.cron(c)
	} else {
		if c.kind == CloseOfBusiness {
			p.hours(c)
		}
		p.at(c)
		if spec.Covers != "" {
			p.fault("covers", spec.Covers, "leave it out: "+c.kind+" says what it covers; only a cron expression needs it")
		}
	}
	if !spec.Anchor.IsZero() && c.kind != Every2Weeks {
		p.fault("anchor", spec.Anchor.String(), "leave it out: only every-2-weeks takes an anchor")
	}
	if spec.WeekStart < time.Sunday || spec.WeekStart > time.Saturday {
		p.fault("week_start", fmt.Sprint(int(spec.WeekStart)), "name a day of the week, such as monday")
	}
	if len(p.faults) > 0 {
		return nil, errors.Join(p.faults...)
	}
	return c, nil
}

type parser struct {
	spec   digest.CadenceSpec
	faults []error
}

func (p *parser) fault(field, value, fault string) {
	p.faults = append(p.faults, &FieldError{field, value, fault})
}

func (p *parser) kind(written, biMonthly string) string {
	switch {
	case written == BiMonthly:
		switch biMonthly {
		case "":
			return TwiceMonthly
		case TwiceMonthly, Every2Months:
			return biMonthly
		}
		p.fault("bi_monthly", biMonthly, "write twice-monthly or every-2-months")
		return TwiceMonthly
	case slices.Contains(Kinds(), written):
		return written
	}
	return Custom
}

func (p *parser) zone() *time.Location {
	const remedy = `write an IANA name, such as "Europe/Berlin"`
	if p.spec.Zone == "" || p.spec.Zone == "Local" {
		p.fault("zone", p.spec.Zone, remedy)
		return time.UTC
	}
	loc, err := time.LoadLocation(p.spec.Zone)
	if err != nil {
		p.fault("zone", p.spec.Zone, "no such zone: "+remedy)
		return time.UTC
	}
	return loc
}

// hours reads the calendar of a close-of-business cadence.
func (p *parser) hours(c *Cadence) {
	if p.spec.Hours == nil {
		return
	}
	open, err := p.spec.Hours.In(c.loc.String())
	if err != nil {
		p.fault("cadence", p.spec.Kind, "the project's hours cannot be read: "+err.Error())
		return
	}
	c.open, c.loc = open, open.Location()
}

// at reads the hour of a named kind, with the weekday of the weekly ones.
func (p *parser) at(c *Cadence) {
	words := strings.Fields(p.spec.At)
	if c.kind == CloseOfBusiness && len(words) == 0 {
		c.slots = []int{atClosing}
		return
	}
	weekly := c.kind == Weekly || c.kind == Every2Weeks
	remedy := `write HH:MM, such as "08:00"`
	if c.kind == CloseOfBusiness {
		remedy += ", or leave it out: the day's last closing"
	}
	if weekly {
		remedy = `write a weekday and HH:MM, such as "mon 08:00"`
	}
	if weekly && len(words) == 2 {
		day, err := ParseWeekday(words[0])
		if err != nil {
			p.fault("at", p.spec.At, remedy)
			return
		}
		c.weekday, words = day, words[1:]
	} else if weekly {
		words = nil
	}
	if len(words) != 1 {
		p.fault("at", p.spec.At, remedy)
		return
	}
	clock, err := time.Parse("15:04", words[0])
	if err != nil {
		p.fault("at", p.spec.At, remedy)
		return
	}
	c.slots = []int{clock.Hour()*60 + clock.Minute()}
}

// ParseWeekday reads an English weekday, whole or its first three letters, in any case.
func ParseWeekday(s string) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(s, d.String()) || strings.EqualFold(s, d.String()[:3]) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is no weekday: write mon, tue, wed, thu, fri, sat or sun", s)
}
