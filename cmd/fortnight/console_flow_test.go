package main

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/browser"
	"fortnight/internal/relay"
)

// ways are those that people use pages: on a laptop and a phone, with scripts and without.
var ways = []struct {
	name string
	browser.View
}{
	{"1280", browser.View{Width: 1280, Height: 900}},
	{"1280-without-script", browser.View{Width: 1280, Height: 900, NoScript: true}},
	{"360", browser.View{Width: 360, Height: 740, Phone: true}},
	{"360-without-script", browser.View{Width: 360, Height: 740, Phone: true, NoScript: true}},
}

// TestAnAdminNeedsNoTerminal goes through what an admin does, on each way: sign in by mail, make a digest and switch it on, look at it,
// send a test and read it, import subscribers from a file with faults, and release an edition that is held.
func TestAnAdminNeedsNoTerminal(t *testing.T) {
	c := newClinics(t)
	zone, err := time.LoadLocation(clinicsZone)
	if err != nil {
		t.Fatal(err)
	}
	for n := range ways {
		c.run(t, "send", "--digest", "lindenhof/dark", "--from", thisMonday(zone).AddDays(-7*(len(ways)-n)).String()) // its source cannot be read
	}
	// Two hours later they are given up waiting for, and are held: one for each way.
	if _, err := c.pool.Exec(t.Context(), "UPDATE fortnight.editions SET start_at = start_at - interval '3 hours', next_at = now(), lease_until = now() WHERE state = 'due'"); err != nil {
		t.Fatal(err)
	}
	c.signedIn(t) // the account is there; nobody uses its link
	c.open(t)
	await(t, "the editions to be held", time.Minute, func() bool {
		var held int
		c.row(t, "SELECT count(*) FROM fortnight.editions WHERE state = 'held'", &held)
		return held == len(ways)
	})
	for i, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			window := browser.Private(t, c.window)
			tab := c.signInByMail(t, window, w.View)
			key := fmt.Sprintf("monthly-%d", i)
			c.makeDigest(t, tab, key)
			c.preview(t, tab, key)
			c.sendTest(t, tab, key, fmt.Sprintf("test%d@lindenhof.example", i))
			c.importReaders(t, tab, key, i)
			c.releaseHeld(t, tab, i)
		})
	}
}

// signInByMail asks for a link, finds it useless in another browser, and comes in by it.
func (c *clinics) signInByMail(t *testing.T, window context.Context, v browser.View) *browser.Page {
	t.Helper()
	tab := browser.Open(t, window, c.web+"/sign-in", "", v)
	tab.Fill(t, "#address", "nobody@lindenhof.example")
	tab.Press(t, "Mail me a link")
	stranger := tab.Text(t)
	tab.Go(t, c.web+"/sign-in")
	tab.Fill(t, "#address", "nora@desk.example")
	before := len(c.relay.Ledger().Copies)
	tab.Press(t, "Mail me a link")
	if known := tab.Text(t); strings.ReplaceAll(known, "nora@desk.example", "nobody@lindenhof.example") != stranger {
		t.Errorf("the page tells who has access:\n%s\n%s", known, stranger)
	}
	link := signInLink.FindString(c.text(t, c.mailTo(t, "nora@desk.example", before)))
	if link == "" {
		t.Fatal("the mail has no link")
	}
	other := browser.Open(t, browser.Private(t, c.window), link, "", v)
	other.Press(t, "Sign in here")
	if !strings.Contains(other.Text(t), "This link does not sign you in") {
		t.Errorf("another browser comes in: %s", other.Text(t))
	}
	tab.Go(t, link)
	tab.Press(t, "Sign in here")
	tab.Go(t, link)
	tab.Press(t, "Sign in here")
	if text := tab.Text(t); !strings.Contains(text, "This link does not sign you in") && !strings.Contains(text, "Overview") {
		t.Errorf("a link that is used up says %s", text)
	}
	tab.Go(t, c.web+"/p/lindenhof/")
	if !strings.Contains(tab.Text(t), "Needs you") {
		t.Fatalf("signed in, it shows %s", tab.Text(t))
	}
	return tab
}

var signInLink = regexp.MustCompile(`http://\S+/sign-in/\S+`)

// mailTo waits for a mail to an address that comes after the first n copies.
func (c *clinics) mailTo(t *testing.T, address string, n int) (found relay.Copy) {
	t.Helper()
	await(t, "a mail to "+address, 20*time.Second, func() bool {
		copies := c.relay.Ledger().Copies
		for _, one := range copies[min(n, len(copies)):] {
			if one.To == address {
				found = one
				return true
			}
		}
		return false
	})
	return found
}

