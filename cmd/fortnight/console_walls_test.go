package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/console"
)

// holdings are what a project has, by the parameters of addresses: {edition} has the ids of its editions.
type holdings struct {
	key string
	id  int64
	of  map[string][]string
	api string // a token that may do everything in it
}

// walled are two projects that have something of everything, and the people of each.
type walled struct {
	*clinics
	a, b                        holdings
	strangerInA, viewer, editor *visitor // the stranger owns B
	ownerOfA                    *visitor
}

func newWalled(t *testing.T) *walled {
	t.Helper()
	c := newClinics(t)
	c.apply(t, strings.Replace(clinicsSettings, "      weekly:\n", "      weekly:\n        readers: {forwarding: approve}\n", 1))
	w := &walled{clinics: c}
	w.a = w.holder(t, "lindenhof", "support", "m.ortiz@lindenhof.example")
	w.b = w.holder(t, "harbour", "weekly", "sam@harbour.example")
	w.run(t, "send", "--digest", "lindenhof/support", "--from", w.week(t, 2, clinicsZone))
	w.run(t, "send", "--digest", "lindenhof/support", "--from", w.week(t, 1, clinicsZone))
	w.run(t, "send", "--digest", "lindenhof/dark", "--from", w.week(t, 1, clinicsZone)) // its source cannot be read
	w.run(t, "send", "--digest", "harbour/weekly", "--from", w.week(t, 1, "America/New_York"))
	w.do(t, "UPDATE fortnight.editions SET state = 'held', stopped_at = now() WHERE state IN ('due', 'collecting')")
	w.do(t, "UPDATE fortnight.postings SET next_at = NULL, done_at = now(), status = 204") // nobody posts them: A is to stay as it is
	w.do(t, "UPDATE fortnight.digests SET active = false")
	w.process, w.web = w.node(t)
	w.strangerInA = w.member(t, "sam@harbour.example", "harbour", "owner")
	w.viewer = w.member(t, "vera@lindenhof.example", "lindenhof", "viewer")
	w.editor = w.member(t, "emil@lindenhof.example", "lindenhof", "editor")
	w.ownerOfA = w.member(t, "olga@lindenhof.example", "lindenhof", "owner")
	w.holds(t, &w.a)
	w.holds(t, &w.b)
	return w
}

func (w *walled) week(t *testing.T, ago int, zone string) string {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return thisMonday(z).AddDays(-7 * ago).String()
}

// holder gives a project what its settings do not: a picture, a token, a webhook, a request, a suppression, a source to spare.
func (w *walled) holder(t *testing.T, key, weekly, forwarder string) holdings {
	t.Helper()
	books, by := w.ownBooks(t), digest.Actor{Name: "test", Via: "command"}
	id, err := books.ProjectID(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	tenant := books.Tenant(id)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var picture bytes.Buffer
	must(png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8+len(key), 8))))
	must(tenant.SaveLogo(t.Context(), by, &digest.Logo{Hash: strings.Repeat(key[:1], 64), PNG: picture.Bytes(), Width: 8 + len(key), Height: 8}))
	_, secret, err := tenant.AddToken(t.Context(), by, key+" all", []digest.Scope{digest.ScopeRead, digest.ScopeWrite, digest.ScopeSend, digest.ScopeManage, digest.ScopeEvents}, time.Time{})
	must(err)
	_, err = tenant.AddWebhook(t.Context(), by, digest.Webhook{URL: "https://hooks." + key + ".example/in", Active: true})
	must(err)
	_, err = tenant.SaveSource(t.Context(), by, digest.Source{Key: key + "-spare", Platform: "chatwoot", DSN: "postgres://reader:hunter2@127.0.0.1:1/chatwoot", Tenant: "1"})
	must(err)
	confirm, _, err := books.AskToSubscribe(t.Context(), w.tokens(t, key+"/"+weekly)[forwarder], "asks@"+key+".example", "Asks", "en", time.Hour)
	must(err)
	_, err = books.ConfirmRequest(t.Context(), confirm)
	must(err)
	must(books.Suppress(t.Context(), key, "gone@"+key+".example", "complaint"))
	return holdings{key: key, id: id, api: secret}
}

