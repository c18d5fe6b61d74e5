// Package postgres starts a private PostgreSQL from the binaries that a machine has: for `fortnight demo`, for `fortnight serve
// --embedded`, and for tests. It finds the binaries, makes the data directory, runs the server on the loopback interface and
// ends it with its owner, as root or not. It knows nothing of Fortnight's tables, and never downloads anything.
//
// The superuser is "fortnight". Other accounts of the machine can reach a loopback port too, and a superuser can run programs, so
// the server asks for a random password (SCRAM), kept in the data directory's folder, instead of trusting who calls.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	superuser    = "fortnight"
	startLimit   = 60 * time.Second // recovery after a crash takes its time
	stopLimit    = 30 * time.Second // after that, the stop is forced
	predecessor  = 15 * time.Second // how long a server whose owner was killed may take to end
	pollInterval = 10 * time.Millisecond
)

// Options of Start. The zero value is a server for one test run: a temporary directory, a free port, no fsync.
type Options struct {
	Dir     string    // folder of the data and of the password; made when missing; "" is a temporary one, removed by Stop and when the owner dies
	Port    int       // loopback TCP port; 0 takes a free one
	Durable bool      // survive power loss (fsync on); without it, everything is faster
	Bin     string    // folder that holds initdb and postgres; "" is what Find says, or the one found whose version made the data
	Log     io.Writer // receives the server's log; nil keeps the last lines for errors only
}

// Server is a running PostgreSQL.
type Server struct {
	home      string // Options.Dir, or the temporary one
	temporary bool
	port      int
	version   int
	password  string
	as        account
	reaper    *reaper // of the temporary directory; nil for one that stays
	log       *tail
	process   *os.Process
	ended     chan struct{} // closed when the process has ended
	stop      sync.Once
	stopErr   error
}

// Start makes the data directory unless it exists, starts PostgreSQL on 127.0.0.1 and returns when it takes connections.
// A directory that an earlier server left behind, by Stop, by a crash or by a killed owner, is taken up again. ctx bounds the
// start alone. The server ends with Stop, and on Linux also when this process ends for any reason.
func Start(ctx context.Context, o Options) (*Server, error) {
	s := &Server{temporary: o.Dir == "", as: serverAccount(), log: newTail(o.Log)}
	if err := s.makeHome(o.Dir); err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	err := s.start(ctx, o)
	if err != nil {
		s.discard()
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	bin, err := s.binaries(ctx, o.Bin)
	if err != nil {
		return err
	}
	if err := s.as.reaches(bin); err != nil {
		return err
	}
	if err := s.makeData(ctx, bin, o.Durable); err != nil {
		return err
	}
	if err := s.awaitPredecessor(ctx); err != nil {
		return err
	}
	const attempts = 5 // another program can take the free port between the look and the start
	for attempt := 1; ; attempt++ {
		err := s.run(ctx, bin, o)
		if err == nil {
			return nil
		}
		busyPort := o.Port == 0 && strings.Contains(s.log.String(), "could not bind")
		stillHeld := strings.Contains(s.log.String(), "is still in use") // children of a killed server are about to end
		if attempt == attempts || ctx.Err() != nil || !busyPort && !stillHeld {
			return err
		}
		if stillHeld {
			if err := pause(ctx, time.Duration(attempt)*500*time.Millisecond); err != nil {
				return err
			}
		}
		s.log.Reset()
	}
}

// URL is the connection string of a database, which need not exist yet.
func (s *Server) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, s.password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Version is PostgreSQL's server_version_num: 150012 is 15.12.
func (s *Server) Version() int { return s.version }

// CreateDatabase makes an empty database unless it exists, and returns its URL.
func (s *Server) CreateDatabase(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return "", fmt.Errorf("create database %s: %w", name, err)
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	var exists *pgconn.PgError
	if errors.As(err, &exists) && exists.Code == "42P04" { // duplicate_database
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("create database %s: %w", name, err)
	}
	return s.URL(name), nil
}

// Done is closed when the server has ended, asked or not.
func (s *Server) Done() <-chan struct{} { return s.ended }

// Stop ends the server in order, waits for it, and removes a temporary directory. A second call does nothing.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		orderly := syscall.SIGINT // rolls back, disconnects, writes the checkpoint
		if s.temporary {
			orderly = syscall.SIGQUIT // nothing is worth a checkpoint
		}
		s.stopErr = s.end(orderly)
		s.discard()
	})
	return s.stopErr
}

// Crash ends the server at once, without the checkpoint, so that its next start on the same directory recovers as after a fault.
// A temporary directory is removed by the Stop that must follow.
func (s *Server) Crash() error { return s.end(syscall.SIGQUIT) }

func (s *Server) end(signal syscall.Signal) error {
	if s.process == nil {
		return nil
	}
	for _, sig := range []syscall.Signal{signal, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := s.process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop PostgreSQL: %w", err)
		}
		select {
		case <-s.ended:
			return nil
		case <-time.After(stopLimit):
		}
	}
	return errors.New("stop PostgreSQL: the process does not end")
}

// run starts the server process and returns when it takes connections, or with the process ended.
func (s *Server) run(ctx context.Context, bin string, o Options) error {
	s.port = o.Port
	if s.port == 0 {
		port, err := freePort(ctx)
		if err != nil {
			return err
		}
		s.port = port
	}
	args := []string{
		"-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
		"-c", "max_connections=200", "-c", "timezone=UTC", "-c", "log_timezone=UTC", "-c", "logging_collector=off",
	}
	if !o.Durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
			"-c", "dynamic_shared_memory_type=mmap") // in the data directory: nothing stays in /dev/shm after a kill
	}
	death := syscall.SIGINT
	if s.temporary {
		death = syscall.SIGQUIT
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...) //nolint:noctx // ctx bounds the start, and the server outlives it
	cmd.Env, cmd.Dir = s.environment(), s.home
	cmd.Stdout, cmd.Stderr = s.log, s.log
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = tiedToOwner(s.as.credential, death)

	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread() // the kernel ties the server to this thread, so the thread must last as long as the server
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log
			close(ended)
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	s.process, s.ended = cmd.Process, ended
	if s.reaper != nil {
		s.reaper.watch(cmd.Process.Pid)
	}
	if err := s.awaitReady(ctx); err != nil {
		return errors.Join(err, s.end(syscall.SIGQUIT))
	}
	return nil
}

func (s *Server) awaitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := s.askVersion(ctx)
		select {
		case <-s.ended: // and whoever answered is another server
			return fmt.Errorf("the server ended at once; its log says:\n%s", s.log)
		default:
		}
		if err == nil {
			return nil
		}
		if paused := pause(ctx, pollInterval); paused != nil {
			return fmt.Errorf("not ready (%w): %w; its log says:\n%s", paused, err, s.log)
		}
	}
}

func (s *Server) askVersion(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&s.version)
}

func freePort(ctx context.Context) (int, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
