package mailer_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"fortnight/mailer"
)

// reports says what each mail of testdata/reports is. Those that have one were sent to the return path of delivery 42.
var reports = map[string]struct {
	kind      mailer.Kind
	status    string
	why       string
	recipient string
	words     string // part of the diagnostic
	lost      string // why there is no delivery; empty: it is 42
}{
	// RFC 3464 and RFC 6533
	"postfix-unknown-user":         {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "rejected: User unknown in virtual mailbox table", ""},
	"postfix-delayed":              {mailer.Delayed, "4.4.1", "delivery delayed", "maya@lindenhof.example", "Connection timed out", ""},
	"postfix-gave-up":              {mailer.Soft, "4.4.1", "delivery given up", "maya@lindenhof.example", "Connection timed out", ""},
	"full-mailbox":                 {mailer.Soft, "5.2.2", "delivery given up", "maya@lindenhof.example", "Quota exceeded", ""},
	"refused-by-policy":            {mailer.Hard, "5.7.1", "delivery failed", "maya@lindenhof.example", "by local policy", ""},
	"status-says-nothing":          {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "550 No such user here", ""},
	"status-vague-words-temporary": {mailer.Soft, "4.2.2", "delivery given up", "maya@lindenhof.example", "over its quota", ""},
	"no-status-no-action":          {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "is not here", ""},
	"delivered":                    {mailer.Ignored, "2.0.0", "news of success: delivered", "maya@lindenhof.example", "taken", ""},
	"relayed":                      {mailer.Ignored, "2.1.9", "news of success: relayed", "maya@lindenhof.example", "", ""},
	"one-of-several":               {mailer.Soft, "5.1.1", "delivery failed for one of several", "ben@lindenhof.example", "unknown user", ""},
	"utf8-addresses":               {mailer.Hard, "5.1.1", "delivery failed", "μάγια@παράδειγμα.example", "δεν υπάρχει τέτοιος χρήστης", ""},
	"nested-and-encoded":           {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "nobody of that name", ""},
	"exchange-online":              {mailer.Hard, "5.1.10", "delivery failed", "maya@lindenhof.example", "RESOLVER.ADR.RecipientNotFound", ""},
	"gmail-not-found":              {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "The address that you tried to reach is not here", ""},
	"gmail-delayed":                {mailer.Delayed, "4.4.1", "delivery delayed", "maya@lindenhof.example", "did not answer", ""},
	"forwarded-srs":                {mailer.Soft, "5.2.2", "delivery given up", "maya@lindenhof.example", "Quota exceeded", ""},
	"upper-case":                   {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "User unknown", ""},
	"forged":                       {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "User unknown", "forged"},
	"cut-in-the-middle":            {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "", ""},
	"header-broken":                {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "User unknown", ""},
	"status-flattened":             {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "550 5.1.1 unknown", ""},

	// servers' own words
	"exchange-in-words":           {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "not at the organisation", ""},
	"exim":                        {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "this mailbox is not here", ""},
	"exim-unrouteable":            {mailer.Hard, "5.1.0", "delivery failed", "maya@lindenhof.example", "Unrouteable address", ""},
	"exim-delayed":                {mailer.Delayed, "4.3.0", "delivery delayed", "maya@lindenhof.example", "451 4.3.0 come back later", ""},
	"exim-gave-up":                {mailer.Soft, "4.4.7", "delivery given up", "maya@lindenhof.example", "retry timeout exceeded", ""},
	"qmail":                       {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "no mailbox here by that name", ""},
	"qmail-without-a-code":        {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "550 Invalid recipient", ""},
	"qmail-too-long-in-the-queue": {mailer.Soft, "4.4.1", "delivery given up", "maya@lindenhof.example", "(#4.4.1)", ""},
	"sendmail-in-words":           {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "User unknown", ""},
	"sendmail-warning":            {mailer.Delayed, "4.0.0", "delivery delayed", "maya@lindenhof.example", "Name server timeout", ""},
	"yahoo-in-words":              {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "554: delivery error", ""},
	"domino-in-words":             {mailer.Hard, "5.1.1", "delivery failed", "maya@lindenhof.example", "not listed in Domino Directory", ""},
	"nobody-says-why":             {mailer.Soft, "", "delivery failed, nobody says why", "", "That went wrong", ""},

	// complaints
	"complaint-abuse":              {mailer.Complaint, "", "complaint: abuse", "maya@lindenhof.example", "", ""},
	"complaint-redacted":           {mailer.Complaint, "", "complaint: abuse", "", "", ""},
	"complaint-fraud":              {mailer.Complaint, "", "complaint: fraud", "", "", ""},
	"complaint-of-an-unknown-type": {mailer.Complaint, "", "complaint: x-annoyed", "", "", ""},
	"complaint-outlook":            {mailer.Complaint, "", "complaint", "maya@lindenhof.example", "", ""},
	"complaint-taken-back":         {mailer.Ignored, "", "the opposite of a complaint", "", "", ""},
	"authentication-report":        {mailer.Ignored, "", "a report on authentication", "", "", ""},

	// what is no report
	"vacation":                 {mailer.Ignored, "", "auto-reply", "", "", ""},
	"out-of-office-by-subject": {mailer.Ignored, "", "auto-reply", "", "", ""},
	"out-of-office-exchange":   {mailer.Ignored, "", "auto-reply", "", "", ""},
	"old-autoresponder":        {mailer.Ignored, "", "auto-reply", "", "", ""},
	"challenge":                {mailer.Ignored, "", "challenge", "", "", ""},
	"read-receipt":             {mailer.Ignored, "", "read receipt", "", "", ""},
	"by-hand":                  {mailer.Ignored, "", "not a report", "", "", ""},
	"newsletter":               {mailer.Ignored, "", "bulk mail", "", "", ""},
	"empty":                    {mailer.Ignored, "", "not a report", "", "", "none"},
}

