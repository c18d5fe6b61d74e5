package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the tests hold equal")

func TestREADMEHoldsTheConfigurationTable(t *testing.T) {
	const file, begin, end = "../../README.md", "<!-- config:begin -->\n", "<!-- config:end -->"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(b)
	i, j := strings.Index(readme, begin), strings.Index(readme, end)
	if i < 0 || j < i {
		t.Fatalf("%s lacks %q … %q", file, begin, end)
	}
	want, err := Config{}.table()
	if err != nil {
		t.Fatal(err)
	}
	if readme[i+len(begin):j] == want {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(readme[:i+len(begin)]+want+readme[j:]), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("README's table is not that of the struct; \"go test ./cmd/fortnight -run README -update\" rewrites it:\n%s", want)
}

func TestASecretIsNeverPrinted(t *testing.T) {
	c := Config{SecretKey: "hunter2", SMTPPassword: "hunter2", DatabaseURL: "postgres://u:hunter2@h/d"}
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(form, c); strings.Contains(got, "hunter2") {
			t.Errorf("%s prints a secret: %s", form, got)
		}
	}
}

func TestAllFaultsOfTheConfigurationAreNamedAtOnce(t *testing.T) {
	c := Config{SMTPTLS: "maybe", SMTPPort: 0, MailFrom: "nobody", BaseURL: "http://digest.example.com", Addr: "8025", SecretKey: "short", LogLevel: "loud", LogFormat: "text"}
	err := c.Validate()
	if err == nil {
		t.Fatal("no fault was found")
	}
	for _, name := range []string{"SMTP_TLS", "SMTP_PORT", "MAIL_FROM", "BASE_URL", "ADDR", "SECRET_KEY", "LOG_LEVEL"} {
		if !strings.Contains(err.Error(), "FORTNIGHT_"+name) {
			t.Errorf("FORTNIGHT_%s is not named in:\n%v", name, err)
		}
	}
}

func TestReadersMayReachTheServiceUnderAPath(t *testing.T) {
	for url, path := range map[string]string{
		"https://digest.example.com": "", "https://digest.example.com/": "", "https://example.com/digest": "/digest", "https://example.com/a%20b/digest/": "/a b/digest",
	} {
		c := Config{BaseURL: url}
		if err := c.Validate(); err == nil || strings.Contains(err.Error(), "BASE_URL") || c.basePath() != path {
			t.Errorf("%s: the path is %q; %v", url, c.basePath(), err)
		}
	}
	for _, url := range []string{"https://example.com/digest?a=b", "https://example.com/?", "https://example.com/#top", "https://sam:hunter2@example.com", "https://example.com//", "https:///digest"} {
		if err := (Config{BaseURL: url}).Validate(); err == nil || !strings.Contains(err.Error(), "FORTNIGHT_BASE_URL") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestAPasswordIsNotSentInClear(t *testing.T) {
	c := Config{SMTPHost: "smtp.example.com", SMTPPort: 587, SMTPTLS: "none", SMTPPassword: "hunter2", BaseURL: "https://x.example", Addr: ":8025", LogLevel: "info", LogFormat: "text"}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "clear") {
		t.Errorf("got %v", err)
	}
}

func TestASecretMayComeFromAFile(t *testing.T) {
	file := t.TempDir() + "/password"
	if err := os.WriteFile(file, []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FORTNIGHT_SMTP_PASSWORD_FILE", file)
	c, err := loadConfig()
	if err != nil || c.SMTPPassword.Reveal() != "hunter2" {
		t.Errorf("got %q, %v", c.SMTPPassword.Reveal(), err)
	}
	t.Setenv("FORTNIGHT_SMTP_PASSWORD", "other")
	if _, err := loadConfig(); err == nil || !strings.Contains(err.Error(), "FORTNIGHT_SMTP_PASSWORD") {
		t.Errorf("both at once: got %v", err)
	}
}

func TestAMisspeltVariableIsNamed(t *testing.T) {
	t.Setenv("FORTNIGHT_SMPT_HOST", "mail.example.com")
	if err := (Config{}).Misspelt(); err == nil || !strings.Contains(err.Error(), "FORTNIGHT_SMPT_HOST") {
		t.Errorf("got %v", err)
	}
}
