package console

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// head is the form of the settings as it stands.
func head(change ...string) url.Values {
	f := url.Values{
		"name": {"Lindenhof Clinics"}, "zone": {"Europe/Berlin"}, "locale": {"en"}, "week_start": {"1"}, "bi_monthly": {"twice-monthly"},
		"unknown": {"retry-once"}, "from": {""}, "from_name": {""}, "reply_to": {""}, "reply_to_name": {""},
	}
	for i := 0; i < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

func TestSettingsAreSavedAndSayWhatChanged(t *testing.T) {
	s := newSite(t)
	a := s.as(nora).post("/p/desk/settings", head("name", " Lindenhof ", "zone", "America/New_York", "from", "digest@lindenhof.example", "from_name", "Lindenhof", "unknown", "hold", "week_start", "0"))
	if a.at != "/p/desk/settings" || !a.says("Saved: from, name, unknown, week start and more.") {
		t.Errorf("at %s: %s", a.at, a.body)
	}
	p := s.desk.head
	if p.Name != "Lindenhof" || p.Zone != "America/New_York" || p.From != (digest.Address{Name: "Lindenhof", Address: "digest@lindenhof.example"}) || p.Unknown != digest.UnknownHold || p.WeekStart != time.Sunday {
		t.Errorf("saved %+v", p)
	}
	if by := s.desk.audit[0].Actor; by.Account != 1 || by.Name != "Nora Feld" || by.Via != "console" {
		t.Errorf("by %+v", by)
	}
	if a := s.as(nora).get("/p/desk/settings"); a.says(`role="status"`) {
		t.Error("it is said again")
	}
}

func TestWhatIsWrongInTheSettingsIsSaidBesideItsField(t *testing.T) {
	s := newSite(t)
	for _, row := range []struct{ field, value, says string }{
		{"name", " ", "The name is missing."},
		{"name", strings.Repeat("é", 101), "The name has 101 letters; 100 are the most."},
		{"zone", "Europe/Berln", "No such zone. Did you mean Europe/Berlin?"},
		{"locale", "xx", "No such language."},
		{"week_start", "7", "Choose a day of the week."},
		{"from", "digest@lindenhof", "the part after @ has no dot"},
		{"reply_to_name", "Nora", "A name needs an address beside it."},
	} {
		a := s.as(nora).post("/p/desk/settings", head(row.field, row.value))
		field := strings.TrimSuffix(row.field, "_name")
		if a.status != http.StatusUnprocessableEntity || !a.says(row.says) || !a.says(`id="fault-`+field+`"`) || !a.says(`aria-describedby="fault-`+field+`"`) || !a.says("Not saved: 1 field needs another look") {
			t.Errorf("%s %q: %d %s", row.field, row.value, a.status, a.body)
		}
	}
	if len(s.desk.audit) != 0 {
		t.Error("something was saved")
	}
}

func TestOpeningHoursAreWrittenByDayAndKeepTheirZone(t *testing.T) {
	s := newSite(t)
	s.desk.head.Hours.Zone = "Europe/Vienna"
	a := s.as(nora).post("/p/desk/settings", head("hours.1", "9:00–12:30, 13:30-17:00", "hours.5", "22:00-02:00", "holidays", "2026-12-25,\n2026-01-01"))
	h := s.desk.head.Hours
	if a.at != "/p/desk/settings" || h.On(time.Monday) != "09:00-12:30, 13:30-17:00" || h.On(time.Friday) != "22:00-02:00" || len(h.Windows) != 3 ||
		fmt.Sprint(h.Holidays) != "[2026-01-01 2026-12-25]" || h.Zone != "Europe/Vienna" {
		t.Fatalf("at %s: saved %+v\n%s", a.at, h, a.body)
	}
	a = s.as(nora).get("/p/desk/settings")
	if !a.says(`name="hours.1" value="09:00-12:30, 13:30-17:00"`) || !a.says("2026-01-01\n2026-12-25</textarea>") || !a.says("11 hours a week") {
		t.Errorf("shown as %s", a.body)
	}
	for field, row := range map[string][2]string{
		"hours.2":  {"9-17", "Write opening and closing time, such as 09:00-17:00"},
		"holidays": {"25.12.", "&#34;25.12.&#34; is not a date: write YYYY-MM-DD."},
	} {
		a := s.as(nora).post("/p/desk/settings", head("hours.1", "09:00-17:00", field, row[0]))
		if a.status != http.StatusUnprocessableEntity || !a.says(row[1]) || !a.says(`id="fault-`+field+`"`) || !a.says(row[0]) {
			t.Errorf("%s %q: %d %s", field, row[0], a.status, a.body)
		}
	}
	if s.as(nora).post("/p/desk/settings", head("hours.1", "01:00-01:01")); !s.as(nora).get("/p/desk/settings").says("under an hour a week: a placeholder?") {
		t.Error("a placeholder passes unseen")
	}
	emptied := s.as(nora).post("/p/desk/settings", head("hours.1", ""))
	if !s.desk.head.Hours.IsZero() || s.desk.head.Hours.Zone != "" {
		t.Errorf("emptied, they are %+v: %d %s", s.desk.head.Hours, emptied.status, emptied.body)
	}
}

func TestWhatBiMonthlyMeansIsSaidWithItsNextDates(t *testing.T) {
	a := newSite(t).as(nora).get("/p/desk/settings")
	if !a.says("On the 1st and the 16th of each month at 08:00 in Europe/Berlin, the half month before. Next: Wed 1 Apr for 16–31 Mar and Thu 16 Apr for 20–31 Mar.") {
		t.Errorf("%s", a.body)
	}
}

func TestAViewerReadsSettingsAndCannotChangeThem(t *testing.T) {
	a := newSite(t).as(vera).get("/p/desk/settings")
	if a.status != http.StatusOK || !a.says("disabled") || a.says(`<button class="btn primary">Save`) || a.says("API keys") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestAColourIsCheckedAgainstWhiteAndDark(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	a := v.get("/p/desk/settings/brand?own=1&accent=%23fde68a&footer=x")
	if !a.says("1.2:1") || !a.says("Too faint: mails darken it until text can be read, at 4.5:1.") || !a.says("This colour is not saved yet.") || s.desk.head.Brand.Accent != 0x0f766eff {
		t.Errorf("%s", a.body)
	}
	if a := v.post("/p/desk/settings/brand", url.Values{"own": {"1"}, "accent": {"#8A2BE2"}, "footer": {"Am Lindenhof 4"}}); !a.says("Saved: brand accent and brand footer.") || s.desk.head.Brand.Accent != 0x8a2be2ff {
		t.Errorf("%s, %08x", a.body, uint32(s.desk.head.Brand.Accent))
	}
	if a := v.post("/p/desk/settings/brand", url.Values{"own": {"1"}, "accent": {"teal"}}); a.status != http.StatusUnprocessableEntity || !a.says("This is no colour.") {
		t.Errorf("%d", a.status)
	}
	if v.post("/p/desk/settings/brand", url.Values{"own": {""}, "accent": {"#8A2BE2"}}); s.desk.head.Brand.Accent != 0 {
		t.Error("Fortnight's own colour is not chosen")
	}
	if a := v.post("/p/desk/settings/brand", url.Values{"own": {""}, "footer": {"a\nb"}}); !a.says("Write it as one line.") || !a.says("fault-footer") {
		t.Errorf("%s", a.body)
	}
}

// handIn sends a file as the form does.
func (v *visitor) handIn(path, field string, file []byte) answer {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile(field, "logo")
	_, _ = part.Write(file)
	_ = form.Close()
	r, _ := http.NewRequest(http.MethodPost, v.s.URL+path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return v.do(r)
}

func TestALogoIsDrawnAnewAndFits(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	a := v.handIn("/p/desk/settings/brand/logo", "logo", pngOf(picture(1280, 512)))
	if a.at != "/p/desk/settings/brand" || !a.says("a PNG of 320 by 128 pixels") {
		t.Fatalf("at %s: %s", a.at, a.body)
	}
	got := v.get("/p/desk/settings/brand/logo/" + s.desk.logo.Hash)
	m, kind, err := image.Decode(strings.NewReader(got.body))
	if err != nil || kind != "png" || m.Bounds().Dx() != 320 || got.Get("Content-Type") != "image/png" {
		t.Errorf("%v %s %v", err, kind, got.Header)
	}
	if a := v.get("/p/desk/settings/brand/logo/" + strings.Repeat("0", 64)); a.status != http.StatusNotFound {
		t.Errorf("another hash: %d", a.status)
	}
	if a := v.post("/p/desk/settings/brand/logo/remove", nil); !a.says("The logo is gone.") || s.desk.logo.Hash != "" {
		t.Error("it is still there")
	}
}

func TestWhatIsNoLogoIsRefusedInWords(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	noise := image.NewNRGBA(image.Rect(0, 0, 600, 600))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i * 31 >> 3)
	}
	whole := pngOf(picture(400, 400))
	for _, row := range []struct {
		name string
		file []byte
		says string
	}{
		{"a drawing", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "This is an SVG"},
		{"a text", []byte("hello"), "This is no picture that can be read."},
		{"nothing", nil, "The file is empty."},
		{"cut off", whole[:len(whole)/2], "The picture is damaged"},
		{"too long a side", pngOf(image.NewNRGBA(image.Rect(0, 0, 2001, 2))), "2001 by 2 pixels; 2000 each way are the most"},
		{"too many bytes", append(slices.Clone(whole), make([]byte, 513<<10)...), "512 kB are the most"},
		{"far too many bytes", make([]byte, 2<<20), "The file is larger than 512 kB."},
	} {
		a := v.handIn("/p/desk/settings/brand/logo", "logo", row.file)
		if a.status != http.StatusUnprocessableEntity || !a.says(row.says) || !a.says("fault-logo") {
			t.Errorf("%s: %d %s", row.name, a.status, a.body)
		}
	}
	if a := v.handIn("/p/desk/settings/brand/logo", "another", whole); !a.says("No file came.") {
		t.Error("a form without a file")
	}
	if s.desk.logo.Hash != "" {
		t.Error("something was kept")
	}
}

func TestPicturesOfEachFormatAreTaken(t *testing.T) {
	var jpegs, gifs bytes.Buffer
	_ = jpeg.Encode(&jpegs, picture(50, 40), nil)
	_ = gif.Encode(&gifs, picture(50, 40), nil)
	for name, b := range map[string][]byte{"png": pngOf(picture(50, 40)), "jpeg": jpegs.Bytes(), "gif": gifs.Bytes()} {
		logo, why := logoFrom(bytes.NewReader(b), int64(len(b)))
		if why != "" || logo.Width != 50 || logo.Height != 40 || len(logo.Hash) != 64 {
			t.Errorf("%s: %q, %d by %d", name, why, logo.Width, logo.Height)
		}
	}
}

func TestAShrunkPictureKeepsItsMeanAndItsEdges(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 1000, 200))
	for y := range 200 {
		for x := range 1000 {
			c := color.NRGBA{200, 100, 0, 255}
			if x >= 500 {
				c = color.NRGBA{0, 255, 0, 0} // cannot be seen, and must not tint its neighbours
			}
			m.SetNRGBA(x, y, c)
		}
	}
	out := shrunk(m, logoWidth, logoHeight)
	if b := out.Bounds(); b.Dx() != 640 || b.Dy() != 128 {
		t.Fatalf("%v", b)
	}
	if got := out.NRGBAAt(10, 10); got != (color.NRGBA{200, 100, 0, 255}) {
		t.Errorf("inside: %v", got)
	}
	if got := out.NRGBAAt(319, 10); got.R < 195 || got.G > 105 {
		t.Errorf("at the edge: %v", got)
	}
	if got := out.NRGBAAt(600, 10); got.A != 0 {
		t.Errorf("outside: %v", got)
	}
}

