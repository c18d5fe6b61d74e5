package digest

import (
	"testing"
	"time"
)

func TestOpeningTimesAreWrittenAsPeopleDo(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"09:00-17:00": "09:00-17:00", " 9:00 – 12:30,13:30 - 17:00 ": "09:00-12:30, 13:30-17:00", "22:00-06:00": "22:00-06:00", "0:00-24:00": "00:00-24:00",
		"": "", "Closed": "", "24:00-25:00": "!", "9-17": "!", "09:00": "!", "09:00-17:60": "!", "24:00-02:00": "!", "09:00-12:00,": "!",
	} {
		windows, err := ParseWindows(time.Friday, written)
		got := Hours{Windows: append(windows, Window{Weekday: time.Monday, Opens: 0, Closes: 60})}.On(time.Friday)
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%q reads to %q (%v), want %q", written, got, err, want)
		}
	}
}

func TestHoursInOrderHaveEachWindowAndHolidayOnce(t *testing.T) {
	t.Parallel()
	christmas := Date{2026, time.December, 25}
	h := Hours{Windows: []Window{{5, 540, 1020}, {1, 780, 1020}, {1, 540, 720}, {5, 540, 1020}, {0, 0, 60}}, Holidays: []Date{christmas.AddDays(1), christmas, christmas}}.Sorted()
	if h.On(time.Monday) != "09:00-12:00, 13:00-17:00" || len(h.Windows) != 4 || h.Windows[0].Weekday != time.Sunday || len(h.Holidays) != 2 || h.Holidays[0] != christmas {
		t.Errorf("%+v", h)
	}
}