// text gives a mail's plain text.
func (c *clinics) text(t *testing.T, m relay.Copy) string {
	t.Helper()
	return bodies(t, m.Raw)["text/plain"]
}

// makeDigest makes a digest from nothing, gives it a cadence, and switches it on.
func (c *clinics) makeDigest(t *testing.T, tab *browser.Page, key string) {
	t.Helper()
	tab.Go(t, c.web+"/p/lindenhof/digests/new")
	tab.Fill(t, "#name", "Monatsbericht "+key)
	tab.Fill(t, "#key", key)
	tab.Press(t, "Make the draft")
	for _, section := range []string{"activity", "contact_center", "chatbot"} {
		tab.Set(t, `select[name="source.`+section+`"]`, "desk")
	}
	tab.Toggle(t, `input[name=kind][value=monthly] + span`)
	tab.Fill(t, "#at", "25:99")
	tab.Press(t, "Save")
	if text := tab.Text(t); !strings.Contains(text, "Not saved") {
		t.Errorf("an hour of 25:99 is taken: %s", text)
	}
	tab.Fill(t, "#at", "07:30")
	tab.Press(t, "Save")
	if s := c.digest(t, key); s.Config.Cadence.Kind != "monthly" || s.Config.Cadence.At != "07:30" || s.Config.Active {
		t.Fatalf("saved, it is %+v; the page says %s", s.Config, tab.Text(t))
	}
	tab.Press(t, "On")
	if s := c.digest(t, key); !s.Config.Active {
		t.Fatalf("it is not switched on: %s", tab.Text(t))
	}
}

