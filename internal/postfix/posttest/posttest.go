// Package posttest runs Postfix's smtp-sink and smtp-source for benchmarks: a receiver that forgets what it takes, and a sender that
// keeps no books.
package posttest

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"testing"
	"time"

	"fortnight/internal/postfix"
)

// Sink runs a receiver on loopback until the benchmark ends.
func Sink(t testing.TB) net.Addr {
	t.Helper()
	path, err := postfix.Find("smtp-sink")
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	args := []string{address.String(), "1000"}
	if os.Geteuid() == 0 { // it does not run as root
		if nobody, err := user.Lookup("nobody"); err == nil {
			args = append([]string{"-u", nobody.Username}, args...)
		}
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // it was killed as the context ended
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.String())
		if err == nil {
			_ = conn.Close()
			return address
		}
		if time.Now().After(deadline) {
			t.Fatal(errors.Join(errors.New("smtp-sink does not listen"), err))
		}
	}
}

// Source sends n messages of a size over ten connections and gives messages a second. Without the flag -d it makes a connection for
// each message.
func Source(t testing.TB, to net.Addr, n, size int, flags ...string) float64 {
	t.Helper()
	path, err := postfix.Find("smtp-source")
	if err != nil {
		t.Fatal(err)
	}
	args := append(flags, "-s", "10", "-m", strconv.Itoa(n), "-l", strconv.Itoa(size),
		"-f", "digest@desk.example", "-t", "reader@d0.example", "inet:"+to.String())
	begun := time.Now()
	if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Fatalf("smtp-source: %v\n%s", err, out)
	}
	return float64(n) / time.Since(begun).Seconds()
}