// holds reads what a project has.
func (w *walled) holds(t *testing.T, h *holdings) {
	t.Helper()
	list := func(sql string) (all []string) {
		t.Helper()
		rows, err := w.pool.Query(t.Context(), sql, h.id)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				t.Fatal(err)
			}
			all = append(all, one)
		}
		if len(all) == 0 {
			t.Fatalf("%s has nothing of %s", h.key, sql)
		}
		return all
	}
	const of = " WHERE project_id = $1 ORDER BY 1"
	h.of = map[string][]string{
		"digest":     list("SELECT key FROM fortnight.digests" + of),
		"source":     list("SELECT key FROM fortnight.sources" + of),
		"subscriber": list("SELECT subscriber_id::text FROM fortnight.subscribers" + of),
		"request":    list("SELECT request_id::text FROM fortnight.requests" + of),
		"edition":    list("SELECT edition_id::text FROM fortnight.editions" + of),
		"delivery":   list("SELECT delivery_id::text FROM fortnight.deliveries" + of),
		"account":    list("SELECT account_id::text FROM fortnight.members" + of),
		"token":      list("SELECT token_id::text FROM fortnight.api_tokens" + of),
		"webhook":    list("SELECT webhook_id::text FROM fortnight.webhooks" + of),
		"hash":       list("SELECT hash FROM fortnight.logos" + of),
		"address":    {"gone@" + h.key + ".example"},
		"posting":    list("SELECT posting_id::text FROM fortnight.postings" + of),
	}
	h.of["id"], h.of["other"] = h.of["subscriber"], h.of["edition"]
	h.of["user"] = []string{"somebody-of-" + h.key} // no edition here tells of campaigns
	h.of["sheet"] = []string{"000000000000.css"}    // a name made of what is in it, nobody's
}

