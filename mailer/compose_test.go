package mailer_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	"github.com/emersion/go-msgauth/dkim"

	"fortnight/digest"
	"fortnight/mailer"
)

var links = digest.Links{
	View:        "https://digest.fortnight.example/view/abc?x=1&y=2",
	Preferences: "https://digest.fortnight.example/preferences/abc",
	Unsubscribe: "https://digest.fortnight.example/unsubscribe/abc",
}

func letterFor(to digest.Address) digest.Message {
	p := digest.Placeholders
	return digest.Message{
		Variant: digest.Variant{
			Choice:  digest.Choice{Locale: "en"},
			HTML:    []byte(`<p>307 = 60 %</p><img src="cid:mark@fortnight"><a href="` + p.View + `">v</a> <a href="` + p.Unsubscribe + `">u</a>` + strings.Repeat("long ", 300)),
			Text:    []byte("307 messages\nview: " + p.View + "\nunsubscribe: " + p.Unsubscribe + "\n.\nend\n"),
			PDF:     []byte("%PDF-1.7 not really"),
			PDFName: "SD-2020-W13.pdf",
			Images: []digest.Image{
				{Name: "mark.png", ContentID: "mark@fortnight", PNG: []byte("\x89PNG mark")},
				{Name: "activity-peak.png", ContentID: "activity-peak@fortnight", PNG: []byte("\x89PNG peak")},
			},
		},
		From:      digest.Address{Name: "Support desk", Address: "digest@digest.fortnight.example"},
		ReplyTo:   digest.Address{Address: "nora@desk.example"},
		To:        to,
		Subject:   "Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed",
		Date:      time.Date(2020, 3, 30, 8, 0, 0, 0, time.FixedZone("EDT", -4*3600)),
		MessageID: "7.SD-2020-W13.k3x9@digest.fortnight.example",
		ListID:    "weekly.desk.digest.fortnight.example",
		ListName:  "Support desk, weekly",
		Links:     links,
		OneClick:  true,
	}
}

func someone() digest.Message {
	return letterFor(digest.Address{Name: "Maya Ortiz", Address: "maya@lindenhof.example"})
}

