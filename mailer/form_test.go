package mailer_test

import (
	"bytes"
	"html"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-msgauth/dkim"
	"pgregory.net/rapid"

	"fortnight/digest"
	"fortnight/mailer"
)

// leaf gives a message's one part of a kind, decoded.
func leaf(t require, raw []byte, kind string) string {
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v", err)
	}
	var found string
	err = e.Walk(func(_ []int, e *message.Entity, err error) error {
		if err != nil {
			return err
		}
		if is, _, _ := e.Header.ContentType(); is == kind {
			var b bytes.Buffer
			if _, err := b.ReadFrom(e.Body); err != nil {
				return err
			}
			found = b.String()
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return found
}

type require interface {
	Fatalf(format string, args ...any)
}

// personal is what a part is to say: the line ends of a page are CRLF in a mail.
func personal(t require, page []byte, l digest.Links, escape func(string) string) string {
	p, err := digest.Personal(bytes.ReplaceAll(page, []byte("\n"), []byte("\r\n")), l, escape)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(p)
}

// somePage draws a page of words, spaces, line ends and places for links, in any order.
func somePage(t *rapid.T, name string) []byte {
	p := digest.Placeholders
	bit := rapid.OneOf(
		rapid.SampledFrom([]string{
			p.View, p.Preferences, p.Unsubscribe, p.PDF, p.Definitions, p.Definitions + "#contact_center-missed", p.View + p.View, "\n", "\n\n", " ", "  ", "\t", ".", "\n.", "\n.\n", "=", "=3D", "\nFrom me",
			"ü", "التقرير الأسبوعي", "日本語", "<a href=\"" + p.View + "\">", strings.Repeat("x", 73), strings.Repeat("y", 74), strings.Repeat("z", 75),
			strings.Repeat("=", 25), "https://view.fortnight.invalid", "--", "fortnight-html-stands-here", "fortnight-text-stands-here",
		}),
		rapid.StringMatching(`[a-zé é<>&]{0,90}`),
	)
	page := strings.Join(rapid.SliceOfN(bit, 1, 30).Draw(t, name), "")
	if page == "" {
		page = "x"
	}
	return []byte(page)
}

func someLinks(t *rapid.T) digest.Links {
	link := rapid.Custom(func(t *rapid.T) string {
		return "https://d.example/" + rapid.StringMatching(`([a-zA-Z0-9.&=/?'_-]|%2F){0,300}`).Draw(t, "path")
	})
	eightBit := rapid.Custom(func(t *rapid.T) string {
		return "https://d.example/" + rapid.StringMatching(`[a-zéß日"'<>&= ]{0,200}`).Draw(t, "path")
	})
	return digest.Links{View: eightBit.Draw(t, "view"), Preferences: link.Draw(t, "preferences"), Unsubscribe: link.Draw(t, "unsubscribe"), PDF: link.Draw(t, "PDF"), Definitions: link.Draw(t, "definitions")}
}

func TestWhatIsReadIsThePageWithTheDeliverysLinksWhateverTheyAre(t *testing.T) {
	signing := keysOf(t)
	keys := append(signing["Ed25519"], signing["RSA"]...)
	lookup := published(t, keys)
	m := post(t, keys...)
	rapid.Check(t, func(t *rapid.T) {
		d := someone()
		d.Variant.Text, d.Variant.HTML = somePage(t, "text"), somePage(t, "html")
		if rapid.Bool().Draw(t, "small") {
			d.Variant.PDF, d.Variant.Images = nil, nil
		}
		f, err := m.Form(d)
		if err != nil {
			t.Fatal(err)
		}
		var buffer []byte
		for range 2 {
			d.Links = someLinks(t)
			d.To.Name = rapid.SampledFrom([]string{"", "Maya Ortiz", "مايا أورتيز", `A "B" \C`, strings.Repeat("long ", 40), strings.Repeat("long", 60)}).Draw(t, "name")
			d.MessageID = rapid.StringMatching(`[a-z0-9]{1,90}`).Draw(t, "id") + "@d.example"
			d.Date = time.Unix(rapid.Int64Range(1, 1<<33).Draw(t, "date"), 0)
			if buffer, err = f.Message(append(buffer[:0], "kept"...), d); err != nil {
				t.Fatal(err)
			}
			raw, ok := bytes.CutPrefix(buffer, []byte("kept"))
			if !ok {
				t.Fatal("what stood in the buffer is gone")
			}
			if whole, err := m.Compose(d); err != nil || !bytes.Equal(whole, raw) {
				t.Fatalf("Compose gives other bytes (%v)", err)
			}
			if got, want := leaf(t, raw, "text/plain"), personal(t, d.Variant.Text, d.Links, func(s string) string { return s }); got != want {
				t.Fatalf("text\n%q\nwant\n%q", got, want)
			}
			if got, want := leaf(t, raw, "text/html"), personal(t, d.Variant.HTML, d.Links, html.EscapeString); got != want {
				t.Fatalf("html\n%q\nwant\n%q", got, want)
			}
			soundLines(t, raw)
			soundHead(t, raw, d)
			found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: lookup})
			if err != nil || len(found) != 2 || found[0].Err != nil || found[1].Err != nil {
				t.Fatalf("%d signatures, %v, %+v", len(found), err, found)
			}
		}
	})
}

