package console

import "net/url"

// OIDC is a sign-in by OpenID Connect.
type OIDC struct {
	Name           string // as the button says it: "Lindenhof ID"
	Issuer         string // https://id.example
	Client, Secret string
}

type provider struct{}

func newProvider(o OIDC, base url.URL) *provider { return &provider{} }
