package hooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
)

var noon = time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC)

// ledger holds postings in memory, and hands each out once.
type ledger struct {
	sync.Mutex
	due   []digest.DuePosting
	ended []digest.Posting
}

func (l *ledger) TakePostings(_ context.Context, n int, _ time.Duration) ([]digest.DuePosting, error) {
	l.Lock()
	defer l.Unlock()
	n = min(n, len(l.due))
	taken := l.due[:n]
	l.due = l.due[n:]
	return taken, nil
}

func (l *ledger) PostingEnded(_ context.Context, p digest.Posting) error {
	l.Lock()
	defer l.Unlock()
	l.ended = append(l.ended, p)
	return nil
}

var loopbacks = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// post posts one event to an address and says what became of it.
func post(t *testing.T, url string, networks []netip.Prefix) digest.Posting {
	t.Helper()
	books := &ledger{due: []digest.DuePosting{{
		Posting: digest.Posting{ID: 41, Webhook: 7, Kind: digest.EventEditionDone, Body: []byte(`{"event":"edition.done","edition":3}`), Tries: 1},
		URL:     url, Secret: "whsec_desk",
	}}}
	p := New(Config{Books: books, Networks: networks, Timeout: 300 * time.Millisecond, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)})
	if n, err := p.Post(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d postings were taken up: %v", n, err)
	}
	if len(books.ended) != 1 {
		t.Fatalf("%d postings have come to an end", len(books.ended))
	}
	return books.ended[0]
}

func TestAnEventIsPostedAndSigned(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "thanks")
	}))
	defer server.Close()
	p := post(t, server.URL+"/hooks?of=desk", loopbacks)
	if p.Status != 202 || p.Answer != "" || p.Tries != 1 || p.ID != 41 {
		t.Errorf("what was taken is kept as %+v", p)
	}
	if got.Method != http.MethodPost || got.URL.RequestURI() != "/hooks?of=desk" || got.Header.Get("Content-Type") != "application/json" ||
		got.Header.Get("Fortnight-Event") != "edition.done" || got.Header.Get("Fortnight-Id") != "41" {
		t.Errorf("it is posted as %s %s, %v", got.Method, got.URL, got.Header)
	}
	mac := hmac.New(sha256.New, []byte("whsec_desk"))
	fmt.Fprintf(mac, "%d.%s", noon.Unix(), body)
	if want := fmt.Sprintf("t=%d,v1=%s", noon.Unix(), hex.EncodeToString(mac.Sum(nil))); got.Header.Get("Fortnight-Signature") != want {
		t.Errorf("it is signed %s, want %s", got.Header.Get("Fortnight-Signature"), want)
	}
	if string(body) != `{"event":"edition.done","edition":3}` {
		t.Errorf("its body is %s", body)
	}
}

func TestOfARefusalTheFirstWordsAreKept(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte("no\r\nroom\x00 \xff<b>here</b>" + strings.Repeat("é", 400)))
	}))
	defer server.Close()
	p := post(t, server.URL, loopbacks)
	if p.Status != 500 || !strings.HasPrefix(p.Answer, "no room <b>here</b>é") || len(p.Answer) > 500 || !strings.HasSuffix(p.Answer, "é") {
		t.Errorf("it is kept as %+v", p)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer inside.Close()
	server := httptest.NewServer(http.RedirectHandler(inside.URL+"/admin", http.StatusTemporaryRedirect))
	defer server.Close()
	p := post(t, server.URL, loopbacks)
	if p.Status != 307 || !strings.HasPrefix(p.Answer, "redirects to "+inside.URL+"/admin, which is not followed") {
		t.Errorf("it is kept as %+v", p)
	}
}

func TestAServerThatHangsIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	p := post(t, "http://"+silent.Addr().String(), loopbacks)
	if p.Status != 0 || p.Answer != "no answer in time" {
		t.Errorf("it is kept as %+v", p)
	}
	drip := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		for r.Context().Err() == nil { // an answer without an end, a letter at a time
			_, _ = w.Write([]byte("x"))
			w.(http.Flusher).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	}))
	defer drip.Close()
	if p := post(t, drip.URL, loopbacks); p.Status != 200 || p.Answer != "" {
		t.Errorf("a taken one whose answer has no end is kept as %+v", p)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestNobodyIsPostedToWhoOnlyThisMachineReaches(t *testing.T) {
	t.Parallel()
	reached := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	defer reached.Close()
	_, port, _ := net.SplitHostPort(reached.Listener.Addr().String())
	for _, c := range []struct{ name, url, says string }{
		{"loopback by its number", "https://127.0.0.1:" + port, "127.0.0.1 is not an address of the public internet."},
		{"loopback by its name", "https://localhost:" + port, "the address leads to"},
		{"loopback in one number", "https://2130706433:" + port, ""},
		{"loopback in octal", "https://0177.0.0.1:" + port, ""},
		{"loopback, IPv6", "https://[::1]:" + port, "::1 is not"},
		{"loopback, mapped", "https://[::ffff:127.0.0.1]:" + port, "::ffff:127.0.0.1 is not"},
		{"metadata of a cloud", "https://169.254.169.254/latest/meta-data/", "169.254.169.254 is not"},
		{"no address at all", "https:///hooks", "This is not an address"},
		{"http", "http://127.0.0.1:" + port, "Write https"},
		{"another scheme", "ftp://example.com/hooks", "Write https"},
		{"a password", "https://user:word@example.com/", "Take the name and password"},
	} {
		p := post(t, c.url, nil)
		if p.Status != 0 || p.Answer == "" || !strings.Contains(p.Answer, c.says) || strings.Contains(p.Answer, port) && c.says != "" {
			t.Errorf("%s: it is kept as %+v", c.name, p)
		}
	}
	p := New(Config{Networks: loopbacks})
	for address, want := range map[string]bool{"127.0.0.1": true, "::ffff:127.0.0.1": true, "127.0.0.2": false, "93.184.216.34": false, "10.0.0.1": false} {
		if err := p.own(netip.MustParseAddr(address)); (err == nil) != want {
			t.Errorf("http to %s: %v", address, err)
		}
	}
}

func TestOfAddressesThePublicOnesAloneAreReachable(t *testing.T) {
	t.Parallel()
	own := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd12:3456::/32")}
	for _, c := range []struct {
		addresses string
		reachable bool
	}{
		{"93.184.216.34 8.8.8.8 2606:2800:220:1:248:1893:25c8:1946 64:ff9b::808:808 ::ffff:8.8.8.8 2002:808:808::1", true},
		{"10.1.2.3 fd12:3456::1 ::ffff:10.1.0.9", true},
		{"0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.9.9.9 169.254.1.1 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1", false},
		{"192.0.0.170 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255", false},
		{":: ::1 fe80::1 fe80::1%eth0 fec0::1 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 100::1 2001::1 64:ff9b:1::1 5f00::1 3fff::1", false},
		{"::ffff:127.0.0.1 ::ffff:192.168.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1::1 2002:c0a8:1::1", false},
	} {
		for _, a := range strings.Fields(c.addresses) {
			if got := reachable(netip.MustParseAddr(a), own); got != c.reachable {
				t.Errorf("%s is reachable: %v", a, got)
			}
		}
	}
	if !reachable(netip.MustParseAddr("172.15.0.1"), nil) || !reachable(netip.MustParseAddr("172.32.0.1"), nil) || !reachable(netip.MustParseAddr("100.128.0.1"), nil) {
		t.Error("what is next to a private network counts as private")
	}
}

func TestAPosterThatIsStoppedLeavesWhatItHadInWork(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // a server notices only then that its client is gone
		stop()
		<-r.Context().Done()
	}))
	defer server.Close()
	books := &ledger{due: []digest.DuePosting{{Posting: digest.Posting{ID: 1, Body: []byte("{}")}, URL: server.URL}}}
	var log bytes.Buffer
	p := New(Config{Books: books, Networks: loopbacks, Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(&log, nil))})
	ended := make(chan struct{})
	go func() { p.Run(ctx); close(ended) }()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("it does not stop")
	}
	if len(books.ended) != 0 {
		t.Errorf("a posting that was cut off by the stop is kept as %+v", books.ended)
	}
	if log.Len() > 0 {
		t.Errorf("it logged %s", log.String())
	}
}

func TestManyPostingsAreTakenUpOneAfterAnother(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	seen := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if seen[r.Header.Get("Fortnight-Id")]++; len(seen) == 50 {
			stop()
		}
	}))
	defer server.Close()
	books := &ledger{}
	for i := range 50 {
		books.due = append(books.due, digest.DuePosting{Posting: digest.Posting{ID: int64(i), Body: []byte("{}")}, URL: server.URL})
	}
	New(Config{Books: books, Networks: loopbacks, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}).Run(ctx)
	for id, n := range seen {
		if n != 1 {
			t.Errorf("posting %s was posted %d times", id, n)
		}
	}
	if len(seen) != 50 {
		t.Errorf("%d of 50 were posted", len(seen))
	}
}
