package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fortnight/digest"
)

// Change is one difference between the configuration and the ledger.
type Change = digest.Change

// differences lists what differs between two values of one type, by the paths of their JSON.
func differences(before, after any) ([]digest.Difference, error) {
	was, err := leaves(before)
	if err != nil {
		return nil, err
	}
	is, err := leaves(after)
	if err != nil {
		return nil, err
	}
	paths := maps.Clone(was)
	maps.Copy(paths, is)
	var all []digest.Difference
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if was[path] != is[path] {
			all = append(all, digest.Difference{What: called(path), From: was[path], To: is[path]})
		}
	}
	return all, nil
}

// Some values have plainer words than their JSON: lengths of time are nanoseconds there, colours and days of the week numbers.
var (
	durations = []string{"Jitter", "MissedAfter"}
	colours   = []string{"Brand.Accent"}
	weekdays  = []string{"WeekStart", "Cadence.WeekStart"}
)

// plain writes a number of a path so that people can read it; "" is nothing.
func plain(path string, n int64) string {
	switch {
	case slices.Contains(durations, path):
		return strconv.Quote(plainly(time.Duration(n)))
	case slices.Contains(colours, path) && n == 0:
		return ""
	case slices.Contains(colours, path):
		return fmt.Sprintf(`"#%06x"`, n>>8)
	case slices.Contains(weekdays, path):
		return strconv.Quote(time.Weekday(n).String())
	}
	return strconv.FormatInt(n, 10)
}

// called gives a path as it is written: "Cadence.WeekStart" is "cadence.week_start".
func called(path string) string {
	return strings.ToLower(between.ReplaceAllString(path, "${1}_${2}"))
}

var between = regexp.MustCompile(`([a-z])([A-Z])`)

// plainly writes a length of time without what is zero: "12h", "1h30m".
func plainly(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// leaves gives each plain value of a JSON document under its path. Lists count as one value.
func leaves(v any) (map[string]string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	var walk func(path string, raw json.RawMessage) error
	walk = func(path string, raw json.RawMessage) error {
		if raw[0] != '{' {
			all[path] = string(raw)
			if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
				all[path] = plain(path, n)
			}
			return nil
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(raw, &fields); err != nil {
			return err
		}
		for name, field := range fields {
			if path != "" {
				name = path + "." + name
			}
			if err := walk(name, field); err != nil {
				return err
			}
		}
		return nil
	}
	return all, walk("", raw)
}
