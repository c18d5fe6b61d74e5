package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"

	"fortnight/collectors"
	"fortnight/ledger"
)

// Config is the program's configuration: every field is a variable FORTNIGHT_…, read once at the start of a command.
// README's table is made from it.
type Config struct {
	DatabaseURL     Secret `envconfig:"DATABASE_URL" desc:"PostgreSQL of Fortnight's own state, as a URL or key=value words"`
	DatabaseURLFile string `envconfig:"DATABASE_URL_FILE" desc:"file that holds DATABASE_URL"`
	SecretKey       Secret `envconfig:"SECRET_KEY" desc:"seals source passwords and links; make it with openssl rand -base64 32; two, separated by a comma, while rotating (the new one first)"`
	SecretKeyFile   string `envconfig:"SECRET_KEY_FILE" desc:"file that holds SECRET_KEY"`

	SMTPHost         string             `envconfig:"SMTP_HOST" default:"localhost" desc:"mail relay"`
	SMTPPort         int                `envconfig:"SMTP_PORT" default:"587" desc:"its port; 465 means TLS from the first byte"`
	SMTPUsername     string             `envconfig:"SMTP_USERNAME" desc:"user at the relay; empty: no sign-in"`
	SMTPPassword     Secret             `envconfig:"SMTP_PASSWORD" desc:"password at the relay"`
	SMTPPasswordFile string             `envconfig:"SMTP_PASSWORD_FILE" desc:"file that holds SMTP_PASSWORD"`
	SMTPTLS          string             `envconfig:"SMTP_TLS" default:"mandatory" desc:"mandatory (never falls back), opportunistic or none"`
	SMTPTimeout      time.Duration      `envconfig:"SMTP_TIMEOUT" default:"10m" desc:"how long the relay may take to answer after the message was handed over (RFC 5321 asks for 10m)"`
	SMTPConnections  int                `envconfig:"SMTP_CONNECTIONS" default:"4" desc:"how many messages are under way to the relay at a time, in each process"`
	SMTPRate         float64            `envconfig:"SMTP_RATE" desc:"messages a minute to the relay, of each process; 0: as many as it takes"`
	DomainConns      int                `envconfig:"SMTP_DOMAIN_CONNECTIONS" desc:"how many of the connections one recipient domain may have; 0: half of them, so that one that stalls does not delay the others"`
	DomainRate       float64            `envconfig:"SMTP_DOMAIN_RATE" desc:"messages a minute to one recipient domain, of each process; 0: no limit"`
	DomainRates      map[string]float64 `envconfig:"SMTP_DOMAIN_RATES" desc:"messages a minute to named domains: gmail.com:60,outlook.com:30"`
	Retry            time.Duration      `envconfig:"RETRY" default:"1m" desc:"the first pause after a 4xx; it doubles with each attempt, four hours at most"`
	MailFrom         string             `envconfig:"MAIL_FROM" desc:"sender where a project names none: \"digest@example.com\" or \"Fortnight <digest@example.com>\""`

	DKIMDomain   string `envconfig:"DKIM_DOMAIN" desc:"domain of the DKIM signature; empty: that of the sender"`
	DKIMSelector string `envconfig:"DKIM_SELECTOR" default:"fortnight" desc:"DKIM selector; two, separated by a comma, while rotating"`
	DKIMKey      Secret `envconfig:"DKIM_KEY" desc:"DKIM private key, PEM (RSA 2048 or Ed25519); two, in the order of the selectors, while rotating; empty: messages are not signed"`
	DKIMKeyFile  string `envconfig:"DKIM_KEY_FILE" desc:"file that holds DKIM_KEY"`

	BounceAddress      string `envconfig:"BOUNCE_ADDRESS" desc:"address that bounces come back to: bounces@digest.example.com becomes bounces+TOKEN@…, another of each message; empty: they go to the sender"`
	BounceIMAP         string `envconfig:"BOUNCE_IMAP" desc:"mailbox of those bounces, which serve reads every five minutes: imaps://USER@HOST/INBOX, imap:// for STARTTLS"`
	BouncePassword     Secret `envconfig:"BOUNCE_PASSWORD" desc:"password of BOUNCE_IMAP"`
	BouncePasswordFile string `envconfig:"BOUNCE_PASSWORD_FILE" desc:"file that holds BOUNCE_PASSWORD"`
	BounceDone         string `envconfig:"BOUNCE_DONE" desc:"mailbox beside BOUNCE_IMAP that what was read is moved to; empty: it stays, marked as seen"`

	BaseURL        string        `envconfig:"BASE_URL" default:"http://localhost:8025" desc:"where readers reach this service, with or without a path; https, or http on loopback (one-click unsubscribe is then left out)"`
	Addr           string        `envconfig:"ADDR" default:":8025" desc:"host:port that serve listens on"`
	AdminEmail     string        `envconfig:"ADMIN_EMAIL" desc:"who is told when an edition is held, parked or missed, a section fails or copies are not delivered: at most one mail a cause and hour"`
	LinkLife       time.Duration `envconfig:"LINK_LIFE" default:"9600h" desc:"how long links to an edition's archive page, PDF and tables are good (400 days); unsubscribing and preferences do not end"`
	TrustedProxies []string      `envconfig:"TRUSTED_PROXIES" desc:"addresses or networks of proxies whose X-Forwarded-For is believed: 10.0.0.0/8,192.0.2.7; empty: none, and sign-in is throttled by the address that connects"`

	OIDCIssuer           string `envconfig:"OIDC_ISSUER" desc:"OpenID Connect provider that people may sign in with beside the mailed link: https://login.example.com; it returns to BASE_URL/oidc/callback; empty: none"`
	OIDCClientID         string `envconfig:"OIDC_CLIENT_ID" desc:"client id there"`
	OIDCClientSecret     Secret `envconfig:"OIDC_CLIENT_SECRET" desc:"client secret there"`
	OIDCClientSecretFile string `envconfig:"OIDC_CLIENT_SECRET_FILE" desc:"file that holds OIDC_CLIENT_SECRET"`
	OIDCName             string `envconfig:"OIDC_NAME" default:"single sign-on" desc:"what its button says: Sign in with …"`

	WebhookNetworks []string `envconfig:"WEBHOOK_NETWORKS" desc:"networks of your own that webhooks may post to, http included: 10.1.0.0/16; every other private, loopback or link-local address is refused when it is connected to"`

	Mappings string `envconfig:"MAPPINGS" desc:"folder of your own platforms' mappings, each a folder that is called as its platform (docs/platforms.md); read once, at the start; empty: those that are built in"`

	DataDir string `envconfig:"DATA_DIR" default:"fortnight-data" desc:"folder of the private PostgreSQL of serve --embedded"`

	Lease time.Duration `envconfig:"LEASE" default:"20s" desc:"how long the work of a process that died is left to it before another takes it up; 5s or more, the same in all processes"`

	KeepMonths int `envconfig:"KEEP_MONTHS" default:"0" desc:"how many whole months of messages of Fortnight's own event tables are kept beside the current one; 0: all. When a person first wrote is kept whatever goes"`

	LogLevel  string `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	LogFormat string `envconfig:"LOG_FORMAT" default:"text" desc:"text or json"`

	SourceDSN     Secret `envconfig:"SOURCE_DSN" desc:"source of collect and preview where --dsn is not given"`
	SourceDSNFile string `envconfig:"SOURCE_DSN_FILE" desc:"file that holds SOURCE_DSN"`
}

// prefix begins the name of every variable.
const prefix = "FORTNIGHT"

// Secret is a setting that is never printed.
type Secret string

// String hides the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal gives the secret itself.
func (s Secret) Reveal() string { return string(s) }

// loadConfig reads the environment and the files that its _FILE twins name. All faults are reported at once, beside what could
// be read.
func loadConfig() (Config, error) {
	var c Config
	if err := envconfig.Process(prefix, &c); err != nil {
		var p *envconfig.ParseError
		if errors.As(err, &p) {
			kind := "number"
			switch p.TypeName {
			case "time.Duration":
				kind = "time such as 90s or 10m"
			case "map[string]float64":
				kind = "list such as gmail.com:60,outlook.com:30"
			}
			return c, fmt.Errorf("%s is %q: write a %s, or unset it for its default", p.KeyName, p.Value, kind)
		}
		return c, err
	}
	var faults []error
	for _, twin := range []struct {
		name, file string
		value      *Secret
	}{
		{"DATABASE_URL", c.DatabaseURLFile, &c.DatabaseURL},
		{"SECRET_KEY", c.SecretKeyFile, &c.SecretKey},
		{"SMTP_PASSWORD", c.SMTPPasswordFile, &c.SMTPPassword},
		{"DKIM_KEY", c.DKIMKeyFile, &c.DKIMKey},
		{"BOUNCE_PASSWORD", c.BouncePasswordFile, &c.BouncePassword},
		{"SOURCE_DSN", c.SourceDSNFile, &c.SourceDSN},
		{"OIDC_CLIENT_SECRET", c.OIDCClientSecretFile, &c.OIDCClientSecret},
	} {
		if twin.file == "" {
			continue
		}
		if *twin.value != "" {
			faults = append(faults, fmt.Errorf("%s_%s and %s_%s_FILE are both set: keep one", prefix, twin.name, prefix, twin.name))
			continue
		}
		b, err := os.ReadFile(twin.file)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s_%s_FILE: %w", prefix, twin.name, err))
		}
		*twin.value = Secret(strings.TrimSpace(string(b)))
	}
	return c, errors.Join(faults...)
}

// Validate reports all faults at once, each with the variable's name.
func (c Config) Validate() error {
	var faults []error
	fault := func(name, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s_%s %s", prefix, name, fmt.Sprintf(format, args...)))
	}
	switch c.SMTPTLS {
	case "mandatory", "opportunistic", "none":
	default:
		fault("SMTP_TLS", "is %q: write mandatory, opportunistic or none", c.SMTPTLS)
	}
	if c.SMTPPort < 1 || c.SMTPPort > 65535 {
		fault("SMTP_PORT", "is %d: write a port, 1 to 65535", c.SMTPPort)
	}
	if c.SMTPTLS == "none" && c.SMTPPassword != "" && !loopback(c.SMTPHost) {
		fault("SMTP_TLS", "is none, but SMTP_PASSWORD is set: a password is not sent in clear; write mandatory")
	}
	if (c.SMTPUsername == "") != (c.SMTPPassword == "") {
		fault("SMTP_USERNAME", "and SMTP_PASSWORD go together: set both or neither")
	}
	if c.SMTPConnections < 1 || c.SMTPConnections > 100 {
		fault("SMTP_CONNECTIONS", "is %d: write a number from 1 to 100", c.SMTPConnections)
	}
	if c.DomainConns < 0 || c.DomainConns > c.SMTPConnections {
		fault("SMTP_DOMAIN_CONNECTIONS", "is %d: write a number from 1 to %s_SMTP_CONNECTIONS, or 0 for half of them", c.DomainConns, prefix)
	}
	for _, rate := range []struct {
		name  string
		value float64
	}{{"SMTP_RATE", c.SMTPRate}, {"SMTP_DOMAIN_RATE", c.DomainRate}} {
		if !(rate.value >= 0 && rate.value <= 1e6) {
			fault(rate.name, "is %g: write messages a minute, or 0 for no limit", rate.value)
		}
	}
	for domain, rate := range c.DomainRates {
		if !(rate > 0 && rate <= 1e6) {
			fault("SMTP_DOMAIN_RATES", "has %g for %s: write messages a minute", rate, domain)
		}
	}
	if c.Retry < time.Second || c.Retry > 4*time.Hour {
		fault("RETRY", "is %s: write a time from 1s to 4h", c.Retry)
	}
	if c.SMTPTimeout <= 0 {
		fault("SMTP_TIMEOUT", "is %s: write a time such as 10m", c.SMTPTimeout)
	}
	for _, address := range []struct{ name, value string }{{"MAIL_FROM", c.MailFrom}, {"ADMIN_EMAIL", c.AdminEmail}} {
		if _, err := mail.ParseAddress(address.value); err != nil && address.value != "" {
			fault(address.name, "is %q: write an address such as digest@example.com", address.value)
		}
	}
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		fault("BASE_URL", "is %q: write an address such as https://digest.example.com", c.BaseURL)
	} else if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(u.Path, "//") {
		fault("BASE_URL", "is %q: write it without user, question mark and #, such as https://example.com/digest", u.Redacted())
	} else if u.Scheme == "http" && !loopback(u.Hostname()) {
		fault("BASE_URL", "is %q: write https; http is accepted on loopback only", c.BaseURL)
	}
	if !hostPort(c.Addr) {
		fault("ADDR", "is %q: write host:port, or :port", c.Addr)
	}
	if c.Lease < 5*time.Second {
		fault("LEASE", "is %s: write 5s or more", c.Lease)
	}
	if c.KeepMonths < 0 || c.KeepMonths > 1200 {
		fault("KEEP_MONTHS", "is %d: write a number of months, or 0 for all", c.KeepMonths)
	}
	if c.LinkLife < 24*time.Hour {
		fault("LINK_LIFE", "is %s: write a day (24h) or more", c.LinkLife)
	}
	for _, list := range []struct {
		name   string
		values []string
	}{{"TRUSTED_PROXIES", c.TrustedProxies}, {"WEBHOOK_NETWORKS", c.WebhookNetworks}} {
		if _, err := networks(list.values); err != nil {
			fault(list.name, "%v", err)
		}
	}
	if u, err := url.Parse(c.OIDCIssuer); c.OIDCIssuer != "" && (err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname()))) {
		fault("OIDC_ISSUER", "is %q: write an address such as https://login.example.com", c.OIDCIssuer)
	}
	if (c.OIDCIssuer == "") != (c.OIDCClientID == "") {
		fault("OIDC_ISSUER", "and OIDC_CLIENT_ID go together: set both or neither")
	}
	if c.SecretKey != "" {
		if _, err := c.keys(); err != nil {
			faults = append(faults, err)
		}
	}
	faults = append(faults, c.bounceFaults()...)
	if _, err := c.logger(&bytes.Buffer{}); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// Misspelt names a variable that begins with FORTNIGHT_ and is no setting.
func (c Config) Misspelt() error {
	if err := envconfig.CheckDisallowed(prefix, &c); err != nil {
		name := err.Error()[strings.LastIndex(err.Error(), " ")+1:]
		return fmt.Errorf("%s is not a setting of Fortnight: look for a slip of the pen", name)
	}
	return nil
}

// keys gives the keys of SECRET_KEY, the current one first.
func (c Config) keys() (ledger.Keys, error) {
	if c.SecretKey == "" {
		return ledger.Keys{}, fmt.Errorf("%s_SECRET_KEY is not set: make one with \"openssl rand -base64 32\" and keep it", prefix)
	}
	var secrets []string
	for _, s := range strings.Split(c.SecretKey.Reveal(), ",") {
		secrets = append(secrets, strings.TrimSpace(s))
	}
	keys, err := ledger.NewKeys(secrets...)
	if err != nil {
		return keys, fmt.Errorf("%s_SECRET_KEY: %w", prefix, err)
	}
	return keys, nil
}

// mappings reads the platforms that sources can have: the built-in ones, and those of MAPPINGS.
func (c Config) mappings() (collectors.Mappings, error) {
	if c.Mappings == "" {
		return collectors.Mappings{}, nil
	}
	if stat, err := os.Stat(c.Mappings); err != nil || !stat.IsDir() {
		return collectors.Mappings{}, fmt.Errorf("%s_MAPPINGS is %q: there is no such folder", prefix, c.Mappings)
	}
	m, err := collectors.ReadMappings(os.DirFS(c.Mappings))
	if err != nil {
		return collectors.Mappings{}, fmt.Errorf("%s_MAPPINGS, %s\n%w", prefix, c.Mappings, err)
	}
	return m, nil
}

// loadMappings reads the platforms for a command that needs nothing else of the configuration.
func loadMappings() (collectors.Mappings, error) {
	c, err := loadConfig()
	if err != nil {
		return collectors.Mappings{}, err
	}
	return c.mappings()
}

// sender gives MAIL_FROM as a name and an address.
func (c Config) sender() (name, address string, err error) {
	if c.MailFrom == "" {
		return "", "", fmt.Errorf("%s_MAIL_FROM is not set: write the address that digests come from", prefix)
	}
	a, err := mail.ParseAddress(c.MailFrom)
	if err != nil {
		return "", "", fmt.Errorf("%s_MAIL_FROM is %q: write an address such as digest@example.com", prefix, c.MailFrom)
	}
	return a.Name, a.Address, nil
}

// basePath is the path of BASE_URL without a slash at its end: "/digest", or "" for the root.
func (c Config) basePath() string {
	u, err := url.Parse(c.BaseURL)
	if err != nil {
		return "" // Validate names it
	}
	return strings.TrimSuffix(u.Path, "/")
}

// oneClick tells whether unsubscribe links may take a POST (RFC 8058 asks for https).
func (c Config) oneClick() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// hostPort tells whether an address can be listened on: a host, which may be empty, and a port from 0 to 65535.
func hostPort(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	_, portErr := strconv.ParseUint(port, 10, 16)
	return err == nil && portErr == nil
}

// networks reads addresses and networks in CIDR notation.
func networks(values []string) (all []netip.Prefix, err error) {
	for _, v := range values {
		v = strings.TrimSpace(v)
		p, err := netip.ParsePrefix(v)
		if err != nil {
			a, err := netip.ParseAddr(v)
			if err != nil {
				return nil, fmt.Errorf("has %q: write an address or a network such as 10.0.0.0/8", v)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// table gives the configuration table of README in Markdown.
func (c Config) table() (string, error) {
	const format = `| variable | default | what it is |
|---|---|---|
{{range .}}| ` + "`{{usage_key .}}`" + ` | {{with usage_default .}}` + "`{{.}}`" + `{{end}} | {{usage_description .}} |
{{end}}`
	var b bytes.Buffer
	err := envconfig.Usagef(prefix, &c, &b, format)
	return b.String(), err
}
