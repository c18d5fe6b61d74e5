package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"
)

// resolver asks DNS. *net.Resolver is one.
type resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// How long DNS is waited for: each answer, and all that the doctor asks.
const (
	answerPatience = 2 * time.Second
	dnsPatience    = 5 * time.Second
)

// names asks for names as the receivers of mail do: whole, not within this machine's own domain, and for no longer than
// answerPatience each. What does not exist is an error that notFound knows.
type names struct{ of resolver }

func (n names) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return patiently(ctx, n.of.LookupTXT, absolute(name))
}

func (n names) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return patiently(ctx, n.of.LookupMX, absolute(name))
}

func (n names) LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error) {
	return patiently(ctx, n.of.LookupIPAddr, absolute(host))
}

func (n names) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	return patiently(ctx, n.of.LookupAddr, addr)
}

func patiently[A any](ctx context.Context, ask func(context.Context, string) (A, error), name string) (A, error) {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	return ask(ctx, name)
}

// absolute ends a name with a dot, so that no search list is added to it.
func absolute(name string) string {
	if _, err := netip.ParseAddr(name); err == nil || strings.HasSuffix(name, ".") {
		return name
	}
	return name + "."
}

func notFound(err error) bool {
	var dns *net.DNSError
	return errors.As(err, &dns) && dns.IsNotFound
}

// unasked says in few words why there is no answer.
func unasked(err error) string {
	var dns *net.DNSError
	if !errors.As(err, &dns) {
		return firstLine(err.Error())
	}
	if dns.IsTimeout {
		return "no answer in time"
	}
	return dns.Err
}

// dnsAt is a resolver that asks one name server, HOST or HOST:PORT; without one, this machine's.
func dnsAt(server string) resolver {
	if server == "" {
		return net.DefaultResolver
	}
	if _, _, err := net.SplitHostPort(server); err != nil {
		server = net.JoinHostPort(strings.Trim(server, "[]"), "53")
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server)
	}}
}
