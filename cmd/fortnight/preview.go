package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fortnight/digest"
	"fortnight/scheduler"
	"fortnight/settings"
	"fortnight/templates"
)

// copyChoice is which copy of an edition is wanted.
type copyChoice struct {
	locale, audience, paper string
}

func (c *copyChoice) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.locale, "locale", "en", "locale: "+strings.Join(templates.Locales(), ", "))
	cmd.Flags().StringVar(&c.audience, "audience", string(digest.Manager), "audience: "+strings.Join(audiences(), ", "))
	cmd.Flags().StringVar(&c.paper, "paper", "A4", "A4 or Letter")
	_ = cmd.RegisterFlagCompletionFunc("locale", cobra.FixedCompletions(templates.Locales(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("audience", cobra.FixedCompletions(audiences(), cobra.ShellCompDirectiveNoFileComp))
}

func (c *copyChoice) choice() (digest.Choice, error) {
	if !slices.Contains(audiences(), c.audience) {
		return digest.Choice{}, misused("--audience %q is not known: choose %s", c.audience, strings.Join(audiences(), ", "))
	}
	if err := knownLocale(c.locale); err != nil {
		return digest.Choice{}, misused("--locale %w", err)
	}
	if c.paper != "A4" && c.paper != "Letter" {
		return digest.Choice{}, misused("--paper %q is not known: choose A4 or Letter", c.paper)
	}
	return digest.Choice{Audience: digest.Audience(c.audience), Locale: c.locale, PDF: true, Paper: c.paper}, nil
}

// knownLocale refuses a locale whose language there are no words for; a territory's own words are not asked for.
func knownLocale(tag string) error {
	w, err := templates.Load(tag)
	if err != nil {
		return err
	}
	asked, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	got, _, _ := strings.Cut(w.Locale(), "-")
	if !strings.EqualFold(asked, got) {
		return fmt.Errorf("%q has no words: choose from %s", tag, strings.Join(templates.Locales(), ", "))
	}
	return nil
}

func previewCommand(p program) *cobra.Command {
	var r reading
	var wanted copyChoice
	var out, name string
	var attach []string
	c := &cobra.Command{
		Use:   "preview (--platform P --dsn DSN --tenant T --from DATE --to DATE --zone ZONE | --digest PROJECT/NAME --from DATE) --out DIR",
		Short: "Write a digest's files; nothing is sent",
		Long: "Preview reads a source as collect does, or a configured digest's sources, and writes what subscribers would get:\n" +
			"digest.eml, digest.html, digest.txt, digest.pdf, snapshot.json, charts/SECTION-KEY.png and, where the digest attaches\n" +
			"files or --attach asks for them, these in files/.",
		Example: "  fortnight preview --platform chatwoot --tenant 1 --from 2020-03-23 --to 2020-03-30 --zone America/New_York --out out",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			choice, err := wanted.choice()
			if err != nil {
				return err
			}
			if out == "" {
				return misused("--out is missing: name the folder to write to")
			}
			attached, err := attachments(attach)
			if err != nil {
				return err
			}
			if name != "" {
				return previewDigest(c.Context(), p, name, r.from, out, choice, attached, c.Flags().Changed)
			}
			return previewSource(c.Context(), p, r, out, choice, attached)
		},
	}
	r.flags(c)
	wanted.flags(c)
	c.Flags().StringVar(&out, "out", "", "folder to write to")
	c.Flags().StringSliceVar(&attach, "attach", nil, "files besides: csv, xlsx; with --digest its own where this is left out")
	c.Flags().StringVar(&name, "digest", "", "a configured digest, PROJECT/NAME, in place of a source")
	return c
}

// attachments reads the kinds of files that are asked for.
func attachments(kinds []string) (a digest.Attachments, err error) {
	for _, kind := range kinds {
		switch kind {
		case settings.CSV:
			a.CSV = true
		case settings.XLSX:
			a.XLSX = true
		default:
			return a, misused("--attach %q is not known: choose %s or %s", kind, settings.CSV, settings.XLSX)
		}
	}
	return a, nil
}

func previewSource(ctx context.Context, p program, r reading, out string, choice digest.Choice, attached digest.Attachments) error {
	ask, err := r.ask()
	if err != nil {
		return err
	}
	dir, err := openFolder(out)
	if err != nil {
		return err
	}
	snap, err := r.read(ctx, ask, p.now)
	if err != nil {
		dir.discard()
		return err
	}
	title := orElse(snap.Name, r.tenant)
	e := digest.Edition{
		Label: scheduler.Label(title, snap.Period), Period: snap.Period, Previous: snap.Previous,
		Project: digest.Project{Key: "preview", Name: title, Locale: choice.Locale},
		Config:  digest.Config{Key: "preview", Cadence: digest.CadenceSpec{Kind: cadenceOf(snap.Period)}, Attachments: attached},
	}
	return previewTo(ctx, p, dir, e, snap, choice)
}

// cadenceOf names the cadence that a period given by hand would have.
func cadenceOf(p digest.Period) string {
	first, last := p.First(), p.Last()
	switch days := first.DaysUntil(p.End()); {
	case days == 1:
		return scheduler.Daily
	case days == 7:
		return scheduler.Weekly
	case days == 14:
		return scheduler.Every2Weeks
	case first.Day == 1 && last == first.EndOfMonth():
		return scheduler.Monthly
	case first.Month == last.Month && (first.Day == 1 && last.Day == 15 || first.Day == 16 && last == first.EndOfMonth()):
		return scheduler.TwiceMonthly
	}
	return scheduler.Custom
}

// previewTo renders one copy and writes its files. The folder is left as it was found where that fails.
func previewTo(ctx context.Context, p program, dir *folder, e digest.Edition, snap digest.Snapshot, choice digest.Choice) (err error) {
	defer func() {
		if err != nil {
			dir.discard()
		}
	}()
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	studio, err := newStudio()
	if err != nil {
		return err
	}
	life := digest.Life{Studio: studio, Ledger: nothingRestated{}, Letterhead: previewLetterhead(cfg, snap), Now: p.now}
	brief, err := life.Brief(ctx, e, snap)
	if err != nil {
		return err
	}
	v, err := studio.Variant(snap, brief, choice)
	if err != nil {
		return err
	}
	post, err := newComposer(cfg)
	if err != nil {
		return err
	}
	to := digest.Subscriber{Name: "Preview", Address: "preview@" + life.Domain, Audience: choice.Audience, Locale: choice.Locale, PDF: true}
	m := life.Message(e, v, digest.Delivery{Subscriber: to, Date: p.now().UTC().Truncate(time.Second), MessageID: "preview." + e.Label + "@" + life.Domain})
	eml, err := post.Compose(m)
	if err != nil {
		return err
	}
	files, err := digestFiles(eml, v, m.Links, snap)
	if err != nil {
		return err
	}
	if err := dir.keep(files); err != nil {
		return err
	}
	and, more := " and", ""
	if len(v.Files) > 0 {
		and, more = ",", " and "+plural(len(v.Files), "file")+" attached"
	}
	_, err = fmt.Fprintf(p.stdout, "%s\nWritten to %s: digest.eml, digest.html, digest.txt, digest.pdf, snapshot.json%s %d charts%s.\n",
		v.Letter.Subject, dir.dir, and, len(v.Images)-1, more)
	return err
}

// nothingRestated is the ledger of an edition that is not in one.
type nothingRestated struct{ digest.Ledger }

// Restated has nothing to compare with.
func (nothingRestated) Restated(context.Context, int64, digest.Snapshot) ([]digest.Restatement, error) {
	return nil, nil
}

// Printed has nothing to show.
func (nothingRestated) Printed(context.Context, int64, digest.Period) (*digest.Snapshot, error) {
	return nil, nil
}

// previewLetterhead gives messages the installation's sender where one is configured, else a stand-in.
func previewLetterhead(cfg Config, snap digest.Snapshot) digest.Letterhead {
	name, address, err := cfg.sender()
	if err != nil {
		name, address = "Fortnight", "digest@fortnight.example"
	}
	var read []string
	for _, s := range snap.Sections {
		read = append(read, s.Platform)
	}
	h := letterhead(cfg, digest.Address{Name: name, Address: address}, platformNames(read...))
	h.Links = func(digest.Edition, digest.Subscriber) digest.Links { return links(cfg, "preview", "preview") }
	return h
}

// previewDigest renders a copy of a configured digest: of its edition where that was collected, else read now.
func previewDigest(ctx context.Context, p program, name, from, out string, choice digest.Choice, attached digest.Attachments, given func(string) bool) error {
	for _, flag := range []string{"platform", "dsn", "tenant", "to", "zone", "section"} {
		if given(flag) {
			return misused("--%s does not go with --digest, which knows its sources", flag)
		}
	}
	wanted, err := parseWanted(name, from)
	if err != nil {
		return err
	}
	dir, err := openFolder(out)
	if err != nil {
		return err
	}
	e, snap, err := readDigest(ctx, p, wanted)
	if err != nil {
		dir.discard()
		return err
	}
	if !given("paper") {
		choice.Paper = orElse(e.Config.Paper, choice.Paper)
	}
	if given("attach") {
		e.Config.Attachments = attached
	}
	return previewTo(ctx, p, dir, e, snap, choice)
}

func readDigest(ctx context.Context, p program, wanted wantedEdition) (digest.Edition, digest.Snapshot, error) {
	fail := func(err error) (digest.Edition, digest.Snapshot, error) {
		return digest.Edition{}, digest.Snapshot{}, err
	}
	b, err := readBooks(ctx, p.now)
	if err != nil {
		return fail(err)
	}
	defer b.close()
	if b.mappings, err = b.cfg.mappings(); err != nil {
		return fail(err)
	}
	s, err := b.Digest(ctx, wanted.digest)
	if err != nil {
		return fail(err)
	}
	opening, err := wanted.opening(s, p.now())
	if err != nil {
		return fail(err)
	}
	return editionOrReading(ctx, &digest.Life{Open: opener(b.mappings, p.now), Now: p.now}, b, s, opening)
}