// member lets somebody into one project, and signs them in.
func (w *walled) member(t *testing.T, address, project, role string) *visitor {
	t.Helper()
	link := printedLink.FindStringSubmatch(w.must(t, "admin", "invite", address, "--project", project, "--role", role))
	if link == nil {
		t.Fatal("invite prints no link")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{http.Client{Jar: jar}, link[1]}
	v.enter(t, w.web)
	v.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return v
}

// rows are all that the database keeps of a project, by table; what is kept of a secret's use and of a visit is not.
func (w *walled) rows(t *testing.T, project int64) map[string]string {
	t.Helper()
	tables, all := []string{}, map[string]string{}
	rows, err := w.pool.Query(t.Context(), `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'project_id'
		WHERE c.relnamespace = 'fortnight'::regnamespace AND c.relkind = 'r' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	for _, table := range tables {
		var text string
		w.row(t, fmt.Sprintf("SELECT coalesce(string_agg((to_jsonb(x) - 'used_at')::text, chr(10) ORDER BY x::text), '') FROM fortnight.%s x WHERE project_id = %d", table, project), &text)
		all[table] = text
	}
	return all
}

// unchanged fails where rows of a project differ.
func (w *walled) unchanged(t *testing.T, what string, before, after map[string]string) {
	t.Helper()
	for table := range before {
		if before[table] != after[table] {
			t.Errorf("%s changed fortnight.%s\nfrom %.600s\nto %.600s", what, table, before[table], after[table])
		}
	}
}

// answer is what a request came to.
type answer struct {
	status   int
	location string
	body     string
}

// knock asks with headers of one's own: NAME, VALUE.
func knock(t *testing.T, client *http.Client, method, at, body string, headers ...string) answer {
	t.Helper()
	for {
		r, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode == http.StatusTooManyRequests {
			wait, _ := strconv.Atoi(res.Header.Get("Retry-After"))
			time.Sleep(time.Duration(max(wait, 1)) * time.Second)
			continue
		}
		return answer{res.StatusCode, res.Header.Get("Location"), string(b)}
	}
}

var parameter = regexp.MustCompile(`\{[a-z]+\}`)

// spellings are the addresses of a pattern below one project's path with what another has, one after the other. Where a pattern has several
// parameters, each in turn is the other's and the rest are one's own.
func spellings(pattern string, project, own, theirs holdings) (all []string) {
	names := parameter.FindAllString(strings.ReplaceAll(pattern, "{project}", ""), -1)
	spell := func(value func(name string) string) string {
		path := strings.ReplaceAll(strings.ReplaceAll(pattern, "{project}", project.key), "{$}", "")
		for _, n := range names {
			path = strings.Replace(path, n, url.PathEscape(value(strings.Trim(n, "{}"))), 1)
		}
		return path
	}
	most := 0
	for _, n := range names {
		most = max(most, len(theirs.of[strings.Trim(n, "{}")]))
	}
	nth := func(h holdings, name string, i int) string { return h.of[name][i%len(h.of[name])] }
	for i := range most {
		all = append(all, spell(func(name string) string { return nth(theirs, name, i) }))
		if own.of == nil || len(names) < 2 {
			continue
		}
		for _, one := range names {
			one = strings.Trim(one, "{}")
			all = append(all, spell(func(name string) string {
				if name == one {
					return nth(theirs, name, i)
				}
				return nth(own, name, i)
			}))
		}
	}
	if len(names) == 0 {
		all = []string{spell(nil)}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// filledIn has what forms of the console have: nothing is refused for what is missing.
func (h holdings) filledIn() url.Values {
	return url.Values{
		"do": {"approve"}, "role": {"viewer"}, "name": {"Somebody"}, "address": {"somebody@harbour.example"}, "audience": {"manager"}, "digest": {h.of["digest"][0]},
		"platform": {"native"}, "tenant": {"desk"}, "dsn": {"postgres://u:p@127.0.0.1:1/x"}, "on": {"true"}, "owner": {"0"}, "url": {"https://hooks.harbour.example/x"},
		"cadence": {"weekly"}, "at": {"08:00"}, "weekday": {"monday"}, "version": {"1"}, "delivery": {h.of["delivery"][0]}, "from": {"2020-03-23"}, "to": {"x@harbour.example"},
	}
}

// told fails where an answer to the owner of B has something of A in it.
func (w *walled) told(t *testing.T, asked string, a answer) {
	t.Helper()
	for _, secret := range []string{"Maya Ortiz", "m.ortiz@", "asks@lindenhof", "hooks.lindenhof", "Lindenhof Clinics", "vera@", "gone@lindenhof.example is"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("%s tells %q", asked, secret)
		}
	}
}

const formType = "application/x-www-form-urlencoded"

// TestEveryAddressIsWalled asks every address that the console and the API say that they have: a new one is asked, too.
func TestEveryAddressIsWalled(t *testing.T) {
	w := newWalled(t)
	for range 20 { // what serve has to send and to post is done first
		var open int
		w.row(t, "SELECT (SELECT count(*) FROM fortnight.deliveries WHERE open) + (SELECT count(*) FROM fortnight.postings WHERE next_at < now() + interval '20 seconds')", &open)
		time.Sleep(time.Second)
		if open == 0 {
			break
		}
	}
	t.Run("another project's owner finds nothing", w.anothersOwner)
	t.Run("nor does a form that names something of another", w.named)
	t.Run("a role that does not suffice is refused", w.roles)
	t.Run("who is not signed in is sent to the sign-in", w.nobody)
	t.Run("a form of another site is refused", w.otherSites)
	t.Run("a link lets one in, under a session of its own", w.links)
	t.Run("no secret is logged", w.logs)
	t.Run("what strangers wrote is text", w.markup)
}

// anothersOwner asks as somebody who owns another project: by the project's own key, and by each of its ids and keys below one's own.
func (w *walled) anothersOwner(t *testing.T) {
	before := w.rows(t, w.a.id)
	routes, asks, found := 0, 0, 0
	check := func(asked string, a answer, wanted ...int) {
		t.Helper()
		asks++
		if slices.Contains(wanted, a.status) {
			if a.status == http.StatusNotFound {
				found++
			}
		} else {
			t.Errorf("%s is answered %d to %s: %.300s", asked, a.status, a.location, a.body)
		}
		w.told(t, asked, a)
	}
	form := w.b.filledIn().Encode()
	for _, one := range console.ProjectRoutes() {
		routes++
		method, pattern, _ := strings.Cut(one.Pattern, " ")
		headers := []string{"Sec-Fetch-Site", "same-origin", "Content-Type", formType}
		for _, path := range spellings(pattern, w.a, holdings{}, w.a) {
			check(method+" "+path, knock(t, &w.strangerInA.Client, method, w.web+path, form, headers...), http.StatusNotFound)
		}
		if !strings.Contains(strings.ReplaceAll(pattern, "{project}", ""), "{") || strings.HasSuffix(pattern, "{$}") {
			continue // it names nothing
		}
		for _, path := range spellings(pattern, w.b, w.b, w.onlyOfA()) {
			check(method+" "+path, knock(t, &w.strangerInA.Client, method, w.web+path, form, headers...), http.StatusNotFound)
		}
	}
	ofPages := asks
	w.unchanged(t, "the console", before, w.rows(t, w.a.id))

	operations := w.operations(t)
	for _, o := range operations {
		if !strings.Contains(o.path, "{project}") {
			continue
		}
		headers := []string{"Authorization", "Bearer " + w.b.api, "Content-Type", o.kind, "If-Match", `"1"`}
		for _, path := range spellings(o.path, w.a, holdings{}, first(w.a, 1)) {
			check(o.id+" "+path, knock(t, http.DefaultClient, o.method, w.web+path, o.body, headers...), http.StatusNotFound)
		}
		if !strings.Contains(strings.ReplaceAll(o.path, "{project}", ""), "{") {
			continue
		}
		wanted := []int{http.StatusNotFound}
		switch o.id {
		case "put-source", "put-digest", "preview-unsaved": // a key that is free in B may be taken there: it names nothing of A's
			continue
		}
		for _, path := range spellings(o.path, w.b, first(w.b, 3), first(w.onlyOfA(), 3)) {
			check(o.id+" "+path, knock(t, http.DefaultClient, o.method, w.web+path, o.body, headers...), wanted...)
		}
	}
	w.unchanged(t, "the API", before, w.rows(t, w.a.id))
	figures(t, "%d routes of the console and %d operations of the API, asked %d and %d times as another project's owner: %d answers of 404; rows of the other project changed: 0",
		routes, len(operations), ofPages, asks-ofPages, found)
}

// onlyOfA is what A has and B has not: keys may be the same in both.
func (w *walled) onlyOfA() holdings {
	h := w.a
	h.of = maps.Clone(w.a.of)
	for name, all := range h.of {
		if name != "sheet" {
			h.of[name] = slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(w.b.of[name], one) })
		}
	}
	return h
}

// first keeps n of each.
func first(h holdings, n int) holdings {
	of := map[string][]string{}
	for name, all := range h.of {
		of[name] = all[:min(n, len(all))]
	}
	h.of = of
	return h
}

// operation is one of the API's, with a body that its description admits.
type operation struct{ id, method, path, kind, body string }

// operations reads the API's own description.
func (w *walled) operations(t *testing.T) (all []operation) {
	t.Helper()
	type schema map[string]any
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
			RequestBody struct {
				Content map[string]struct{ Schema schema }
			} `json:"requestBody"`
		}
		Components struct{ Schemas map[string]schema }
	}
	said := knock(t, http.DefaultClient, http.MethodGet, w.web+"/api/v1/openapi.json", "")
	if err := json.Unmarshal([]byte(said.body), &spec); err != nil {
		t.Fatal(err)
	}
	var made func(s schema) any
	made = func(s schema) any {
		if ref, ok := s["$ref"].(string); ok {
			return made(spec.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]])
		}
		if e, ok := s["enum"].([]any); ok {
			return e[0]
		}
		if e, ok := s["examples"].([]any); ok {
			return e[0]
		}
		kind, _ := s["type"].(string)
		if several, ok := s["type"].([]any); ok {
			kind, _ = several[0].(string)
		}
		switch kind {
		case "object":
			o := map[string]any{}
			properties, _ := s["properties"].(map[string]any)
			required, _ := s["required"].([]any)
			for _, name := range required {
				if p, ok := properties[name.(string)].(map[string]any); ok {
					o[name.(string)] = made(p)
				}
			}
			return o
		case "array":
			items, _ := s["items"].(map[string]any)
			return []any{made(items)}
		case "integer", "number":
			return 1
		case "boolean":
			return true
		}
		return "2020-03-23"
	}
	for _, path := range slices.Sorted(maps.Keys(spec.Paths)) {
		for method, o := range spec.Paths[path] {
			one := operation{id: o.OperationID, method: strings.ToUpper(method), path: path}
			for kind, content := range o.RequestBody.Content {
				if one.kind = kind; strings.Contains(kind, "json") {
					b, err := json.Marshal(made(content.Schema))
					if err != nil {
						t.Fatal(err)
					}
					one.body = string(b)
				} else {
					one.body = "address\nsomebody@harbour.example\n"
				}
			}
			all = append(all, one)
		}
	}
	return all
}

// signedOff is a browser that nobody is signed in with.
func signedOff() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// own are the addresses of a project's routes with what it has itself, one for each.
func (w *walled) own(h holdings) map[console.Address]string {
	all := map[console.Address]string{}
	for _, one := range console.ProjectRoutes() {
		_, pattern, _ := strings.Cut(one.Pattern, " ")
		all[one] = spellings(pattern, h, holdings{}, first(h, 1))[0]
	}
	return all
}

func (w *walled) roles(t *testing.T) {
	before := w.rows(t, w.a.id)
	form, asks := w.a.filledIn().Encode(), 0
	for one, path := range w.own(w.a) {
		method, _, _ := strings.Cut(one.Pattern, " ")
		for role, person := range map[digest.MemberRole]*visitor{digest.RoleViewer: w.viewer, digest.RoleEditor: w.editor} {
			if role.Includes(one.Role) {
				if method == http.MethodPost && one.Role == digest.RoleViewer {
					t.Errorf("%s changes something, and a viewer may ask for it", one.Pattern)
				}
				continue
			}
			asks++
			if a := knock(t, &person.Client, method, w.web+path, form, "Sec-Fetch-Site", "same-origin", "Content-Type", formType); a.status != http.StatusForbidden {
				t.Errorf("%s %s is answered %d to a project's %s: %.200s", method, path, a.status, role, a.body)
			}
		}
	}
	var projects, now int
	w.row(t, "SELECT count(*) FROM fortnight.projects", &projects)
	for _, method := range []string{http.MethodGet, http.MethodPost} { // only who runs the installation adds projects
		asks++
		a := knock(t, &w.ownerOfA.Client, method, w.web+"/projects/new", "key=third&name=Third&zone=UTC&locale=en&week=monday", "Sec-Fetch-Site", "same-origin", "Content-Type", formType)
		if a.status != http.StatusForbidden && a.status != http.StatusNotFound {
			t.Errorf("%s /projects/new is answered %d to an owner of a project", method, a.status)
		}
	}
	if w.row(t, "SELECT count(*) FROM fortnight.projects", &now); now != projects {
		t.Error("an owner of a project adds another")
	}
	w.unchanged(t, "a role that does not suffice", before, w.rows(t, w.a.id))
	figures(t, "%d asks in a role that does not suffice: all refused", asks)
}

func (w *walled) nobody(t *testing.T) {
	before := w.rows(t, w.a.id)
	client, form, asks := signedOff(), w.a.filledIn().Encode(), 0
	ask := func(method, path string) {
		asks++
		a := knock(t, client, method, w.web+path, form, "Sec-Fetch-Site", "same-origin", "Content-Type", formType)
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/sign-in") {
			t.Errorf("%s %s is answered %d to %s", method, path, a.status, a.location)
		}
	}
	for one, path := range w.own(w.a) {
		method, _, _ := strings.Cut(one.Pattern, " ")
		ask(method, path)
	}
	for _, pattern := range console.PersonRoutes() {
		method, path, _ := strings.Cut(pattern, " ")
		ask(method, strings.ReplaceAll(path, "{session}", "1"))
	}
	operations := w.operations(t)
	for _, o := range operations {
		asks++
		path := spellings(o.path, w.a, holdings{}, first(w.a, 1))[0]
		if a := knock(t, client, o.method, w.web+path, o.body, "Content-Type", o.kind); a.status != http.StatusUnauthorized {
			t.Errorf("%s is answered %d without a token", o.id, a.status)
		}
		if a := knock(t, &w.ownerOfA.Client, o.method, w.web+path, o.body, "Content-Type", o.kind); a.status != http.StatusUnauthorized {
			t.Errorf("%s is answered %d to a session of the console", o.id, a.status)
		}
	}
	w.unchanged(t, "nobody", before, w.rows(t, w.a.id))
	figures(t, "%d asks of who is not signed in: all turned away", asks)
}

func (w *walled) otherSites(t *testing.T) {
	before := w.rows(t, w.a.id)
	form, asks := w.a.filledIn().Encode(), 0
	paths := []string{"/sign-in", "/sign-in/abcdefghijklmnopqrstuvwxyz", "/sign-out", "/account/sessions/1"}
	for one, path := range w.own(w.a) {
		if strings.HasPrefix(one.Pattern, http.MethodPost) {
			paths = append(paths, path)
		}
	}
	for _, pattern := range console.PersonRoutes() {
		if path, post := strings.CutPrefix(pattern, "POST "); post {
			paths = append(paths, strings.ReplaceAll(path, "{session}", "1"))
		}
	}
	for _, path := range paths {
		for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
			asks++
			if a := knock(t, &w.ownerOfA.Client, http.MethodPost, w.web+path, form, append(headers, "Content-Type", formType)...); a.status != http.StatusForbidden {
				t.Errorf("POST %s is answered %d with %v", path, a.status, headers)
			}
		}
	}
	if a := knock(t, &w.ownerOfA.Client, http.MethodGet, w.web+"/p/lindenhof/", ""); a.status != http.StatusOK {
		t.Errorf("the owner is signed out: %d", a.status)
	}
	w.unchanged(t, "another site", before, w.rows(t, w.a.id))
	figures(t, "%d forms of other sites, by an owner's browser: all refused", asks)
}

func (w *walled) links(t *testing.T) {
	link := printedLink.FindStringSubmatch(w.must(t, "admin", "invite", "vera@lindenhof.example", "--project", "lindenhof", "--role", "viewer"))[1]
	const planted = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
	var in atomic.Int32
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.web+link, nil)
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Cookie", "fortnight-session="+planted)
			res, err := signedOff().Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusSeeOther {
				return
			}
			in.Add(1)
			for _, k := range res.Cookies() {
				if k.Name == "fortnight-session" && (k.Value == planted || !k.HttpOnly || k.SameSite != http.SameSiteLaxMode) {
					t.Errorf("the session is %s", k)
				}
			}
		})
	}
	all.Wait()
	if in.Load() != 1 {
		t.Errorf("one link lets %d in at once", in.Load())
	}
	if a := knock(t, signedOff(), http.MethodGet, w.web+"/account", "", "Cookie", "fortnight-session="+planted); a.status != http.StatusSeeOther {
		t.Errorf("a session that was planted is good: %d", a.status)
	}
	for _, to := range []string{"https://evil.example/", "//evil.example/p/", "/\\evil.example/p/", "/p/../../evil", "javascript:alert(1)", "/p/\r\nSet-Cookie:x"} {
		link := printedLink.FindStringSubmatch(w.must(t, "admin", "invite", fmt.Sprintf("v%d@lindenhof.example", len(to)), "--project", "lindenhof", "--role", "viewer"))[1]
		a := knock(t, signedOff(), http.MethodPost, w.web+link, "", "Cookie", "fortnight-to="+url.QueryEscape(to))
		if at, err := url.Parse(a.location); err != nil || a.status != http.StatusSeeOther || at.Host != "" || at.Scheme != "" || !strings.HasPrefix(a.location, "/") || strings.HasPrefix(a.location, "//") {
			t.Errorf("signed in, a browser is sent to %q", a.location)
		}
	}
}

func (w *walled) logs(t *testing.T) {
	secrets := []string{w.a.api, w.b.api, "hunter2", "whsec_", w.env["FORTNIGHT_SECRET_KEY"]}
	for _, token := range w.tokens(t, "lindenhof/support") {
		secrets = append(secrets, token)
		for _, path := range []string{"/preferences/" + token, "/view/" + w.a.of["edition"][0] + "/" + token, "/view/999999/" + token, "/unsubscribe/" + token, "/definitions/" + token, "/forwarded/" + token + "/../x"} {
			knock(t, signedOff(), http.MethodGet, w.web+path, "")
		}
	}
	at, err := url.Parse(w.web)
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range []*visitor{w.strangerInA, w.viewer, w.editor, w.ownerOfA} {
		secrets = append(secrets, strings.TrimPrefix(person.way, "/sign-in/"))
		for _, k := range person.Jar.Cookies(at) {
			secrets = append(secrets, k.Value)
		}
		knock(t, signedOff(), http.MethodPost, w.web+person.way, "") // used up
	}
	logged := w.process.err.String() + w.process.out.String()
	for _, secret := range secrets {
		if secret != "" && strings.Contains(logged, secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	for table, rows := range w.rows(t, w.a.id) { // sealed or hashed, all of them
		for _, secret := range secrets {
			if secret != "" && strings.Contains(rows, secret) {
				t.Errorf("fortnight.%s has %q in clear", table, secret)
			}
		}
	}
	figures(t, "%d secrets are in none of %d bytes of log and in no row", len(secrets), len(logged))
}

// named sends what is taken, but for one id or key in it that is another project's.
func (w *walled) named(t *testing.T) {
	theirs, only := w.rows(t, w.a.id), w.onlyOfA()
	account, delivery, edition := only.of["account"][0], only.of["delivery"][0], w.b.of["edition"][0]
	for what, one := range map[string]operation{
		"an owner":               {method: http.MethodPost, path: "/p/harbour/digests/weekly/reassign", body: "owner=" + account + "&to=" + account + "&account=" + account},
		"a delivery":             {method: http.MethodPost, path: "/p/harbour/editions/" + edition + "/resend", body: "delivery=" + delivery},
		"an owner, by the API":   {id: "api", method: http.MethodPut, path: "/digests/weekly/owner", body: `{"account":` + account + `}`},
		"a delivery, by the API": {id: "api", method: http.MethodPost, path: "/editions/" + edition + "/resend", body: `{"deliveries":[` + delivery + `]}`},
		"a source":               {id: "api", method: http.MethodPost, path: "/digests/weekly/preview", body: `{"cadence":"weekly","at":"mon 08:00","sections":[{"section":"activity","source":"lindenhof-spare"}]}`},
		"a digest, to filter by": {id: "api", method: http.MethodGet, path: "/editions?digest=support"},
	} {
		var a answer
		if one.id == "" {
			a = knock(t, &w.strangerInA.Client, one.method, w.web+one.path, one.body, "Sec-Fetch-Site", "same-origin", "Content-Type", formType)
		} else {
			a = knock(t, http.DefaultClient, one.method, w.web+"/api/v1/projects/harbour"+one.path, one.body, "Authorization", "Bearer "+w.b.api, "Content-Type", "application/json")
		}
		mayShow := strings.HasPrefix(what, "a source") || strings.HasPrefix(what, "a digest") // a page with nothing of it
		if a.status >= 500 || a.status < 400 && !mayShow {
			t.Errorf("%s of another project is answered %d to %s: %.300s", what, a.status, a.location, a.body)
		}
		w.told(t, what, a)
	}
	var owner string
	if w.row(t, "SELECT coalesce(owner_id, 0)::text FROM fortnight.digests WHERE key = 'weekly'", &owner); owner == account {
		t.Error("B's digest is another project's member's")
	}
	for _, list := range []string{"editions", "subscribers", "audit"} { // where A's list went on, B's does not
		var page struct{ Next string }
		said := knock(t, http.DefaultClient, http.MethodGet, w.web+"/api/v1/projects/lindenhof/"+list+"?limit=1", "", "Authorization", "Bearer "+w.a.api)
		if err := json.Unmarshal([]byte(said.body), &page); err != nil || page.Next == "" {
			t.Errorf("%s of A end: %v %.200s", list, err, said.body)
		}
		w.told(t, list, knock(t, http.DefaultClient, http.MethodGet, w.web+"/api/v1/projects/harbour/"+list+"?after="+url.QueryEscape(page.Next), "", "Authorization", "Bearer "+w.b.api))
	}
	w.unchanged(t, "what names something of A", theirs, w.rows(t, w.a.id))
}

// markup writes a script wherever others than the project's people have a word, and looks at every page.
func (w *walled) markup(t *testing.T) {
	const script = `"><script>alert(1)</script><img src=x onerror=alert(1)>'=cmd|calc`
	for _, column := range []string{
		"accounts SET name", "projects SET name", "subscribers SET name", "deliveries SET answer", "sources SET fault", "postings SET answer", "requests SET name", "api_tokens SET name",
		"audit SET actor", "audit SET what", "suppressions SET reason", "editions SET reason", "sessions SET agent", "variants SET subject",
	} {
		w.do(t, "UPDATE fortnight."+column+" = $1", script)
	}
	w.do(t, "UPDATE fortnight.sources SET findings = jsonb_build_array($1::text), fault_since = now()", script)
	w.do(t, "UPDATE fortnight.digests SET config = jsonb_set(config, '{Name}', to_jsonb($1::text))", script)
	w.do(t, "UPDATE fortnight.editions SET config = jsonb_set(config, '{Name}', to_jsonb($1::text)), project = jsonb_set(project, '{Name}', to_jsonb($1::text))", script)
	w.do(t, "UPDATE fortnight.deliveries SET recipient = jsonb_set(recipient, '{Name}', to_jsonb($1::text))", script)
	paths := []string{"/projects", "/account"}
	for one, path := range w.own(w.a) {
		if strings.HasPrefix(one.Pattern, http.MethodGet) {
			paths = append(paths, path)
		}
	}
	for _, token := range w.tokens(t, "lindenhof/support") {
		for _, page := range []string{"/preferences/", "/definitions/", "/forwarded/", "/unsubscribe/", "/view/" + w.a.of["edition"][0] + "/"} {
			paths = append(paths, page+token)
		}
		break
	}
	pages, shown := 0, 0
	for _, path := range paths {
		a := knock(t, &w.ownerOfA.Client, http.MethodGet, w.web+path, "")
		if a.status >= 500 {
			t.Errorf("%s fails: %d", path, a.status)
		}
		pages++
		if strings.Contains(a.body, "alert(1)") {
			shown++
		}
		if strings.Contains(path, ".csv") || strings.Contains(path, ".txt") {
			for _, cell := range regexp.MustCompile(`(?m)(?:^|,)"?[=+@-]cmd`).FindAllString(a.body, -1) {
				t.Errorf("%s has the cell %s", path, cell)
			}
			continue
		}
		for _, mark := range []string{"<script>alert", "<img src=x"} {
			if strings.Contains(a.body, mark) {
				t.Errorf("%s has %s in it: …%.200s", path, mark, a.body[max(0, strings.Index(a.body, mark)-100):])
			}
		}
	}
	figures(t, "%d pages, %d of them with a stranger's script: all as text", pages, shown)
}
