package main

import (
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
			await(t, "demo says "+c.after, 90*time.Second, func() bool { return strings.Contains(x.out.String(), c.after) })
			if c.after == "Ctrl-C ends it" {
				if len(using(t, temporary)) == 0 {
					t.Errorf("no PostgreSQL runs in %s, so that the test shows nothing", temporary)
				}
				page := regexp.MustCompile(`http://\S+/`).FindString(x.out.String())
				if status, body := ask(t, "GET", page, ""); status != 200 || !strings.Contains(body, "Dana Whitfield") {
					t.Errorf("the inbox at %q answers %d", page, status)
				}
			}
			took, code := x.end(t, syscall.SIGINT)
			if code != c.code || took > 10*time.Second {
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