func compose(t *testing.T, m digest.Message, keys ...mailer.Key) []byte {
	t.Helper()
	raw, err := post(t, keys...).Compose(m)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func post(t testing.TB, keys ...mailer.Key) *mailer.Mailer {
	t.Helper()
	m, err := mailer.New(mailer.Config{Host: "mail.example", DKIM: keys})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tree writes the structure of a message, a part a line, and gives the decoded leaves by line.
func tree(t *testing.T, raw []byte) (string, map[string]string) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	leaves := map[string]string{}
	if err := e.Walk(func(path []int, e *message.Entity, err error) error {
		if err != nil {
			return err
		}
		kind, _, err := e.Header.ContentType()
		if err != nil {
			return err
		}
		line := strings.Repeat("  ", len(path)) + kind
		if id := e.Header.Get("Content-Id"); id != "" {
			line += " " + id
		}
		if how, params, err := e.Header.ContentDisposition(); err == nil {
			line += " " + how + " " + params["filename"]
		}
		if e.MultipartReader() == nil {
			b, err := io.ReadAll(e.Body)
			if err != nil {
				return err
			}
			leaves[strings.TrimSpace(line)] = string(b)
		}
		lines = append(lines, line)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n"), leaves
}

func TestAMessageIsMixedThenRelatedThenAlternativeWithTextFirst(t *testing.T) {
	got, leaves := tree(t, compose(t, someone()))
	want := `multipart/mixed
  multipart/related
    multipart/alternative
      text/plain
      text/html
    image/png <mark@fortnight> inline mark.png
    image/png <activity-peak@fortnight> inline activity-peak.png
  application/pdf attachment SD-2020-W13.pdf`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if b := leaves["image/png <activity-peak@fortnight> inline activity-peak.png"]; b != "\x89PNG peak" {
		t.Errorf("the picture came back as %q", b)
	}
	if b := leaves["application/pdf attachment SD-2020-W13.pdf"]; b != "%PDF-1.7 not really" {
		t.Errorf("the PDF came back as %q", b)
	}
	if want := `<a href="https://digest.fortnight.example/view/abc?x=1&amp;y=2">v</a>`; !strings.Contains(leaves["text/html"], want) {
		t.Errorf("the html lacks %s:\n%s", want, leaves["text/html"])
	}
	if want := "view: https://digest.fortnight.example/view/abc?x=1&y=2\r\n"; !strings.Contains(leaves["text/plain"], want) {
		t.Errorf("the text lacks %q:\n%s", want, leaves["text/plain"])
	}
}

func TestAMessageWithoutPDFOrPicturesHasOnlyTheLevelsItNeeds(t *testing.T) {
	m := someone()
	m.Variant.PDF = nil
	if got, _ := tree(t, compose(t, m)); !strings.HasPrefix(got, "multipart/related\n  multipart/alternative\n") {
		t.Errorf("without PDF:\n%s", got)
	}
	m.Variant.Images = nil
	if got, _ := tree(t, compose(t, m)); got != "multipart/alternative\n  text/plain\n  text/html" {
		t.Errorf("without pictures:\n%s", got)
	}
}

func TestTheHeadersAreThoseOfAMailingListMessage(t *testing.T) {
	e, err := message.Read(bytes.NewReader(compose(t, someone())))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From":                  `"Support desk" <digest@digest.fortnight.example>`,
		"To":                    `"Maya Ortiz" <maya@lindenhof.example>`,
		"Reply-To":              `<nora@desk.example>`,
		"Subject":               "Support desk, 23–29 Mar: 307 messages (+60 %), 5 missed",
		"Date":                  "Mon, 30 Mar 2020 12:00:00 +0000",
		"Message-Id":            "<7.SD-2020-W13.k3x9@digest.fortnight.example>",
		"List-Id":               `"Support desk, weekly" <weekly.desk.digest.fortnight.example>`,
		"List-Unsubscribe":      "<https://digest.fortnight.example/unsubscribe/abc>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Auto-Submitted":        "auto-generated",
		"Mime-Version":          "1.0",
		"Content-Language":      "en",
	} {
		got, err := e.Header.Text(name)
		if err != nil || got != want {
			t.Errorf("%s: got %q (%v), want %q", name, got, err, want)
		}
		if n := e.Header.FieldsByKey(name).Len(); n != 1 {
			t.Errorf("%s stands %d times", name, n)
		}
	}
	for _, name := range []string{"User-Agent", "X-Mailer", "Bcc", "Cc", "Precedence"} {
		if e.Header.Has(name) {
			t.Errorf("%s: %s", name, e.Header.Get(name))
		}
	}
}

func TestOneClickIsLeftOutWhereTheLinkTakesNoPost(t *testing.T) {
	m := someone()
	m.OneClick = false
	m.Links.Unsubscribe = "http://127.0.0.1:8080/unsubscribe/abc"
	raw := string(compose(t, m))
	if strings.Contains(raw, "List-Unsubscribe-Post") || !strings.Contains(raw, "List-Unsubscribe:") {
		t.Error(raw[:900])
	}
}

func TestEveryCopyOfADeliveryHasTheSameBytes(t *testing.T) {
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	keys := []mailer.Key{{Domain: "fortnight.example", Selector: "e1", Signer: edKey}, {Domain: "fortnight.example", Selector: "r1", Signer: rsaKey(t, 2048)}}
	first := compose(t, someone(), keys...)
	again := someone()
	again.Date = again.Date.In(time.FixedZone("elsewhere", 9*3600))
	for range 20 {
		if !bytes.Equal(first, compose(t, again, keys...)) {
			t.Fatal("two copies differ")
		}
	}
	other := someone()
	other.MessageID = "8.SD-2020-W13@digest.fortnight.example"
	if bytes.Equal(first, compose(t, other, keys...)) {
		t.Error("two deliveries are the same bytes")
	}
}

func TestASignatureVerifiesAndCoversTheUnsubscribeHeaders(t *testing.T) {
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	r := rsaKey(t, 2048)
	public, err := x509.MarshalPKIXPublicKey(&r.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	dns := map[string]string{
		"r1._domainkey.fortnight.example": "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public),
		"e1._domainkey.fortnight.example": "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(edKey.Public().(ed25519.PublicKey)),
	}
	look := &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) { return []string{dns[name]}, nil }}
	raw := compose(t, someone(), mailer.Key{Domain: "fortnight.example", Selector: "e1", Signer: edKey},
		mailer.Key{Domain: "fortnight.example", Selector: "r1", Signer: r})
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), look)
	if err != nil || len(found) != 2 {
		t.Fatalf("%d signatures: %v", len(found), err)
	}
	for _, v := range found {
		if v.Err != nil {
			t.Errorf("signature of %s: %v", v.Domain, v.Err)
		}
		signed := strings.ToLower(strings.Join(v.HeaderKeys, ":"))
		for _, h := range []string{"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post", "list-id"} {
			if !strings.Contains(":"+signed+":", ":"+h+":") {
				t.Errorf("%s is not signed: %s", h, signed)
			}
		}
		if want := time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC); !v.Time.Equal(want) {
			t.Errorf("t= is %s, not the message's date", v.Time)
		}
	}
	if strings.Contains(string(raw[:2000]), " l=") {
		t.Error("the signature limits the length of the body")
	}
	for name, forged := range map[string][]byte{
		"another unsubscribe link": bytes.Replace(raw, []byte("unsubscribe/abc>"), []byte("unsubscribe/abd>"), 1),
		"a second subject":         bytes.Replace(raw, []byte("\r\nSubject:"), []byte("\r\nSubject: You won\r\nSubject:"), 1),
		"another body":             bytes.Replace(raw, []byte("307 messages"), []byte("308 messages"), 1),
	} {
		if bytes.Equal(forged, raw) {
			t.Fatalf("%s: nothing was forged", name)
		}
		found, err := dkim.VerifyWithOptions(bytes.NewReader(forged), look)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range found {
			if v.Err == nil {
				t.Errorf("%s still verifies", name)
			}
		}
	}
}

