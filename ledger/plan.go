package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Change is one difference between the configuration and the ledger. It never holds a DSN or a token.
type Change struct {
	Verb    string // add, change, remove, switch on, switch off
	What    string // "project desk", "source desk/chat", "digest desk/weekly", "subscriber desk/weekly ana@example.org"
	Details []string
}

// String is "~ digest desk/weekly: cadence.at "mon 08:00" → "tue 08:00"" .
func (c Change) String() string {
	sign := map[string]string{"add": "+", "remove": "-"}[c.Verb]
	if sign == "" {
		sign = "~"
	}
	s := sign + " " + c.What
	details := c.Details
	if c.Verb == "switch on" || c.Verb == "switch off" {
		details = append([]string{c.Verb}, details...)
	}
	if len(details) > 0 {
		s += ": " + strings.Join(details, ", ")
	}
	return s
}

// differences lists what differs between two values of one type, by the paths of their JSON.
func differences(before, after any) ([]string, error) {
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
	var all []string
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if was[path] != is[path] {
			all = append(all, fmt.Sprintf("%s %s → %s", strings.ToLower(path), or(was[path]), or(is[path])))
		}
	}
	return all, nil
}

// durations are the lengths of time among a configuration's values, which JSON has as nanoseconds.
var durations = []string{"Jitter", "MissedAfter"}

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

func or(leaf string) string {
	if leaf == "" {
		return "nothing"
	}
	return leaf
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
			if ns, err := strconv.ParseInt(string(raw), 10, 64); err == nil && slices.Contains(durations, path) {
				all[path] = plainly(time.Duration(ns))
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
