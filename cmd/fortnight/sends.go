package main

import (
	"errors"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/scheduler"
	"fortnight/web/office"
)

// cadenceOfDigest makes a digest's cadence run. Its faults are *digest.RefusedError, each at its field.
func cadenceOfDigest(p digest.Project, c digest.Config) (*scheduler.Cadence, error) {
	cadence, err := scheduler.Parse(p.Timed(c.Cadence), p.BiMonthly)
	if err == nil {
		return cadence, nil
	}
	var refused []error
	for _, fault := range apart(err) {
		var field *scheduler.FieldError
		if errors.As(fault, &field) {
			refused = append(refused, &digest.RefusedError{Field: field.Field, Reason: sentence(field.Fault)})
		} else {
			refused = append(refused, &digest.RefusedError{Field: "cadence", Reason: sentence(fault.Error())})
		}
	}
	return nil, errors.Join(refused...)
}

// apart takes errors.Join apart.
func apart(err error) []error {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return all.Unwrap()
	}
	return []error{err}
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// comesTo tells what a cadence comes to from an instant on, for the digest and for a subscriber in a zone ("": none is asked for).
func comesTo(cadence *scheduler.Cadence, zone string, now time.Time, n int) (office.Cadence, error) {
	words, _, _ := strings.Cut(cadence.Describe(now), "; next ")
	c := office.Cadence{Kind: cadence.Kind(), Words: words}
	there, err := elsewhere(cadence, zone)
	if err != nil {
		return c, err
	}
	before, known := cadence.Last(now)
	for _, due := range cadence.Due(now, n) {
		c.Next = append(c.Next, atOnce(cadence, sendOf(due, before, known, there)))
		before, known = due, true
	}
	return c, nil
}

// atOnce puts right when a copy leaves elsewhere: at the close of business it waits for no hour there.
func atOnce(cadence *scheduler.Cadence, s office.Send) office.Send {
	if cadence.Kind() == scheduler.CloseOfBusiness && !s.Local.IsZero() {
		s.Local, s.LocalShift, s.AsSoon = s.Due.In(s.Local.Location()), "", true
	}
	return s
}

// elsewhere gives a subscriber's zone; nil where it is the digest's own.
func elsewhere(cadence *scheduler.Cadence, zone string) (*time.Location, error) {
	if zone == "" || zone == cadence.Location().String() {
		return nil, nil
	}
	there, err := time.LoadLocation(zone)
	if err != nil {
		return nil, &digest.RefusedError{Field: "zone", Reason: "No such zone: write an IANA name, such as Europe/Berlin."}
	}
	return there, nil
}

// sendOf tells of one due beside the due before it. A copy for another zone leaves at the digest's hour there, or as soon as the
// edition is ready, whichever is later (ledger.plan).
func sendOf(due, before scheduler.Due, known bool, there *time.Location) office.Send {
	s := office.Send{Due: due.At, Period: due.Period, Hours: due.Period.Hours()}
	if _, ends := due.Period.From.ZoneBounds(); !ends.IsZero() && ends.Before(due.Period.To) {
		_, was := due.Period.From.Zone()
		_, is := ends.Zone()
		s.Change, s.Forward = ends, is > was
	}
	if name, was := due.At.Format("MST"), before.At.Format("MST"); known && name != was {
		s.DueShift = abbreviation(due.At) + ", until now " + abbreviation(before.At)
	}
	if there == nil {
		return s
	}
	at := hourThere(due.At, there)
	if s.AsSoon = at.Before(due.At); s.AsSoon {
		at = due.At
	}
	s.Local = at.In(there)
	if !known || s.AsSoon {
		return s
	}
	here, was := s.Local.In(due.At.Location()), hourThere(before.At, there).In(due.At.Location())
	if here.Format("15:04") != was.Format("15:04") {
		s.LocalShift = here.Format("15:04") + " in " + city(due.At.Location().String()) + ", was " + was.Format("15:04")
	}
	return s
}

// hourThere is the due's hour on the due's date in another zone.
func hourThere(due time.Time, there *time.Location) time.Time {
	at, _ := digest.DateOf(due).At(due.Hour(), due.Minute(), there)
	return at
}

// abbreviation is the name of the offset in force, "CEST"; "UTC+05:45" where the zone has only numbers.
func abbreviation(t time.Time) string {
	if name := t.Format("MST"); name[0] != '+' && name[0] != '-' {
		return name
	}
	return "UTC" + t.Format("-07:00")
}

// city is how a zone is called in a sentence: "New York" of America/New_York.
func city(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}