func TestReportsAreToldApart(t *testing.T) {
	paths := returnPaths(t, "bounces@digest.example", keyA)
	files, err := filepath.Glob("testdata/reports/*.eml")
	if err != nil || len(files) != len(reports) {
		t.Fatalf("%d files for %d reports, %v", len(files), len(reports), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		t.Run(strings.ReplaceAll(name, "-", " "), func(t *testing.T) {
			want := reports[name]
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := parse(t, raw)
			if r.Kind != want.kind || r.Status != want.status || r.Why != want.why || r.Recipient != want.recipient || !strings.Contains(r.Diagnostic, want.words) {
				t.Errorf("got %+v", r)
			}
			id, err := deliveryOf(paths, r)
			switch want.lost {
			case "":
				if id != 42 || err != nil {
					t.Errorf("got delivery %d, %v, of %q", id, err, r.Addresses)
				}
			case "forged":
				if id != 0 || !errors.Is(err, mailer.ErrForged) {
					t.Errorf("got delivery %d, %v, of %q", id, err, r.Addresses)
				}
			default:
				if id != 0 || len(r.Addresses) != 0 {
					t.Errorf("got delivery %d of %q", id, r.Addresses)
				}
			}
			if over := parse(t, bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))); over.Hash != r.Hash || over.Kind != r.Kind || over.Status != r.Status || over.Diagnostic != r.Diagnostic {
				t.Errorf("over SMTP, with CRLF, it is another: %+v", over)
			}
		})
	}
}

