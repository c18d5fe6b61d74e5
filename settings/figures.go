package settings

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
)

// durations and percents are the figures that a target may be set for whose numbers are seconds or percents; all others are plain.
var (
	durations = []string{
		"wait_mean", "wait_median", "wait_p90", "conversation_time_mean", "conversation_time_median", "staff_time_saved",
		"first_response_mean", "first_response_median", "first_response_p90", "open_to_close_mean", "open_to_close_median", "open_to_close_p90",
	}
	percents = []string{
		"bot_resolution_rate", "fallback_rate", "success_rate", "failure_rate", "responsive_success_rate", "mention_share", "appointment_rate",
		"completion_rate", "enrollment_rate", "response_rate", "closed_within_hour", "closed_within_day", "answered_in_10_min",
	}
)

// UnitOf is how a figure's number is meant: digest.Duration, digest.Percent or digest.Count, which stands for all that is written
// without a unit.
func UnitOf(figure string) digest.Unit {
	switch {
	case slices.Contains(durations, figure):
		return digest.Duration
	case slices.Contains(percents, figure):
		return digest.Percent
	}
	return digest.Count
}

// ParseValue reads a target's value: "5m" and "1h30m" of a duration (a plain number is seconds), "12%" or "12" of a percent, a number
// of others. The error says what to write.
func ParseValue(figure, s string) (float64, error) {
	s = strings.TrimSpace(s)
	n, err := strconv.ParseFloat(s, 64)
	switch UnitOf(figure) {
	case digest.Duration:
		if err != nil {
			var d time.Duration
			if d, err = time.ParseDuration(strings.ReplaceAll(s, " ", "")); err == nil {
				n = d.Seconds()
			}
		}
		if bad(n, err) {
			return 0, fmt.Errorf("%q is no length of time: write one such as 5m", s)
		}
	case digest.Percent:
		if err != nil {
			n, err = strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(s, "%")), 64)
		}
		if bad(n, err) || n > 100 {
			return 0, fmt.Errorf("%q is no percentage: write one such as 12%%", s)
		}
	default:
		if bad(n, err) {
			return 0, fmt.Errorf("%q is no number: write one such as 300", s)
		}
	}
	return n, nil
}

func bad(n float64, err error) bool { return err != nil || n < 0 || math.IsNaN(n) || math.IsInf(n, 0) }

// FormatValue writes what ParseValue reads to the same number.
func FormatValue(figure string, n float64) string {
	plain := strconv.FormatFloat(n, 'f', -1, 64)
	switch UnitOf(figure) {
	case digest.Duration:
		if d := time.Duration(n * float64(time.Second)); d.Seconds() == n && n < 1e6 {
			return FormatDuration(d)
		}
	case digest.Percent:
		return plain + "%"
	}
	return plain
}

// FormatDuration is a duration without the units that are 0: "24h", "1h30m"; "0s" of none.
func FormatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
