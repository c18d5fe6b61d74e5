package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

// console says by which operation, and how asked for, the API does each thing that the console may ask of the office; or why not.
var console = map[string]struct{ operation, request, body, instead string }{
	"Head":             {operation: "get-project", request: "GET /projects/desk"},
	"SaveHead":         {operation: "put-project", request: "PUT /projects/desk", body: `{"name":"Desk","zone":"Europe/Berlin"}`},
	"Logo":             {operation: "get-logo", request: "GET /projects/desk/logo"},
	"SaveLogo":         {operation: "delete-logo", request: "DELETE /projects/desk/logo"},
	"Sources":          {operation: "list-sources", request: "GET /projects/desk/sources"},
	"SaveSource":       {operation: "put-source", request: "PUT /projects/desk/sources/chat", body: `{"platform":"chatwoot","tenant":"1"}`},
	"RemoveSource":     {operation: "delete-source", request: "DELETE /projects/desk/sources/chat"},
	"SourceSecret":     {operation: "probe-source", request: "POST /projects/desk/sources/chat/probe"},
	"Probed":           {operation: "probe-source", request: "POST /projects/desk/sources/chat/probe"},
	"Digests":          {operation: "list-digests", request: "GET /projects/desk/digests"},
	"DigestsToCome":    {operation: "get-calendar", request: "GET /projects/desk/calendar"},
	"DigestNames":      {instead: "a program lists the digests, which have their names"},
	"ReadersZones":     {instead: "a program lists the subscribers, who have their zones"},
	"Digest":           {operation: "get-digest", request: "GET /projects/desk/digests/weekly"},
	"SaveDigest":       {operation: "put-digest", request: "PUT /projects/desk/digests/weekly", body: `{"cadence":"weekly","at":"mon 08:00"}`},
	"SwitchDigest":     {operation: "switch-digest", request: "POST /projects/desk/digests/weekly/switch", body: `{"on":false}`},
	"RemoveDigest":     {operation: "delete-digest", request: "DELETE /projects/desk/digests/weekly"},
	"Reassign":         {operation: "put-owner", request: "PUT /projects/desk/digests/weekly/owner", body: `{"account":2}`},
	"Subscribers":      {operation: "list-subscribers", request: "GET /projects/desk/subscribers"},
	"Subscriber":       {operation: "get-subscriber", request: "GET /projects/desk/subscribers/1"},
	"SaveSubscribers":  {operation: "add-subscribers", request: "POST /projects/desk/digests/weekly/subscribers", body: `{"subscribers":[{"address":"a@desk.example"}]}`},
	"RemoveSubscriber": {operation: "delete-subscriber", request: "DELETE /projects/desk/subscribers/1"},
	"RevokeLinks":      {operation: "revoke-links", request: "POST /projects/desk/subscribers/1/revoke"},
	"Suppressions":     {operation: "list-suppressions", request: "GET /projects/desk/suppressions"},
	"Unsuppress":       {operation: "delete-suppression", request: "DELETE /projects/desk/suppressions/gone%40desk.example"},
	"Requests":         {operation: "list-requests", request: "GET /projects/desk/requests"},
	"Decide":           {operation: "decide-request", request: "POST /projects/desk/requests/3/decide", body: `{"approve":true}`},
	"Editions":         {operation: "list-editions", request: "GET /projects/desk/editions"},
	"Edition":          {operation: "get-edition", request: "GET /projects/desk/editions/9"},
	"EditionsBetween":  {operation: "get-calendar", request: "GET /projects/desk/calendar"},
	"Neighbours":       {operation: "get-edition", request: "GET /projects/desk/editions/9"},
	"Variants":         {operation: "get-edition", request: "GET /projects/desk/editions/9"},
	"Variant":          {operation: "get-copy", request: "GET /projects/desk/editions/9/copy"},
	"Deliveries":       {operation: "list-deliveries", request: "GET /projects/desk/editions/9/deliveries"},
	"AllDeliveries":    {operation: "export-deliveries", request: "GET /projects/desk/editions/9/deliveries.csv"},
	"Delivery":         {operation: "get-delivery", request: "GET /projects/desk/editions/9/deliveries/55"},
	"Looked":           {operation: "list-recipients", request: "GET /projects/desk/editions/9/recipients"},
	"Release":          {operation: "release-edition", request: "POST /projects/desk/editions/9/release"},
	"Discard":          {operation: "discard-edition", request: "POST /projects/desk/editions/9/discard"},
	"Resend":           {operation: "resend", request: "POST /projects/desk/editions/9/resend", body: `{}`},
	"RevokeEdition":    {operation: "revoke-edition", request: "POST /projects/desk/editions/9/revoke"},
	"Members":          {operation: "list-members", request: "GET /projects/desk/members"},
	"SetMember":        {operation: "put-member", request: "POST /projects/desk/members", body: `{"address":"ann@desk.example","role":"viewer"}`},
	"RemoveMember":     {operation: "delete-member", request: "DELETE /projects/desk/members/2"},
	"Tokens":           {operation: "list-tokens", request: "GET /projects/desk/tokens"},
	"AddToken":         {operation: "add-token", request: "POST /projects/desk/tokens", body: `{"name":"CI","scopes":["read"]}`},
	"RevokeToken":      {operation: "delete-token", request: "DELETE /projects/desk/tokens/1"},
	"Keyed":            {operation: "send-now", request: "POST /projects/desk/digests/weekly/send", body: `{}`},
	"Webhooks":         {operation: "list-webhooks", request: "GET /projects/desk/webhooks"},
	"AddWebhook":       {operation: "add-webhook", request: "POST /projects/desk/webhooks", body: `{"url":"https://example.com/hook"}`},
	"SaveWebhook":      {operation: "put-webhook", request: "PUT /projects/desk/webhooks/6", body: `{"url":"https://example.com/hook","active":false}`},
	"TestWebhook":      {operation: "test-webhook", request: "POST /projects/desk/webhooks/6/test"},
	"RemoveWebhook":    {operation: "delete-webhook", request: "DELETE /projects/desk/webhooks/6"},
	"Postings":         {operation: "list-postings", request: "GET /projects/desk/webhooks/6/postings"},
	"Audit":            {operation: "list-audit", request: "GET /projects/desk/audit"},
	"Needs":            {operation: "get-needs", request: "GET /projects/desk/needs"},
	"Standing":         {operation: "get-standing", request: "GET /projects/desk/standing"},

	"Kinds":          {operation: "get-choices", request: "GET /projects/desk/choices"},
	"Platforms":      {operation: "get-choices", request: "GET /projects/desk/choices"},
	"Sections":       {operation: "get-choices", request: "GET /projects/desk/choices"},
	"Locales":        {operation: "get-choices", request: "GET /projects/desk/choices"},
	"CheckHead":      {operation: "put-project", request: "PUT /projects/desk", body: `{"name":"Desk","zone":"Europe/Berlin"}`},
	"CheckDigest":    {operation: "put-digest", request: "PUT /projects/desk/digests/weekly", body: `{"cadence":"weekly","at":"mon 08:00"}`},
	"Cadence":        {operation: "get-cadence", request: "GET /projects/desk/digests/weekly/calendar"},
	"Between":        {operation: "get-calendar", request: "GET /projects/desk/calendar"},
	"ReadersCadence": {operation: "get-calendar", request: "GET /projects/desk/calendar?from=2026-03-01"},
	"Periods":        {operation: "list-periods", request: "GET /projects/desk/digests/weekly/periods"},
	"Probe":          {operation: "probe-source", request: "POST /projects/desk/sources/chat/probe"},
	"Preview":        {operation: "preview-digest", request: "GET /projects/desk/digests/weekly/preview"},
	"SendTest":       {operation: "send-test", request: "POST /projects/desk/digests/weekly/test", body: `{"to":"ann@desk.example"}`},
	"SendNow":        {operation: "send-now", request: "POST /projects/desk/digests/weekly/send", body: `{}`},
	"Recipients":     {operation: "list-recipients", request: "GET /projects/desk/editions/9/recipients?status=failed"},
	"EachRecipient":  {operation: "export-recipients", request: "GET /projects/desk/editions/9/recipients.csv"},
	"Talk":           {operation: "get-conversation", request: "GET /projects/desk/editions/9/recipients/u1"},
	"FlowPersons":    {operation: "list-flow-persons", request: "GET /projects/desk/editions/9/persons?practice=north"},
	"EachFlowPerson": {operation: "export-flow-persons", request: "GET /projects/desk/editions/9/persons.csv"},
	"MailInvite":     {operation: "put-member", request: "POST /projects/desk/members", body: `{"address":"ann@desk.example","role":"viewer","invite":true}`},
	"TokenOf":        {operation: "get-project", request: "GET /projects/desk"},
	"AskIn":          {operation: "put-member", request: "POST /projects/desk/members", body: `{"address":"ann@desk.example","role":"viewer","invite":true}`},
	"Memberships":    {operation: "list-projects", request: "GET /projects"},
	"AddProject":     {instead: "a token is a key to one project: operators add others in the console, or by fortnight apply"},
	"Account":        {instead: "an account is a person's, who signs in"},
	"AccountOf":      {instead: "an account is a person's, who signs in"},
	"Rename":         {instead: "people say themselves how they are called"},
	"ComeIn":         {instead: "people sign in with a browser; programs have tokens"},
	"Sessions":       {instead: "sessions are of browsers; programs have tokens, which are listed"},
	"EndSession":     {instead: "sessions are of browsers; programs have tokens, which can be revoked"},
	"EndSessions":    {instead: "sessions are of browsers; programs have tokens, which can be revoked"},
	"MailSignIn":     {instead: "people sign in with a browser; programs have tokens"},
	"DrawSVG":        {instead: "a chart for a page; programs get the numbers, and the copy has its pictures"},
}

