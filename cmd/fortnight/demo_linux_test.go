package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"fortnight/internal/relay"
)

// using lists the processes whose command line names a folder.
func using(t *testing.T, dir string) (all []string) {
	t.Helper()
	found, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		if line, err := os.ReadFile(file); err == nil && strings.Contains(string(line), dir) { // one that has just ended is no fault
			all = append(all, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return all
}

func TestADemoEndsCleanlyOnCtrlC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		args  []string
		after string // what it has said by then
		code  int
	}{
		{"while it starts", []string{"demo", "--addr", "127.0.0.1:0"}, "Starting", 0},
		{"while it writes traffic", []string{"demo", "--addr", "127.0.0.1:0"}, "Writing", 0},
		{"when all is sent", []string{"demo", "--addr", "127.0.0.1:0"}, "Ctrl-C ends it", 0},
		{"with files wanted", []string{"demo", "--once", "--addr", "127.0.0.1:0", "--out", "out"}, "Making", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := barePlace(t, unruly(t, relay.Options{}).Addr())
			temporary := openDir(t)
			p.env["TMPDIR"] = temporary
			x := p.start(t, c.args...)
			await(t, "demo says "+c.after, 5*time.Minute, func() bool { return strings.Contains(x.out.String(), c.after) })
			if c.after == "Ctrl-C ends it" {
				if len(using(t, temporary)) == 0 {
					t.Errorf("no PostgreSQL runs in %s, so that the test shows nothing", temporary)
				}
				page := regexp.MustCompile(`http://\S+/`).FindString(x.out.String())
				if status, body := ask(t, "GET", page, ""); status != 200 || !strings.Contains(body, "Dana Whitfield") {
					t.Errorf("the inbox at %q answers %d", page, status)
				}
				useConsole(t, page, x.out.String())
			}
			took, code := x.end(t, syscall.SIGINT)
			if code != c.code || took > 30*time.Second {
				t.Errorf("it ended after %s with %d:\n%s%s", took, code, &x.out, &x.err)
			}
			if c.code == 0 && x.err.String() != "" {
				t.Errorf("it complains:\n%s", &x.err)
			}
			await(t, "its PostgreSQL has ended", 15*time.Second, func() bool { return len(using(t, temporary)) == 0 })
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("it leaves %v, %v", left, err)
			}
			if _, err := os.Stat(filepath.Join(p.dir, "out")); !os.IsNotExist(err) {
				t.Errorf("a folder of files stayed: %v", err)
			}
		})
	}
}

// useConsole signs in to the demo's console, mails a test, sends another week and switches the second digest on: the inbox gets one, three
// and one more.
func useConsole(t *testing.T, inbox, said string) {
	t.Helper()
	link := regexp.MustCompile(`Console  (http://\S+/console)(/sign-in/\S+)`).FindStringSubmatch(said)
	if link == nil {
		t.Fatalf("it names no console:\n%s", said)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	sam := &visitor{http.Client{Jar: jar}, link[2]}
	sam.enter(t, link[1])
	weekly := link[1] + "/p/desk/digests/weekly"
	_, asked := sam.get(t, weekly+"/now")
	week := regexp.MustCompile(`<option value="([0-9-]+)" selected>`).FindStringSubmatch(asked)
	if week == nil {
		t.Fatalf("no week can be sent:\n%s", asked)
	}
	for _, do := range []struct {
		at   string
		form url.Values
	}{
		{weekly + "/test", url.Values{"to": {"ana@desk.example"}, "locale": {"en"}, "audience": {"manager"}}},
		{weekly + "/now", url.Values{"period": week[1:]}},
		{link[1] + "/p/desk/digests/twice-monthly/switch", url.Values{"state": {"on"}}},
	} {
		if status, body := sam.post(t, do.at, do.form); status != http.StatusOK {
			t.Fatalf("%s answers %d\n%s", do.at, status, body)
		}
	}
	await(t, "the inbox has eight mails", 3*time.Minute, func() bool {
		_, body := ask(t, "GET", inbox, "")
		return strings.Contains(body, "ana@desk.example") && strings.Contains(body, "mail/8") && !strings.Contains(body, "mail/9")
	})
}

func TestADemoThatIsKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	p := barePlace(t, unruly(t, relay.Options{}).Addr())
	temporary := openDir(t)
	p.env["TMPDIR"] = temporary
	x := p.start(t, "demo", "--addr", "127.0.0.1:0")
	await(t, "demo writes traffic", 90*time.Second, func() bool { return strings.Contains(x.out.String(), "Writing") })
	x.kill()
	await(t, "its PostgreSQL and its folder are gone", 20*time.Second, func() bool {
		left, err := os.ReadDir(temporary)
		return err == nil && len(left) == 0 && len(using(t, temporary)) == 0
	})
}