func TestAnInvitationIsForItsMailboxAlone(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	a := v.post("/p/desk/settings/people", url.Values{"address": {"zoe@lindenhof.example"}, "name": {"Zoë"}, "role": {"viewer"}})
	m := s.mail()
	if a.status != http.StatusOK || a.says("/sign-in/") || m.to != "zoe@lindenhof.example" || m.by != "Nora Feld" || m.lasts != 7*24*time.Hour {
		t.Fatalf("%d %+v", a.status, m)
	}
	if a := v.get("/p/desk/settings/people"); a.says(m.link) || !a.says("zoe@lindenhof.example") {
		t.Error("the link is shown, or Zoë is not in")
	}
	if a := s.browse().post(below(m.link), nil); a.status == http.StatusForbidden {
		t.Error("the link does not let her in")
	}
	// Who is asked in may be in other projects, or run the installation: their link, seen by the owner of one, would open the others.
	for _, other := range []string{otto, olga} {
		if a := v.post("/p/desk/settings/people", url.Values{"address": {other}, "role": {"viewer"}}); a.says("/sign-in/") {
			t.Errorf("an owner of one project is shown the way in of %s", other)
		}
	}
	for _, id := range []string{"2", "5"} {
		if a := v.post("/p/desk/settings/people/"+id+"/invite", nil); a.says("/sign-in/") {
			t.Errorf("an owner is shown the way in of account %s", id)
		}
	}
	if a := s.as(olga).post("/p/desk/settings/people", url.Values{"address": {"yan@lindenhof.example"}, "role": {"viewer"}}); a.status != http.StatusOK || !a.says("/sign-in/token-of-yan") {
		t.Errorf("who runs the installation is not shown the link: %d", a.status)
	}
	if a := v.post("/p/desk/settings/people", url.Values{"address": {"ZOE@lindenhof.example"}, "role": {"viewer"}}); a.status != http.StatusUnprocessableEntity || !a.says("Zoë is in the project already, as a viewer.") {
		t.Errorf("again: %d", a.status)
	}
	if a := v.post("/p/desk/settings/people", url.Values{"address": {"zoe"}, "role": {"king"}}); !a.says("it has no @") || !a.says("Choose a role.") {
		t.Errorf("%s", a.body)
	}
}