func TestTheAPIDoesEverythingThatTheConsoleDoes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	described := map[string]string{} // operation → method and path
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	s.ask(t, "", "GET /openapi.json", "").into(t, &spec)
	for path, item := range spec.Paths {
		for method, o := range item {
			described[o.OperationID] = strings.ToUpper(method) + " " + path
		}
	}
	var methods []string
	house := reflect.TypeFor[office.House]()
	for _, of := range []reflect.Type{reflect.TypeFor[office.Project](), reflect.TypeFor[office.Works](), house} {
		for i := range of.NumMethod() {
			methods = append(methods, of.Method(i).Name)
		}
	}
	for _, method := range methods {
		does, known := console[method]
		if !known {
			t.Errorf("the console may ask for %s, and nothing says which operation of the API does", method)
			continue
		}
		if does.instead != "" {
			continue
		}
		route, there := described[does.operation]
		if !there {
			t.Errorf("%s is done by %s, which the description does not have", method, does.operation)
			continue
		}
		if !fits(does.request, route) {
			t.Errorf("%s is asked for by %s, and %s is %s", method, does.request, does.operation, route)
		}
		s := serve(t)
		headers := []string{"Idempotency-Key", "k-" + method}
		if does.operation == "put-digest" {
			headers = append(headers, "If-Match", `"7"`)
		}
		got := s.ask(t, everything, does.request, does.body, headers...)
		if got.status >= 300 {
			t.Errorf("%s: %s answers %d\n%s", method, does.request, got.status, got.body)
		}
		_, ofHouse := house.MethodByName(method)
		if list := []string{"Kinds", "Platforms", "Sections", "Locales"}; !ofHouse && !slices.Contains(list, method) && !s.books.was(method) {
			t.Errorf("%s does not ask for %s, but for %v", does.request, method, s.books.asked)
		}
		for _, by := range s.books.by {
			if by != (digest.Actor{Token: 1, Name: "CI", Via: "api"}) {
				t.Errorf("%s is done by %+v", method, by)
			}
		}
	}
	if len(methods) < 60 || len(console) != len(methods) {
		t.Errorf("the office has %d methods, and %d are spoken of", len(methods), len(console))
	}
}