func parse(t *testing.T, raw []byte) mailer.Report {
	t.Helper()
	r, err := mailer.ParseReport(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// deliveryOf gives the delivery of the first address that has one.
func deliveryOf(paths *mailer.Return, r mailer.Report) (id int64, err error) {
	for _, address := range r.Addresses {
		var e error
		if id, e = paths.Delivery(address); e == nil {
			return id, nil
		} else if err == nil || errors.Is(e, mailer.ErrForged) {
			err = e
		}
	}
	return 0, err
}

func TestTheEnvelopesReturnPathComesFirst(t *testing.T) {
	paths := returnPaths(t, "bounces@digest.example", keyA)
	r := parse(t, []byte("Delivered-To: "+paths.Path(2)+"\nTo: "+paths.Path(1)+"\nX-Note: "+paths.Path(3)+"\n\nof "+paths.Path(4)+" and "+paths.Path(2)+"\n"))
	if len(r.Addresses) != 4 {
		t.Fatalf("got %q", r.Addresses)
	}
	for i, want := range []int64{2, 1, 3, 4} {
		if r.Addresses[i] != paths.Path(want) {
			t.Errorf("%d: got %s, want that of delivery %d", i, r.Addresses[i], want)
		}
	}
}

func TestOfAnEndlessReportAMebibyteIsRead(t *testing.T) {
	raw, err := os.ReadFile("testdata/reports/gmail-not-found.eml")
	if err != nil {
		t.Fatal(err)
	}
	endless := &counted{r: io.MultiReader(bytes.NewReader(bytes.TrimSuffix(raw, []byte("--00000000000063a1--\n"))), zeros{})}
	r, err := mailer.ParseReport(endless)
	if err != nil || r.Kind != mailer.Hard || r.Status != "5.1.1" {
		t.Errorf("got %+v, %v", r, err)
	}
	if endless.n > 2*mailer.ReportLimit {
		t.Errorf("%d octets were read", endless.n)
	}
}

func TestAReaderThatFailsIsNotAnIgnoredReport(t *testing.T) {
	if r, err := mailer.ParseReport(io.MultiReader(strings.NewReader("Subject: half a"), iotest.ErrReader(io.ErrUnexpectedEOF))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestWordsOfServersThatGiveNoCode(t *testing.T) {
	for words, want := range map[string]struct {
		status string
		kind   mailer.Kind
	}{
		"550 User unknown": {"5.1.1", mailer.Hard},
		"550 <maya@lindenhof.example> doesn't exist as an address": {"5.0.0", mailer.Hard},
		"550 The user maya does not exist":                         {"5.1.1", mailer.Hard},
		"550-Mailbox not found":                                    {"5.1.1", mailer.Hard},
		"550 Account has been disabled":                            {"5.2.1", mailer.Hard},
		"552 Mailbox is full":                                      {"5.2.2", mailer.Soft},
		"452 Mailbox full":                                         {"4.2.2", mailer.Soft},
		"450 User unknown, come back later":                        {"4.0.0", mailer.Soft},
		"550 Blocked: unknown user reputation":                     {"5.7.1", mailer.Hard},
		"554 Rejected as spam":                                     {"5.7.1", mailer.Hard},
		"552 Message size exceeds the limit":                       {"5.3.4", mailer.Hard},
		"Host or domain name not found":                            {"5.1.2", mailer.Hard},
		"421 Service not available":                                {"4.0.0", mailer.Soft},
		"550 No":                                                   {"5.0.0", mailer.Hard},
		"host 5.1.1.9 running 4.94.2 said no":                      {"", mailer.Hard},
	} {
		r := parse(t, []byte("From: mailer-daemon@mx.example\nContent-Type: message/delivery-status\n\nAction: failed\nDiagnostic-Code: smtp; "+words+"\n"))
		if r.Status != want.status || r.Kind != want.kind {
			t.Errorf("%s: got %s %q, want %s %q", words, r.Kind, r.Status, want.kind, want.status)
		}
	}
}

func TestDiagnosticsAreBounded(t *testing.T) {
	r := parse(t, []byte("Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 "+strings.Repeat("é\x00 ", 5000)+"\n"))
	if len(r.Diagnostic) > 510 || strings.ContainsAny(r.Diagnostic, "\x00\n") || !strings.HasSuffix(r.Diagnostic, "…") {
		t.Errorf("got %d octets: %q", len(r.Diagnostic), r.Diagnostic)
	}
}

func TestAMebibyteOfOneHeaderIsReadToItsBound(t *testing.T) {
	paths := returnPaths(t, "bounces@digest.example", keyA)
	r := parse(t, []byte("To: "+paths.Path(1)+strings.Repeat("\n a", 300_000)+"\nSubject: "+strings.Repeat("x", 100_000)+"\nX-Failed-Recipients: maya@lindenhof.example\n\n550 5.1.1 no\n"))
	if id, err := deliveryOf(paths, r); id != 1 || err != nil || r.Kind != mailer.Hard || r.Status != "5.1.1" {
		t.Errorf("got %d, %v, %+v", id, err, r)
	}
}

func FuzzReportsNeverCrash(f *testing.F) {
	files, err := filepath.Glob("testdata/reports/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("Content-Type: multipart/mixed; boundary=a\n\n" + strings.Repeat("--a\nContent-Type: multipart/mixed; boundary=a\n\n", 200)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := mailer.ParseReport(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		switch r.Kind {
		case mailer.Hard, mailer.Soft, mailer.Delayed, mailer.Complaint, mailer.Ignored:
		default:
			t.Errorf("kind %q", r.Kind)
		}
		if len(r.Diagnostic) > 510 || len(r.Recipient) > 510 || len(r.Addresses) > 50 || len(r.Why) > 600 || r.Why == "" {
			t.Errorf("unbounded: %+v", r)
		}
		if r.Status != "" && (len(r.Status) < 5 || len(r.Status) > 7 || !strings.Contains("245", r.Status[:1])) {
			t.Errorf("status %q", r.Status)
		}
	})
}

type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
