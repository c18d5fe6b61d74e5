// Package zones lists the time zones that people choose from, and finds the one that a misspelt name meant.
package zones

import (
	_ "embed"
	"strings"
	"time"

	"fortnight/web/spelling"
)

// The names of the IANA time zone database's zone.tab (2025b), one for each place whose clocks have gone their own way, and UTC.
//
//go:embed zones.txt
var zones string

// All lists the zones to choose from, by name.
func All() []string { return strings.Fields(zones) }

// Known tells whether there is a zone of this name. Older names that are not listed, such as Asia/Calcutta, are known too; "" and
// "Local" are not.
func Known(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// Nearest gives the zone that an unknown name may have meant: its city alone, another case, spaces for underlines, or a slip of the
// keys. "" where none is near.
func Nearest(name string) string {
	name = strings.ReplaceAll(strings.TrimSpace(name), " ", "_")
	all := All()
	cities := make([]string, len(all))
	for i, z := range all {
		if strings.EqualFold(z, name) {
			return z
		}
		cities[i] = z[strings.LastIndexByte(z, '/')+1:]
	}
	if near := spelling.Nearest(name, all); near != "" {
		return near
	}
	near := spelling.Nearest(name, cities)
	for i, city := range cities {
		if near != "" && city == near {
			return all[i]
		}
	}
	return ""
}

// City is how a zone is said in a sentence: "New York" of America/New_York.
func City(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndexByte(zone, '/')+1:], "_", " ")
}