// fits tells whether a request is to a route with {slots}.
func fits(request, route string) bool {
	pattern := regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(route), `[^/]+`)
	method, path, _ := strings.Cut(request, " ")
	ok, err := regexp.MatchString("^"+pattern+`(\?.*)?$`, method+" "+Root+path)
	return ok && err == nil
}

func TestWithoutATokenNothingIsTold(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for method, does := range console {
		if does.instead != "" {
			continue
		}
		for _, key := range []string{"", "fn_unknown", "nonsense"} {
			got := s.ask(t, key, does.request, does.body)
			if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") != "Bearer" || got.header.Get("Content-Type") != problemJSON {
				t.Errorf("%s: %q is answered %d %v %s", method, key, got.status, got.header, got.body)
			}
		}
		if does.request == "GET /projects" {
			continue // each token sees its own there
		}
		if got := s.ask(t, "fn_other", does.request, does.body); got.status != http.StatusNotFound || strings.Contains(got.body, "desk") {
			t.Errorf("%s: another project's token is answered %d %s", method, got.status, got.body)
		}
	}
	if len(s.books.asked) > 0 {
		t.Errorf("the books were asked for %v", s.books.asked)
	}
}

func TestAScopeThatATokenLacksIsNamed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for request, scope := range map[string]string{
		"PUT /projects/desk/digests/weekly":       "write",
		"DELETE /projects/desk/subscribers/1":     "write",
		"POST /projects/desk/digests/weekly/send": "send",
		"POST /projects/desk/editions/9/release":  "send",
		"POST /projects/desk/members":             "manage",
		"PUT /projects/desk":                      "manage",
		"GET /projects/desk/tokens":               "manage",
	} {
		got := s.ask(t, "fn_read", request, "{}")
		var p Problem
		got.into(t, &p)
		if got.status != http.StatusForbidden || p.Scope != scope || p.Detail != "The token “Reader” may not do this: it needs the scope "+scope+"." ||
			got.header.Get("WWW-Authenticate") != `Bearer error="insufficient_scope", scope="`+scope+`"` {
			t.Errorf("%s: %d %s", request, got.status, got.body)
		}
	}
	if got := s.ask(t, "fn_admin", "POST /projects/desk/tokens", `{"name":"more","scopes":["manage","send"]}`); got.status != 403 || !strings.Contains(got.body, `"scope":"send"`) || s.books.was("AddToken") {
		t.Errorf("a token gives a scope that it has not: %d %s", got.status, got.body)
	}
}

