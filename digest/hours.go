package digest

import "time"

// Hours are when a calendar is open.
type Hours struct {
	Zone     string   // IANA; "" means the project's
	Windows  []Window `json:",omitempty"` // none: there is no calendar
	Holidays []Date   `json:",omitempty"` // on which no window opens
}

// Window is open on a weekday from one minute of the day to another. One that closes at or before it opens runs past midnight; 1440
// is 24:00.
type Window struct {
	Weekday       time.Weekday
	Opens, Closes int
}

// IsZero tells whether there is no calendar.
func (h Hours) IsZero() bool { return len(h.Windows) == 0 }
