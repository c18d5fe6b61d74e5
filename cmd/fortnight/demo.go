package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/internal/inbox"
	"fortnight/internal/postgres"
	"fortnight/internal/traffic"
	"fortnight/scheduler"
)

// The demo's mail is as production would send it: from this host, with links to it. The inbox opens such links itself.
const (
	demoHost  = "digest.fortnight.example"
	demoZone  = "America/New_York"
	demoWeeks = 13
	demoSeed  = 26
)

func demoCommand(p program) *cobra.Command {
	var once bool
	var out, addr string
	c := &cobra.Command{
		Use:   "demo [--once] [--out DIR] [--addr HOST:PORT]",
		Short: "Send a real digest of generated traffic to a built-in inbox",
		Long: "Demo starts a private PostgreSQL, writes 13 weeks of lifelike traffic into it, and sends the last closed week's edition over\n" +
			"SMTP to an inbox that shows it in the browser. Nothing leaves this machine and nothing stays on it.\n" +
			"With --once it writes the first subscriber's copy to DIR and ends.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			var dir *folder
			if once || out != "" {
				var err error
				if dir, err = openFolder(orElse(out, "out")); err != nil {
					return err
				}
			}
			page, err := listen(c.Context(), "--addr", addr)
			if err != nil {
				dir.discard()
				return err
			}
			defer page.Close()
			if err := runDemo(c.Context(), p, page, dir, once); err != nil {
				dir.discard()
				switch {
				case c.Context().Err() == nil:
					return err
				case once: // whoever waits for the files must not believe that they are there
					return context.Canceled
				}
			}
			return nil // Ctrl-C is how a demo ends
		},
	}
	c.Flags().BoolVar(&once, "once", false, "send, write the files, and end")
	c.Flags().StringVar(&out, "out", "", "folder to write the first copy's files to (with --once: out)")
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8025", "host:port of the inbox's page; port 0 takes a free one")
	return c
}

// runDemo does it all: database, traffic, configuration, edition, inbox.
func runDemo(ctx context.Context, p program, page net.Listener, dir *folder, once bool) error {
	fmt.Fprintln(p.stdout, "Starting a private PostgreSQL …")
	server, err := postgres.Start(ctx, postgres.Options{})
	if err != nil {
		return err
	}
	defer func() {
		if err := server.Stop(); err != nil {
			complain(p.stderr, err.Error())
		}
	}()
	smtp, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer smtp.Close()
	cfg := demoConfig(server.URL("fortnight"), smtp.Addr())
	box := inbox.New(inbox.Options{Now: p.now, SMTP: smtp.Addr().String(), Rewrite: inbox.Rewrite{From: cfg.BaseURL}})
	if err := furnish(ctx, p, server, cfg); err != nil {
		return err
	}
	b, err := openBooks(ctx, cfg, p.now)
	if err != nil {
		return err
	}
	defer b.close()
	if _, err := b.Apply(ctx, []digest.Project{demoProject(cfg)}); err != nil {
		return err
	}
	relay, err := newMailer(cfg)
	if err != nil {
		return err
	}
	defer hangUp(ctx, relay)
	studio, err := newStudio()
	if err != nil {
		return err
	}
	life, err := newLife(cfg, b, studio, relay, p.now)
	if err != nil {
		return err
	}
	mux, console, err := demoPages(b, life, relay, box, "http://"+reachable(page.Addr()))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return runInbox(ctx, mux, page, box, smtp) })
	g.Go(func() error {
		if once {
			defer stop()
		}
		edition, err := sendDemo(ctx, p, life, b, box)
		if err != nil {
			return err
		}
		if dir != nil {
			if err := keepDemo(ctx, p, dir, b, box, edition); err != nil {
				return err
			}
		}
		if once {
			return nil
		}
		link, err := demoOperator(ctx, console)
		if err != nil {
			return err
		}
		tellDemo(p, box, page.Addr(), link)
		return runDemoWork(ctx, p, console, life, relay)
	})
	return g.Wait()
}

// demoConfig is the configuration of production, but for the relay.
func demoConfig(database string, relay net.Addr) Config {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	_, port, _ := net.SplitHostPort(relay.String())
	n, _ := strconv.Atoi(port)
	return Config{
		DatabaseURL: Secret(database), SecretKey: Secret(base64.StdEncoding.EncodeToString(key)),
		SMTPHost: "127.0.0.1", SMTPPort: n, SMTPTLS: "none", SMTPTimeout: time.Minute,
		MailFrom: "Support desk <digest@" + demoHost + ">", BaseURL: "https://" + demoHost, Addr: ":0", Lease: 12 * time.Second, LogLevel: "warn", LogFormat: "text",
	}
}