// A member signs in and stays when the token is revoked; a webhook is told of mails. Neither gives more than the token has.
func TestATokenThatManagesGivesNothingThatItHasNot(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for request, want := range map[string][2]string{ // kind of problem, scope
		`POST /projects/desk/members {"address":"eve@desk.example","role":"owner"}`:                {"person", ""},
		`POST /projects/desk/members {"address":"eve@desk.example","role":"editor"}`:               {"scope", "read"},
		`POST /projects/desk/members {"address":"eve@desk.example","role":"viewer","invite":true}`: {"scope", "read"},
		`POST /projects/desk/webhooks {"url":"https://example.com/hook"}`:                          {"scope", "read"},
		`PUT /projects/desk/webhooks/6 {"url":"https://example.com/hook"}`:                         {"scope", "read"},
		`POST /projects/desk/tokens {"name":"more","scopes":["read"]}`:                             {"scope", "read"},
		`GET /projects/desk/webhooks/6/postings {}`:                                                {"scope", "read"},
	} {
		line, body, _ := strings.Cut(request, " {")
		got := s.ask(t, "fn_admin", line, "{"+body)
		var p Problem
		got.into(t, &p)
		if got.status != http.StatusForbidden || p.Scope != want[1] || !strings.HasSuffix(p.Type, "#problem-"+want[0]) || got.header.Get("Content-Type") != problemJSON {
			t.Errorf("%s: %d %s", request, got.status, got.body)
		}
	}
	if got := s.ask(t, everything, "POST /projects/desk/members", `{"address":"eve@desk.example","role":"owner"}`); got.status != http.StatusForbidden || !strings.Contains(got.body, "An owner of the project may") {
		t.Errorf("a token of all scopes makes an owner: %d %s", got.status, got.body)
	}
	for _, act := range []string{"SetMember", "AddWebhook", "SaveWebhook", "AddToken", "Postings", "AskIn"} {
		if s.books.was(act) {
			t.Errorf("%s was asked of the books", act)
		}
	}
}