// digest gives a digest of the clinics as it is kept.
func (c *clinics) digest(t *testing.T, key string) digest.DigestLine {
	t.Helper()
	books := c.books()
	id, err := books.ProjectID(t.Context(), "lindenhof")
	if err != nil {
		t.Fatal(err)
	}
	line, err := books.Tenant(id).Digest(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// preview looks at the digest as an executive reads it in Spanish: the frame shows what the subject says.
func (c *clinics) preview(t *testing.T, tab *browser.Page, key string) {
	t.Helper()
	tab.Go(t, c.web+"/p/lindenhof/digests/"+key)
	tab.Set(t, "select[name=audience]", "executive")
	tab.Set(t, "select[name=locale]", "es")
	tab.Press(t, "Update")
	subject := ""
	await(t, "the preview's subject", time.Minute, func() bool {
		subject = browser.Eval[string](t, tab, `document.querySelector("#subj b").innerText`)
		return strings.Contains(subject, "mensajes")
	})
	frame := browser.Eval[string](t, tab, `document.querySelector("#frame iframe").getAttribute("src")`)
	if !strings.HasPrefix(frame, "/p/lindenhof/") {
		t.Fatalf("the frame shows %q", frame)
	}
	_, part, _ := strings.Cut(subject, ": ")
	if status, page := c.visit(t, frame); status != 200 || !strings.Contains(page, "data:image/png") || !strings.Contains(page, strings.Fields(part)[0]) {
		t.Errorf("the frame answers %d and lacks %q", status, part)
	}
}

// sendTest sends a test and reads it.
func (c *clinics) sendTest(t *testing.T, tab *browser.Page, key, to string) {
	t.Helper()
	tab.Go(t, c.web+"/p/lindenhof/digests/"+key)
	tab.Press(t, "Send test")
	before := len(c.relay.Ledger().Copies)
	tab.Fill(t, "#to", to)
	tab.Press(t, "Send 1 test")
	m := c.mailTo(t, to, before)
	subject := decodedSubject(t, m.Raw)
	if !strings.HasPrefix(subject, "[Test] ") || !strings.Contains(c.text(t, m), "Lindenhof Clinics") {
		t.Errorf("the test is %q", subject)
	}
	if text := tab.Text(t); !strings.Contains(text, strings.Join(strings.Fields(subject), " ")) {
		t.Errorf("sent, the page says %s", text)
	}
}

// importReaders gives a file with two faults, of which nothing is taken, and then one without.
func (c *clinics) importReaders(t *testing.T, tab *browser.Page, key string, i int) {
	t.Helper()
	tab.Go(t, c.web+"/p/lindenhof/digests/"+key+"/import")
	good := fmt.Sprintf("name,address,audience,zone\nAna,ana%d@lindenhof.example,manager,Europe/Madrid\nHanna Brandt,h.brandt@lindenhof.example,manager,\n", i)
	tab.Set(t, "#pasted", good+"Bo,bo@lindenhof,manager,\nCy,cy@lindenhof.example,manager,Europe/Berlinn\n")
	tab.Press(t, "Show what it would do")
	text := tab.Text(t)
	for _, want := range []string{"Nothing was imported: 2 of 4 lines have faults", "the part after @ has no dot", "Did you mean Europe/Berlin?"} {
		if !strings.Contains(text, want) {
			t.Errorf("of a file with faults the page does not say %q: %s", want, text)
		}
	}
	if n := c.digest(t, key).Readers; len(n) != 0 {
		t.Errorf("of a file with faults %v were taken", n)
	}
	tab.Set(t, "#pasted", good)
	tab.Press(t, "Show what it would do")
	tab.Click(t, "button[value=confirm]")
	if line := c.digest(t, key); line.Readers[digest.Manager]+line.Gone != 2 {
		t.Errorf("imported, it has %v readers and %d more; the page says %s", line.Readers, line.Gone, tab.Text(t))
	}
}

// releaseHeld releases the edition that is held for this way; it is mailed.
func (c *clinics) releaseHeld(t *testing.T, tab *browser.Page, i int) {
	t.Helper()
	var edition int64
	c.row(t, "SELECT e.edition_id FROM fortnight.editions e JOIN fortnight.digests d USING (digest_id) WHERE d.key = 'dark' AND e.state = 'held' ORDER BY e.period_start LIMIT 1", &edition)
	tab.Go(t, fmt.Sprintf("%s/p/lindenhof/editions/%d", c.web, edition))
	before := len(c.relay.Ledger().Copies)
	tab.Press(t, "Release to 1")
	if strings.Contains(tab.Text(t), "Release this edition?") {
		tab.Press(t, "Release to 1")
	}
	m := c.mailTo(t, "m.ortiz@lindenhof.example", before)
	if _, err := mail.ParseAddress(m.Head.Get("From")); err != nil {
		t.Error(err)
	}
	await(t, "the released edition to be done", 20*time.Second, func() bool {
		var state string
		c.row(t, "SELECT state FROM fortnight.editions WHERE edition_id = $1", &state, edition)
		return state == "done"
	})
}

// TestAReaderNeedsNoAccount goes through what a reader does, on each way: choose a slower cadence and see when the next mail leaves before
// it is saved, end the subscription and take that back.
func TestAReaderNeedsNoAccount(t *testing.T) {
	c := newClinics(t)
	c.mailed(t, 1)
	c.open(t)
	for i, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			address := []string{"m.ortiz@lindenhof.example", "j.krueger@lindenhof.example", "abd@lindenhof.example", "s.maes@lindenhof.example"}[i]
			token := c.token(t, address)
			tab := browser.Open(t, browser.Private(t, c.window), c.web+"/preferences/"+token, "", w.View)
			tab.Toggle(t, "input[name=cadence][value=monthly] + span")
			tab.Click(t, "[data-update]")
			shown := tab.Text(t)
			if !strings.Contains(shown, "If you save") {
				t.Errorf("before it is saved the page does not say what comes: %s", shown)
			}
			if w := c.wishes(t, address); w.Cadence != "" {
				t.Errorf("it is saved before it is: %+v", w)
			}
			tab.Click(t, "form button.primary")
			if w := c.wishes(t, address); w.Cadence != "monthly" {
				t.Errorf("saved, the wish is %+v; the page says %s", w, tab.Text(t))
			}
			tab.Go(t, c.web+"/unsubscribe/"+token)
			if text := tab.Text(t); strings.Contains(text, address) {
				t.Errorf("the page has the whole address: %s", text)
			}
			tab.Click(t, "button.stop")
			if got := c.gets(t, address); got {
				t.Error("unsubscribed, the reader gets it")
			}
			tab.Click(t, "form button")
			if got := c.gets(t, address); !got {
				t.Error("taken back, the reader does not get it")
			}
		})
	}
}

// wishes gives what a reader of lindenhof/support has chosen.
func (c *clinics) wishes(t *testing.T, address string) (w digest.Wishes) {
	t.Helper()
	c.row(t, "SELECT s.wishes FROM fortnight.subscribers s JOIN fortnight.digests d USING (digest_id) WHERE d.key = 'support' AND s.address = $1", &w, address)
	return w
}

func (c *clinics) gets(t *testing.T, address string) (gets bool) {
	t.Helper()
	c.row(t, "SELECT s.unsubscribed_at IS NULL FROM fortnight.subscribers s JOIN fortnight.digests d USING (digest_id) WHERE d.key = 'support' AND s.address = $1", &gets, address)
	return gets
}