func TestALineEndInANameOrSubjectAddsNoHeader(t *testing.T) {
	m := someone()
	m.Subject = "Hello\r\nBcc: all@example.org\r\n\r\nbody"
	m.From.Name = "Desk\r\nX-Evil: 1"
	m.To.Name = "Maya\nX-Evil: 2"
	m.ListName = "Desk\r\nX-Evil: 3"
	m.Variant.PDFName = "a\r\nX-Evil: 4.pdf"
	m.Variant.Images[0].Name = "a\r\nX-Evil: 5.png"
	raw := compose(t, m)
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if e.Header.Has("Bcc") || e.Header.Has("X-Evil") || bytes.Contains(raw, []byte("\r\nX-Evil")) {
		t.Errorf("a header was added:\n%s", raw)
	}
	if got, _ := e.Header.Text("Subject"); got != "Hello Bcc: all@example.org body" {
		t.Errorf("subject %q", got)
	}
}

func TestNamesBeyondASCIIAreEncodedAndDomainsWrittenInASCII(t *testing.T) {
	m := letterFor(digest.Address{Name: `Zoë "Z" Nuñez, 東京`, Address: "zoe@bücher.example"})
	m.ListName = "Soporte técnico, semanal"
	raw := compose(t, m)
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for _, line := range strings.Split(string(head), "\r\n") {
		if len(line) > 78 {
			t.Errorf("%d octets in %q", len(line), line)
		}
		for _, b := range []byte(line) {
			if b >= 0x80 {
				t.Fatalf("a raw octet beyond ASCII in %q", line)
			}
		}
	}
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := e.Header.Text("To"); got != `Zoë "Z" Nuñez, 東京 <zoe@xn--bcher-kva.example>` {
		t.Errorf("To: %s", got)
	}
	if got, _ := e.Header.Text("List-Id"); got != "Soporte técnico, semanal <weekly.desk.digest.fortnight.example>" {
		t.Errorf("List-Id: %s", got)
	}
}

func TestEveryHeaderBeginsOnItsFirstLine(t *testing.T) {
	m := someone()
	m.Subject = strings.Repeat("Atención al público: ", 12)
	m.MessageID = strings.Repeat("7.SD-2020-W13.", 6) + "k3x9@digest.fortnight.example"
	m.Links.Unsubscribe += strings.Repeat("0123456789", 20)
	m.ListName = strings.Repeat("Soporte técnico ", 9)
	head, _, _ := bytes.Cut(compose(t, m), []byte("\r\n\r\n"))
	for _, line := range strings.Split(string(head), "\r\n") {
		if strings.HasSuffix(line, ":") {
			t.Errorf("%q has nothing beside it", line)
		}
		if strings.Contains(line, "=?") && len(line) > 76 {
			t.Errorf("%d octets in %q, which holds an encoded word", len(line), line)
		}
	}
	e, err := message.Read(bytes.NewReader(append(head, "\r\n\r\n"...)))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := e.Header.Text("Subject"); got != strings.TrimSpace(m.Subject) {
		t.Errorf("subject %q", got)
	}
	if got := e.Header.Get("Message-Id"); got != "<"+m.MessageID+">" {
		t.Errorf("Message-ID %s", got)
	}
}

