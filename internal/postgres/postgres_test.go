package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ownerVariable turns the test binary into an owner: a process that starts a temporary server, says where, and waits.
const ownerVariable = "FORTNIGHT_TEST_POSTGRES_OWNER"

func TestMain(m *testing.M) {
	if os.Getenv(ownerVariable) == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(s.process.Pid, s.home, s.URL("postgres"))
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test closes it
	if err := s.Stop(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestATemporaryServerLeavesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if got := query(t, s.URL("postgres"), "SELECT current_setting('server_encoding') || ' ' || current_user"); got != "UTF8 fortnight" {
		t.Errorf("encoding and user are %q", got)
	}
	pid := s.process.Pid
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("a second Stop: %v", err)
	}
	if alive(pid) {
		t.Errorf("process %d goes on", pid)
	}
	if _, err := os.Stat(s.home); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", s.home, err)
	}
}

func TestAServerAsksForItsPassword(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if conn, err := pgx.Connect(t.Context(), strings.Replace(s.URL("postgres"), s.password, "guess", 1)); err == nil {
		_ = conn.Close(t.Context())
		t.Error("any password is let in")
	}
}

func TestADirectoryIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*Server) error{
		"after a stop":          (*Server).Stop,
		"after a crash":         (*Server).Crash,
		"after a kill -9 of it": func(s *Server) error { err := s.process.Kill(); <-s.Done(); return err },
	}
	for name, end := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := openDir(t)
			first := start(t, Options{Dir: dir, Durable: true})
			url, err := first.CreateDatabase(t.Context(), "kept")
			if err != nil {
				t.Fatal(err)
			}
			query(t, url, "CREATE TABLE kept AS SELECT 'a row' AS what RETURNING what")
			if err := end(first); err != nil {
				t.Fatal(err)
			}
			second := start(t, Options{Dir: dir, Durable: true})
			url, err = second.CreateDatabase(t.Context(), "kept") // which exists
			if err != nil {
				t.Fatal(err)
			}
			if got := query(t, url, "SELECT what FROM kept"); got != "a row" {
				t.Errorf("the second server has %q", got)
			}
			if got := query(t, url, "SELECT current_setting('fsync')"); got != "on" {
				t.Errorf("fsync is %s in a durable server", got)
			}
		})
	}
}

func TestALockFileOfAnotherProgramIsStale(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	s := start(t, Options{Dir: dir})
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(s.data(), "postmaster.pid")
	content := fmt.Sprintf("%d\n%s\n", os.Getpid(), s.data()) // as in a container, whose process numbers come back
	if err := os.WriteFile(lock, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.as.give(lock); err != nil {
		t.Fatal(err)
	}
	start(t, Options{Dir: dir})
}

func TestDataOfAnotherVersionNamesThePackageToInstall(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "install postgresql-9.1") {
		t.Errorf("the error is %v", err)
	}
}

func TestAPortThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	port := start(t, Options{}).port
	s, err := Start(t.Context(), Options{Port: port})
	if err == nil {
		_ = s.Stop()
		t.Fatal("two servers share a port")
	}
	if !strings.Contains(err.Error(), strconv.Itoa(port)) {
		t.Errorf("the error does not name port %d: %v", port, err)
	}
}

func TestAServerEndsWithItsOwner(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*owner){
		"that ends in order":         func(o *owner) { _ = o.stdin.Close() },
		"that is killed by kill -9":  func(o *owner) { _ = o.cmd.Process.Kill() },
		"that is ended by a SIGTERM": func(o *owner) { _ = o.cmd.Process.Signal(syscall.SIGTERM) },
	}
	for name, end := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := startOwner(t, nil)
			end(o)
			_ = o.cmd.Wait() // killed or not
			eventually(t, "the server ends", func() bool { return !alive(o.serverPID) })
			eventually(t, "its directory goes", func() bool {
				_, err := os.Stat(o.home)
				return errors.Is(err, os.ErrNotExist)
			})
		})
	}
}

// Everyone but root runs the whole file unprivileged already; root must show it by lending the binary another account.
func TestItRunsUnprivileged(t *testing.T) {
	t.Parallel()
	var as *syscall.Credential
	if os.Geteuid() == 0 {
		as = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	o := startOwner(t, as)
	if got := query(t, o.url, "SELECT current_user"); got != superuser {
		t.Errorf("the user is %s", got)
	}
	info, err := os.Stat(filepath.Join(o.home, "data"))
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Errorf("the data belong to uid %d", uid)
	}
	_ = o.stdin.Close()
	if err := o.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestAFolderThatTheServerCannotEnterIsNamed(t *testing.T) {
	t.Parallel()
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	other := account{"other", &syscall.Credential{Uid: uint32(os.Geteuid()) + 1, Gid: uint32(os.Getegid()) + 1}}
	err := other.reaches(closed)
	if err == nil || !strings.Contains(err.Error(), filepath.Dir(closed)) {
		t.Errorf("the error is %v", err)
	}
}

func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// openDir is a temporary directory that the server's account can reach, which t.TempDir is not.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "fortnight-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func query(t *testing.T, url, sql string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	sql, isCreate := strings.CutSuffix(sql, " RETURNING what")
	if isCreate {
		_, err = conn.Exec(t.Context(), sql)
	} else {
		err = conn.QueryRow(t.Context(), sql).Scan(&answer)
	}
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

type owner struct {
	cmd       *exec.Cmd
	stdin     io.Closer
	serverPID int
	home, url string
}

func startOwner(t *testing.T, as *syscall.Credential) *owner {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := openDir(t)
	binary := filepath.Join(dir, "owner") // where another account can run it
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, content, 0o755); err != nil {
		t.Fatal(err)
	}
	bin, err := Find() // which the other account would look for in its own home
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary)
	cmd.Dir, cmd.Env = "/", append(os.Environ(), ownerVariable+"=1", "TMPDIR=/tmp", "PGBIN="+bin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	o := &owner{cmd: cmd, stdin: stdin}
	if _, err := fmt.Sscan(line, &o.serverPID, &o.home, &o.url); err != nil {
		rest, _ := io.ReadAll(stdout)
		t.Fatalf("the owner says: %s%s", line, rest)
	}
	return o
}

func alive(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func eventually(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !true(); {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
