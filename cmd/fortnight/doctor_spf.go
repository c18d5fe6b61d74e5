package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"blitiri.com.ar/go/spf"

	"fortnight/mailer"
)

// relayIncludes are what providers ask to be included, by the end of their servers' names. They send from other addresses than they
// take mail at, so that DNS does not tell.
var relayIncludes = []struct{ host, include string }{
	{"gmail.com", "_spf.google.com"},
	{"office365.com", "spf.protection.outlook.com"},
	{"mail.protection.outlook.com", "spf.protection.outlook.com"},
	{"amazonaws.com", "amazonses.com"},
	{"sendgrid.net", "sendgrid.net"},
	{"mailgun.org", "mailgun.org"},
	{"postmarkapp.com", "spf.mtasv.net"},
	{"mailjet.com", "spf.mailjet.com"},
	{"mandrillapp.com", "spf.mandrillapp.com"},
	{"messagingengine.com", "spf.messagingengine.com"},
	{"fastmail.com", "spf.messagingengine.com"},
}

// checkSPF says whether a return path's domain has one record that receivers can follow, that ends in a refusal, and that lets the
// relay through as far as that can be seen from here.
func (d *dnsCheck) checkSPF(ctx context.Context, domain string) {
	term, addresses, asks := d.relayTerm(ctx)
	found, err := d.LookupTXT(ctx, domain)
	if err != nil && !notFound(err) {
		d.hint("SPF of %s could not be looked up (%s); where there is none yet, publish%s%s", domain, unasked(err), asks, below(mailer.TXT(domain, "v=spf1 "+term+" -all")))
		return
	}
	found = slices.DeleteFunc(found, func(txt string) bool {
		version, _, _ := strings.Cut(txt, " ")
		return !strings.EqualFold(version, "v=spf1")
	})
	switch len(found) {
	case 0:
		d.ill("SPF", fmt.Errorf("%s has no record; publish%s\n%s", domain, asks, mailer.TXT(domain, "v=spf1 "+term+" -all")))
		return
	case 1:
	default:
		d.ill("SPF", fmt.Errorf("%s has %d records, which counts as an error; make them one\n%s", domain, len(found), mailer.TXT(domain, joined(found))))
		return
	}
	record := found[0]
	refusing := withEnding(record)
	ending, err := d.ending(ctx, record, 0)
	if err != nil {
		d.hint("SPF of %s could not be followed (%s): %s", domain, unasked(err), record)
		return
	}
	if ending == "+" {
		d.ill("SPF", fmt.Errorf("%s lets everybody send: it says +all; publish\n%s", domain, mailer.TXT(domain, refusing)))
		return
	}
	passes, shut, err := d.evaluate(ctx, domain, addresses)
	var broken *brokenSPF
	switch {
	case errors.As(err, &broken):
		d.ill("SPF", fmt.Errorf("the record of %s is in error (%w), so that receivers go by none; mend it\n%s", domain, err, mailer.TXT(domain, record)))
		return
	case err != nil:
		d.hint("SPF of %s could not be followed (%s): %s", domain, firstLine(err.Error()), record)
		return
	}
	if name, known := strings.CutPrefix(term, "include:"); known && len(shut) > 0 {
		within, err := d.includes(ctx, record, name, new(int))
		if err != nil {
			d.hint("SPF of %s could not be followed (%s): %s", domain, unasked(err), record)
			return
		}
		if within {
			passes, shut = []string{name}, nil
		}
	}
	switch {
	case len(shut) > 0:
		d.hint("SPF of %s does not let %s through (%s); if mail leaves from there, publish%s", domain, strings.Join(shut, ", "), d.relay, below(mailer.TXT(domain, withTerm(refusing, term))))
	case ending != "-" && ending != "~":
		d.hint("SPF of %s ends in neither -all nor ~all, so that it refuses nobody; publish%s", domain, below(mailer.TXT(domain, refusing)))
	case len(passes) == 0:
		d.well("SPF of %s; whether it names the address that %s sends from cannot be seen from here%s", domain, d.relay, below(mailer.TXT(domain, record)))
	default:
		d.well("SPF of %s lets %s through%s", domain, strings.Join(passes, ", "), below(mailer.TXT(domain, record)))
	}
}

// relayTerm is what of a record lets the relay through, and the relay's public addresses; asks says what the reader has to fill in.
// A relay on this machine or network sends from an address that is not known here.
func (d *dnsCheck) relayTerm(ctx context.Context) (term string, public []net.IP, asks string) {
	found, err := d.LookupIPAddr(ctx, d.relay)
	if err == nil {
		for _, a := range found {
			if a.IP.IsGlobalUnicast() && !a.IP.IsPrivate() {
				public = append(public, a.IP)
			}
		}
	}
	host := strings.ToLower(strings.TrimSuffix(d.relay, "."))
	for _, known := range relayIncludes {
		if host == known.host || strings.HasSuffix(host, "."+known.host) {
			return "include:" + known.include, public, ""
		}
	}
	if ip := net.ParseIP(host); ip != nil && len(public) > 0 {
		if ip.To4() != nil {
			return "ip4:" + host, public, ""
		}
		return "ip6:" + host, public, ""
	}
	if len(public) > 0 || err != nil && !notFound(err) && strings.Contains(host, ".") {
		return "a:" + host, public, ""
	}
	return "ip4:ADDRESS", nil, ", with the public address that the relay sends from,"
}

