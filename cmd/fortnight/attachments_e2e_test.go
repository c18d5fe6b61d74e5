package main

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"

	"fortnight/digest"
	"fortnight/internal/relay"
)

// filesIn are the attachments of a message, by name, with their types.
func filesIn(t *testing.T, raw []byte) (names []string, types map[string]string, data map[string][]byte) {
	t.Helper()
	whole, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	types, data = map[string]string{}, map[string][]byte{}
	if err := whole.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		how, parameters, _ := part.Header.ContentDisposition()
		if how != "attachment" {
			return nil
		}
		name := parameters["filename"]
		kind, own, err := part.Header.ContentType()
		if err != nil {
			return err
		}
		if own["name"] != name {
			t.Errorf("%q is called %q as well", name, own["name"])
		}
		names, types[name] = append(names, name), kind
		data[name], err = io.ReadAll(part.Body)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names, types, data
}

func TestADigestsFilesArriveAsTheyWereMadeAndKept(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{Keep: true})
	p := newPlace(t, r.Addr())
	p.env["CLINIC_DSN"] = clinicOf(t, "10", "1", "5")
	p.must(t, "migrate")
	p.apply(t, "projects:\n  clinic:\n    name: North clinic\n    zone: America/New_York\n    sources:\n      own: {platform: native, dsn_env: CLINIC_DSN, tenant: clinic}\n"+
		"    digests:\n      weekly:\n        cadence: weekly\n        at: mon 08:00\n        attach: [csv, xlsx]\n        sections: [activity, contact_center]\n        subscribers:\n"+
		"          - {address: ann@desk.example, name: Ann}\n          - {address: ben@desk.example, name: Ben, pdf: false}\n          - {address: eve@desk.example, name: Eve, audience: executive}\n")
	p.must(t, "send", "--digest", "clinic/weekly", "--from", "2020-03-23")

	const files = "clinic-2020-w13"
	read := map[string]map[string][]byte{}
	for _, c := range []struct {
		to  string
		pdf bool
	}{{"ann", true}, {"ben", false}, {"eve", true}} {
		mails := r.Ledger().To(c.to + "@desk.example")
		if len(mails) != 1 {
			t.Fatalf("%s got %d mails", c.to, len(mails))
		}
		names, types, data := filesIn(t, mails[0].Raw)
		want := []string{files + ".xlsx", files + "-figures.csv", files + "-charts.csv"}
		if c.pdf {
			want = slices.Insert(want, 0, "NC-2020-W13.pdf")
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s got %q, want %q", c.to, names, want)
		}
		if types[files+".xlsx"] != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" || types[files+"-figures.csv"] != "text/csv" {
			t.Errorf("the files are of types %q", types)
		}
		read[c.to] = data
		named := slices.ContainsFunc(textsOf(t, map[string][]byte{"x.xlsx": data[files+".xlsx"], "x.csv": data[files+"-charts.csv"]}), func(s string) bool { return s == "Ana Ruiz" })
		if named != (c.to != "eve") {
			t.Errorf("the agent is named to %s: %v", c.to, named)
		}
	}
	if !bytes.Contains(read["ann"][files+"-figures.csv"], []byte("Activity,Messages,,19,10,9,")) { // 10 asked, 9 were answered; 5 and 5
		t.Errorf("the figures are\n%s", read["ann"][files+"-figures.csv"])
	}
	choice := digest.Choice{Audience: digest.Manager, Locale: "en", PDF: true, Paper: "A4"}
	for _, c := range []struct {
		to  string
		pdf bool
	}{{"ann", true}, {"ben", false}} {
		choice.PDF = c.pdf
		v, ok, err := p.books().Variant(t.Context(), 1, choice)
		if err != nil || !ok {
			t.Fatalf("the variant is not kept: %v", err)
		}
		for _, f := range v.Files {
			if !bytes.Equal(read[c.to][f.Name], f.Data) {
				t.Errorf("%s got another %s than is kept", c.to, f.Name)
			}
			if !bytes.Equal(read["ann"][f.Name], f.Data) {
				t.Errorf("%s differs by whether there is a PDF", f.Name)
			}
		}
	}
}

// bulky makes a file of so many octets.
type bulky int

func (n bulky) Files(digest.Book, digest.Attachments) ([]digest.File, error) {
	return []digest.File{{Name: "desk.xlsx", Type: "application/zip", Data: make([]byte, n)}}, nil
}

func TestFilesOverTenMegabytesWithThePDFAreLinkedAndTheMailSaysSo(t *testing.T) {
	studio, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	post, err := newComposer(Config{})
	if err != nil {
		t.Fatal(err)
	}
	b := supportDesk(digest.Manager)
	b.Attachments = digest.Attachments{XLSX: true}
	bare, err := studio.Variant(demoWeek(t), supportDesk(digest.Manager), digest.Choice{Audience: digest.Manager, Locale: "en", PDF: true, Paper: "A4"})
	if err != nil {
		t.Fatal(err)
	}
	if bare.Files != nil || bare.Letter.TooLarge != nil {
		t.Errorf("a digest that attaches nothing has %d files", len(bare.Files))
	}
	room := digest.MostAttached - len(bare.PDF)
	for _, c := range []struct {
		locale, says, leads string
		size                int
		linked              bool
	}{
		{"en", "too large for a mail", "Get the files", room, false},
		{"en", "too large for a mail", "Get the files", room + 1, true},
		{"es", "demasiado grandes", "Obtener los archivos", digest.MostAttached + 1, true},
	} {
		studio.Clerk = bulky(c.size)
		v, err := studio.Variant(demoWeek(t), b, digest.Choice{Audience: digest.Manager, Locale: c.locale, PDF: true, Paper: "A4"})
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Files) != 1 {
			t.Fatalf("%d files are kept", len(v.Files))
		}
		links := digest.Nowhere("https://digest.example/x")
		links.View = "https://digest.example/view/7/token?a=1&b=2"
		raw, err := post.Compose(digest.Message{
			Variant: v, From: digest.Address{Address: "desk@desk.example"}, To: digest.Address{Address: "ann@desk.example"}, Subject: "x",
			Date: time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC), MessageID: "1@desk.example", Links: links,
		})
		if err != nil {
			t.Fatal(err)
		}
		names, _, _ := filesIn(t, raw)
		want := []string{"SD-2020-W13.pdf"}
		if !c.linked {
			want = append(want, "desk.xlsx")
		}
		if !slices.Equal(names, want) {
			t.Errorf("%d octets: the mail has %q, want %q", c.size, names, want)
		}
		body := bodies(t, raw)
		for kind, link := range map[string]string{
			"text/plain": c.leads + ":\n" + links.View + "#files",
			"text/html":  `href="` + strings.ReplaceAll(links.View, "&", "&amp;") + `#files"`,
		} {
			text := strings.ReplaceAll(body[kind], "\r\n", "\n")
			said := strings.Contains(strings.ReplaceAll(text, "\n", " "), c.says)
			if said != c.linked || strings.Contains(text, link) != c.linked {
				t.Errorf("%d octets, %s: it says so: %v, and leads there: %v", c.size, kind, said, strings.Contains(text, link))
			}
		}
	}
}