func TestARoleIsChangedButTheLastOwnerStays(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	if a := v.post("/p/desk/settings/people/2", url.Values{"role": {"owner"}}); !a.says("Emil Brandt is an owner now.") {
		t.Errorf("%s", a.body)
	}
	if a := v.post("/p/desk/settings/people/1", url.Values{"role": {"viewer"}}); a.at != "/p/desk/" && a.status != http.StatusInternalServerError {
		t.Errorf("at %s", a.at) // the overview, which these books do not have
	}
	if a := s.as(emil).post("/p/desk/settings/people/2", url.Values{"role": {"viewer"}}); a.status != http.StatusUnprocessableEntity || !a.says("This is the last owner: make somebody else an owner first.") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := s.as(emil).post("/p/desk/settings/people/4", url.Values{"role": {"viewer"}}); a.status != http.StatusNotFound {
		t.Errorf("somebody of another project: %d", a.status)
	}
}

func TestWhoGoesHandsTheirDigestsOn(t *testing.T) {
	s := newSite(t)
	s.desk.members[1].Role, s.desk.members[1].Digests = digest.RoleOwner, []string{"front-desk", "intake"}
	v := s.as(nora)
	a := v.get("/p/desk/settings/people/2/remove")
	if !a.says("2 digests need another owner") || !a.says("Remove Emil Brandt, hand on 2") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := v.post("/p/desk/settings/people/2/remove", url.Values{"to front-desk": {"1"}, "to intake": {"4"}}); a.status != http.StatusUnprocessableEntity || !a.says("Choose who has it from now on.") || len(s.desk.members) != 3 {
		t.Errorf("to somebody outside: %d", a.status)
	}
	if a := v.post("/p/desk/settings/people/2/remove", url.Values{"to front-desk": {"1"}, "to intake": {"3"}}); !a.says("Emil Brandt is no longer in the project. 2 digests have another owner.") {
		t.Errorf("%s", a.body)
	}
	if !slices.Equal(s.desk.members[0].Digests, []string{"weekly", "front-desk"}) || !slices.Equal(s.desk.members[1].Digests, []string{"intake"}) {
		t.Errorf("%+v", s.desk.members)
	}
	if a := v.post("/p/desk/settings/people/1/remove", url.Values{"to weekly": {"3"}, "to front-desk": {"3"}}); a.status != http.StatusUnprocessableEntity || !a.says("last owner") {
		t.Errorf("the last owner: %d", a.status)
	}
}