func TestProblemsSayWhatIsAtFaultAllAtOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, c := range []struct {
		name, request, body string
		headers             []string
		fault               error
		status              int
		want                string // in the body
	}{
		{"no such address", "GET /nowhere", "", nil, nil, 404, `"detail":"There is no such address below /api/v1."`},
		{"another method", "PATCH /projects/desk/digests/weekly", "{}", nil, nil, 405, `"type":"/api/v1/docs#problem-method"`},
		{"no such thing", "GET /projects/desk/digests/daily", "", nil, nil, 404, `"type":"/api/v1/docs#problem-not-found","title":"Not Found","status":404`},
		{"changed meanwhile", "PUT /projects/desk/digests/weekly", `{"cadence":"weekly"}`, []string{"If-Match", `"6"`}, nil, 412, `docs#problem-stale`},
		{"no condition", "PUT /projects/desk/digests/weekly", `{"cadence":"weekly"}`, nil, nil, 428, `docs#problem-unconditional`},
		{"a condition that is none", "PUT /projects/desk/digests/weekly", `{"cadence":"weekly"}`, []string{"If-Match", `seven`}, nil, 422, `"field":"header.If-Match"`},
		{"the wrong time", "POST /projects/desk/editions/9/release", "", nil, errors.Join(errors.New("the edition is done"), digest.ErrNotDue), 409, `"detail":"The edition is done`},
		{"the trades' faults", "PUT /projects/desk/digests/weekly", `{"cadence":"weekly","at":"noon","paper":"A5"}`, []string{"If-Match", `"7"`}, nil, 422, `"errors":[{"detail":"\"A5\" is not known: choose A4 or Letter.","pointer":"/paper","field":"paper"},{"detail":"Write a weekday and an hour.","pointer":"/at","field":"at"},{"detail":"There is no such zone.","pointer":"/zone","field":"zone"}]`},
		{"the description's", "PUT /projects/desk/digests/weekly", `{"cadence":7,"targets":[{"section":"activity"}],"colour":"red"}`, []string{"If-Match", `"7"`}, nil, 422, `"pointer":"/targets/0"`},
		{"a query that is none", "GET /projects/desk/editions?limit=0&sort=up", "", nil, nil, 422, `"field":"query.sort"`},
		{"no JSON", "POST /projects/desk/members", "{", nil, nil, 400, `docs#problem-refused`},
		{"nothing", "PUT /projects/desk", "", nil, nil, 400, `docs#problem-refused`},
		{"a fault of the service", "GET /projects/desk", "", nil, errors.New("dial tcp 10.0.0.5:5432: password hunter2"), 500, `docs#problem-internal`},
	} {
		s.books.fault = c.fault
		got := s.ask(t, everything, c.request, c.body, c.headers...)
		s.books.fault = nil
		if got.status != c.status || !strings.Contains(got.body, c.want) || got.header.Get("Content-Type") != problemJSON {
			t.Errorf("%s: %d %s\n%s", c.name, got.status, got.header.Get("Content-Type"), got.body)
		}
		var p Problem
		got.into(t, &p)
		if p.Status != c.status || p.Title != http.StatusText(c.status) || p.Detail == "" {
			t.Errorf("%s: %+v", c.name, p)
		}
		if strings.Contains(got.body, "hunter2") {
			t.Errorf("%s: a secret is told: %s", c.name, got.body)
		}
	}
	if !strings.Contains(s.log.String(), "hunter2") {
		t.Error("what was not told is not logged")
	}
	if got := s.ask(t, everything, "PUT /projects/desk/sources/chat", `{"platform":"chatwoot","tenant":1,"dsn":"postgres://u:hunter2@db/x"}`); got.status != 422 || strings.Contains(got.body, "hunter2") {
		t.Errorf("a secret is repeated: %d %s", got.status, got.body)
	}
	if got := s.ask(t, everything, "POST /projects/desk/digests/weekly/subscribers.csv", "address,zone\nmaya@desk,\nbo@desk.example,Mars\n", "Content-Type", "text/csv"); got.status != 422 || !strings.Contains(got.body, `"line":2,"column":"address"`) || !strings.Contains(got.body, `"line":3,"column":"zone"`) || s.books.saved != nil {
		t.Errorf("a file with faults is answered %d %s", got.status, got.body)
	}
}

func TestNoAnswerHoldsASecret(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.books.head.Sources[0].DSN = "postgres://u:hunter2@db/x"
	for method, does := range console {
		if does.instead != "" {
			continue
		}
		got := s.ask(t, everything, does.request, does.body, "If-Match", `"7"`)
		for _, secret := range []string{"hunter2", "never-told", "whsec_toldonce", "fn_madeoncetoldonce"} {
			if told := strings.Contains(got.body, secret); told && method != "AddWebhook" && method != "AddToken" {
				t.Errorf("%s tells %s: %s", does.request, secret, got.body)
			}
		}
		if got.header.Get("Set-Cookie") != "" || got.header.Get("Cache-Control") != "no-store" || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has the headers %v", does.request, got.header)
		}
	}
}

func TestListsComeInParts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	got := s.ask(t, everything, "GET /projects/desk/subscribers?search=may&state=gets&digest=weekly&limit=1", "")
	var l List[Subscriber]
	got.into(t, &l)
	if len(l.Items) != 1 || l.Items[0].ID != 1 || l.Total != 2 || l.Next != "after one/+" || l.Items[0].Address != "maya@desk.example" || l.Items[0].Wishes.PausedUntil.String() != "2026-04-01" {
		t.Errorf("the first part is %s", got.body)
	}
	if w := s.books.wanted.(digest.SubscribersWanted); w != (digest.SubscribersWanted{Digest: "weekly", Search: "may", State: "gets", Page: digest.Page{Size: 1}}) {
		t.Errorf("the books are asked for %+v", w)
	}
	link := regexp.MustCompile(`^<(/f/api/v1/[^>]+)>; rel="next"$`).FindStringSubmatch(got.header.Get("Link"))
	if link == nil {
		t.Fatalf("the next part is at %s", got.header.Get("Link"))
	}
	got = s.ask(t, everything, "GET "+strings.TrimPrefix(link[1], "/f"+Root), "")
	got.into(t, &l)
	if w := s.books.wanted.(digest.SubscribersWanted); l.Items[0].ID != 2 || w.After != "after one/+" || w.Search != "may" || got.header.Get("Link") != "" {
		t.Errorf("the next part is %s, asked for as %+v", got.body, w)
	}
}