// furnish makes the database with its event tables and the traffic in them.
func furnish(ctx context.Context, p program, server *postgres.Server, cfg Config) error {
	if _, err := server.CreateDatabase(ctx, "fortnight"); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, cfg.DatabaseURL.Reveal())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, collectors.NativeTables()); err != nil {
		return fmt.Errorf("make the event tables: %w", err)
	}
	zone, err := time.LoadLocation(demoZone)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Writing %d weeks of traffic …\n", demoWeeks)
	today := digest.DateOf(p.now().In(zone))
	monday, _ := today.AddDays(-(int(today.Weekday()) + 6) % 7).Start(zone)
	plan := traffic.Plan{Schema: "fortnight_events", Tenant: "desk", Name: "Support desk", Zone: zone, Until: monday, Weeks: demoWeeks, Seed: demoSeed}
	if err := traffic.Write(ctx, conn, plan); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ANALYZE")
	return err
}

func demoProject(cfg Config) digest.Project {
	sections := []digest.SectionChoice{{Section: "activity", Source: "desk"}, {Section: "chatbot", Source: "desk"}, {Section: "contact_center", Source: "desk"}}
	dana := digest.Subscriber{Name: "Dana Whitfield", Address: "dana@desk.example", Locale: "en", Audience: digest.Manager, PDF: true, AddedBy: "Sam Okafor"}
	carmen := digest.Subscriber{Name: "Carmen Ortega", Address: "carmen@desk.example", Locale: "es", Audience: digest.Executive, PDF: true, AddedBy: "Sam Okafor"}
	sam := digest.Subscriber{Name: "Sam Okafor", Address: "sam@desk.example", Locale: "en", Audience: digest.Admin, PDF: true}
	return digest.Project{
		Key: "desk", Name: "Support desk", Zone: demoZone, Locale: "en", WeekStart: time.Monday,
		Sources: []digest.Source{{Key: "desk", Platform: "native", DSN: cfg.DatabaseURL.Reveal(), Tenant: "desk"}},
		Digests: []digest.Config{
			{
				Key: "weekly", Active: true, Cadence: digest.CadenceSpec{Kind: scheduler.Weekly, At: "mon 08:00", Zone: demoZone, WeekStart: time.Monday},
				Sections: sections, Paper: "A4", Subscribers: []digest.Subscriber{dana, carmen, sam},
			},
			{
				Key: "twice-monthly", Cadence: digest.CadenceSpec{Kind: scheduler.TwiceMonthly, At: "08:00", Zone: demoZone, WeekStart: time.Monday},
				Sections: sections, Paper: "A4", Subscribers: []digest.Subscriber{carmen},
			},
		},
	}
}

// sendDemo makes the last closed week's edition and sends it to its three subscribers.
func sendDemo(ctx context.Context, p program, life *digest.Life, b *books, box *inbox.Inbox) (int64, error) {
	fmt.Fprintln(p.stdout, "Making last week's edition …")
	s, err := b.Digest(ctx, "desk/weekly")
	if err != nil {
		return 0, err
	}
	opening, err := wantedEdition{digest: "desk/weekly"}.opening(s, p.now())
	if err != nil {
		return 0, err
	}
	id, err := b.Open(ctx, opening, nil)
	if err != nil {
		return 0, err
	}
	if _, err := makeNow(ctx, p, life, b, id); err != nil {
		return 0, err
	}
	if err := reportEdition(ctx, p, b, id, opening.Label); err != nil {
		return 0, err
	}
	wait, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := box.Wait(wait, len(s.Config.Subscribers)); err != nil {
		return 0, fmt.Errorf("the inbox got %d of %d mails: %w", len(box.Messages()), len(s.Config.Subscribers), err)
	}
	return id, nil
}

// keepDemo writes the first subscriber's copy, as the inbox received it.
func keepDemo(ctx context.Context, p program, dir *folder, b *books, box *inbox.Inbox, edition int64) error {
	e, snap, err := b.Edition(ctx, edition)
	if err != nil {
		return err
	}
	s, err := b.Digest(ctx, e.Name())
	if err != nil {
		return err
	}
	first := s.Config.Subscribers[0]
	v, ok, err := b.Variant(ctx, edition, digest.ChoiceOf(e, first))
	if err != nil || !ok {
		return errors.Join(err, errors.New("the first subscriber's variant was not rendered"))
	}
	var eml []byte
	for _, m := range box.Messages() {
		if m.To == first.Address {
			eml = m.Raw
		}
	}
	files, err := digestFiles(eml, v, linksTo(b.cfg, e, first), snap)
	if err != nil {
		return err
	}
	if err := dir.keep(files); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\nWritten to %s: digest.eml, digest.html, digest.txt, digest.pdf, snapshot.json and %d charts.\n",
		v.Letter.Subject, dir.dir, len(v.Images)-1)
	return err
}

func tellDemo(p program, box *inbox.Inbox, addr net.Addr, console string) {
	origin := "http://" + reachable(addr)
	fmt.Fprintf(p.stdout, "\nOpen  %s/\n", origin)
	for _, m := range box.Messages() {
		fmt.Fprintf(p.stdout, "      %s/mail/%d   %s\n", origin, m.ID, m.To)
	}
	fmt.Fprintf(p.stdout, "Console  %s   signs you in, once\n", console)
	fmt.Fprintln(p.stdout, "Ctrl-C ends it; nothing stays.")
}
