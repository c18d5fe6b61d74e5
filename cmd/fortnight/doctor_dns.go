package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"fortnight/mailer"
)

// postal is what DNS has to say of an installation's mail.
type postal struct {
	keys    []mailer.Key
	senders []author // whom mail comes from; the program's own first
	bounces string   // address that all bounces go to; "": the sender's own
	relay   string   // host that mail is handed to
}

// author is somebody whom mail comes from.
type author struct {
	who     string // who says so: "FORTNIGHT_MAIL_FROM", "project desk"
	address string
}

// returnPath is where a sender's bounces go.
func (p postal) returnPath(s author) string { return orElse(p.bounces, s.address) }

// domainOf gives an address' domain in ASCII; "" where it has none that DNS knows, as localhost.
func domainOf(address string) string {
	domain, err := idna.Lookup.ToASCII(address[strings.LastIndexByte(address, '@')+1:])
	if err != nil || !strings.Contains(domain, ".") {
		return ""
	}
	return domain
}

// checkDNS looks up what receivers look up, and prints each record as it has to be. A machine that cannot ask is told so, and
// nothing of that counts as a fault.
func checkDNS(ctx context.Context, f *findings, r resolver, p postal) {
	ctx, cancel := context.WithTimeout(ctx, dnsPatience)
	defer cancel()
	d := &dnsCheck{findings: f, names: names{r}, postal: p}
	d.checkKeys(ctx)
	var paths, froms []string
	for _, s := range p.senders {
		path, from := domainOf(p.returnPath(s)), domainOf(s.address)
		if from == "" {
			f.hint("%s is %s: that is no domain of DNS, so there are no records to publish", s.who, s.address)
			continue
		}
		if path != "" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
		if !slices.Contains(froms, from) {
			froms = append(froms, from)
		}
	}
	for _, path := range paths {
		d.checkSPF(ctx, path)
		d.checkMX(ctx, path)
	}
	policies := map[string]*dmarc.Record{}
	for _, from := range froms {
		policies[from] = d.checkDMARC(ctx, from)
	}
	told := map[string]bool{}
	for _, s := range p.senders {
		if from := domainOf(s.address); from != "" && !told[from] {
			told[from] = true
			d.checkAlignment(s, policies[from])
		}
	}
}

// dnsCheck is one look at DNS.
type dnsCheck struct {
	*findings
	names
	postal
}

// below sets lines under a finding.
func below(text string) string { return "\n      " + strings.ReplaceAll(text, "\n", "\n      ") }

// checkKeys looks for the public half of each key.
func (d *dnsCheck) checkKeys(ctx context.Context) {
	for _, k := range d.keys {
		value, err := k.Record()
		if err != nil {
			d.ill("DKIM", err)
			continue
		}
		record := mailer.TXT(k.Name(), value)
		found, err := d.LookupTXT(ctx, k.Name())
		if err != nil && !notFound(err) {
			d.hint("DKIM %s could not be looked up (%s); it has to be%s", k.Name(), unasked(err), below(record))
			continue
		}
		if fault := k.CheckRecord(found); fault != nil {
			d.ill("DKIM", fmt.Errorf("%s: %w; publish\n%s", k.Name(), fault, record))
			continue
		}
		d.well("DKIM %s holds the %s key that signs%s", k.Name(), k.Kind(), below(record))
	}
	if len(d.keys) == 1 && d.keys[0].Kind() == "Ed25519" {
		d.hint("DKIM: not every receiver can check Ed25519; let an RSA key sign as well, as the second of two")
	}
}

// checkMX looks whether a return path's domain takes mail: a bounce that cannot come back is lost, and many a receiver takes nothing
// from where it cannot answer.
func (d *dnsCheck) checkMX(ctx context.Context, domain string) {
	found, err := d.LookupMX(ctx, domain)
	if err != nil && !notFound(err) {
		d.hint("MX of %s could not be looked up (%s); it has to name the server that takes mail for it", domain, unasked(err))
		return
	}
	publish := func() string { return domain + ". IN MX 10 " + d.likelyMX(ctx, domain) }
	if len(found) == 0 {
		switch addresses, err := d.LookupIPAddr(ctx, domain); {
		case len(addresses) > 0:
			d.hint("MX of %s: there is none, so bounces go to its own address %s; where that takes no mail, publish%s", domain, addresses[0].IP, below(publish()))
		case err != nil && !notFound(err):
			d.hint("MX of %s: there is none, and its address could not be looked up (%s)", domain, unasked(err))
		default:
			d.ill("MX", fmt.Errorf("%s takes no mail, so that bounces are lost; publish, with the name of your mail server,\n%s", domain, publish()))
		}
		return
	}
	var hosts, records []string
	for _, mx := range found {
		host := strings.TrimSuffix(mx.Host, ".")
		if host == "" { // RFC 7505
			d.ill("MX", fmt.Errorf("%s says that it takes no mail, so that bounces are lost; publish, with the name of your mail server,\n%s", domain, publish()))
			return
		}
		hosts, records = append(hosts, host), append(records, fmt.Sprintf("%s. IN MX %d %s.", domain, mx.Pref, host))
	}
	var unknown error
	for _, host := range hosts {
		if _, err := d.LookupIPAddr(ctx, host); err == nil {
			d.well("MX of %s: bounces come back to %s%s", domain, host, below(strings.Join(records, "\n")))
			return
		} else if !notFound(err) {
			unknown = err
		}
	}
	if unknown != nil {
		d.hint("MX of %s: the address of %s could not be looked up (%s)", domain, strings.Join(hosts, ", "), unasked(unknown))
		return
	}
	d.ill("MX", fmt.Errorf("%s has no address, so that the bounces of %s are lost; publish its A record, or name another server", strings.Join(hosts, ", "), domain))
}

