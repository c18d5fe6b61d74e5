package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/relay"
)

// bearer asks the API with a token.
type bearer struct{ web, key string }

func (c bearer) ask(t *testing.T, request, body string, headers ...string) (status int, header http.Header, said string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, c.web+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		t.Error(err) // it may be asked beside the test itself
		return 0, nil, ""
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, nil, ""
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Error(err)
		return 0, nil, ""
	}
	return res.StatusCode, res.Header, string(b)
}

// keyOf makes a key to a project's API that may do everything.
func (p *place) keyOf(t *testing.T, project string) string {
	t.Helper()
	books := p.ownBooks(t)
	id, err := books.ProjectID(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	all := []digest.Scope{digest.ScopeRead, digest.ScopeWrite, digest.ScopeSend, digest.ScopeManage, digest.ScopeEvents}
	_, key, err := books.Tenant(id).AddToken(t.Context(), digest.Actor{Name: "test", Via: "command"}, "CI", all, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAProgramRunsADeskThroughTheAPI(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{})
	p := newDesk(t, r.Addr(), manyReaders(2))
	p.apply(t, strings.Replace(deskOf(manyReaders(2)), "active: true", "active: false", 1))
	_, web := p.serve(t)
	c := bearer{web, p.keyOf(t, "desk")}
	must := func(want int, request, body string, headers ...string) (header http.Header, said string) {
		t.Helper()
		status, header, said := c.ask(t, request, body, headers...)
		if status != want {
			t.Fatalf("%s is answered %d\n%s", request, status, said)
		}
		return header, said
	}
	for _, path := range []string{
		"/projects", "/projects/desk", "/projects/desk/choices", "/projects/desk/sources", "/projects/desk/sources/desk", "/projects/desk/digests", "/projects/desk/digests/weekly/calendar?n=3&zone=Asia/Tokyo",
		"/projects/desk/digests/weekly/periods", "/projects/desk/calendar", "/projects/desk/subscribers?limit=1", "/projects/desk/digests/weekly/subscribers.csv", "/projects/desk/suppressions", "/projects/desk/requests",
		"/projects/desk/editions", "/projects/desk/members", "/projects/desk/tokens", "/projects/desk/webhooks", "/projects/desk/audit", "/projects/desk/audit.csv", "/projects/desk/needs", "/projects/desk/standing",
		"/openapi.json", "/docs",
	} {
		if _, said := must(200, "GET "+path, ""); strings.Contains(said, p.env["DESK_DSN"]) {
			t.Errorf("%s tells the DSN", path)
		}
	}
	must(404, "GET /projects/other", "")
	must(404, "GET /projects/desk/digests/daily", "")
	must(404, "GET /projects/desk/editions/999", "")
	must(200, "POST /projects/desk/sources/desk/probe", "")

	header, said := must(200, "GET /projects/desk/digests/weekly", "")
	tag := header.Get("ETag")
	var d map[string]any
	if err := json.Unmarshal([]byte(said), &d); err != nil {
		t.Fatal(err)
	}
	header, _ = must(200, "PUT /projects/desk/digests/weekly", `{"cadence":"weekly","at":"mon 09:00","sections":[{"section":"activity"}],"targets":[{"section":"activity","figure":"active_users","value":"300"}]}`, "If-Match", tag)
	if header.Get("ETag") == tag {
		t.Errorf("a change leaves the ETag %s", tag)
	}
	must(412, "PUT /projects/desk/digests/weekly", `{"cadence":"weekly","at":"mon 10:00"}`, "If-Match", tag)
	if _, said := must(422, "PUT /projects/desk/digests/weekly", `{"cadence":"weekly","at":"noon","zone":"Mars/Olympus"}`, "If-Match", header.Get("ETag")); !strings.Contains(said, `"pointer":"/at"`) || !strings.Contains(said, `"pointer":"/zone"`) {
		t.Errorf("faults are told as %s", said)
	}
	if out := p.must(t, "export"); !strings.Contains(out, "mon 09:00") || !strings.Contains(out, "active_users") {
		t.Errorf("what the API changed is exported as\n%s", out)
	}

	must(200, "POST /projects/desk/digests/weekly/subscribers", `{"subscribers":[{"address":"ann@desk.example","name":"Ann","audience":"executive","pdf":false}]}`)
	if _, said := must(422, "POST /projects/desk/digests/weekly/subscribers.csv", "address\nbo@desk\n", "Content-Type", "text/csv"); !strings.Contains(said, `"line":2`) {
		t.Errorf("a fault of a file is told as %s", said)
	}
	if _, said := must(200, "GET /projects/desk/subscribers?search=ann", ""); !strings.Contains(said, `"address":"ann@desk.example"`) || !strings.Contains(said, `"total":1`) {
		t.Errorf("who was added is listed as %s", said)
	}
	if _, said := must(200, "GET /projects/desk/digests/weekly/preview?from=2020-03-23&format=text", ""); !strings.Contains(said, "307") || strings.Contains(said, "fortnight.invalid") {
		t.Errorf("the preview is %s", said)
	}

	_, first := must(200, "POST /projects/desk/digests/weekly/send", `{"from":"2020-03-23"}`, "Idempotency-Key", "week-13")
	header, again := must(200, "POST /projects/desk/digests/weekly/send", `{"from":"2020-03-23"}`, "Idempotency-Key", "week-13")
	if again != first || header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("sent twice with one key: %s, then %s", first, again)
	}
	must(422, "POST /projects/desk/digests/weekly/send", `{"from":"2020-03-16"}`, "Idempotency-Key", "week-13")
	must(409, "POST /projects/desk/digests/weekly/send", `{"from":"2020-03-23"}`)
	var opened struct{ Edition int64 }
	if err := json.Unmarshal([]byte(first), &opened); err != nil || opened.Edition == 0 {
		t.Fatalf("%s: %v", first, err)
	}
	deadline := time.Now().Add(2 * time.Minute)
	for {
		_, said := must(200, "GET /projects/desk/editions?state=done", "")
		if strings.Contains(said, `"total":1`) {
			break
		}
		if time.Now().After(deadline) {
			_, said := must(200, "GET /projects/desk/editions", "")
			t.Fatalf("the edition is not done:\n%s", said)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if r.Taken() != 3 {
		t.Errorf("%d mails were taken, not one for each of three", r.Taken())
	}
	id := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(first), `{"edition":`), "}")
	_, whole := must(200, "GET /projects/desk/editions/"+id, "")
	if !strings.Contains(whole, `"key":"total_messages","unit":"count","state":"value","value":307`) {
		t.Errorf("the edition is %s", whole)
	}
	must(200, "GET /projects/desk/editions/"+id+"/compare/"+id, "")
	if _, said := must(200, "GET /projects/desk/editions/"+id+"/copy?audience=executive", ""); strings.Contains(said, "cid:") || strings.Contains(said, "fortnight.invalid") {
		t.Error("a copy loads its pictures from a mail, or links where a delivery's links would be")
	}
	if _, said := must(200, "GET /projects/desk/editions/"+id+"/deliveries.csv", ""); strings.Count(said, ",sent,") != 3 {
		t.Errorf("deliveries are\n%s", said)
	}
	must(409, "POST /projects/desk/editions/"+id+"/release", "")
	must(200, "POST /projects/desk/editions/"+id+"/revoke", "")
	if _, said := must(200, "GET /projects/desk/audit", ""); !strings.Contains(said, `"name":"CI","via":"api"`) {
		t.Errorf("who changed what is %s", said)
	}
	must(201, "POST /projects/desk/webhooks", `{"url":"https://example.com/hook"}`)
	must(422, "POST /projects/desk/webhooks", `{"url":"https://127.0.0.1/hook"}`)
	must(422, "DELETE /projects/desk/sources/desk", "")
}
