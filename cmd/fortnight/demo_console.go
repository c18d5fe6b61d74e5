package main

import (
	"context"
	"log/slog"
	"net/http"

	"golang.org/x/sync/errgroup"

	"fortnight/digest"
	"fortnight/internal/inbox"
	"fortnight/mailer"
	"fortnight/web"
)

// demoConsole is where the demo's console is: the root is the inbox's.
const demoConsole = "/console"

// demoPages are the inbox, the pages that mails link to, and the console below a path of its own. The books that it gives have the
// console's address.
func demoPages(b *books, life *digest.Life, relay *mailer.Mailer, box *inbox.Inbox, origin string) (http.Handler, *books, error) {
	log := slog.New(slog.DiscardHandler)
	readers, err := newWeb(b, life, relay, nil, log)
	if err != nil {
		return nil, nil, err
	}
	below := *b
	below.cfg.BaseURL = origin + demoConsole
	life.Console = func(e digest.Edition) string { return consoleOf(below.cfg, e) }
	console, err := newWeb(&below, life, relay, nil, log)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", box)
	for _, route := range web.ReaderRoutes() {
		mux.Handle(route, readers)
	}
	mux.Handle(demoConsole+"/", console)
	return mux, &below, nil
}

// demoOperator lets the demo's admin in, and gives the link that signs him in.
func demoOperator(ctx context.Context, b *books) (link string, err error) {
	const address = "sam@desk.example"
	if _, err := b.Invite(ctx, address, "Sam Okafor", true); err != nil {
		return "", err
	}
	token, _, err := b.AskIn(ctx, address, "", invitation)
	return b.cfg.BaseURL + "/sign-in/" + token, err
}

// runDemoWork makes and posts what is begun in the console, until the context ends.
func runDemoWork(ctx context.Context, p program, b *books, life *digest.Life, relay *mailer.Mailer) error {
	log := slog.New(slog.DiscardHandler)
	figures := newMetrics()
	own := *life
	own.Told = nil // that was the bar of the first edition
	planner, err := newPlanner(b.cfg, b, &own, &admin{adminAddress(b.cfg), b.Ledger, life, relay, log}, figures, log)
	if err != nil {
		return err
	}
	poster, err := newPoster(b.cfg, b, p.now, log)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return planner.Run(ctx) })
	g.Go(func() error { poster.Run(ctx); return nil })
	return g.Wait()
}
