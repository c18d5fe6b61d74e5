package main

import (
	"context"
	"time"

	"fortnight/digest"
	"fortnight/scheduler"
	"fortnight/web/reader"
)

// coming tells when a reader's next mail would leave, if he wished so: the schedule's dues, less those that he has paused beyond and
// those of days that he was mailed already; mailed says where these end. Where others have chosen the same cadence before, and its period
// has closed and is not mailed yet, one who never had a mail gets that too, and is told of the next.
func coming(now func() time.Time, mailed func(ctx context.Context, subscriber int64) (time.Time, error)) func(context.Context, reader.Subscription, digest.Wishes) (reader.Coming, error) {
	return func(ctx context.Context, s reader.Subscription, w digest.Wishes) (reader.Coming, error) {
		if !s.Config.Active {
			return reader.Coming{Never: true}, nil
		}
		biMonthly := "" // s.Kind has the alias resolved
		if s.Kind == scheduler.TwiceMonthly || s.Kind == scheduler.Every2Months {
			biMonthly = s.Kind
		}
		wished := s.Given.With(w, s.Config)
		is, err := cadenceFor(s.Config.Cadence, wished.Cadence, biMonthly)
		if err != nil {
			return reader.Coming{}, err
		}
		there := is.Location()
		if wished.Zone != "" {
			if there, err = time.LoadLocation(wished.Zone); err != nil {
				return reader.Coming{}, &digest.RefusedError{Field: "zone", Reason: err.Error()}
			}
		}
		instant := now()
		had, err := mailed(ctx, s.ID)
		if err != nil {
			return reader.Coming{}, err
		}
		changed := wished.Cadence != s.Chosen().Cadence
		const far = 400 // dues of a daily digest that are looked at, for a pause of a year
		for _, due := range is.Due(instant, far) {
			leaves := due.At
			if wished.Zone != "" && is.Kind() != scheduler.CloseOfBusiness { // which waits for no hour elsewhere
				leaves = hourThere(due.At, there)
			}
			asSoon := leaves.Before(due.At)
			if asSoon {
				leaves = due.At
			}
			leaves = leaves.In(there)
			switch {
			case !wished.PausedUntil.IsZero() && digest.DateOf(leaves).Before(wished.PausedUntil):
			case due.Period.From.Before(had): // nobody gets a day twice
			case changed && wished.Cadence != "" && !due.Period.To.After(instant): // a cadence of readers begins with what closes after the wish
			default:
				c := reader.Coming{Leaves: leaves, AsSoon: asSoon, Period: due.Period}
				if changed && !had.IsZero() && had.Before(due.Period.From) && wished.PausedUntil.IsZero() {
					c.Gap = &digest.Period{From: had.In(is.Location()), To: due.Period.From}
				}
				return c, nil
			}
		}
		return reader.Coming{Never: true}, nil
	}
}

// cadenceFor is a digest's cadence, or the one that its readers have chosen.
func cadenceFor(spec digest.CadenceSpec, chosen, biMonthly string) (*scheduler.Cadence, error) {
	if chosen != "" {
		var err error
		if spec, err = scheduler.ReaderCadence(spec, chosen, biMonthly); err != nil {
			return nil, err
		}
	}
	return scheduler.Parse(spec, biMonthly)
}
