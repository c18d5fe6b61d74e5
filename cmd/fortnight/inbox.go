package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"fortnight/internal/inbox"
)

func inboxCommand(p program) *cobra.Command {
	var addr, smtp, rewriteFrom, rewriteTo string
	c := &cobra.Command{
		Use:   "inbox [--addr HOST:PORT] [--smtp HOST:PORT]",
		Short: "Run the demo's inbox by itself: a mail server that keeps what it gets and shows it",
		Long: "Inbox takes any mail over SMTP, keeps it in memory and shows its html, text, source and attachments on a page.\n" +
			"Nothing is delivered onwards. Point FORTNIGHT_SMTP_HOST, FORTNIGHT_SMTP_PORT and FORTNIGHT_SMTP_TLS=none at it.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			web, err := listen(c.Context(), "--addr", addr)
			if err != nil {
				return err
			}
			mail, err := listen(c.Context(), "--smtp", smtp)
			if err != nil {
				web.Close()
				return err
			}
			box := inbox.New(inbox.Options{Now: p.now, SMTP: mail.Addr().String(), Rewrite: inbox.Rewrite{From: rewriteFrom, To: rewriteTo}})
			fmt.Fprintf(p.stdout, "Inbox   http://%s\nSMTP    %s\nCtrl-C ends it.\n", reachable(web.Addr()), reachable(mail.Addr()))
			return runInbox(c.Context(), box, web, box, mail)
		},
	}
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8026", "host:port of the page")
	c.Flags().StringVar(&smtp, "smtp", "127.0.0.1:1025", "host:port of the mail server")
	c.Flags().StringVar(&rewriteFrom, "links-from", "", "links in mails that begin with this address …")
	c.Flags().StringVar(&rewriteTo, "links-to", "", "… open here instead")
	return c
}

func listen(ctx context.Context, flag, addr string) (net.Listener, error) {
	if !hostPort(addr) {
		return nil, misused("%s %q: write host:port, or :port", flag, addr)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w; give another address with %s", flag, addr, listenFault(err), flag)
	}
	return l, nil
}

func listenFault(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// reachable spells a listener's address as people on this machine reach it.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && (ip.IsUnspecified() || ip.IsLoopback()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// runInbox serves pages and mail until the context ends.
func runInbox(ctx context.Context, pages http.Handler, web net.Listener, box *inbox.Inbox, mail net.Listener) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return box.ServeSMTP(mail) })
	g.Go(func() error { return serveHTTP(ctx, web, pages) })
	g.Go(func() error {
		<-ctx.Done()
		return box.Close()
	})
	return g.Wait()
}

// serveHTTP serves until the context ends, then lets requests in flight end, for 5 s.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err := s.Shutdown(stop)
		if errors.Is(err, context.DeadlineExceeded) {
			err = s.Close()
		}
		done <- err
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}