func TestWhatSendsIsDoneOnceForAKey(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const request = "POST /projects/desk/digests/weekly/send"
	sends := func() (n int) {
		for _, a := range s.books.asked {
			if a == "SendNow" {
				n++
			}
		}
		return n
	}
	first := s.ask(t, everything, request, `{"from":"2026-03-16"}`, "Idempotency-Key", "monday")
	again := s.ask(t, everything, request, `{"from":"2026-03-16"}`, "Idempotency-Key", "monday")
	if first.status != 200 || first.body != `{"edition":31}`+"\n" || again.body != first.body || sends() != 1 ||
		again.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
		t.Errorf("twice with one key: %+v, then %+v; sent %d times", first, again, sends())
	}
	if other := s.ask(t, everything, request, `{"from":"2026-03-09"}`, "Idempotency-Key", "monday"); other.status != 422 || sends() != 1 {
		t.Errorf("another request with the key: %d %s", other.status, other.body)
	}
	if s.ask(t, everything, request, `{}`); sends() != 2 {
		t.Error("without a key it is not done")
	}
	s.works.fault = digest.ErrNotDue
	if refused := s.ask(t, everything, request, `{}`, "Idempotency-Key", "tuesday"); refused.status != 409 {
		t.Errorf("an edition that there is already: %d", refused.status)
	}
	s.works.fault = nil
	if later := s.ask(t, everything, request, `{}`, "Idempotency-Key", "tuesday"); later.status != 200 {
		t.Errorf("a key whose request was refused is used up: %d %s", later.status, later.body)
	}
}

func TestADigestIsChangedByWhoHasSeenIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	got := s.ask(t, everything, "GET /projects/desk/digests/weekly", "")
	if got.header.Get("ETag") != `"7"` {
		t.Fatalf("its ETag is %s", got.header.Get("ETag"))
	}
	var d map[string]any
	got.into(t, &d)
	targets, _ := json.Marshal(d["targets"])
	if d["cadence"] != "weekly" || d["at"] != "mon 08:00" || d["paper"] != "A4" || string(targets) != `[{"figure":"wait_mean","section":"contact_center","value":"5m"}]` {
		t.Errorf("it is given as %s", got.body)
	}
	put := map[string]any{}
	for _, key := range []string{"cadence", "at", "active", "sections", "targets", "paper", "readers"} {
		put[key] = d[key]
	}
	put["at"] = "tue 09:00"
	body, _ := json.Marshal(put)
	saved := s.ask(t, everything, "PUT /projects/desk/digests/weekly", string(body), "If-Match", `"7"`)
	if saved.status != 200 || saved.header.Get("ETag") != `"8"` || !strings.Contains(saved.body, `"text":"~ SaveDigest: name \"a\" → \"b\""`) {
		t.Errorf("it is changed: %d %s %s", saved.status, saved.header.Get("ETag"), saved.body)
	}
	want := newBooks().config
	want.Cadence.At = "tue 09:00"
	if c := s.books.wanted.(digest.Config); !reflect.DeepEqual(c, want) {
		t.Errorf("what is saved is %+v, want %+v", c, want)
	}
	if added := s.ask(t, everything, "PUT /projects/desk/digests/monthly", `{"cadence":"monthly","at":"08:00"}`, "If-None-Match", "*"); added.status != 200 || added.header.Get("ETag") != `"1"` {
		t.Errorf("one is added: %d %s", added.status, added.body)
	}
}

