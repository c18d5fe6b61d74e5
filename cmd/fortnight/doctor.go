package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/ledger"
	"fortnight/scheduler"
)

// findings is what the doctor says: a line each, with the remedy below what is wrong.
type findings struct {
	out  strings.Builder
	sick int
}

func (f *findings) well(format string, args ...any) {
	fmt.Fprintf(&f.out, "ok    "+format+"\n", args...)
}

func (f *findings) hint(format string, args ...any) {
	fmt.Fprintf(&f.out, "note  "+format+"\n", args...)
}

func (f *findings) ill(what string, err error) {
	f.sick++
	fmt.Fprintf(&f.out, "MEND  %s: %s\n", what, strings.ReplaceAll(err.Error(), "\n", "\n      "))
}

// illSource is ill for an error that may begin with the source's name itself.
func (f *findings) illSource(name string, err error) {
	what := "source " + name
	f.ill(what, errors.New(strings.TrimPrefix(err.Error(), what+": ")))
}

func doctorCommand(p program) *cobra.Command {
	var server string
	var x examined
	c := &cobra.Command{
		Use:   "doctor [--dns HOST] | doctor --source PROJECT/SOURCE [--json] | doctor --mapping DIR --tenant T [--dsn DSN] [--json]",
		Short: "Check database, sources, mail relay, DNS and clock, and say what to mend",
		Long: "Doctor tries everything that serve needs, without sending or changing anything, and exits 1 where something is to be mended.\n" +
			"It prints the DNS records that mail needs (DKIM, SPF, MX, DMARC) as they have to be published.\n\n" +
			"With --source it looks at one source alone, and closely: whether each relation of its platform's mapping has the columns of the contract,\n" +
			"and rows that keep it, and how fast a week is read. With --mapping it does so for a folder of mappings that is being written (docs/platforms.md).",
		Example: "  fortnight doctor --source desk/chat\n  fortnight doctor --mapping ./elm --tenant 1",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if x != (examined{}) {
				if c.Flags().Changed("dns") {
					return misused("--dns is not for one source: leave it out")
				}
				return examine(c.Context(), p, x)
			}
			cfg, err := loadConfig()
			var f findings
			checkConfiguration(&f, cfg, err)
			senders := checkState(c.Context(), &f, cfg, checkMappings(&f, cfg), p.now)
			checkRelay(c.Context(), &f, cfg)
			checkMailbox(c.Context(), &f, cfg)
			checkMail(c.Context(), &f, cfg, senders, dnsAt(server))
			if _, err := fmt.Fprint(p.stdout, f.out.String()); err != nil {
				return err
			}
			if f.sick > 0 {
				return fmt.Errorf("%d to mend, see above", f.sick)
			}
			return nil
		},
	}
	c.Flags().StringVar(&server, "dns", "", "name server to ask, HOST or HOST:PORT, where this machine's answers otherwise than the world's")
	c.Flags().StringVar(&x.source, "source", "", "look at one source, PROJECT/SOURCE, and hold it against the contract")
	c.Flags().StringVar(&x.mapping, "mapping", "", "hold a folder of mappings against the contract")
	c.Flags().StringVar(&x.dsn, "dsn", "", "PostgreSQL that --mapping is of; better in FORTNIGHT_SOURCE_DSN, where no one sees it")
	c.Flags().StringVar(&x.tenant, "tenant", "", "the tenant's id there")
	c.Flags().BoolVar(&x.json, "json", false, "print what was found as JSON")
	return c
}

func checkConfiguration(f *findings, cfg Config, unread error) {
	err := errors.Join(unread, cfg.Validate(), cfg.Misspelt())
	if cfg.SecretKey == "" {
		_, missing := cfg.keys()
		err = errors.Join(err, missing)
	}
	if _, _, senderErr := cfg.sender(); senderErr != nil {
		err = errors.Join(err, senderErr)
	}
	if err != nil {
		f.ill("configuration", err)
		return
	}
	f.well("configuration")
	if !cfg.oneClick() {
		f.hint("%s_BASE_URL is not https: mails carry no one-click unsubscribe", prefix)
	}
	if cfg.AdminEmail == "" {
		f.hint("%s_ADMIN_EMAIL is not set: nobody is told when an edition fails", prefix)
	}
}

// checkMappings reads the mappings of one's own platforms; where they have faults, the sources of built-in ones can still be looked at.
func checkMappings(f *findings, cfg Config) collectors.Mappings {
	m, err := cfg.mappings()
	switch {
	case err != nil:
		f.ill("mappings", err)
	case cfg.Mappings != "":
		f.well("mappings of %s", strings.Join(m.Own(), ", "))
	}
	return m
}

// checkState looks at the database, the clock, and what is switched on. It gives the projects' own senders.
func checkState(ctx context.Context, f *findings, cfg Config, m collectors.Mappings, now func() time.Time) []author {
	pool, err := openPool(ctx, cfg)
	if err != nil {
		f.ill("database", err)
		return nil
	}
	defer pool.Close()
	var server time.Time
	before := now()
	if err := pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&server); err != nil {
		f.ill("database", err)
		return nil
	}
	f.well("database %s:%d/%s", pool.Config().ConnConfig.Host, pool.Config().ConnConfig.Port, pool.Config().ConnConfig.Database)
	if drift := server.Sub(before).Abs(); drift > 5*time.Second {
		f.ill("clock", fmt.Errorf("this machine and the database are %s apart: let both follow NTP", drift.Round(time.Second)))
	} else {
		f.well("clock, %s beside the database's", drift.Round(time.Millisecond))
	}
	if err := mustBeMigrated(ctx, pool); err != nil {
		f.ill("database", err)
		return nil
	}
	keys, err := cfg.keys()
	if err != nil {
		return nil // named among the configuration's faults
	}
	return checkDigests(ctx, f, ledger.New(pool, ledger.Options{Keys: keys, Now: now}), m, now)
}

