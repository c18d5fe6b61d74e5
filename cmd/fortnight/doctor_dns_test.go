package main

import (
	"strings"
	"testing"
	"time"

	"fortnight/mailer"
)

// asked runs the DNS part of the doctor over a zone.
func asked(t *testing.T, z *zone, p postal) (string, int) {
	t.Helper()
	var f findings
	checkDNS(t.Context(), &f, dnsAt(z.addr), p)
	return f.out.String(), f.sick
}

func parsedKey(t *testing.T, domain, selector, key string) (k mailer.Key, record string) {
	t.Helper()
	k, err := mailer.ParseKey(domain, selector, []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	record, err = k.Record()
	if err != nil {
		t.Fatal(err)
	}
	return k, record
}

const (
	deskMX  = "desk.example MX 10 mx.desk.example.\nmx.desk.example A 203.0.113.9\n"
	deskSPF = "desk.example TXT v=spf1 a:smtp.desk.example -all\nsmtp.desk.example A 203.0.113.25\n"
	policy  = "_dmarc.desk.example TXT v=DMARC1; p=quarantine\n"
)

func TestTheDoctorReadsWhatReceiversReadInDNS(t *testing.T) {
	t.Parallel()
	k, record := parsedKey(t, "desk.example", "nov", ed25519Key(t))
	long, longRecord := parsedKey(t, "desk.example", "may", rsaKey(t, 2048))
	other, otherRecord := parsedKey(t, "mailer.test", "nov", rsaKey(t, 2048))
	keys := "nov._domainkey.desk.example TXT " + record + "\nmay._domainkey.desk.example TXT " + longRecord + "\nnov._domainkey.mailer.test TXT " + otherRecord + "\n"
	whole := keys + deskMX + deskSPF + policy
	own := author{"FORTNIGHT_MAIL_FROM", "digest@desk.example"}
	both := []mailer.Key{k, long}
	replaced := func(old, now string) string {
		if !strings.Contains(whole, old) {
			t.Fatalf("the zone has no %q", old)
		}
		return strings.Replace(whole, old, now, 1)
	}
	for _, c := range []struct {
		name    string
		zone    string
		keys    []mailer.Key
		others  []author
		from    string // of the first sender; "": digest@desk.example
		bounces string
		relay   string // "": smtp.desk.example
		sick    int
		says    []string
	}{
		{name: "all is well", zone: whole, keys: both, says: []string{
			"ok    DKIM nov._domainkey.desk.example holds the Ed25519 key that signs\n      nov._domainkey.desk.example. IN TXT \"" + record + "\"\n",
			"ok    DKIM may._domainkey.desk.example holds the RSA-2048 key that signs\n      may._domainkey.desk.example. IN TXT (\n        \"v=DKIM1; k=rsa; p=",
			"ok    SPF of desk.example lets 203.0.113.25 through\n      desk.example. IN TXT \"v=spf1 a:smtp.desk.example -all\"\n",
			"ok    MX of desk.example: bounces come back to mx.desk.example\n      desk.example. IN MX 10 mx.desk.example.\n",
			"ok    DMARC of desk.example: policy quarantine, what fails goes to spam; alignment of DKIM relaxed, of SPF relaxed\n      _dmarc.desk.example. IN TXT \"v=DMARC1; p=quarantine\"\n",
			"ok    alignment of digest@desk.example: DKIM desk.example (relaxed) and return path desk.example (relaxed)\n",
		}},
		{name: "nothing is published", zone: "smtp.desk.example A 203.0.113.25\n", keys: both[:1], sick: 4, says: []string{
			"MEND  DKIM: nov._domainkey.desk.example: there is no record; publish\n      nov._domainkey.desk.example. IN TXT \"" + record + "\"\n",
			"MEND  SPF: desk.example has no record; publish\n      desk.example. IN TXT \"v=spf1 a:smtp.desk.example -all\"\n",
			"MEND  MX: desk.example takes no mail, so that bounces are lost; publish, with the name of your mail server,\n      desk.example. IN MX 10 mail.desk.example.\n",
			"MEND  DMARC: desk.example has no policy, which large receivers ask for;", "\n      _dmarc.desk.example. IN TXT \"v=DMARC1; p=none\"\n",
			"note  DKIM: not every receiver can check Ed25519",
		}},

		{name: "another key is published", zone: replaced(record, otherRecord), keys: both, sick: 1, says: []string{"MEND  DKIM: nov._domainkey.desk.example: the record there holds another key; publish\n"}},
		{name: "the second key is not published yet", zone: replaced(longRecord, "v=spf1"), keys: both, sick: 1, says: []string{"ok    DKIM nov.", "MEND  DKIM: may._domainkey.desk.example: there is no record; publish\n      may._domainkey.desk.example. IN TXT (\n"}},
		{name: "no key", zone: whole, says: []string{"note  alignment of digest@desk.example: return path desk.example (relaxed) passes, but a forwarded mail fails"}},

		{name: "two SPF records", zone: whole + "desk.example TXT v=spf1 include:sendgrid.net ~all\n", keys: both, sick: 1, says: []string{
			"MEND  SPF: desk.example has 2 records, which counts as an error; make them one\n      desk.example. IN TXT \"v=spf1 a:smtp.desk.example include:sendgrid.net -all\"\n",
		}},
		{name: "SPF that lets everybody send", zone: replaced("-all", "+all"), keys: both, sick: 1, says: []string{"MEND  SPF: desk.example lets everybody send: it says +all; publish\n      desk.example. IN TXT \"v=spf1 a:smtp.desk.example ~all\"\n"}},
		{name: "SPF without an end", zone: replaced(" -all", ""), keys: both, says: []string{"note  SPF of desk.example ends in neither -all nor ~all, so that it refuses nobody; publish\n      desk.example. IN TXT \"v=spf1 a:smtp.desk.example ~all\"\n"}},
		{name: "SPF that is wrong", zone: replaced("a:smtp.desk.example", "ip4:203.0.113.300"), keys: both, sick: 1, says: []string{"MEND  SPF: the record of desk.example is in error (", "\n      desk.example. IN TXT \"v=spf1 ip4:203.0.113.300 -all\"\n"}},
		{name: "SPF that includes what is not there", zone: replaced("a:smtp.desk.example", "include:gone.example"), keys: both, sick: 1, says: []string{"MEND  SPF: the record of desk.example is in error ("}},
		{name: "SPF without the relay", zone: replaced("a:smtp.desk.example", "mx"), keys: both, says: []string{"note  SPF of desk.example does not let 203.0.113.25 through (smtp.desk.example); if mail leaves from there, publish\n      desk.example. IN TXT \"v=spf1 mx a:smtp.desk.example -all\"\n"}},
		{name: "SPF by another's record", zone: replaced("a:smtp.desk.example -all", "redirect=_spf.desk.example") + "_spf.desk.example TXT v=spf1 ip4:203.0.113.0/24 ~all\n", keys: both, says: []string{"ok    SPF of desk.example lets 203.0.113.25 through"}},
		{name: "a relay on this machine", zone: whole, keys: both, relay: "127.0.0.1", says: []string{"ok    SPF of desk.example; whether it names the address that 127.0.0.1 sends from cannot be seen from here\n"}},
		{name: "a relay on this machine, and no SPF", zone: keys + deskMX + policy, keys: both, relay: "127.0.0.1", sick: 1, says: []string{"MEND  SPF: desk.example has no record; publish, with the public address that the relay sends from,\n      desk.example. IN TXT \"v=spf1 ip4:ADDRESS -all\"\n"}},
		{name: "a relay by its address", zone: keys + deskMX + policy, keys: both, relay: "2001:db8::25", sick: 1, says: []string{"\n      desk.example. IN TXT \"v=spf1 ip6:2001:db8::25 -all\"\n"}},
		{
			name: "a provider whose include is there, though not the addresses that it takes mail at", keys: both, relay: "smtp.sendgrid.net",
			zone: replaced("a:smtp.desk.example", "include:_spf.desk.example") + "_spf.desk.example TXT v=spf1 include:sendgrid.net -all\nsendgrid.net TXT v=spf1 ip4:198.51.100.0/24 -all\nsmtp.sendgrid.net A 203.0.113.40\n",
			says: []string{"ok    SPF of desk.example lets sendgrid.net through\n"},
		},
		{
			name: "a provider whose include is missing", keys: both, relay: "smtp.sendgrid.net", zone: whole + "smtp.sendgrid.net A 203.0.113.40\n",
			says: []string{"note  SPF of desk.example does not let 203.0.113.40 through (smtp.sendgrid.net); if mail leaves from there, publish\n      desk.example. IN TXT \"v=spf1 a:smtp.desk.example include:sendgrid.net -all\"\n"},
		},

		{name: "no MX, but an address", zone: replaced("desk.example MX 10 mx.desk.example.", "desk.example A 203.0.113.8"), keys: both, says: []string{"note  MX of desk.example: there is none, so bounces go to its own address 203.0.113.8;"}},
		{name: "an MX that takes no mail", zone: replaced("MX 10 mx.desk.example.", "MX 0 ."), keys: both, sick: 1, says: []string{"MEND  MX: desk.example says that it takes no mail"}},
		{name: "an MX without an address", zone: replaced("mx.desk.example A", "mx2.desk.example A"), keys: both, sick: 1, says: []string{"MEND  MX: mx.desk.example has no address"}},
		{
			name: "bounces come back elsewhere in the organisation", zone: whole, keys: both, bounces: "bounce@bounces.desk.example", sick: 2, says: []string{
				"MEND  SPF: bounces.desk.example has no record; publish\n", "MEND  MX: bounces.desk.example takes no mail",
				"\n      bounces.desk.example. IN MX 10 mx.desk.example.\n",
				"ok    alignment of digest@desk.example: DKIM desk.example (relaxed) and return path bounces.desk.example (relaxed)\n",
			},
		},

		{name: "strict DMARC, and the return path below", zone: replaced("p=quarantine", "p=reject; aspf=s; adkim=s") + "bounces.desk.example MX 10 mx.desk.example.\nbounces.desk.example TXT v=spf1 a:smtp.desk.example ~all", keys: both, bounces: "bounce@bounces.desk.example", says: []string{
			"ok    DMARC of desk.example: policy reject, what fails is refused; alignment of DKIM strict, of SPF strict",
			"note  alignment of digest@desk.example: DKIM desk.example (strict) passes, return path bounces.desk.example (strict) does not: DMARC rests on the signature alone",
		}},
		{name: "strict DMARC, and the signature above", zone: replaced("p=quarantine", "p=reject; aspf=s; adkim=s") + "news.desk.example MX 10 mx.desk.example.\nnews.desk.example TXT v=spf1 a:smtp.desk.example ~all", keys: both, from: "digest@news.desk.example", sick: 1, says: []string{
			"MEND  alignment: DKIM signs for desk.example, but mail comes from digest@news.desk.example: set FORTNIGHT_DKIM_DOMAIN to news.desk.example",
		}},
		{name: "the organisation's DMARC holds for what is below it", zone: replaced("p=quarantine", "p=reject; sp=none") + "news.desk.example MX 10 mx.desk.example.\nnews.desk.example TXT v=spf1 a:smtp.desk.example ~all", keys: both, from: "digest@news.desk.example", says: []string{
			"ok    DMARC of news.desk.example: policy none, receivers watch and report only; alignment of DKIM relaxed, of SPF relaxed\n      _dmarc.desk.example. IN TXT",
			"ok    alignment of digest@news.desk.example: DKIM desk.example (relaxed) and return path news.desk.example (relaxed)",
		}},
		{name: "two DMARC records", zone: whole + "_dmarc.desk.example TXT v=DMARC1; p=none\n", keys: both, sick: 1, says: []string{"MEND  DMARC: _dmarc.desk.example has 2 records, which counts as none: keep one"}},
		{name: "a DMARC record that is wrong", zone: replaced("p=quarantine", "p=maybe"), keys: both, sick: 1, says: []string{"MEND  DMARC: _dmarc.desk.example cannot be read (", "\n      _dmarc.desk.example. IN TXT \"v=DMARC1; p=none\"\n"}},

		{name: "the signature is another's", zone: whole, keys: []mailer.Key{other}, sick: 1, says: []string{"MEND  alignment: DKIM signs for mailer.test, but mail comes from digest@desk.example: set FORTNIGHT_DKIM_DOMAIN to desk.example"}},
		{
			name: "a project sends from elsewhere by itself", zone: whole + "shop.example MX 10 mx.desk.example.\nshop.example TXT v=spf1 a:smtp.desk.example -all\n_dmarc.shop.example TXT v=DMARC1; p=none", keys: both,
			others: []author{{"project shop", "news@shop.example"}}, says: []string{
				"ok    SPF of shop.example", "ok    MX of shop.example", "ok    DMARC of shop.example: policy none",
				"note  alignment of news@shop.example (project shop): DKIM signs for desk.example, so DMARC rests on its return path shop.example (relaxed), and a forwarded mail fails: let the relay sign for shop.example",
			},
		},
		{
			name: "a project sends from elsewhere, and neither counts", zone: whole + "_dmarc.shop.example TXT v=DMARC1; p=none", keys: both, bounces: "bounce@desk.example",
			others: []author{{"project shop", "news@shop.example"}}, sick: 1, says: []string{
				"MEND  alignment: project shop sends as news@shop.example, for which neither DKIM (desk.example) nor the return path desk.example (relaxed) counts: give it a sender at desk.example",
			},
		},
		{name: "two organisations under one public suffix are two", zone: keys + "a.co.uk MX 10 mx.desk.example.\n" + deskMX + "a.co.uk TXT v=spf1 ip4:203.0.113.25 -all\nsmtp.desk.example A 203.0.113.25\n_dmarc.b.co.uk TXT v=DMARC1; p=none", from: "digest@b.co.uk", bounces: "bounce@a.co.uk", says: []string{
			"note  alignment of digest@b.co.uk: not by its return path a.co.uk (relaxed); DMARC passes only if the relay signs for b.co.uk",
		}},
		{name: "a sender that is on this machine only", zone: whole, from: "digest@localhost", says: []string{"note  FORTNIGHT_MAIL_FROM is digest@localhost: that is no domain of DNS"}},

		{name: "a name server that fails", zone: "nov._domainkey.desk.example TXT FAIL\ndesk.example TXT FAIL\ndesk.example MX FAIL\n_dmarc.desk.example TXT FAIL\nsmtp.desk.example A 203.0.113.25\n", keys: both[:1], says: []string{
			"note  DKIM nov._domainkey.desk.example could not be looked up (", "; it has to be\n      nov._domainkey.desk.example. IN TXT \"" + record + "\"\n",
			"note  SPF of desk.example could not be looked up (", "\n      desk.example. IN TXT \"v=spf1 a:smtp.desk.example -all\"\n",
			"note  MX of desk.example could not be looked up (", "note  DMARC of desk.example could not be looked up (",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := postal{keys: c.keys, senders: append([]author{{own.who, orElse(c.from, own.address)}}, c.others...), bounces: c.bounces, relay: orElse(c.relay, "smtp.desk.example")}
			got, sick := asked(t, newZone(t, c.zone), p)
			if sick != c.sick {
				t.Errorf("%d to mend, want %d:\n%s", sick, c.sick, got)
			}
			for _, want := range c.says {
				if !strings.Contains(got, want) {
					t.Errorf("it does not say %q:\n%s", want, got)
				}
			}
			for _, line := range strings.Split(got, "\n") {
				if len(line) > 0 && !strings.HasPrefix(line, "ok    ") && !strings.HasPrefix(line, "note  ") && !strings.HasPrefix(line, "MEND  ") && !strings.HasPrefix(line, "      ") {
					t.Errorf("a line begins otherwise: %q", line)
				}
			}
		})
	}
}

func TestAMachineWithoutDNSIsToldAtOnceAndNothingCountsAsAFault(t *testing.T) {
	t.Parallel()
	k, _ := parsedKey(t, "desk.example", "nov", rsaKey(t, 2048))
	p := postal{keys: []mailer.Key{k}, senders: []author{{"FORTNIGHT_MAIL_FROM", "digest@desk.example"}, {"project shop", "news@shop.example"}}, relay: "smtp.desk.example"}
	silent := newZone(t, "")
	lines := ""
	for _, name := range []string{"desk.example", "shop.example", "smtp.desk.example", "_dmarc.desk.example", "_dmarc.shop.example", "nov._domainkey.desk.example"} {
		for _, kind := range []string{"A", "AAAA", "MX", "TXT"} {
			lines += name + " " + kind + " SILENCE\n"
		}
	}
	silent.write(lines)
	for name, at := range map[string]string{"nobody answers": silent.addr, "nobody listens": "127.0.0.1:1"} {
		var f findings
		begun := time.Now()
		checkDNS(t.Context(), &f, dnsAt(at), p)
		if took := time.Since(begun); took > dnsPatience+10*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
		got := f.out.String()
		if f.sick != 0 || strings.Count(got, "could not be looked up") != 7 || !strings.Contains(got, "nov._domainkey.desk.example. IN TXT (") || !strings.Contains(got, `desk.example. IN TXT "v=spf1 a:smtp.desk.example -all"`) {
			t.Errorf("%s: %d to mend:\n%s", name, f.sick, got)
		}
	}
}