func TestAPreviewHasTheFormatThatIsAskedFor(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for format, want := range map[string][2]string{
		"json": {"application/json", `"subject":"Support desk: 307 messages"`},
		"html": {"text/html; charset=utf-8", "<p>307</p>"},
		"text": {"text/plain; charset=utf-8", "307 messages"},
		"pdf":  {"application/pdf", "%PDF-1.4"},
	} {
		got := s.ask(t, everything, "GET /projects/desk/digests/weekly/preview?format="+format+"&audience=executive&locale=es&sections=activity&from=2026-03-16", "")
		if got.status != 200 || got.header.Get("Content-Type") != want[0] || !strings.Contains(got.body, want[1]) {
			t.Errorf("%s: %d %s %s", format, got.status, got.header.Get("Content-Type"), got.body)
		}
		if c := s.books.wanted.(digest.Choice); c != (digest.Choice{Audience: digest.Executive, Locale: "es", PDF: format == "pdf", Paper: "A4", Sections: "activity"}) {
			t.Errorf("%s: %+v is asked for", format, c)
		}
		if policy := got.header.Get("Content-Security-Policy"); (format == "html") != strings.Contains(policy, "sandbox") {
			t.Errorf("%s has the policy %q", format, policy)
		}
	}
	s = serve(t)
	got := s.ask(t, everything, "POST /projects/desk/digests/new/preview?format=text", `{"cadence":"weekly","at":"mon 08:00"}`)
	if got.status != 200 || got.body != "307 messages #" || s.books.was("Digest") || s.books.was("SaveDigest") {
		t.Errorf("one that is not saved: %d %s", got.status, got.body)
	}
	for query, field := range map[string]string{"from=yesterday": "query.from", "locale=tlh": "query.locale", "sections=flows": "query.sections", "audience=boss": "query.audience"} {
		if got := s.ask(t, everything, "GET /projects/desk/digests/weekly/preview?"+query, ""); got.status != 422 || !strings.Contains(got.body, `"field":"`+field+`"`) {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	copied := s.ask(t, everything, "GET /projects/desk/editions/9/copy", "")
	if copied.body != `<a href="#"><img src="data:image/png;base64,cG5n"></a>` || !strings.Contains(copied.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a copy is %s", copied.body)
	}
	if got := s.ask(t, everything, "GET /projects/desk/editions/9/copy?audience=admin", ""); got.status != 404 {
		t.Errorf("a copy that there is not: %d", got.status)
	}
}

func TestEditionsAreComparedFigureByFigure(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var c Comparison
	s.ask(t, everything, "GET /projects/desk/editions/9/compare/8", "").into(t, &c)
	got, _ := json.Marshal(c.Figures)
	const want = `[{"section":"activity","figure":"total_messages","unit":"count","this":{"state":"value","value":307},"other":{"state":"value","value":192},"change":115},` +
		`{"section":"contact_center","figure":"wait_mean","unit":"duration","this":{"state":"value","value":90},"other":{"state":"empty"}}]`
	if string(got) != want || c.This.ID != 9 || c.Other.ID != 8 {
		t.Errorf("they are compared as\n%s\nwant\n%s", got, want)
	}
	var e struct {
		Before   int64
		Snapshot struct {
			Version  int
			Sections []struct {
				Figures []struct{ Value float64 }
			}
		}
	}
	s.ask(t, everything, "GET /projects/desk/editions/9", "").into(t, &e)
	if e.Before != 8 || e.Snapshot.Version != 1 || e.Snapshot.Sections[0].Figures[0].Value != 307 {
		t.Errorf("an edition is %+v", e)
	}
}

func TestSubscribersGoOutAndComeInAsFiles(t *testing.T) {
	t.Parallel()
	s := serve(t)
	out := s.ask(t, everything, "GET /projects/desk/digests/weekly/subscribers.csv", "")
	const line = "maya@desk.example,'=Maya,manager,,,yes,weekly,paused until 2026-04-01\r\n"
	const want = "\ufeffaddress,name,audience,language,zone,pdf,digest,state\r\n" + line + line
	if out.body != want || out.header.Get("Content-Type") != textCSV {
		t.Errorf("the file is %s", out.body)
	}
	in := s.ask(t, everything, "POST /projects/desk/digests/weekly/subscribers.csv?dry=true&only=true", "address;name\nbo@desk.example;Bo\n", "Content-Type", "text/csv")
	if in.status != 200 || !strings.Contains(in.body, `"dry":true`) || !strings.Contains(in.body, "+ subscriber desk/weekly bo@desk.example") || s.books.wanted != [2]bool{true, true} {
		t.Errorf("a rehearsal is answered %d %s, asked as %v", in.status, in.body, s.books.wanted)
	}
	if got := s.books.saved; len(got) != 1 || got[0].Name != "Bo" || got[0].AddedBy != "CI" {
		t.Errorf("what comes in is %+v", got)
	}
	deliveries := s.ask(t, everything, "GET /projects/desk/editions/9/deliveries.csv", "")
	if !strings.HasSuffix(deliveries.body, "\n55,'=Maya,maya@desk.example,manager,failed,1,2026-03-23T07:00:00Z,550,5.1.1,550 5.1.1 no such user\r\n") {
		t.Errorf("deliveries are %s", deliveries.body)
	}
	audit := s.ask(t, everything, "GET /projects/desk/audit.csv", "")
	if !strings.HasSuffix(audit.body, "\n2026-03-25T08:30:00Z,Dana,console,change,digest desk/weekly,\"cadence.at \"\"mon 08:00\"\" → \"\"tue 08:00\"\"\",\r\n") {
		t.Errorf("the audit is %s", audit.body)
	}
}

func TestAFileThatBreaksOffDoesNotEndAsIfItWereWhole(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+Root+"/projects/desk/editions/9/deliveries.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+everything)
	s.books.fault = nil
	res, err := s.Client().Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("a whole one: %v", err)
	}
	res.Body.Close()
	hurt := &hurtBooks{s.books}
	broken := serveBooks(t, s, hurt)
	r.URL.Host = strings.TrimPrefix(broken, "http://")
	if res, err := s.Client().Do(r); err == nil {
		defer res.Body.Close()
		t.Errorf("one that breaks off is answered %d", res.StatusCode)
	}
}

func TestTheCalendarJoinsWhatIsDueWithWhatThereIs(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var l List[Send]
	s.ask(t, everything, "GET /projects/desk/calendar?from=2026-03-23&to=2026-04-21", "").into(t, &l)
	var said []string
	for _, s := range l.Items {
		line := s.Due.Format("01-02") + " " + s.Digest + " " + s.Cadence
		if s.Edition != nil {
			line += " " + s.Edition.Label
		}
		said = append(said, strings.TrimSpace(line))
	}
	if got, want := strings.Join(said, ", "), "03-23 weekly  SD-2026-W12, 03-23 weekly monthly SD-2026-W12, 03-30 weekly, 04-06 weekly, 04-13 weekly, 04-20 weekly, 04-20 weekly monthly"; got != want {
		t.Errorf("the calendar is %s, want %s", got, want)
	}
	if got := s.books.wanted.([2]time.Time); !got[0].Equal(time.Date(2026, 3, 23, 0, 0, 0, 0, berlin)) || !got[1].Equal(time.Date(2026, 4, 21, 0, 0, 0, 0, berlin)) {
		t.Errorf("it is asked for %v", got)
	}
	for _, query := range []string{"from=2026-13-01", "from=2026-03-23&to=2026-03-23", "from=2026-01-01&to=2026-12-31"} {
		if got := s.ask(t, everything, "GET /projects/desk/calendar?"+query, ""); got.status != 422 {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	s.ask(t, everything, "GET /projects/desk/standing", "")
	if got := s.books.wanted.(time.Time); !got.Equal(time.Date(2026, 3, 23, 0, 0, 0, 0, berlin)) {
		t.Errorf("the week began at %s", got)
	}
}

func TestATokenThatAsksTooOftenWaits(t *testing.T) {
	t.Parallel()
	at := now
	r := newRates(60, func() time.Time { return at }) // six at once, one a second
	for i := range 6 {
		if wait := r.take(1); wait != 0 {
			t.Fatalf("request %d waits %s", i+1, wait)
		}
	}
	if wait := r.take(1); wait != time.Second {
		t.Errorf("the seventh waits %s", wait)
	}
	if wait := r.take(2); wait != 0 {
		t.Errorf("another token waits %s", wait)
	}
	at = at.Add(time.Second)
	if wait := r.take(1); wait != 0 {
		t.Errorf("a second later it waits %s", wait)
	}
	at = at.Add(time.Hour)
	if r.take(2); len(r.buckets) != 1 {
		t.Errorf("%d tokens are remembered after an hour", len(r.buckets))
	}

	s := serve(t) // 600 at once
	var busy answer
	for range 700 {
		if busy = s.ask(t, everything, "GET /projects/desk/choices", ""); busy.status != 200 {
			break
		}
	}
	if busy.status != 429 || busy.header.Get("Retry-After") != "1" || !strings.Contains(busy.body, "A token may ask 6000 times a minute.") {
		t.Errorf("a token that asks too often is answered %d %v %s", busy.status, busy.header, busy.body)
	}
}

func TestAnInvitationIsMailedWithItsLink(t *testing.T) {
	t.Parallel()
	s := serve(t)
	got := s.ask(t, everything, "POST /projects/desk/members", `{"address":"ann@desk.example","role":"editor","invite":true}`)
	if got.status != 200 || s.books.wanted != "CI https://digests.example/f/sign-in/once" || !strings.Contains(got.body, `"invited":true`) {
		t.Errorf("%d %s; mailed %v", got.status, got.body, s.books.wanted)
	}
}

func TestAWebhookIsNotOfAnAddressThatOnlyThisMachineReaches(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, url := range []string{"http://example.com/", "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/", "ftp://example.com", "https://u:p@example.com/"} {
		body, _ := json.Marshal(map[string]string{"url": url})
		if got := s.ask(t, everything, "POST /projects/desk/webhooks", string(body)); got.status != 422 || !strings.Contains(got.body, `"pointer":"/url"`) {
			t.Errorf("%s: %d %s", url, got.status, got.body)
		}
	}
	if got := s.ask(t, everything, "POST /projects/desk/webhooks", `{"url":"https://example.com","events":["edition.dne"]}`); got.status != 422 {
		t.Errorf("an event that is none: %d %s", got.status, got.body)
	}
	if got := s.ask(t, everything, "POST /projects/desk/webhooks", `{"url":"https://example.com"}`); got.status != 201 || !strings.Contains(got.body, `"secret":"whsec_toldonce"`) {
		t.Errorf("one is made: %d %s", got.status, got.body)
	}
}
