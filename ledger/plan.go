package ledger

import (
	"encoding/json"
	"maps"
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
			all = append(all, digest.Difference{What: strings.ToLower(path), From: was[path], To: is[path]})
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
