// Package imagetest holds the container image to its word where no container engine is at hand: the binary is static, and it
// runs, answers its health check and ends in an empty root directory, as a user without rights, as `FROM scratch` has it.
package imagetest

import (
	"bytes"
	"crypto/rand"
	"debug/elf"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"fortnight/internal/postgres/pgtest"
)

const binary = "/fortnight"

func TestTheImageServesAndAnswersItsHealthCheck(t *testing.T) {
	root := t.TempDir()
	build(t, filepath.Join(root, binary))
	mustBeStatic(t, filepath.Join(root, binary))
	jail := newJail(t, root)

	addr := freeAddress(t)
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"FORTNIGHT_DATABASE_URL=" + pgtest.New(t),
		"FORTNIGHT_SECRET_KEY=" + base64.StdEncoding.EncodeToString(key),
		"FORTNIGHT_ADDR=" + addr,
		"FORTNIGHT_BASE_URL=http://" + addr,
		"FORTNIGHT_SMTP_HOST=127.0.0.1",
		"FORTNIGHT_MAIL_FROM=digest@fortnight.example",
	}

	if err := jail.command(env, healthCheck(t)...).Run(); err == nil {
		t.Error("the health check is content before anything serves")
	}

	var log bytes.Buffer
	serve := jail.command(env, append(entrypoint(t), "serve")...)
	serve.Stdout, serve.Stderr = &log, &log
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = serve.Wait() // serve.ProcessState has it
		close(ended)
	}()
	t.Cleanup(func() {
		_ = serve.Process.Kill()
		<-ended
	})

	for deadline := time.Now().Add(60 * time.Second); ; {
		out, err := jail.command(env, healthCheck(t)...).CombinedOutput()
		if err == nil {
			break
		}
		select {
		case <-ended:
			t.Fatalf("serve ended: %v\n%s", serve.ProcessState, &log)
		case <-time.After(100 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			_ = serve.Process.Kill()
			<-ended
			t.Fatalf("not healthy in 60 s: %v\n%s\nserve says:\n%s", err, out, &log)
		}
	}

	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
		if !serve.ProcessState.Success() {
			t.Errorf("after SIGTERM: %v\n%s", serve.ProcessState, &log)
		}
	case <-time.After(30 * time.Second):
		t.Errorf("serve goes on 30 s after SIGTERM")
	}
}

// build makes the binary as the Dockerfile does, but for the flags that only make it smaller: without them, it shares the build
// cache of all other tests.
func build(t *testing.T, target string) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^RUN (CGO_ENABLED=0) go build .* -o /fortnight (\./cmd/fortnight)$`).FindStringSubmatch(dockerfile(t))
	if line == nil {
		t.Fatal("the Dockerfile has no line RUN CGO_ENABLED=0 go build … -o /fortnight ./cmd/fortnight")
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", target, line[2])
	cmd.Dir, cmd.Env = "../..", append(os.Environ(), line[1])
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

func mustBeStatic(t *testing.T, file string) {
	t.Helper()
	f, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary asks for a dynamic linker, which the image lacks")
		}
	}
	if libraries, err := f.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("the binary needs %q, %v", libraries, err)
	}
}

// entrypoint and healthCheck are the Dockerfile's own words.
func entrypoint(t *testing.T) []string {
	t.Helper()
	return words(t, `(?m)^ENTRYPOINT \[(.*)\]$`)
}

func healthCheck(t *testing.T) []string {
	t.Helper()
	return words(t, `(?m)^HEALTHCHECK .*CMD \[(.*)\]$`)
}

func words(t *testing.T, instruction string) []string {
	t.Helper()
	found := regexp.MustCompile(instruction).FindStringSubmatch(dockerfile(t))
	if found == nil {
		t.Fatalf("the Dockerfile has no line like %s", instruction)
	}
	var all []string
	for _, w := range regexp.MustCompile(`"([^"]*)"`).FindAllStringSubmatch(found[1], -1) {
		all = append(all, w[1])
	}
	return all
}

func dockerfile(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// jail runs commands with a directory as their root: as root does, or in a user namespace.
type jail struct {
	dir  string
	attr func() *syscall.SysProcAttr // nil: this machine permits neither
}

func newJail(t *testing.T, dir string) jail {
	t.Helper()
	ways := []func() *syscall.SysProcAttr{
		func() *syscall.SysProcAttr {
			return &syscall.SysProcAttr{Chroot: dir, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		},
		func() *syscall.SysProcAttr {
			return &syscall.SysProcAttr{
				Chroot: dir, Cloneflags: syscall.CLONE_NEWUSER,
				UidMappings: []syscall.SysProcIDMap{{ContainerID: 65532, HostID: os.Geteuid(), Size: 1}},
				GidMappings: []syscall.SysProcIDMap{{ContainerID: 65532, HostID: os.Getegid(), Size: 1}},
			}
		},
	}
	var refused []error
	for _, attr := range ways {
		j := jail{dir, attr}
		err := j.command(nil, binary, "version").Run()
		if err == nil {
			return j
		}
		refused = append(refused, err)
	}
	t.Logf("no chroot here, so the binary runs with the machine's files around it; it is static all the same: %v", errors.Join(refused...))
	return jail{dir: dir}
}

func (j jail) command(env []string, args ...string) *exec.Cmd {
	if j.attr == nil {
		args[0] = filepath.Join(j.dir, args[0])
	}
	cmd := &exec.Cmd{Path: args[0], Args: args, Env: env, Dir: "/"}
	if env == nil {
		cmd.Env = []string{}
	}
	if j.attr != nil {
		cmd.SysProcAttr = j.attr()
	}
	return cmd
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr())
}
