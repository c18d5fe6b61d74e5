package console

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
	"fortnight/web/office"
)

// site is a console over books in memory, with browsers that visit it. A test puts what it needs into the books.
type site struct {
	*httptest.Server
	t       testing.TB
	house   *houseBooks
	desk    *projectBooks // project 1, "desk"
	clinics *projectBooks // project 2, "clinics", of other people
	works   *worksBooks
	console *console
	books   func(id int64) any // in place of the projects' own; nil: theirs
	log     *strings.Builder
	mu      sync.Mutex
	now     time.Time
}

// A Wednesday before the clocks go forward in Berlin.
var wednesday = time.Date(2026, 3, 25, 9, 42, 0, 0, time.UTC)

// newSite serves a console. Nora (1) owns desk, Emil (2) edits it, Vera (3) views it; Otto (4) owns clinics; Olga (5) is operator.
// change may set what of the configuration a test needs otherwise.
func newSite(t testing.TB, change ...func(*Config)) *site {
	t.Helper()
	s := &site{t: t, now: wednesday, log: &strings.Builder{}}
	s.desk = &projectBooks{head: digest.Project{Key: "desk", Name: "Lindenhof Clinics", Zone: "Europe/Berlin", Locale: "en", WeekStart: time.Monday, BiMonthly: "twice-monthly", Brand: digest.Brand{Accent: 0x0f766eff}}}
	s.clinics = &projectBooks{head: digest.Project{Key: "clinics", Name: "Oakfield Dental", Zone: "Europe/London", Locale: "en", WeekStart: time.Monday}}
	s.house = &houseBooks{site: s, tokens: map[string]asked{}, accounts: []digest.Account{
		{ID: 1, Address: "nora.feld@lindenhof.example", Name: "Nora Feld"},
		{ID: 2, Address: "emil.brandt@lindenhof.example", Name: "Emil Brandt"},
		{ID: 3, Address: "vera.lind@lindenhof.example", Name: "Vera Lind"},
		{ID: 4, Address: "otto@oakfield.example", Name: "Otto Oak"},
		{ID: 5, Address: "olga@fortnight.example", Name: "Olga Opal", Operator: true},
	}}
	s.desk.house, s.clinics.house = s.house, s.house
	s.desk.members = []digest.Member{
		{Account: s.house.accounts[0], Role: digest.RoleOwner, AddedAt: wednesday.AddDate(0, -2, 0), Digests: []string{"weekly"}},
		{Account: s.house.accounts[1], Role: digest.RoleEditor, AddedAt: wednesday.AddDate(0, -1, 0)},
		{Account: s.house.accounts[2], Role: digest.RoleViewer, AddedAt: wednesday.AddDate(0, 0, -3)},
	}
	s.clinics.members = []digest.Member{{Account: s.house.accounts[3], Role: digest.RoleOwner}}
	s.works = &worksBooks{mails: make(chan mailed, 100)}
	assets, err := look.New("")
	if err != nil {
		t.Fatal(err)
	}
	base, _ := url.Parse("http://console.example")
	c := Config{
		House: s.house, Works: s.works, Sessions: &sessionBooks{site: s, kept: map[string]keptSession{}}, Base: *base, Look: assets,
		Now: s.clock, Log: slog.New(slog.NewTextHandler(locked{&s.mu, s.log}, nil)),
		Project: func(id int64) office.Project {
			if s.books != nil {
				return s.books(id).(office.Project)
			}
			return map[int64]*projectBooks{1: s.desk, 2: s.clinics}[id]
		},
	}
	for _, f := range change {
		f(&c)
	}
	s.house.sessions = c.Sessions.(*sessionBooks)
	if s.console, err = newConsole(c); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/{name}", assets)
	mux.Handle("/", s.console.handler())
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// pass lets time pass.
func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

type locked struct {
	mu *sync.Mutex
	io.Writer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Writer.Write(p)
}

// visitor is one browser.
type visitor struct {
	*http.Client
	s *site
}

// browse opens a browser that nobody is signed in with.
func (s *site) browse() *visitor {
	jar, _ := cookiejar.New(nil)
	return &visitor{&http.Client{Jar: jar, Timeout: 20 * time.Second}, s}
}

// as opens a browser that an account is signed in with.
func (s *site) as(address string) *visitor {
	s.t.Helper()
	v := s.browse()
	v.get("/account") // where it ends up
	token := s.house.invite(address)
	if a := v.post("/sign-in/"+token, nil); a.status == http.StatusForbidden || strings.HasPrefix(a.at, "/sign-in") {
		s.t.Fatalf("%s is not let in: %d at %s", address, a.status, a.at)
	}
	return v
}

const (
	nora = "nora.feld@lindenhof.example"
	emil = "emil.brandt@lindenhof.example"
	vera = "vera.lind@lindenhof.example"
	otto = "otto@oakfield.example"
	olga = "olga@fortnight.example"
)

// answer is what a browser got, redirects followed.
type answer struct {
	status int
	body   string
	at     string // path and query of where it ended up
	http.Header
}

func (a answer) says(words string) bool { return strings.Contains(a.body, words) }

func (v *visitor) get(path string) answer {
	v.s.t.Helper()
	r, err := http.NewRequest(http.MethodGet, v.s.URL+path, nil)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return v.do(r)
}

func (v *visitor) post(path string, form url.Values) answer {
	v.s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, v.s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.do(r)
}

func (v *visitor) do(r *http.Request) answer {
	v.s.t.Helper()
	w, err := v.Do(r)
	if err != nil {
		v.s.t.Fatal(err)
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	if err != nil {
		v.s.t.Fatal(err)
	}
	return answer{w.StatusCode, string(body), w.Request.URL.RequestURI(), w.Header}
}

// houseBooks is the house in memory.
type houseBooks struct {
	office.House
	*site
	accounts []digest.Account
	tokens   map[string]asked
	many     bool // everybody has asked too often
	sessions *sessionBooks
}

type asked struct {
	account int64
	browser string
	ends    time.Time
}

func (h *houseBooks) invite(address string) string {
	token, _, err := h.AskIn(h.t.Context(), address, "", inviteLasts)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *houseBooks) Account(_ context.Context, id int64) (digest.Account, error) {
	for _, a := range h.accounts {
		if a.ID == id {
			return a, nil
		}
	}
	return digest.Account{}, digest.ErrNotFound
}

func (h *houseBooks) AccountOf(_ context.Context, address string) (digest.Account, error) {
	for _, a := range h.accounts {
		if strings.EqualFold(a.Address, address) {
			return a, nil
		}
	}
	return digest.Account{}, digest.ErrNotFound
}

func (h *houseBooks) Memberships(ctx context.Context, account int64) (all []digest.Membership, err error) {
	a, err := h.Account(ctx, account)
	for id, p := range []*projectBooks{h.desk, h.clinics} {
		m := digest.Membership{Project: int64(id + 1), Key: p.head.Key, Name: p.head.Name, Accent: p.head.Brand.Accent, Role: digest.RoleOwner}
		i := slices.IndexFunc(p.members, func(m digest.Member) bool { return m.ID == account })
		if i >= 0 {
			m.Role = p.members[i].Role
		}
		if i >= 0 || a.Operator {
			all = append(all, m)
		}
	}
	return all, err
}

func (h *houseBooks) Rename(_ context.Context, account int64, name string) error {
	for i := range h.accounts {
		if h.accounts[i].ID == account {
			h.accounts[i].Name = name
		}
	}
	return nil
}

func (h *houseBooks) AskIn(ctx context.Context, address, browser string, lasts time.Duration) (string, digest.Account, error) {
	a, err := h.AccountOf(ctx, address)
	if err != nil {
		return "", a, err
	}
	now := h.clock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.many {
		return "", a, digest.ErrNotDue
	}
	token := "token-of-" + strings.NewReplacer("@", "-", ".", "-").Replace(address) + "-" + string(rune('a'+len(h.tokens)))
	h.tokens[token] = asked{a.ID, browser, now.Add(lasts)}
	return token, a, nil
}

func (h *houseBooks) ComeIn(ctx context.Context, token, browser string) (digest.Account, error) {
	now := h.clock()
	h.mu.Lock()
	defer h.mu.Unlock()
	t, ok := h.tokens[token]
	if !ok || t.browser != "" && t.browser != browser || now.After(t.ends) {
		return digest.Account{}, digest.ErrNotFound
	}
	delete(h.tokens, token)
	return h.Account(ctx, t.account)
}

// sessionBooks keeps sessions in memory, as the ledger does in its table.
type sessionBooks struct {
	*site
	kept map[string]keptSession
	next int64
}

type keptSession struct {
	id         int64
	data       []byte
	made, seen time.Time
	ends       time.Time
}

func (b *sessionBooks) FindCtx(_ context.Context, token string) ([]byte, bool, error) {
	now := b.clock()
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.kept[token]
	if !ok || now.After(k.ends) {
		return nil, false, nil
	}
	return k.data, true, nil
}

func (b *sessionBooks) CommitCtx(_ context.Context, token string, data []byte, ends time.Time) error {
	now := b.clock()
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.kept[token]
	if !ok {
		b.next++
		k = keptSession{id: b.next, made: now}
	}
	k.data, k.seen, k.ends = data, now, ends
	b.kept[token] = k
	return nil
}

func (b *sessionBooks) DeleteCtx(_ context.Context, token string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.kept, token)
	return nil
}

func (b *sessionBooks) Find(string) ([]byte, bool, error)      { panic("without a context") }
func (b *sessionBooks) Commit(string, []byte, time.Time) error { panic("without a context") }
func (b *sessionBooks) Delete(string) error                    { panic("without a context") }
func (h *houseBooks) EndSession(ctx context.Context, account, id int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for token, k := range h.sessions.kept {
		if _, v, err := (jsonCodec{}).Decode(k.data); err == nil && k.id == id && v[keyAccount] == account {
			delete(h.sessions.kept, token)
			return nil
		}
	}
	return digest.ErrNotFound
}

func (h *houseBooks) EndSessions(ctx context.Context, account, but int64) (n int, err error) {
	all, _ := h.Sessions(ctx, account, "")
	for _, s := range all {
		if s.ID != but && h.EndSession(ctx, account, s.ID) == nil {
			n++
		}
	}
	return n, nil
}

func (h *houseBooks) Sessions(_ context.Context, account int64, token string) (all []digest.Session, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for t, k := range h.sessions.kept {
		_, v, err := (jsonCodec{}).Decode(k.data)
		if err != nil {
			return nil, err
		}
		if v[keyAccount] == account {
			all = append(all, digest.Session{ID: k.id, Account: account, Agent: v[keyAgent].(string), From: v[keyFrom].(string), MadeAt: k.made, SeenAt: k.seen, Ends: k.ends, Current: t == token})
		}
	}
	slices.SortFunc(all, func(a, b digest.Session) int { return int(b.ID - a.ID) })
	return all, nil
}

// projectBooks is a project in memory.
type projectBooks struct {
	office.Project
	house    *houseBooks
	head     digest.Project
	members  []digest.Member
	needs    digest.Needs
	logo     digest.Logo
	tokens   []digest.Token
	webhooks []digest.Webhook
	postings []digest.Posting
	audit    []digest.AuditLine
}

func (p *projectBooks) Head(context.Context) (digest.Project, error)     { return p.head, nil }
func (p *projectBooks) Members(context.Context) ([]digest.Member, error) { return p.members, nil }
func (p *projectBooks) Needs(context.Context) (digest.Needs, error)      { return p.needs, nil }

// worksBooks notes what is mailed.
type worksBooks struct {
	office.Works
	mails chan mailed
}

type mailed struct {
	to, link, by string
	lasts        time.Duration
}

func (w *worksBooks) MailSignIn(_ context.Context, a digest.Account, link string, lasts time.Duration) error {
	w.mails <- mailed{to: a.Address, link: link, lasts: lasts}
	return nil
}

func (w *worksBooks) MailInvite(_ context.Context, a digest.Account, _ digest.Project, by, link string, lasts time.Duration) error {
	w.mails <- mailed{a.Address, link, by, lasts}
	return nil
}