func TestAListNameWithMarksOfAHeaderHidesNoId(t *testing.T) {
	m := someone()
	m.ListName = `Ventas <b> "y" (más), a@b.example`
	e, err := message.Read(bytes.NewReader(compose(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	raw := e.Header.Get("List-Id")
	name, id, _ := strings.Cut(raw, "<")
	if id != "weekly.desk.digest.fortnight.example>" || strings.ContainsAny(name, `"(),:;<>@[]`) {
		t.Errorf("List-Id: %s", raw)
	}
	if got, _ := e.Header.Text("List-Id"); got != m.ListName+" <weekly.desk.digest.fortnight.example>" {
		t.Errorf("List-Id: %s", got)
	}
}

func TestTwoCopiesOfAVariantDifferInTheirOwnLinesOnly(t *testing.T) {
	m := someone()
	m.To, m.MessageID, m.Subject = digest.Address{Address: "sam@desk.example"}, "test.9@digest.fortnight.example", "[Test] "+m.Subject
	one, two := strings.Split(string(compose(t, someone())), "\r\n"), strings.Split(string(compose(t, m)), "\r\n")
	var differ []string
	for _, line := range one {
		if !slices.Contains(two, line) {
			differ = append(differ, line)
		}
	}
	if len(differ) != 4 || !strings.HasPrefix(differ[0], "Message-ID: ") || !strings.HasPrefix(differ[1], "To: ") || !strings.HasPrefix(differ[2], "Subject: ") {
		t.Errorf("these differ:\n%s", strings.Join(differ, "\n"))
	}
}

func TestAFaultyMessageIsRefusedWithAReason(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*digest.Message)
		want   string
	}{
		{"no date", func(m *digest.Message) { m.Date = time.Time{} }, "no date"},
		{"no text", func(m *digest.Message) { m.Variant.Text = nil }, "both html and text"},
		{"no message id", func(m *digest.Message) { m.MessageID = "" }, "Message-ID"},
		{"brackets in the message id", func(m *digest.Message) { m.MessageID = "<a@b>" }, "without brackets"},
		{"a line end in the list id", func(m *digest.Message) { m.ListID = "a.b\r\nX: y" }, "List-Id"},
		{"a recipient with a line end", func(m *digest.Message) { m.To.Address = "a@b.example\r\nX: y" }, "not a mail address"},
		{"two recipients in one", func(m *digest.Message) { m.To.Address = "a@b.example, c@d.example" }, "not a mail address"},
		{"a name in the address", func(m *digest.Message) { m.To.Address = "A <a@b.example>" }, "not a mail address"},
		{"no domain", func(m *digest.Message) { m.To.Address = "maya" }, "not a mail address"},
		{"a local part of 65 octets", func(m *digest.Message) { m.To.Address = strings.Repeat("a", 65) + "@b.example" }, "64 octets"},
		{"one click over http", func(m *digest.Message) { m.Links.Unsubscribe = "http://x.example/u" }, "https"},
		{"one click without a link", func(m *digest.Message) { m.Links.Unsubscribe = "" }, "no link"},
		{"a link with a letter beyond ASCII", func(m *digest.Message) { m.Links.Unsubscribe = "https://x.example/ü" }, "header cannot carry"},
		{"a link with a bracket", func(m *digest.Message) { m.Links.Unsubscribe = "https://x.example/a>b" }, "header cannot carry"},
		{"two links", func(m *digest.Message) { m.Links.Unsubscribe = "https://x.example/a>,<mailto:b@c" }, "header cannot carry"},
		{"a mailto link", func(m *digest.Message) { m.Links.Unsubscribe = "mailto:u@x.example" }, "not an https"},
		{"a placeholder without its link", func(m *digest.Message) { m.Links.View = "" }, "view link"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := someone()
			c.change(&m)
			raw, err := post(t).Compose(m)
			if err == nil || !strings.Contains(err.Error(), c.want) || raw != nil {
				t.Errorf("got %v and %d bytes, want an error with %q", err, len(raw), c.want)
			}
		})
	}
}

func TestAKeyIsReadFromPEMAndItsFaultsAreNamed(t *testing.T) {
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	ed, _ := x509.MarshalPKCS8PrivateKey(edKey)
	good := rsaKey(t, 2048)
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(good)
	weak := rsaKey(t, 1024)
	block := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	for _, c := range []struct {
		name string
		pem  []byte
		want string
	}{
		{"Ed25519", block("PRIVATE KEY", ed), ""},
		{"RSA in PKCS 8", block("PRIVATE KEY", pkcs8), ""},
		{"RSA in PKCS 1", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(good)), ""},
		{"RSA of 1024 bits", block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(weak)), "2048"},
		{"no PEM", []byte("hunter2"), "cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := mailer.ParseKey("fortnight.example", "s1", c.pem)
			switch {
			case c.want == "" && (err != nil || k.Name() != "s1._domainkey.fortnight.example"):
				t.Error(k.Name(), err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func rsaKey(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	if bits < 1024 {
		t.Fatal("too small to make")
	}
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
