package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/internal/relay"
	"fortnight/ledger"
)

// receiver is a program that a webhook posts to. It keeps what it is posted, and answers the first posts as it is told.
type receiver struct {
	*httptest.Server
	mu      sync.Mutex
	answers []int // of the first posts; then 204
	posts   []posted
}

// posted is one post.
type posted struct {
	id, kind, signature string
	body                []byte
}

func newReceiver(t *testing.T, address string, answers ...int) *receiver {
	t.Helper()
	at, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	l := &receiver{answers: answers}
	l.Server = &httptest.Server{Listener: at, Config: &http.Server{Handler: l, ReadHeaderTimeout: time.Minute}}
	l.Start()
	t.Cleanup(l.Close)
	return l
}

// ServeHTTP takes a post.
func (l *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posts = append(l.posts, posted{r.Header.Get("Fortnight-Id"), r.Header.Get("Fortnight-Event"), r.Header.Get("Fortnight-Signature"), body})
	status := http.StatusNoContent
	if len(l.answers) > 0 {
		status, l.answers = l.answers[0], l.answers[1:]
	}
	w.WriteHeader(status)
}

// got is what came so far.
func (l *receiver) got() []posted {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.posts)
}

// kinds counts the posts by kind: "delivery.sent 2".
func (l *receiver) kinds() (all []string) {
	counts := map[string]int{}
	for _, p := range l.got() {
		counts[p.kind]++
	}
	for kind, n := range counts {
		all = append(all, fmt.Sprintf("%s %d", kind, n))
	}
	slices.Sort(all)
	return all
}

// signedWith checks a signature as a receiver does: by the secret, over the time and the body, and by whether the time is recent.
func (p posted) signedWith(secret string) error {
	stamp, signature, ok := strings.Cut(p.signature, ",v1=")
	at, err := strconv.ParseInt(strings.TrimPrefix(stamp, "t="), 10, 64)
	if !ok || err != nil {
		return fmt.Errorf("the signature is %q", p.signature)
	}
	if age := time.Since(time.Unix(at, 0)); age < -2*time.Second || age > 2*time.Minute {
		return fmt.Errorf("it was signed %s ago", age)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.%s", at, p.body)
	if want := hex.EncodeToString(mac.Sum(nil)); signature != want {
		return fmt.Errorf("it is signed %s, not %s", signature, want)
	}
	return nil
}

// A digest goes to three, of whom one has no mailbox. Three programs listen: one to everything, one to the end alone, which it refuses
// at first, and one that only another machine of this network could reach.
func TestProgramsAreToldOfASendAndOnlyThoseThatMayBe(t *testing.T) {
	t.Parallel()
	r := unruly(t, relay.Options{Rules: []relay.Rule{{Name: "no such mailbox", To: "r0001@d0.example", At: relay.Rcpt, Code: 550, Status: "5.1.1", Words: "User unknown"}}})
	p := sender(t, r, "WEBHOOK_NETWORKS=127.0.0.1/32")
	lines, _ := readersAt(3, "d0.example")
	p.apply(t, deskOf(lines))
	all, end, inside := newReceiver(t, "127.0.0.1:0"), newReceiver(t, "127.0.0.1:0", http.StatusInternalServerError), newReceiver(t, "127.0.0.2:0")
	desk := p.office(t, "desk")
	hook := func(l *receiver, events ...string) digest.Webhook {
		w, err := desk.AddWebhook(t.Context(), digest.Actor{Name: "Nora", Via: "console"}, digest.Webhook{URL: l.URL + "/hooks", Events: events, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	toAll, toEnd, toInside := hook(all), hook(end, digest.EventEditionDone), hook(inside, digest.EventEditionDone)
	x, _ := p.node(t)
	p.awaitDone(t, 1, x)

	await(t, "what the first listens to", 30*time.Second, func() bool { return len(all.got()) >= 5 })
	if got := strings.Join(all.kinds(), ", "); got != "delivery.failed 1, delivery.sent 2, edition.done 1, edition.ready 1" {
		t.Errorf("it is told of %s", got)
	}
	for _, post := range all.got() {
		if err := post.signedWith(toAll.Secret); err != nil {
			t.Errorf("%s: %v", post.kind, err)
		}
		if post.signedWith(toEnd.Secret) == nil {
			t.Errorf("%s is signed with another's secret too", post.kind)
		}
		var body struct {
			Kind, Project, Digest string
			Edition               struct{ Label string }
			Delivery              *struct{ Address, State, Status string }
		}
		if err := json.Unmarshal(post.body, &body); err != nil || body.Kind != post.kind || body.Project != "desk" || body.Digest != "weekly" || !strings.HasPrefix(body.Edition.Label, "SD-") {
			t.Errorf("%s says %s, %v", post.kind, post.body, err)
		}
		if to := body.Delivery; (to != nil) != strings.HasPrefix(post.kind, "delivery.") || to != nil && (to.Address == "r0001@d0.example") != (to.State == "failed" && to.Status == "5.1.1") {
			t.Errorf("%s tells of %+v", post.kind, to)
		}
	}

	// What was refused waits a minute; the test does not.
	await(t, "the end is refused", 30*time.Second, func() bool { return p.posting(t, desk, toEnd.ID).Status == http.StatusInternalServerError })
	if waits := p.posting(t, desk, toEnd.ID); waits.Tries != 1 || waits.NextAt.Before(time.Now().Add(30*time.Second)) || waits.NextAt.After(time.Now().Add(time.Minute)) {
		t.Errorf("then it waits as %+v", waits)
	}
	if _, err := p.pool.Exec(t.Context(), "UPDATE fortnight.postings SET next_at = now() WHERE webhook_id = $1", toEnd.ID); err != nil {
		t.Fatal(err)
	}
	await(t, "the end is taken", 30*time.Second, func() bool { return !p.posting(t, desk, toEnd.ID).Done.IsZero() })
	twice := end.got()
	if len(twice) != 2 || twice[0].id != twice[1].id || string(twice[0].body) != string(twice[1].body) || twice[1].signedWith(toEnd.Secret) != nil {
		t.Errorf("it was posted %+v", twice)
	}

	refused := p.posting(t, desk, toInside.ID)
	if len(inside.got()) != 0 || refused.Status != 0 || refused.Tries == 0 || !refused.Done.IsZero() || refused.Answer != "127.0.0.2 is not an address of the public internet." {
		t.Errorf("%d went to an address inside; its posting is %+v", len(inside.got()), refused)
	}
}

// office is a project's books with the installation's keys, as the console has them.
func (p *place) office(t *testing.T, project string) *ledger.Tenant {
	t.Helper()
	keys, err := Config{SecretKey: Secret(p.env["FORTNIGHT_SECRET_KEY"])}.keys()
	if err != nil {
		t.Fatal(err)
	}
	books := ledger.New(p.pool, ledger.Options{Keys: keys, Now: time.Now, PlainWebhooks: true})
	id, err := books.ProjectID(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	return books.Tenant(id)
}

// posting is the one posting of a webhook.
func (p *place) posting(t *testing.T, desk *ledger.Tenant, webhook int64) digest.Posting {
	t.Helper()
	listed, err := desk.Postings(t.Context(), webhook, digest.Page{Size: 10})
	if err != nil || len(listed.Lines) != 1 {
		t.Fatalf("%d postings are listed, %v", len(listed.Lines), err)
	}
	return listed.Lines[0]
}