func TestAKeyIsShownOnce(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	a := v.post("/p/desk/settings/tokens", url.Values{"name": {"Dashboard"}, "scope": {"read", "send"}, "ends": {"90"}})
	if a.status != http.StatusOK || !a.says("fn_abcdefghijklmnopqrstuvwxyz") || !strings.Contains(strings.Join(a.Values("Cache-Control"), ""), "no-store") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := s.desk.tokens[0]; !slices.Equal(got.Scopes, []digest.Scope{"read", "send"}) || !got.Ends.Equal(wednesday.AddDate(0, 0, 90)) {
		t.Errorf("%+v", got)
	}
	for _, k := range s.house.sessions.kept {
		if bytes.Contains(k.data, []byte("fn_")) {
			t.Error("the session keeps the key")
		}
	}
	if a := v.get("/p/desk/settings/tokens"); a.says("fn_abcdefg") || !a.says("fn_abcd…") || !a.says("Read and send") {
		t.Errorf("%s", a.body)
	}
	if a := v.post("/p/desk/settings/tokens/1/revoke", nil); !a.says("The key is revoked.") || !a.says("Revoked") {
		t.Errorf("%s", a.body)
	}
	if a := v.post("/p/desk/settings/tokens/7/revoke", nil); a.status != http.StatusNotFound {
		t.Errorf("another's key: %d", a.status)
	}
	if a := v.post("/p/desk/settings/tokens", url.Values{"ends": {"soon"}}); a.status != http.StatusUnprocessableEntity || !a.says("Write what the key is for.") || !a.says("Choose at least one.") || !a.says("Choose when it ends.") {
		t.Errorf("%d", a.status)
	}
}

