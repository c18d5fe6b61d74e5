package collectors

import (
	"regexp"
	"strconv"
	"strings"

	"fortnight/digest"
)

// NativeRelations are Fortnight's own event tables that rows of a tenant are written into, in the order of tables.sql, which it reads:
// all but tenant, which the project is, and capability, which holds for all tenants.
func NativeRelations() []digest.Relation {
	var all []digest.Relation
	for _, m := range createTable.FindAllStringSubmatch(tablesSQL, -1) {
		r := digest.Relation{Name: m[1]}
		for line := range strings.SplitSeq(m[2], "\n") {
			line, _, _ = strings.Cut(line, " --")
			if key, ok := strings.CutPrefix(strings.TrimSpace(line), "PRIMARY KEY ("); ok {
				r.Key = strings.Split(strings.TrimRight(key, "),"), ", ")
			} else if c := columnLine.FindStringSubmatch(line); c != nil {
				r.Columns = append(r.Columns, relationColumn(c[1], c[2], c[3]))
			}
		}
		if r.Name == "tenant" || r.Name == "capability" {
			continue
		}
		if once := onceIndex.FindStringSubmatch(tablesSQL); r.Key == nil && once != nil && once[1] == r.Name {
			for part := range strings.SplitSeq(coalesced.ReplaceAllString(once[2], "$1"), ", ") {
				r.Key = append(r.Key, part)
			}
		}
		all = append(all, r)
	}
	return all
}

var (
	createTable = regexp.MustCompile(`(?s)CREATE TABLE IF NOT EXISTS fortnight_events\.(\w+) \(\n(.*?)\n\)`)
	columnLine  = regexp.MustCompile(`^    ([a-z_]+) +(double precision|[a-z]+)(.*?),?\s*$`)
	onceIndex   = regexp.MustCompile(`CREATE UNIQUE INDEX IF NOT EXISTS \w+ ON fortnight_events\.(\w+)\s+\((.*)\);`)
	coalesced   = regexp.MustCompile(`COALESCE\((\w+), ''\)`)
	oneOf       = regexp.MustCompile(`IN \(([^)]*)\)`)
	between     = regexp.MustCompile(`BETWEEN (\d+) AND (\d+)`)
	defaults    = regexp.MustCompile(`DEFAULT (\w+)`)
)

func relationColumn(name, kind, rest string) digest.RelationColumn {
	c := digest.RelationColumn{Name: name, Type: kind, Required: strings.Contains(rest, "NOT NULL")}
	if m := defaults.FindStringSubmatch(rest); m != nil {
		c.Default, c.Required = m[1], false
	}
	if m := oneOf.FindStringSubmatch(rest); m != nil {
		for word := range strings.SplitSeq(m[1], ", ") {
			c.OneOf = append(c.OneOf, strings.Trim(word, "'"))
		}
	}
	if m := between.FindStringSubmatch(rest); m != nil {
		c.Least, _ = strconv.Atoi(m[1]) // digits
		c.Most, _ = strconv.Atoi(m[2])
	}
	return c
}