// checkDigests looks at all digests, and probes each source once, of those too that are still to be switched on. It gives the
// projects' own senders.
func checkDigests(ctx context.Context, f *findings, b *ledger.Ledger, m collectors.Mappings, now func() time.Time) (senders []author) {
	names, err := b.Names(ctx)
	if err != nil {
		f.ill("digests", err)
		return nil
	}
	on := 0
	probed, asked := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		whole, err := b.Digest(ctx, name)
		if err != nil {
			f.ill("digest "+name, err)
			continue
		}
		cadence, err := scheduler.Parse(whole.Project.Timed(whole.Config.Cadence), whole.Project.BiMonthly)
		if err != nil {
			f.ill("digest "+name, err)
			continue
		}
		if whole.Config.Active {
			on++
			f.well("digest %s, %d subscribers: %s", name, len(whole.Config.Subscribers), described(cadence, name, whole.Config.Jitter, now()))
		} else {
			f.hint("digest %s is switched off", name)
		}
		if from := whole.Project.From.Address; from != "" && !asked[whole.Project.Key] {
			asked[whole.Project.Key] = true
			senders = append(senders, author{"project " + whole.Project.Key, from})
		}
		for _, s := range whole.Project.Sources {
			if key := whole.Project.Key + "/" + s.Key; !probed[key] {
				probed[key] = true
				checkSource(ctx, f, m, key, s, now)
			}
		}
	}
	if on == 0 {
		f.hint("no digest is switched on: \"fortnight apply\" makes them, \"active: true\" switches them on")
	}
	return senders
}

func checkSource(ctx context.Context, f *findings, m collectors.Mappings, name string, s digest.Source, now func() time.Time) {
	source, err := m.Open(ctx, name, s.Platform, s.DSN, s.Tenant, now)
	if err != nil {
		f.illSource(name, err)
		return
	}
	report, err := source.Probe(ctx)
	if err != nil {
		f.illSource(name, err)
		return
	}
	if report.OK() {
		f.well("source %s: %s of %s on %s; sections %s", name, report.Name, report.Platform, report.Server, strings.Join(report.Sections, ", "))
	}
	for _, c := range report.Checks {
		f.check("source "+name+": ", c)
	}
}

// check says what a check found, behind what it is of.
func (f *findings) check(of string, c digest.Check) {
	says := strings.ReplaceAll(of+checkWords(c), "\n", "\n      ")
	switch c.Verdict {
	case digest.CheckWell:
		f.well("%s", says)
	case digest.CheckMend:
		f.sick++
		fmt.Fprintf(&f.out, "MEND  %s\n", says)
	default:
		f.hint("%s", says)
	}
}

// checkWords is a check on one line, and what its owner may run on those below.
func checkWords(c digest.Check) string {
	says := c.Title + "."
	for _, more := range []string{c.Text, c.Remedy} {
		if more != "" {
			says += " " + more
		}
	}
	if c.SQL != "" {
		says += "\n" + c.SQL
	}
	return says
}

func checkRelay(ctx context.Context, f *findings, cfg Config) {
	cfg.DKIMKey = "" // nothing is signed here; checkMail looks at the keys
	relay, err := newMailer(cfg)
	if err == nil {
		defer hangUp(ctx, relay)
		err = relay.Check(ctx)
	}
	if err != nil {
		f.ill("relay", err)
		return
	}
	f.well("mail server %s:%d, TLS %s", cfg.SMTPHost, cfg.SMTPPort, cfg.SMTPTLS)
}

// checkMailbox signs in to the mailbox of bounces, where there is one.
func checkMailbox(ctx context.Context, f *findings, cfg Config) {
	if cfg.BounceAddress == "" {
		f.hint("%s_BOUNCE_ADDRESS is not set: bounces go to the sender, and nobody here reads them", prefix)
	}
	if cfg.BounceIMAP == "" {
		return
	}
	mailbox, err := cfg.bounceMailbox("")
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		err = mailbox.Check(ctx)
	}
	if err != nil {
		f.ill("mailbox of bounces", err)
		return
	}
	f.well("mailbox of bounces")
}

// checkMail looks at what DNS says of the mail: its signatures, its return path, its senders.
func checkMail(ctx context.Context, f *findings, cfg Config, senders []author, dns resolver) {
	keys, err := dkimKeys(cfg)
	switch {
	case err != nil:
		f.ill("DKIM", err)
	case len(keys) == 0:
		f.hint("no %s_DKIM_KEY: messages are not signed here; let the relay sign them", prefix)
	}
	_, address, err := cfg.sender()
	if err != nil {
		return // named among the configuration's faults
	}
	senders = append([]author{{prefix + "_MAIL_FROM", address}}, senders...)
	checkDNS(ctx, f, dns, postal{keys: keys, senders: senders, bounces: cfg.BounceAddress, relay: cfg.SMTPHost})
}