func TestAWebhookTellsItsSecretOnce(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	a := v.post("/p/desk/settings/webhooks", url.Values{"url": {"https://hooks.example/x"}, "which": {"some"}, "event": {"edition.held", "no.such"}})
	if a.status != http.StatusOK || !a.says("whsec_only_once") || !slices.Equal(s.desk.webhooks[0].Events, []string{"edition.held"}) || !s.desk.webhooks[0].Active {
		t.Fatalf("%d %+v", a.status, s.desk.webhooks)
	}
	if a := v.get("/p/desk/settings/webhooks/1"); a.says("whsec") || !a.says("hooks.example") {
		t.Errorf("%s", a.body)
	}
	for _, row := range []struct{ url, which, says string }{
		{"", "all", "The address is missing."},
		{"ftp://x", "all", "begins with https://"},
		{"https://user:pass@x.example", "all", "The address has a password in it."},
		{"https://x.example", "some", "Choose at least one event, or all."},
		{"https://127.0.0.1/", "all", "Only this machine reaches that address."},
	} {
		if a := v.post("/p/desk/settings/webhooks", url.Values{"url": {row.url}, "which": {row.which}}); a.status != http.StatusUnprocessableEntity || !a.says(row.says) {
			t.Errorf("%s: %d %s", row.url, a.status, a.body)
		}
	}
	if a := v.post("/p/desk/settings/webhooks/1/test", nil); !a.says("A test is on its way.") || !a.says("on its way") || len(s.desk.postings) != 1 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := v.post("/p/desk/settings/webhooks/1", url.Values{"url": {"https://hooks.example/y"}, "which": {"all"}}); !a.says("Nothing is posted there while it is off.") || s.desk.webhooks[0].Active || s.desk.webhooks[0].Events != nil {
		t.Errorf("%+v", s.desk.webhooks)
	}
	if a := v.post("/p/desk/settings/webhooks/1/test", nil); !a.says("switch it on first") || len(s.desk.postings) != 1 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := v.post("/p/desk/settings/webhooks/1/remove", nil); !a.says("The webhook is gone.") || len(s.desk.webhooks) != 0 {
		t.Error("it is still there")
	}
	if a := v.get("/p/desk/settings/webhooks/1"); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}

func TestWhatBecameOfAPostingIsSaid(t *testing.T) {
	c := clock{wednesday.In(berlin)}
	for _, row := range []struct {
		name        string
		p           *digest.Posting
		state, said string
	}{
		{"none yet", nil, "", "nothing posted yet"},
		{"on its way", &digest.Posting{NextAt: wednesday}, "planned", "on its way"},
		{"taken", &digest.Posting{Done: wednesday, Status: 204, Tries: 1}, "sent", "Wed 25 Mar 10:42, answered 204"},
		{"to be tried again", &digest.Posting{NextAt: wednesday, Status: 503, Answer: "busy", Tries: 2}, "deferred", "Answered 503: busy. Tried again Wed 25 Mar 10:42."},
		{"given up", &digest.Posting{Answer: "no such host", Tries: 12}, "failed", "No such host. Given up after 12 tries."},
	} {
		if state, said := postingState(c, row.p); state != row.state || said != row.said {
			t.Errorf("%s: %s, %s", row.name, state, said)
		}
	}
}