// brokenSPF is a record that receivers take as an error.
type brokenSPF struct{ error }

// evaluate asks, as a receiver does, whether the domain lets addresses send; without any, only whether its record can be followed.
func (d *dnsCheck) evaluate(ctx context.Context, domain string, addresses []net.IP) (passes, shut []string, err error) {
	ask := func(ip net.IP) (spf.Result, error) {
		return spf.CheckHostWithSender(ip, d.relay, "postmaster@"+domain, spf.WithContext(ctx), spf.WithResolver(d.names))
	}
	probe := addresses
	if len(probe) == 0 {
		probe = []net.IP{net.IPv4(192, 0, 2, 1)} // of documentation (RFC 5737): nobody's
	}
	for _, ip := range probe {
		result, why := ask(ip)
		switch {
		case result == spf.PermError:
			return nil, nil, &brokenSPF{why}
		case result == spf.TempError:
			return nil, nil, why
		case len(addresses) == 0:
		case result == spf.Pass:
			passes = append(passes, ip.String())
		default:
			shut = append(shut, ip.String())
		}
	}
	return passes, shut, nil
}

// spfLookups is how many names a record may make a receiver look up (RFC 7208, 4.6.4).
const spfLookups = 10

// ending is the qualifier of a record's all, its redirect's where it has none itself; "" where there is none.
func (d *dnsCheck) ending(ctx context.Context, record string, depth int) (string, error) {
	redirect := ""
	for _, term := range strings.Fields(strings.ToLower(record)) {
		if qualifier, ok := strings.CutSuffix(term, "all"); ok && len(qualifier) <= 1 && strings.Trim(qualifier, "+-~?") == "" {
			return orElse(qualifier, "+"), nil
		}
		if to, ok := strings.CutPrefix(term, "redirect="); ok {
			redirect = to
		}
	}
	if redirect == "" || depth > spfLookups || strings.Contains(redirect, "%") {
		return "", nil
	}
	next, err := d.spfOf(ctx, redirect)
	if err != nil || next == "" {
		return "", err
	}
	return d.ending(ctx, next, depth+1)
}

// includes tells whether a record includes a name, by itself or through what it includes.
func (d *dnsCheck) includes(ctx context.Context, record, name string, looked *int) (bool, error) {
	for _, term := range strings.Fields(strings.ToLower(record)) {
		to, ok := strings.CutPrefix(strings.TrimPrefix(term, "+"), "include:")
		if !ok {
			to, ok = strings.CutPrefix(term, "redirect=")
		}
		if !ok || strings.Contains(to, "%") {
			continue
		}
		if to == name {
			return true, nil
		}
		if *looked++; *looked > spfLookups {
			return false, nil
		}
		next, err := d.spfOf(ctx, to)
		if err != nil {
			return false, err
		}
		if within, err := d.includes(ctx, next, name, looked); within || err != nil {
			return within, err
		}
	}
	return false, nil
}

// spfOf is a domain's record; "" where it has none.
func (d *dnsCheck) spfOf(ctx context.Context, domain string) (string, error) {
	found, err := d.LookupTXT(ctx, domain)
	if err != nil && !notFound(err) {
		return "", err
	}
	for _, txt := range found {
		if strings.HasPrefix(strings.ToLower(txt), "v=spf1 ") {
			return txt, nil
		}
	}
	return "", nil
}

// withEnding gives a record that refuses what it does not name; a redirect is left to say so.
func withEnding(record string) string {
	terms := strings.Fields(record)
	for i, term := range terms {
		switch strings.ToLower(term) {
		case "-all", "~all":
			return record
		case "all", "+all", "?all":
			terms[i] = "~all"
			return strings.Join(terms, " ")
		}
		if strings.HasPrefix(strings.ToLower(term), "redirect=") {
			return record
		}
	}
	return strings.Join(append(terms, "~all"), " ")
}

// withTerm puts a term in front of a record's end.
func withTerm(record, term string) string {
	terms := strings.Fields(record)
	end := slices.IndexFunc(terms, func(t string) bool {
		t = strings.ToLower(t)
		return strings.HasPrefix(t, "redirect=") || strings.HasSuffix(t, "all") && len(t) <= 4
	})
	if end < 0 {
		end = len(terms)
	}
	return strings.Join(slices.Insert(terms, end, term), " ")
}

// joined makes one record of several: all that they let through, and the end that refuses.
func joined(records []string) string {
	var terms []string
	end := "~all"
	for _, record := range records {
		for _, term := range strings.Fields(record)[1:] {
			switch strings.ToLower(term) {
			case "-all":
				end = "-all"
			case "~all", "?all", "+all", "all":
			default:
				if !slices.Contains(terms, term) {
					terms = append(terms, term)
				}
			}
		}
	}
	return strings.Join(append(append([]string{"v=spf1"}, terms...), end), " ")
}