// soundLines holds the body's lines against RFC 2045: 76 octets, all of them ASCII, no space last, and CRLF at the end.
func soundLines(t require, raw []byte) {
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for line := range bytes.Lines(body) {
		text, ok := bytes.CutSuffix(line, []byte("\r\n"))
		if !ok || bytes.ContainsAny(text, "\r\n") {
			t.Fatalf("%q does not end in CRLF", line)
		}
		if len(text) > 76 {
			t.Fatalf("%d octets in %q", len(text), text)
		}
		if bytes.HasSuffix(text, []byte(" ")) || bytes.HasSuffix(text, []byte("\t")) {
			t.Fatalf("a space ends %q", text)
		}
		for _, b := range text {
			if b >= 0x80 {
				t.Fatalf("an octet beyond ASCII in %q", text)
			}
		}
	}
}

func soundHead(t require, raw []byte, d digest.Message) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v", err)
	}
	to, err := (&mail.AddressParser{WordDecoder: new(mime.WordDecoder)}).Parse(m.Header.Get("To"))
	if err != nil || to.Address != d.To.Address || to.Name != strings.TrimSpace(d.To.Name) {
		t.Fatalf("To: %q (%v), want the name %q", m.Header.Get("To"), err, d.To.Name)
	}
	if when, err := m.Header.Date(); err != nil || !when.Equal(d.Date) {
		t.Fatalf("Date: %s (%v), want %s", when, err, d.Date)
	}
	if got := m.Header.Get("Message-Id"); got != "<"+d.MessageID+">" {
		t.Fatalf("Message-ID: %s", got)
	}
	if got := m.Header.Get("List-Unsubscribe"); got != "<"+d.Links.Unsubscribe+">" {
		t.Fatalf("List-Unsubscribe: %s", got)
	}
}

// published is what DNS says of keys.
func published(t require, keys []mailer.Key) func(string) ([]string, error) {
	records := map[string][]string{}
	for _, k := range keys {
		r, err := k.Record()
		if err != nil {
			t.Fatalf("%v", err)
		}
		records[k.Name()] = []string{r}
	}
	return func(name string) ([]string, error) { return records[name], nil }
}

func TestAFormTakesNothingOfADeliveryAndAMessageNothingOfTheShared(t *testing.T) {
	m := post(t)
	shared := someone()
	shared.To, shared.Date, shared.MessageID, shared.Links = digest.Address{}, time.Time{}, "", digest.Links{}
	f, err := m.Form(shared)
	if err != nil {
		t.Fatal(err)
	}
	d := someone()
	want := compose(t, d)
	d.Variant, d.Subject, d.From, d.ListID, d.OneClick = digest.Variant{}, "", digest.Address{}, "", false
	got, err := f.Message(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%.900s\nwant\n%.900s", got, want)
	}
}

