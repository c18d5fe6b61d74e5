package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/templates"
)

// reading is what collect and preview are asked to read.
type reading struct {
	platform, dsn, tenant string
	mapping               string // a folder, in place of the platform
	from, to, zone        string
	sections              []string
	missedAfter           time.Duration
	excludeAway           bool
	patience              time.Duration
	sectionsGiven         func() bool
	mappings              collectors.Mappings // that platform is of; ask sets it
}

func (r *reading) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&r.platform, "platform", "", "kind of source: "+strings.Join(collectors.Platforms(), ", ")+", or a folder in FORTNIGHT_MAPPINGS")
	f.StringVar(&r.mapping, "mapping", "", "a folder of mappings, in place of --platform (docs/platforms.md)")
	f.StringVar(&r.dsn, "dsn", "", "PostgreSQL of the source; better in FORTNIGHT_SOURCE_DSN, where no one sees it")
	f.StringVar(&r.tenant, "tenant", "", "the tenant's id on its platform (Chatwoot: the account's number)")
	f.StringVar(&r.from, "from", "", "first local day, YYYY-MM-DD")
	f.StringVar(&r.to, "to", "", "the day after the last one, YYYY-MM-DD")
	f.StringVar(&r.zone, "zone", "", "zone of the local days, such as Europe/Berlin")
	r.sectionsGiven = func() bool { return f.Changed("section") }
	f.StringSliceVar(&r.sections, "section", nil, "these sections of "+strings.Join(collectors.Sections(), ", ")+" (default "+strings.Join(digest.Usual(collectors.Sections()), ", ")+")")
	f.DurationVar(&r.missedAfter, "missed-after", 24*time.Hour, "wall time until an offered conversation counts as missed")
	f.BoolVar(&r.excludeAway, "exclude-away", false, "leave time in state \"away\" out of connection hours")
	f.DurationVar(&r.patience, "patience", 30*time.Second, "statement timeout of a section")
	_ = c.RegisterFlagCompletionFunc("platform", cobra.FixedCompletions(collectors.Platforms(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("section", cobra.FixedCompletions(collectors.Sections(), cobra.ShellCompDirectiveNoFileComp))
}

// ask checks the arguments, before any connection is made, and gives what the collector is asked.
func (r *reading) ask() (digest.Ask, error) {
	if r.platform != "" && r.mapping != "" {
		return digest.Ask{}, misused("--platform and --mapping: give one of them")
	}
	for _, flag := range []struct{ name, value string }{
		{"platform", orElse(r.platform, r.mapping)}, {"tenant", r.tenant}, {"from", r.from}, {"to", r.to}, {"zone", r.zone},
	} {
		if flag.value == "" {
			return digest.Ask{}, misused("--%s is missing", flag.name)
		}
	}
	if r.mapping == "" && !slices.Contains(collectors.Platforms(), r.platform) {
		var err error
		if r.mappings, err = loadMappings(); err != nil {
			return digest.Ask{}, err
		}
		if all := r.mappings.Platforms(); !slices.Contains(all, r.platform) {
			return digest.Ask{}, misused("--platform %q is not known: choose %s", r.platform, strings.Join(all, " or "))
		}
	}
	if r.sectionsGiven != nil && r.sectionsGiven() && len(r.sections) == 0 {
		return digest.Ask{}, misused("--section is empty: choose from %s", strings.Join(collectors.Sections(), ", "))
	}
	r.sections = unique(r.sections)
	for _, s := range r.sections {
		if !slices.Contains(collectors.Sections(), s) {
			return digest.Ask{}, misused("--section %q is not known: choose from %s", s, strings.Join(collectors.Sections(), ", "))
		}
	}
	period, err := parsePeriod(r.from, r.to, r.zone)
	if err != nil {
		return digest.Ask{}, err
	}
	if r.missedAfter <= 0 {
		return digest.Ask{}, misused("--missed-after %s is not a time to wait: write one such as 24h", r.missedAfter)
	}
	if r.patience <= 0 {
		return digest.Ask{}, misused("--patience %s is not a timeout: write one such as 30s", r.patience)
	}
	return digest.Ask{
		Tenant: r.tenant, Period: period, Previous: period.Preceding(), Sections: r.sections,
		MissedAfter: r.missedAfter, ExcludeAway: r.excludeAway, Patience: r.patience,
	}, nil
}

// unique keeps the first of each.
func unique(items []string) []string {
	var out []string
	for _, s := range items {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func parsePeriod(from, to, zone string) (digest.Period, error) {
	loc, err := parseZone(zone)
	if err != nil {
		return digest.Period{}, err
	}
	first, err := digest.ParseDate(from)
	if err != nil {
		return digest.Period{}, misused("--from: %w", err)
	}
	end, err := digest.ParseDate(to)
	if err != nil {
		return digest.Period{}, misused("--to: %w", err)
	}
	if !first.Before(end) {
		return digest.Period{}, misused("--to %s is not after --from %s: TO is the day after the last one", to, from)
	}
	p, err := digest.NewPeriod(first, end, loc)
	if err != nil {
		return digest.Period{}, usageError{err}
	}
	return p, nil
}

func parseZone(zone string) (*time.Location, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return nil, misused("--zone %q is not a time zone: write one such as Europe/Berlin or UTC", zone)
	}
	return loc, nil
}

// read opens the source and collects. A section that failed is in the snapshot; it is an error only where all failed.
func (r *reading) read(ctx context.Context, ask digest.Ask, now func() time.Time) (digest.Snapshot, error) {
	source, err := r.open(ctx, now)
	if err != nil {
		return digest.Snapshot{}, err
	}
	defer source.Close()
	ask.Source = source.Platform()
	snap, err := source.Collect(ctx, ask)
	if err != nil {
		return digest.Snapshot{}, err
	}
	if snap.Name == "" {
		snap.Name = source.TenantName()
	}
	return snap, allFailed(snap)
}

// open opens the source by its platform, or by a folder of mappings.
func (r *reading) open(ctx context.Context, now func() time.Time) (*collectors.Source, error) {
	if r.mapping != "" {
		return openMapping(ctx, r.mapping, r.dsn, r.tenant, now)
	}
	dsn, err := sourceDSN(r.dsn)
	if err != nil {
		return nil, err
	}
	return r.mappings.Open(ctx, r.platform, r.platform, dsn, r.tenant, now)
}

func allFailed(s digest.Snapshot) error {
	var reasons []string
	for _, section := range s.Sections {
		if section.Status != digest.Broken {
			return nil
		}
		reasons = append(reasons, section.Key+": "+section.Reason)
	}
	if len(reasons) == 0 {
		return errors.New("the platform can fill none of the sections asked for")
	}
	return errors.New("no section could be read\n" + strings.Join(reasons, "\n"))
}

func collectCommand(p program) *cobra.Command {
	var r reading
	var asJSON bool
	c := &cobra.Command{
		Use:   "collect --platform P --dsn DSN --tenant T --from DATE --to DATE --zone ZONE [--section S…] [--json]",
		Short: "Print the numbers of a period, straight from a source",
		Long: "Collect reads a source and prints the snapshot: every figure, chart and table beside its previous period.\n" +
			"TO is exclusive. Nothing is written anywhere, and Fortnight's own database is not needed.",
		Example: "  fortnight collect --platform chatwoot --tenant 1 --from 2020-03-23 --to 2020-03-30 --zone America/New_York",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			ask, err := r.ask()
			if err != nil {
				return err
			}
			snap, err := r.read(c.Context(), ask, p.now)
			if err != nil {
				return err
			}
			var out []byte
			if asJSON {
				out, err = json.MarshalIndent(snap, "", " ")
				out = append(out, '\n')
			} else {
				out, err = readable(snap)
			}
			if err != nil {
				return err
			}
			_, err = p.stdout.Write(out)
			return err
		},
	}
	r.flags(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print the snapshot as JSON (docs/metrics.md)")
	return c
}

// readable gives a snapshot as a table for a terminal.
func readable(s digest.Snapshot) ([]byte, error) {
	w, err := templates.Load("en")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s, %s, %s, %s hours, compared with %s\n", s.Name, w.FullRange(s.Period.First(), s.Period.Last()),
		s.Period.Location(), strconv.FormatFloat(s.Period.Hours(), 'f', -1, 64), w.Range(s.Previous.First(), s.Previous.Last()))
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, section := range s.Sections {
		fmt.Fprintf(t, "\n%s\t%s\t%s\n", strings.ToUpper(section.Key), section.Status, section.Reason)
		for _, f := range section.Figures {
			fmt.Fprintf(t, "%s\t%s\t%s\n", f.Key, spell(f.Value, f.Unit, w), spell(f.Previous, f.Unit, w))
		}
		for _, c := range section.Charts {
			if c.State != digest.HasValue {
				fmt.Fprintf(t, "%s\t%s\n", c.Key, c.State)
			}
			for _, line := range c.Series {
				fmt.Fprintf(t, "%s\t%s\n", strings.Trim(c.Key+" "+orElse(line.Label, line.Key), " "), points(line, c.Unit, w))
			}
			names := map[string]string{}
			for _, n := range c.Nodes {
				names[n.ID] = orElse(n.Label, string(n.Role))
			}
			for _, l := range c.Links {
				fmt.Fprintf(t, "%s\t%s → %s\t%s\n", c.Key, names[l.From], names[l.To], w.Count(l.Value))
			}
		}
		for _, table := range section.Tables {
			for _, row := range table.Rows {
				var cells []string
				for i, v := range row {
					cells = append(cells, table.Columns[i].Key+" "+spell(v, table.Columns[i].Unit, w))
				}
				fmt.Fprintf(t, "%s\t%s\n", table.Key, strings.Join(cells, ", "))
			}
		}
		for _, n := range section.Notes {
			if n.Key == "reconciliation" {
				fmt.Fprintf(t, "reconciliation\t%s\n", reconciliation(n, w))
			}
		}
	}
	if err := t.Flush(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// reconciliation is "131 = 123 handled + 5 missed + 3 waiting".
func reconciliation(n digest.Note, w digest.Words) string {
	count := func(key string) string { return spell(n.Values[key], digest.Count, w) }
	return count("total") + " = " + count("handled") + " handled + " + count("missed") + " missed + " + count("waiting") + " waiting"
}

func points(s digest.Series, u digest.Unit, w digest.Words) string {
	var out []string
	for _, p := range s.Points {
		value := "–"
		if p.Value != nil {
			value = spell(digest.Num(*p.Value), u, w)
		}
		if p.At.IsZero() {
			value = p.Label + " " + value
		}
		out = append(out, value)
	}
	return strings.Join(out, ", ")
}

// spell gives a value as words, each kind of nothing by its name.
func spell(v digest.Value, u digest.Unit, w digest.Words) string {
	switch v.State {
	case digest.Empty:
		return "n/a"
	case digest.Unavailable:
		return "not available"
	case digest.Failed:
		return "failed"
	}
	switch u {
	case digest.Percent:
		return w.Percent(v.Number)
	case digest.Duration:
		var parts []string
		for _, p := range w.Duration(v.Number) {
			parts = append(parts, p.Number+" "+p.Unit)
		}
		return strings.Join(parts, " ")
	case digest.Ratio:
		return w.Decimal(v.Number, 2)
	case digest.Instant:
		return w.Moment(v.Instant)
	case digest.Text:
		return v.Text
	default:
		return w.Count(v.Number)
	}
}
