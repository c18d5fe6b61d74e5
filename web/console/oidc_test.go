package console

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// identities is a small OpenID Connect provider on loopback: its person is let through at once.
type identities struct {
	*httptest.Server
	key *rsa.PrivateKey

	claims    map[string]any // beside those that every token has, or over them
	refuse    string         // an error of the authorization; "": none
	signed    *rsa.PrivateKey
	away      bool
	slash     string     // that its name ends in
	asked     url.Values // of the authorization
	exchanged url.Values // of the code
	client    string     // Authorization of the exchange
}

func newIdentities(t *testing.T) *identities {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &identities{key: key, signed: key, claims: map[string]any{"email": nora, "email_verified": true}}
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if p.away {
			http.Error(w, "down", http.StatusBadGateway)
			return
		}
		say(w, map[string]any{"issuer": p.URL + p.slash, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "k1", "n": raw(p.key.N.Bytes()), "e": raw(big.NewInt(int64(p.key.E)).Bytes())}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		p.asked = r.URL.Query()
		back := url.Values{"state": {p.asked.Get("state")}, "code": {"the-code"}}
		if p.refuse != "" {
			back = url.Values{"state": {p.asked.Get("state")}, "error": {p.refuse}}
		}
		http.Redirect(w, r, p.asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		p.exchanged, p.client = r.PostForm, r.Header.Get("Authorization")
		hash := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		if r.PostForm.Get("code") != "the-code" || raw(hash[:]) != p.asked.Get("code_challenge") {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		claims := map[string]any{"iss": p.URL + p.slash, "aud": "fortnight", "sub": "4711", "iat": wednesday.Unix(), "exp": wednesday.Add(time.Hour).Unix(), "nonce": p.asked.Get("nonce")}
		for k, v := range p.claims {
			claims[k] = v
		}
		say(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.token(claims)})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func raw(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token signs claims as RS256.
func (p *identities) token(claims map[string]any) string {
	head, _ := json.Marshal(map[string]string{"alg": "RS256", "kid": "k1", "typ": "JWT"})
	body, _ := json.Marshal(claims)
	said := raw(head) + "." + raw(body)
	sum := sha256.Sum256([]byte(said))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.signed, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return said + "." + raw(signature)
}

// withIdentities serves a console that has the provider. Its own address is not known before it is served.
func withIdentities(t *testing.T, p *identities) *site {
	s := newSite(t, func(c *Config) {
		c.OIDC = &OIDC{Name: "Lindenhof ID", Issuer: p.URL, Client: "fortnight", Secret: "s3cret"}
	})
	s.console.oidc.back = s.URL + "/oidc/callback"
	return s
}

func TestAPersonSignsInByAnIdentityProvider(t *testing.T) {
	p := newIdentities(t)
	s := withIdentities(t, p)
	v := s.browse()
	if a := v.get("/sign-in"); !a.says("Continue with Lindenhof ID") {
		t.Fatal("there is no other way in")
	}
	v.get("/p/desk/audit")
	a := v.get("/oidc/start")
	if a.at != "/p/desk/audit" || a.status != http.StatusOK || !a.says("Nora Feld") {
		t.Fatalf("%d at %s: %s", a.status, a.at, s.logged())
	}
	for field, want := range map[string]string{"client_id": "fortnight", "response_type": "code", "code_challenge_method": "S256", "scope": "openid email"} {
		if got := p.asked.Get(field); got != want {
			t.Errorf("%s is %q", field, got)
		}
	}
	if len(p.asked.Get("state")) < 22 || len(p.asked.Get("nonce")) < 22 || p.client == "" {
		t.Errorf("asked %v, client %q", p.asked, p.client)
	}
}

func TestAnIdentityIsNotTakenForMoreThanItIs(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		change func(*identities)
		status int
		says   string
	}{
		{"nobody invited the address", func(p *identities) { p.claims["email"] = "stranger@lindenhof.example" }, 403, "knows you as stranger@lindenhof.example, which has no access here"},
		{"the address is not verified", func(p *identities) { p.claims["email_verified"] = false }, 403, "has not verified that nora.feld@lindenhof.example is yours"},
		{"whether it is verified is not said", func(p *identities) { delete(p.claims, "email_verified") }, 403, "has not verified"},
		{"there is no address", func(p *identities) { delete(p.claims, "email") }, 403, "does not say what your address is"},
		{"the person says no", func(p *identities) { p.refuse = "access_denied" }, 403, "did not let you through"},
		{"the provider has a fault", func(p *identities) { p.refuse = "server_error" }, 502, "answered with a fault (server_error)"},
		{"another key signed", func(p *identities) { p.signed = other }, 502, "did not prove who you are"},
		{"for another client", func(p *identities) { p.claims["aud"] = "other" }, 502, "did not prove who you are"},
		{"too old", func(p *identities) { p.claims["exp"] = wednesday.Add(-time.Minute).Unix() }, 502, "did not prove who you are"},
		{"of another sign-in", func(p *identities) { p.claims["nonce"] = "replayed" }, 502, "did not prove who you are"},
		{"of another provider", func(p *identities) { p.claims["iss"] = "https://evil.example" }, 502, "did not prove who you are"},
		{"the provider is away", func(p *identities) { p.away = true }, 502, "does not answer"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := newIdentities(t)
			row.change(p)
			s := withIdentities(t, p)
			v := s.browse()
			a := v.get("/oidc/start")
			if a.status != row.status || !a.says(row.says) {
				t.Errorf("%d %s", a.status, a.body)
			}
			if a := v.get("/account"); a.at != "/sign-in" {
				t.Error("signed in all the same")
			}
			if strings.Contains(s.logged(), "s3cret") || strings.Contains(s.logged(), "the-code") {
				t.Error("the log tells secrets")
			}
		})
	}
}

func TestAVerifiedAddressMayBeSaidAsAWord(t *testing.T) {
	p := newIdentities(t)
	p.claims["email_verified"] = "true"
	s := withIdentities(t, p)
	v := s.browse()
	v.get("/account")
	if a := v.get("/oidc/start"); a.at != "/account" {
		t.Errorf("%d at %s", a.status, a.at)
	}
}

func TestAProvidersNameMayEndInASlash(t *testing.T) {
	p := newIdentities(t)
	p.slash = "/"
	s := withIdentities(t, p)
	v := s.browse()
	v.get("/account")
	if a := v.get("/oidc/start"); a.at != "/account" {
		t.Errorf("%d at %s: %s", a.status, a.at, s.logged())
	}
}

func TestAnAnswerThatThisBrowserDidNotAskForIsRefused(t *testing.T) {
	p := newIdentities(t)
	s := withIdentities(t, p)
	v := s.browse()
	for _, path := range []string{"/oidc/callback", "/oidc/callback?state=x&code=the-code", "/oidc/callback?state=&code=the-code"} {
		if a := v.get(path); a.status != http.StatusBadRequest || !a.says("was not begun in this browser") {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if p.exchanged != nil {
		t.Error("the code was used")
	}
	if a := newSite(t).browse().get("/oidc/start"); a.status != http.StatusNotFound {
		t.Errorf("without a provider: %d", a.status)
	}
}
