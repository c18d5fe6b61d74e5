package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/ledger"
)

// examined is which source the doctor is to hold against the contract: one of a project, or a folder of mappings over a database.
type examined struct {
	source               string // PROJECT/SOURCE
	mapping, dsn, tenant string
	json                 bool
}

// open opens the source. The DSN of a folder's database is that of collect.
func (x examined) open(ctx context.Context, p program) (*collectors.Source, error) {
	switch {
	case x.source != "" && (x.mapping != "" || x.dsn != "" || x.tenant != ""):
		return nil, misused("--source has its own address and tenant: leave --mapping, --dsn and --tenant out")
	case x.mapping != "":
		return openMapping(ctx, x.mapping, x.dsn, x.tenant, p.now)
	case x.source == "":
		return nil, misused("--dsn, --tenant and --json go with --source PROJECT/SOURCE or --mapping DIR")
	}
	project, key, whole := strings.Cut(x.source, "/")
	if !whole || project == "" || key == "" {
		return nil, misused("--source %q: write PROJECT/SOURCE", x.source)
	}
	cfg, err := loadConfig()
	if err != nil {
		return nil, err
	}
	mappings, err := cfg.mappings()
	if err != nil {
		return nil, err
	}
	keys, err := cfg.keys()
	if err != nil {
		return nil, err
	}
	pool, err := openPool(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	if err := mustBeMigrated(ctx, pool); err != nil {
		return nil, err
	}
	b := ledger.New(pool, ledger.Options{Keys: keys, Now: p.now})
	var s digest.Source
	id, err := b.ProjectID(ctx, project)
	if err == nil {
		s, err = b.Tenant(id).SourceSecret(ctx, key)
	}
	if errors.Is(err, digest.ErrNotFound) {
		return nil, fmt.Errorf("there is no source %s: \"fortnight export\" lists the projects and their sources", x.source)
	}
	if err != nil {
		return nil, err
	}
	return mappings.Open(ctx, x.source, s.Platform, s.DSN, s.Tenant, p.now)
}

// openMapping opens a database by a folder of mappings. The platform is called as the folder is.
func openMapping(ctx context.Context, dir, dsn, tenant string, now func() time.Time) (*collectors.Source, error) {
	if tenant == "" {
		return nil, misused("--tenant is missing")
	}
	dsn, err := sourceDSN(dsn)
	if err != nil {
		return nil, err
	}
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if stat, err := os.Stat(path); err != nil || !stat.IsDir() {
		return nil, misused("--mapping %s is no folder", dir)
	}
	name := filepath.Base(path)
	return collectors.OpenFolder(ctx, name, name, os.DirFS(path), dsn, tenant, now)
}

// sourceDSN is the address of a source that stands in no project: the flag's, else the variable's.
func sourceDSN(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	c, err := loadConfig()
	if err != nil {
		return "", err
	}
	dsn := c.SourceDSN.Reveal()
	if dsn == "" {
		return "", misused("--dsn is missing: give it, or set FORTNIGHT_SOURCE_DSN")
	}
	return dsn, nil
}

// examine holds a source against the contract and prints what it found. It is an error where something is to be mended.
func examine(ctx context.Context, p program, x examined) error {
	s, err := x.open(ctx, p)
	if err != nil {
		return err
	}
	defer s.Close()
	c, err := s.Conform(ctx, digest.Period{})
	if err != nil {
		return err
	}
	if x.json {
		err = printJSON(p, s, c)
	} else {
		err = printConformance(p, s, c)
	}
	if err != nil {
		return err
	}
	if !c.OK() {
		mend := 0
		for _, v := range verdicts(c) {
			if v == digest.CheckMend {
				mend++
			}
		}
		return fmt.Errorf("%d to mend, see above", mend)
	}
	return nil
}

// verdicts are those of all that was looked at.
func verdicts(c collectors.Conformance) (all []digest.Verdict) {
	for _, check := range c.Report.Checks {
		all = append(all, check.Verdict)
	}
	for _, f := range c.Findings {
		all = append(all, f.Verdict)
	}
	return all
}

// printConformance prints a table of the relations, and below it a line a check and a finding, what is to be mended last.
func printConformance(p program, s *collectors.Source, c collectors.Conformance) error {
	var head strings.Builder
	fmt.Fprintf(&head, "%s: %s of %s on %s", s.Name(), orElse(c.Report.Name, s.Tenant()), s.Platform(), c.Report.Server)
	if !c.Week.From.IsZero() {
		fmt.Fprintf(&head, ", the week from %s to %s (UTC)", c.Week.From.UTC().Format("2006-01-02"), c.Week.To.UTC().Format("2006-01-02"))
	}
	head.WriteString("\n\n")
	if len(c.Relations) > 0 {
		t := tabwriter.NewWriter(&head, 0, 8, 2, ' ', 0)
		fmt.Fprintln(t, "RELATION\tSUPPORT\tROWS\tTIME\tGOES THROUGH")
		for _, r := range c.Relations {
			rows, took := "-", "-"
			if r.Read {
				rows, took = fmt.Sprint(r.Rows), fmt.Sprintf("%.1f ms", r.Took.Seconds()*1000)
			}
			support := orElse(r.Support, "asked once")
			if !r.Mapped {
				support = "no mapping"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", r.Relation, support, rows, took, orElse(strings.Join(r.Scans, ", "), "-"))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		head.WriteString("\n")
	}
	var f findings
	for _, verdict := range []digest.Verdict{digest.CheckWell, digest.CheckNote, digest.CheckMend} {
		for _, check := range c.Report.Checks {
			if check.Verdict == verdict {
				f.check("", check)
			}
		}
		for _, x := range c.Findings {
			if x.Verdict == verdict {
				f.check(strings.TrimSuffix(x.Relation+"."+x.Column, ".")+": ", digest.Check{Verdict: verdict, Title: x.Found, Remedy: x.Remedy, SQL: x.SQL})
			}
		}
	}
	if len(c.Findings) == 0 && len(c.Relations) > 0 {
		f.well("every relation keeps the contract")
	}
	_, err := fmt.Fprint(p.stdout, head.String()+f.out.String())
	return err
}

// relationJSON is a relation in the JSON of the doctor.
type relationJSON struct {
	Relation string   `json:"relation"`
	Mapped   bool     `json:"mapped"`
	Support  string   `json:"support,omitempty"`
	Rows     *int64   `json:"rows"`    // null: not read
	Seconds  *float64 `json:"seconds"` // null: not read
	Scans    []string `json:"goes_through"`
}

func printJSON(p program, s *collectors.Source, c collectors.Conformance) error {
	out := struct {
		Source    string               `json:"source"`
		Platform  string               `json:"platform"`
		Tenant    string               `json:"tenant"`
		Server    string               `json:"server"`
		OK        bool                 `json:"ok"`
		From      string               `json:"from,omitempty"`
		To        string               `json:"to,omitempty"`
		Sections  []string             `json:"sections"`
		Checks    []digest.Check       `json:"checks"`
		Relations []relationJSON       `json:"relations"`
		Findings  []collectors.Finding `json:"findings"`
	}{
		Source: s.Name(), Platform: s.Platform(), Tenant: s.Tenant(), Server: c.Report.Server, OK: c.OK(),
		Sections: append([]string{}, c.Report.Sections...), Checks: c.Report.Checks, Relations: []relationJSON{}, Findings: append([]collectors.Finding{}, c.Findings...),
	}
	if !c.Week.From.IsZero() {
		out.From, out.To = c.Week.From.UTC().Format("2006-01-02T15:04:05Z07:00"), c.Week.To.UTC().Format("2006-01-02T15:04:05Z07:00")
	}
	for _, r := range c.Relations {
		x := relationJSON{Relation: r.Relation, Mapped: r.Mapped, Support: r.Support, Scans: append([]string{}, r.Scans...)}
		if seconds := r.Took.Seconds(); r.Read {
			x.Rows, x.Seconds = &r.Rows, &seconds
		}
		out.Relations = append(out.Relations, x)
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n", text)
	return err
}
