package templates

import (
	"math"

	"fortnight/digest"
)

// Seconds in the units that durations are printed in.
const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
)

// Duration implements digest.Words. The last part printed is rounded, and a carry moves up: 59 min 59.6 s is 1 h.
// A sign stands with the first part. What is under a second but not nothing is "< 1 s".
func (w *words) Duration(seconds float64) []digest.Part {
	size := math.Abs(seconds)
	if math.IsNaN(size) || math.IsInf(size, 0) {
		return []digest.Part{{Number: noNumber, Unit: w.conventions.Units["s"]}}
	}
	if size > 0 && size < 0.5 {
		if seconds < 0 {
			return []digest.Part{{Number: ">" + nbsp + w.sign("-") + w.unsigned(1, 0), Unit: w.conventions.Units["s"]}}
		}
		return []digest.Part{{Number: "<" + nbsp + w.unsigned(1, 0), Unit: w.conventions.Units["s"]}}
	}
	// From the finest unit up: the first that holds the size, rounded to what is printed of it.
	for _, u := range []struct {
		unit, second          string
		length, rounded, from float64 // rounded: the length of the last part printed; from: where the next unit begins
	}{
		{"s", "", 1, 1, minute}, {"min", "s", minute, 1, hour}, {"h", "min", hour, minute, day}, {"d", "h", day, hour, math.Inf(1)},
	} {
		whole := math.Round(size/u.rounded) * u.rounded
		if whole >= u.from {
			continue
		}
		first := math.Floor(whole / u.length)
		number := w.unsigned(first, 0)
		if seconds < 0 && whole > 0 {
			number = w.sign("-") + number
		}
		parts := []digest.Part{{Number: number, Unit: w.conventions.Units[u.unit]}}
		if rest := math.Round((whole - first*u.length) / u.rounded); rest > 0 && u.second != "" {
			parts = append(parts, digest.Part{Number: w.unsigned(rest, 0), Unit: w.conventions.Units[u.second]})
		}
		return parts
	}
	return nil
}

// Hours implements digest.Words: minutes below an hour, one place below 20 h unless whole.
func (w *words) Hours(seconds float64) string {
	size := math.Abs(seconds)
	with := func(number, unit string) string { return number + nbsp + w.conventions.Units[unit] }
	switch {
	case size > 0 && math.Round(size) < minute:
		parts := w.Duration(seconds)
		return with(parts[0].Number, "s")
	case size > 0 && math.Round(size/minute)*minute < hour:
		return with(w.Decimal(seconds/minute, 0), "min")
	}
	places := 1
	if r, ok := round(seconds/hour, 1); !ok || math.Abs(r) >= 20 || r == math.Trunc(r) {
		places = 0
	}
	return with(w.Decimal(seconds/hour, places), "h")
}