// likelyMX is the server that takes a domain's mail: that of the organisation.
func (d *dnsCheck) likelyMX(ctx context.Context, domain string) string {
	for _, at := range []string{organisation(domain), domainOf(d.senders[0].address)} {
		if at != "" && at != domain {
			if found, err := d.LookupMX(ctx, at); err == nil && found[0].Host != "." {
				return found[0].Host
			}
		}
	}
	return "mail." + organisation(domain) + "."
}

// checkDMARC reads the policy of a From domain: its own, else its organisation's (RFC 7489, 6.6.3). It gives nil where none is known.
func (d *dnsCheck) checkDMARC(ctx context.Context, domain string) *dmarc.Record {
	org := organisation(domain)
	publish := mailer.TXT("_dmarc."+org, "v=DMARC1; p=none")
	at := []string{domain}
	if org != domain {
		at = append(at, org)
	}
	for _, at := range at {
		found, err := d.LookupTXT(ctx, "_dmarc."+at)
		if err != nil && !notFound(err) {
			d.hint("DMARC of %s could not be looked up (%s); where there is none yet, begin with%s", domain, unasked(err), below(publish))
			return nil
		}
		found = slices.DeleteFunc(found, func(txt string) bool {
			return !strings.HasPrefix(strings.ReplaceAll(txt, " ", ""), "v=DMARC1")
		})
		if len(found) == 0 {
			continue
		}
		record := mailer.TXT("_dmarc."+at, found[0])
		if len(found) > 1 {
			d.ill("DMARC", fmt.Errorf("_dmarc.%s has %d records, which counts as none: keep one\n%s", at, len(found), record))
			return nil
		}
		policy, err := dmarc.Parse(found[0])
		if err != nil {
			d.ill("DMARC", fmt.Errorf("_dmarc.%s cannot be read (%s); publish\n%s", at, strings.TrimPrefix(err.Error(), "dmarc: "), publish))
			return nil
		}
		is := policy.Policy
		if at != domain && policy.SubdomainPolicy != "" {
			is = policy.SubdomainPolicy
		}
		means := map[dmarc.Policy]string{dmarc.PolicyNone: "receivers watch and report only", dmarc.PolicyQuarantine: "what fails goes to spam", dmarc.PolicyReject: "what fails is refused"}
		d.well("DMARC of %s: policy %s, %s; alignment of DKIM %s, of SPF %s%s", domain, is, means[is], manner(policy.DKIMAlignment), manner(policy.SPFAlignment), below(record))
		return policy
	}
	d.ill("DMARC", fmt.Errorf("%s has no policy, which large receivers ask for; publish this to begin with, and p=quarantine when all is aligned\n%s", domain, publish))
	return nil
}

func manner(a dmarc.AlignmentMode) string {
	if a == dmarc.AlignmentStrict {
		return "strict"
	}
	return "relaxed"
}

// checkAlignment says whether DMARC passes for a sender: the domain of a signature, or of the return path, has to be that of From.
// Forwarding breaks SPF, so a signature that is not aligned is to be mended where it can be.
func (d *dnsCheck) checkAlignment(s author, policy *dmarc.Record) {
	if policy == nil {
		policy = &dmarc.Record{DKIMAlignment: dmarc.AlignmentRelaxed, SPFAlignment: dmarc.AlignmentRelaxed}
	}
	from, path := domainOf(s.address), domainOf(d.returnPath(s))
	bySPF := aligned(from, path, policy.SPFAlignment)
	back := fmt.Sprintf("return path %s (%s)", path, manner(policy.SPFAlignment))
	if path == "" {
		back = "return path " + d.returnPath(s)
	}
	if len(d.keys) == 0 {
		if bySPF {
			d.hint("alignment of %s: %s passes, but a forwarded mail fails: nothing is signed here", s.address, back)
		} else {
			d.hint("alignment of %s: not by its %s; DMARC passes only if the relay signs for %s", s.address, back, from)
		}
		return
	}
	signs := d.keys[0].Domain
	byDKIM := aligned(from, signs, policy.DKIMAlignment)
	signature := fmt.Sprintf("DKIM %s (%s)", signs, manner(policy.DKIMAlignment))
	own := s == d.senders[0]
	switch {
	case byDKIM && bySPF:
		d.well("alignment of %s: %s and %s", s.address, signature, back)
	case byDKIM:
		d.hint("alignment of %s: %s passes, %s does not: DMARC rests on the signature alone", s.address, signature, back)
	case own:
		d.ill("alignment", fmt.Errorf("DKIM signs for %s, but mail comes from %s: set %s_DKIM_DOMAIN to %s, or leave it empty", signs, s.address, prefix, from))
	case bySPF:
		d.hint("alignment of %s (%s): DKIM signs for %s, so DMARC rests on its %s, and a forwarded mail fails: let the relay sign for %s", s.address, s.who, signs, back, from)
	default:
		d.ill("alignment", fmt.Errorf("%s sends as %s, for which neither DKIM (%s) nor the %s counts: give it a sender at %s, or let the relay sign for %s", s.who, s.address, signs, back, organisation(signs), from))
	}
}

// aligned tells whether a domain counts as From's (RFC 7489, 3.1): the same, or, relaxed, of the same organisation.
func aligned(from, domain string, how dmarc.AlignmentMode) bool {
	from, domain = strings.ToLower(from), strings.ToLower(domain)
	if domain == "" || how == dmarc.AlignmentStrict {
		return domain != "" && from == domain
	}
	return organisation(from) == organisation(domain)
}

// organisation is the domain that somebody registered: example.co.uk of mail.example.co.uk.
func organisation(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil { // a public suffix itself
		return domain
	}
	return org
}
