package main

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// elmClinic is an installation whose one source is of the platform of docs/platforms.md's worked example, read from a folder of mappings,
// set up by that page's fortnight.yaml. Nothing goes out by itself.
func elmClinic(t *testing.T, p *place) *place {
	t.Helper()
	page, err := os.ReadFile("../../docs/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile("(?s)\n`fortnight.yaml`\n\n```yaml\n(.*?)\n```\n").FindStringSubmatch(string(page))
	if written == nil {
		t.Fatal("docs/platforms.md has no fortnight.yaml")
	}
	dir, dsn := elmFolder(t)
	p.env["FORTNIGHT_MAPPINGS"], p.env["ELM_DSN"] = filepath.Dir(dir), dsn
	p.apply(t, strings.Replace(written[1]+"\n", "active: true", "active: false", 1))
	return p
}

func TestAMappingInAFolderIsAPlatformForTheWholeService(t *testing.T) {
	t.Parallel()
	box, relay := newInbox(t)
	p := elmClinic(t, newPlace(t, relay))
	if out := p.must(t, "doctor", "--source", "clinic/chat"); !strings.HasPrefix(out, "clinic/chat: Elm clinic of elm on PostgreSQL ") || strings.Contains(out, "MEND") {
		t.Errorf("the doctor says of the source\n%s", out)
	}
	if _, out, _ := p.run(t, "doctor"); !strings.Contains(out, "ok    mappings of elm\n") || !strings.Contains(out, "ok    source clinic/chat: Elm clinic of elm on PostgreSQL ") {
		t.Errorf("the doctor says of all\n%s", out)
	}
	if out := p.must(t, "collect", "--platform", "elm", "--dsn", p.env["ELM_DSN"], "--tenant", "1", "--from", "2026-03-16", "--to", "2026-03-23", "--zone", "Europe/Berlin"); !regexp.MustCompile(`(?m)^total_messages +9 +`).MatchString(out) {
		t.Errorf("collect says\n%s", out)
	}
	if code, _, stderr := p.run(t, "collect", "--platform", "oak", "--dsn", p.env["ELM_DSN"], "--tenant", "1", "--from", "2026-03-16", "--to", "2026-03-23", "--zone", "Europe/Berlin"); code != 2 || !strings.Contains(stderr, `--platform "oak" is not known: choose chatwoot or elm or libredesk`) {
		t.Errorf("a platform that there is not: it exits %d and says %s", code, stderr)
	}

	v := p.signedIn(t)
	_, web := p.serve(t)
	c := bearer{web, p.keyOf(t, "clinic")}
	must := func(want int, request, body string) string {
		t.Helper()
		status, _, said := c.ask(t, request, body)
		if status != want {
			t.Fatalf("%s is answered %d\n%s", request, status, said)
		}
		return said
	}
	if said := must(200, "GET /projects/clinic/choices", ""); !strings.Contains(said, `"platforms":["chatwoot","elm","libredesk"`) {
		t.Errorf("to choose from there is %s", said)
	}
	must(200, "PUT /projects/clinic/sources/second", fmt.Sprintf(`{"platform":"elm","dsn":%q,"tenant":"2"}`, p.env["ELM_DSN"]))
	if said := must(422, "PUT /projects/clinic/sources/third", fmt.Sprintf(`{"platform":"oak","dsn":%q,"tenant":"2"}`, p.env["ELM_DSN"])); !strings.Contains(said, "/platform") {
		t.Errorf("of a platform that there is not it says %s", said)
	}
	if said := must(200, "POST /projects/clinic/sources/second/probe", ""); !strings.Contains(said, "Oak clinic") {
		t.Errorf("a look at another clinic says %s", said)
	}
	v.enter(t, web)
	if status, body := v.get(t, web+"/p/clinic/sources"); status != http.StatusOK || !regexp.MustCompile(`<option value="?elm"?[^>]*>Elm</option>`).MatchString(body) {
		t.Errorf("the console offers no platform Elm: %d\n%s", status, body)
	}
	if status, body := v.post(t, web+"/p/clinic/sources", url.Values{"key": {"fourth"}, "platform": {"elm"}, "tenant": {"1"}, "dsn": {p.env["ELM_DSN"]}}); status != http.StatusOK || !strings.Contains(body, "Source fourth is added. It can be read") {
		t.Errorf("added in the console it is answered %d\n%s", status, body)
	}

	// The figures are those that docs/platforms.md counts by hand.
	must(200, "POST /projects/clinic/digests/weekly/send", `{"from":"2026-03-16"}`)
	await(t, "the mail", time.Minute, func() bool { return len(box.Messages()) == 1 })
	subject, text := mailOf(t, box.Messages()[0].Raw)
	if !strings.HasPrefix(subject, "Elm clinic, 16–22 Mar: 9 messages, 1 missed") {
		t.Errorf("the subject is %s", subject)
	}
	for _, want := range []string{"Messages: 9", "Active users: 3", "New users: 2", "A chat ends by the robot or by the staff; Elm records no reason."} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail does not say %q:\n%s", want, text)
		}
	}
	snapshot := must(200, "GET /projects/clinic/editions/1", "")
	for figure, value := range map[string]string{
		"total_messages": "9", "active_users": "3", "new_users": "2", "conversations_total": "3", "bot_conversations": "2", "bot_resolved": "1",
		"total_conversations": "2", "handled": "1", "missed": "1", "wait_mean": "900", "conversation_time_mean": "2400",
	} {
		if !regexp.MustCompile(`"key":"` + figure + `","unit":"\w+","state":"value","value":` + value + `\b`).MatchString(snapshot) {
			t.Errorf("%s is not %s in\n%s", figure, value, snapshot)
		}
	}
}

