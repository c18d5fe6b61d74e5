package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fortnight/digest"
)

// The desk is open Monday to Friday, 9 to 17 in New York, on Thursdays until 20:00, and closed on Wednesday 25 March 2020. Its digest leaves
// as it closes, before the day that it covers is over, to Ana in New York and to Bo in Berlin at the same instant. The schedule looks
// every half hour from Friday the 20th at noon to Friday the 27th at noon.
func TestADigestAtTheCloseOfBusinessLeavesAsTheDayCloses(t *testing.T) {
	t.Parallel()
	w := worldAt(t, at("2020-03-20T12:00:00-04:00"))
	desk := w.desk(t)
	for d := time.Monday; d <= time.Friday; d++ {
		desk.Hours.Windows = append(desk.Hours.Windows, digest.Window{Weekday: d, Opens: 9 * 60, Closes: 17 * 60})
	}
	desk.Hours.Windows = append(desk.Hours.Windows, digest.Window{Weekday: time.Thursday, Opens: 18 * 60, Closes: 20 * 60})
	desk.Hours.Holidays = []digest.Date{{Year: 2020, Month: time.March, Day: 25}}
	evening := &desk.Digests[0]
	evening.Key, evening.Cadence = "evening", digest.CadenceSpec{Kind: digest.CloseOfBusiness, Zone: desk.Zone}
	evening.Sections, evening.Targets, evening.Readers = []digest.SectionChoice{{Section: "activity", Source: "desk"}}, nil, digest.Readers{}
	evening.Subscribers[1].Zone = "Europe/Berlin"
	w.apply(t, desk)
	var made []string
	w.until(t, at("2020-03-27T12:00:00-04:00"), 30*time.Minute, func(edition int64) {
		whole, snap, err := w.books.Edition(t.Context(), edition)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for d, err := range w.books.Deliveries(t.Context(), edition) {
			if err != nil {
				t.Fatal(err)
			}
			if d.State == digest.DeliverySent {
				sent++
			}
		}
		zone := whole.Period.From.Location()
		made = append(made, fmt.Sprintf("%s after %s, made %s, read %s, %d sent", whole.Period.First(), whole.Previous.First(),
			w.clock.now().In(zone).Format("Mon 15:04"), snap.ReadAt.In(zone).Format("15:04"), sent))
	})
	if want := []string{
		"2020-03-19 after 2020-03-18, made Fri 12:00, read 12:00, 2 sent", // just switched on: the latest day, which is over
		"2020-03-20 after 2020-03-19, made Fri 17:00, read 17:00, 2 sent",
		"2020-03-23 after 2020-03-20, made Mon 17:00, read 17:00, 2 sent",
		"2020-03-24 after 2020-03-23, made Tue 17:00, read 17:00, 2 sent",
		"2020-03-26 after 2020-03-24, made Thu 20:00, read 20:00, 2 sent",
	}; !slices.Equal(made, want) {
		t.Errorf("made\n%q\nwant\n%q", made, want)
	}
}