func TestTheAuditIsReadFilteredAndExported(t *testing.T) {
	s := filledSite(t)
	v := s.as(vera)
	a := v.get("/p/desk/audit")
	for _, want := range []string{"7 changes", "Changed digest", "<del>mon 07:30</del>", "<ins>mon 08:00</ins>", "<del>no</del>", "<ins>yes</ins>", "Switched on digest", "stays unsubscribed", "Resended"} {
		if want == "Resended" {
			if a.says(want) {
				t.Error("a verb is bent wrong")
			}
		} else if !a.says(want) {
			t.Errorf("no %q", want)
		}
	}
	if a := v.get("/p/desk/audit?q=chatwoot"); !a.says("1 change with “chatwoot”") || a.says("brand.footer") {
		t.Errorf("%s", a.body)
	}
	s.desk.audit[1].Name = `=HYPERLINK("x")`
	file := v.get("/p/desk/audit.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 1+10 || !strings.Contains(file.Get("Content-Disposition"), "audit-desk-2026-03-25.csv") {
		t.Fatalf("%v, %d lines, %s", err, len(rows), file.Get("Content-Disposition"))
	}
	if got := rows[1]; got[0] != "2026-03-25T09:41:00Z" || got[1] != "Nora Feld" || got[5] != "cadence.at" || got[6] != `"mon 07:30"` {
		t.Errorf("%q", got)
	}
	if rows[4][1] != `'=HYPERLINK("x")` {
		t.Errorf("a formula: %q", rows[4])
	}
}

func TestVerbsAreSaidAsDone(t *testing.T) {
	for verb, want := range map[string]string{"add": "Added", "change": "Changed", "switch off": "Switched off", "resend": "Resent", "send": "Sent", "invite": "Invited", "discard": "Discarded", "revoke links": "Revoked links"} {
		if got := didWords(verb); got != want {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

func TestAnOperatorAddsAProject(t *testing.T) {
	s := newSite(t)
	v := s.as(olga)
	if a := v.get("/projects"); !a.says("New project") || !a.says("2 projects on this installation") {
		t.Errorf("%s", a.body)
	}
	form := url.Values{"name": {"Nordlicht Köln"}, "zone": {"Europe/Berlin"}, "locale": {"es"}, "week_start": {"1"}}
	v.post("/projects/new", form)
	if p := s.clinics.head; p.Key != "nordlicht-koeln" || p.Locale != "es" || p.Zone != "Europe/Berlin" {
		t.Errorf("%+v", p)
	}
	for key, says := range map[string]string{"desk": "Another project has the key desk.", "No Such": "Use small letters, digits and hyphens"} {
		form.Set("key", key)
		if a := v.post("/projects/new", form); a.status != http.StatusUnprocessableEntity || !a.says(says) || !a.says("fault-key") {
			t.Errorf("%s: %d %s", key, a.status, a.body)
		}
	}
	for _, path := range []string{"/projects/new"} {
		if a := s.as(nora).get(path); a.status != http.StatusNotFound {
			t.Errorf("an owner: %d", a.status)
		}
		if a := s.as(nora).post(path, form); a.status != http.StatusNotFound {
			t.Errorf("an owner posting: %d", a.status)
		}
	}
}

func TestAPersonIsCalledAsTheyWish(t *testing.T) {
	s := newSite(t)
	v := s.as(nora)
	if a := v.post("/account", url.Values{"name": {" Nora F. "}}); a.at != "/account" || !a.says("Saved: you are called Nora F.") || !a.says("<b>Nora F.</b>") {
		t.Errorf("%s", a.body)
	}
	if a := v.post("/account", url.Values{"name": {strings.Repeat("x", 201)}}); a.status != http.StatusUnprocessableEntity || !a.says("at most 200 letters") {
		t.Errorf("%d", a.status)
	}
}

func TestBrowsersAreNamed(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0":          "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15":                  "Safari on macOS",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                 "Firefox on Linux",
		"Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36":                           "Chrome on Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/146.0 Mobile/15E148 Safari/604.1": "Chrome on iPhone",
		"curl/8.1": "curl/8.1",
		"":         "A browser that says nothing of itself",
	} {
		if got := browserOf(agent); got != want {
			t.Errorf("%s: %s", agent, got)
		}
	}
}

func TestFaultsAreFoundHoweverTheyAreWrapped(t *testing.T) {
	err := fmt.Errorf("save: %w", fmt.Errorf("x: %w", errors.Join(&digest.RefusedError{Field: "a", Reason: "one"}, fmt.Errorf("y: %w", &digest.RefusedError{Field: "b", Reason: "two"}), &digest.RefusedError{Field: "a", Reason: "three"})))
	if got := faultsOf(err); len(got) != 2 || got["a"] != "One. Three." || got["b"] != "Two." {
		t.Errorf("%v", got)
	}
	if faultsOf(digest.ErrStale) != nil {
		t.Error("another error is taken for a fault")
	}
}