func TestAFaultInAFolderOfMappingsIsToldAndNothingIsServed(t *testing.T) {
	t.Parallel()
	_, relay := newInbox(t)
	p := elmClinic(t, newPlace(t, relay))
	all := p.env["FORTNIGHT_MAPPINGS"]
	write := func(file, text string) {
		t.Helper()
		path := filepath.Join(all, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	columns, err := os.ReadFile(filepath.Join(all, "elm/columns.txt"))
	if err != nil {
		t.Fatal(err)
	}

	// What only the database tells is of its source: the service goes on with the others.
	write("elm/columns.txt", string(columns)+"\nlines: mood\n")
	want := "source clinic/chat: the database lacks lines.mood, which platform elm reads (elm/columns.txt)"
	if code, stdout, _ := p.run(t, "doctor"); code != 1 || !strings.Contains(stdout, "MEND  "+want) {
		t.Errorf("of a missing column the doctor says, with %d,\n%s", code, stdout)
	}
	if code, _, stderr := p.run(t, "doctor", "--source", "clinic/chat"); code != 1 || !strings.Contains(stderr, want) {
		t.Errorf("of a missing column the doctor of the source says, with %d,\n%s", code, stderr)
	}
	if code, _, stderr := p.run(t, "send", "--digest", "clinic/weekly", "--from", "2026-03-16"); code != 1 || !strings.Contains(stderr, "lines.mood") {
		t.Errorf("of a missing column send says, with %d,\n%s", code, stderr)
	}

	// What the files tell keeps the service from beginning.
	write("elm/columns.txt", string(columns)+"\nlines mood\n")
	write("elm/mesage.sql", "SELECT 1")
	write("rasa/columns.txt", "events: id")
	faults := []string{
		`elm/columns.txt:6: "lines mood" is no table with its columns: write a line such as "messages: id sent_at"`,
		"elm/mesage.sql: this is no relation, and no mapping asks it: call it by the name of one (message)",
		"rasa: a platform of this name is built in: call the folder otherwise, such as rasa-own",
	}
	file := p.write(t, "projects: {}")
	for _, args := range [][]string{
		{"serve"},
		{"doctor"},
		{"doctor", "--source", "clinic/chat"},
		{"send", "--digest", "clinic/weekly", "--from", "2026-03-16"},
		{"apply", "-f", file},
		{"preview", "--digest", "clinic/weekly", "--from", "2026-03-16", "--out", filepath.Join(t.TempDir(), "out")},
		{"collect", "--platform", "elm", "--tenant", "1", "--from", "2026-03-16", "--to", "2026-03-23", "--zone", "Europe/Berlin"},
	} {
		code, stdout, stderr := p.run(t, args...)
		for _, fault := range faults {
			if code != 1 || !strings.Contains(stdout+stderr, fault) || !strings.Contains(stdout+stderr, "FORTNIGHT_MAPPINGS, "+all) {
				t.Errorf("%v exits %d and does not say %q:\n%s%s", args, code, fault, stdout, stderr)
			}
		}
	}
	p.must(t, "export") // reads no source

	for says, folder := range map[string]string{
		"there is no such folder": "/nowhere",
		"columns.txt: this is a mapping itself: name the folder above it": filepath.Join(all, "elm"),
		"there is no folder in it: a mapping is a folder of its own":      t.TempDir(),
	} {
		p.env["FORTNIGHT_MAPPINGS"] = folder
		if code, _, stderr := p.run(t, "serve"); code != 1 || !strings.Contains(stderr, "FORTNIGHT_MAPPINGS") || !strings.Contains(stderr, says) {
			t.Errorf("with %s serve exits %d and says %s", folder, code, stderr)
		}
	}
	delete(p.env, "FORTNIGHT_MAPPINGS")
	if code, stdout, _ := p.run(t, "doctor"); code != 1 || !strings.Contains(stdout, `unknown platform "elm": use one of chatwoot,`) {
		t.Errorf("without the folder the doctor says, with %d,\n%s", code, stdout)
	}
}

// mailOf gives a mail's subject and its plain text, with one blank between words.
func mailOf(t *testing.T, raw []byte) (subject, text string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	one := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return one(subject), one(plainText(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body))
}

// plainText is the first text/plain of a part of a mail.
func plainText(t *testing.T, kind, coding string, body io.Reader) string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		if strings.EqualFold(coding, "quoted-printable") {
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return ""
	}
	for parts := multipart.NewReader(body, params["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if text := plainText(t, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); text != "" {
			return text
		}
	}
}
