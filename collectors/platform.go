package collectors

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed platforms
var platformFiles embed.FS

//go:embed *.sql
var sectionFiles embed.FS

// platform is how one kind of database is mapped to the canonical relations: the folder platforms/<name>.
//
//	columns.txt     the tables and columns that the mappings read; what ends in ? may be missing
//	<relation>.sql  one SELECT, given to sections under the file's name; a relation without a file is empty
//	first_row.sql   one instant: when the tenant's data begins; null without any
//	newest_row.sql  one instant: the tenant's newest message before @to; null without any
//	indexes.txt     what indexes have to begin with, so that a period's rows are found (see lead); need not be there
//	tenants.sql     tenant_id, name of the tenants there are, to help an admin who mistyped one
//	session.sql     what a reading's transaction sets for itself with SET LOCAL; need not be there
//	<name>_ids.sql  one column of ids as text that is costly to find: asked once a period, it is the argument @<name>_ids of the
//	                mappings, and of other such questions, that name it
//
// A mapping, and a question for ids, may ask other mappings of its folder, and helpers that are no canonical relation, by their file names.
// A mapping that reads a table which may be missing says so in a line "-- needs TABLE": without the table it is empty, and a
// helper is what its line "-- else SELECT …" says. A line "-- materialized" has a query work the mapping out once.
type platform struct {
	name     string
	own      bool // not built in: its mapping is somebody's folder
	tables   []table
	leads    []lead
	mappings map[string]string // relation or helper to its SELECT
	first    string
	newest   string
	tenants  string
	session  string
	ids      map[string]string // argument to the query that is asked for it once a period
}

// table is one line of columns.txt.
type table struct {
	name     string // with its schema where it is not found by the search path
	optional bool
	columns  []column
}

type column struct {
	name     string
	optional bool
}

// Platforms lists the platforms that are built in, in alphabetical order.
func Platforms() []string {
	var names []string
	entries, err := platformFiles.ReadDir("platforms")
	if err != nil {
		panic(err) // embedded: cannot fail
	}
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// loadPlatform reads the folder of a platform that is built in.
func loadPlatform(name string) (*platform, error) {
	if !slices.Contains(Platforms(), name) {
		return nil, fmt.Errorf("unknown platform %q: use one of %s", name, strings.Join(Platforms(), ", "))
	}
	folder, err := fs.Sub(platformFiles, path.Join("platforms", name))
	if err != nil {
		return nil, err
	}
	return readPlatform(name, folder)
}

// readPlatform reads a platform's folder. Files of other kinds, and folders, are passed over.
func readPlatform(name string, folder fs.FS) (*platform, error) {
	p := &platform{name: name, mappings: map[string]string{}, ids: map[string]string{}}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		base, extension, _ := strings.Cut(e.Name(), ".")
		if e.IsDir() || extension != "sql" && extension != "txt" {
			continue
		}
		text, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			return nil, err
		}
		switch {
		case e.Name() == "columns.txt":
			p.tables = parseColumns(string(text))
		case e.Name() == "indexes.txt":
			p.leads = parseLeads(string(text))
		case e.Name() == "first_row.sql":
			p.first = string(text)
		case e.Name() == "newest_row.sql":
			p.newest = string(text)
		case e.Name() == "tenants.sql":
			p.tenants = string(text)
		case e.Name() == "session.sql":
			p.session = string(text)
		case strings.HasSuffix(e.Name(), "_ids.sql"):
			p.ids[base] = string(text)
		case extension == "sql":
			p.mappings[base] = strings.TrimSpace(string(text))
		}
	}
	return p, nil
}

// parseColumns reads lines "table: column column? …"; a # begins a comment.
func parseColumns(text string) []table {
	var tables []table
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		name, columns, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		var t table
		t.name, t.optional = strings.CutSuffix(strings.TrimSpace(name), "?")
		for word := range strings.FieldsSeq(columns) {
			var c column
			c.name, c.optional = strings.CutSuffix(word, "?")
			t.columns = append(t.columns, c)
		}
		tables = append(tables, t)
	}
	return tables
}