func TestAFormIsUsedByManyAtOnce(t *testing.T) {
	m := post(t, keysOf(t)["Ed25519"]...)
	f, err := m.Form(someone())
	if err != nil {
		t.Fatal(err)
	}
	want := composedBy(t, m)
	done := make(chan []byte)
	for range 8 {
		go func() {
			var b []byte
			for range 50 {
				b, _ = f.Message(b[:0], someone())
			}
			done <- b
		}()
	}
	for range 8 {
		if got := <-done; !bytes.Equal(got, want) {
			t.Error("one of many has other bytes")
		}
	}
}

func composedBy(t *testing.T, m *mailer.Mailer) []byte {
	t.Helper()
	raw, err := m.Compose(someone())
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAMessageWrittenIntoABufferThatHasRoomIsNotCopied(t *testing.T) {
	f, err := post(t).Form(sized(250_000))
	if err != nil {
		t.Fatal(err)
	}
	d := someone()
	buffer, err := f.Message(nil, d)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.Message(buffer[:0], d)
	if err != nil {
		t.Fatal(err)
	}
	if &again[0] != &buffer[0] {
		t.Error("the buffer had room for the message and was not used")
	}
	if n := testing.AllocsPerRun(100, func() { again, _ = f.Message(again[:0], d) }); n > 25 {
		t.Errorf("%.0f allocations for a message", n)
	}
}

func TestAFaultLeavesTheBufferAsItWas(t *testing.T) {
	f, err := post(t).Form(someone())
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(*digest.Message){
		func(d *digest.Message) { d.Links.View = "" },
		func(d *digest.Message) { d.To.Address = "nobody" },
		func(d *digest.Message) { d.Date = time.Time{} },
	} {
		d := someone()
		change(&d)
		if got, err := f.Message([]byte("before"), d); err == nil || string(got) != "before" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestALinkThatIsNotThereLeavesItsHeaderOut(t *testing.T) {
	d := someone()
	d.OneClick, d.Links, d.ReplyTo, d.Feedback = false, digest.Links{}, digest.Address{}, ""
	d.Variant.HTML, d.Variant.Text = []byte("<p>no link</p>"), []byte("no link")
	raw := compose(t, d, keysOf(t)["Ed25519"]...)
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, name := range []string{"List-Unsubscribe", "Reply-To", "Feedback-ID"} {
		if bytes.Contains(head, []byte("\r\n"+name)) {
			t.Errorf("%s stands in\n%s", name, head)
		}
	}
	soundLines(t, raw)
}

func TestTheRelatedPartSaysWhatItsFirstIs(t *testing.T) {
	for name, pdf := range map[string][]byte{"beside a PDF": []byte("%PDF"), "by itself": nil} {
		d := someone()
		d.Variant.PDF = pdf
		e, err := message.Read(bytes.NewReader(compose(t, d)))
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		if err := e.Walk(func(_ []int, e *message.Entity, err error) error {
			if kind, with, _ := e.Header.ContentType(); kind == "multipart/related" {
				said = with["type"]
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if said != "multipart/alternative" {
			t.Errorf("%s: type is %q", name, said)
		}
	}
}

func TestTheReplyAddressHasItsNameAndTheFeedbackIDIsAsItWasGiven(t *testing.T) {
	d := someone()
	d.ReplyTo, d.Feedback = digest.Address{Name: "Nora, Desk", Address: "nora@desk.example"}, "SD-2020-W13:weekly:desk:fortnight"
	e, err := message.Read(bytes.NewReader(compose(t, d)))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Reply-To": `"Nora, Desk" <nora@desk.example>`, "Feedback-Id": "SD-2020-W13:weekly:desk:fortnight",
	} {
		if got := e.Header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for _, bad := range []string{"a:b:c:d:e", "a b:c", "a::c", "a:b\r\nX: y", "ä:b", strings.Repeat("x", 201)} {
		d.Feedback = bad
		if _, err := post(t).Compose(d); err == nil || !strings.Contains(err.Error(), "Feedback-ID") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