// parseLeads reads lines "table: column column …"; a # begins a comment.
func parseLeads(text string) []lead {
	var leads []lead
	for _, t := range parseColumns(text) {
		l := lead{table: t.name}
		for _, c := range t.columns {
			l.columns = append(l.columns, c.name)
		}
		leads = append(leads, l)
	}
	return leads
}

// fills tells whether the platform maps a relation; missing has the optional tables that this database does not have.
func (p *platform) fills(name string, missing map[string]bool) bool {
	sql, found := p.mappings[name]
	return found && !slices.ContainsFunc(needs(sql), func(t string) bool { return missing[t] })
}

var (
	needsLine    = regexp.MustCompile(`(?m)^-- needs (\S+)\s*$`)
	elseLine     = regexp.MustCompile(`(?m)^-- else (SELECT .*)$`)
	materialized = regexp.MustCompile(`(?m)^-- materialized\s*$`)
	noise        = regexp.MustCompile(`'(?:[^']|'')*'|--[^\n]*`)
	reference    = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+(?:LATERAL\s+)?([a-z_]+)\b\s*([.(]?)`)
	leading      = regexp.MustCompile(`(?i)^WITH(\s+RECURSIVE)?\s`)
	preamble     = regexp.MustCompile(`^(?:\s|--[^\n]*(?:\n|$))+`)
)

// needs gives the optional tables without which a mapping is empty.
func needs(sql string) []string {
	var tables []string
	for _, m := range needsLine.FindAllStringSubmatch(sql, -1) {
		tables = append(tables, m[1])
	}
	return tables
}

// otherwise is what a helper is without the tables that it needs.
func otherwise(sql string) string {
	if m := elseLine.FindStringSubmatch(sql); m != nil {
		return m[1]
	}
	return sql
}

// references gives the bare names after FROM and JOIN, in order of appearance; names of schemas and functions are left out.
func references(sql string) []string {
	var names []string
	for _, m := range reference.FindAllStringSubmatch(noise.ReplaceAllString(sql, "''"), -1) {
		if m[2] == "" && !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return names
}

// inline puts the mappings of the relations that a query names in front of it as CTEs, each after those that it needs
// itself. NOT MATERIALIZED lets the planner push the query's own conditions into them; a mapping that is costly and used
// by several others asks to be MATERIALIZED, so that a query works it out once.
func (p *platform) inline(query string, missing map[string]bool) string {
	var (
		ctes []string
		seen = map[string]bool{}
		add  func(sql string)
	)
	add = func(sql string) {
		for _, name := range references(sql) {
			mapping, mapped := p.mappings[name]
			canonical, known := relationNamed(name)
			if seen[name] || !mapped && !known {
				continue
			}
			seen[name] = true
			switch {
			case p.fills(name, missing):
			case known:
				mapping = canonical.empty()
			default:
				mapping = otherwise(mapping)
			}
			add(mapping)
			how := " AS NOT MATERIALIZED (\n"
			if materialized.MatchString(mapping) {
				how = " AS MATERIALIZED (\n"
			}
			ctes = append(ctes, name+how+mapping+"\n)")
		}
	}
	add(query)
	if len(ctes) == 0 {
		return query
	}
	query = preamble.ReplaceAllString(query, "")
	with, recursive, rest := "WITH ", "", "\n"+query
	if m := leading.FindStringSubmatchIndex(query); m != nil {
		if m[2] >= 0 {
			recursive = "RECURSIVE "
		}
		rest = ",\n" + query[m[1]:]
	}
	return with + recursive + strings.Join(ctes, ",\n") + rest
}

// sectionQueries reads the queries of a section's .sql file: name to text.
func sectionQueries(key string) (map[string]string, error) {
	text, err := sectionFiles.ReadFile(key + ".sql")
	if err != nil {
		return nil, fmt.Errorf("section %s has no queries: %w", key, err)
	}
	queries := map[string]string{}
	marks := queryMark.FindAllStringSubmatchIndex(string(text), -1)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		body := strings.TrimSpace(string(text[m[1]:end]))
		queries[string(text[m[2]:m[3]])] = strings.TrimSuffix(body, ";")
	}
	return queries, nil
}

var queryMark = regexp.MustCompile(`(?m)^-- name: ([a-z0-9_]+)[^\n]*$`)
