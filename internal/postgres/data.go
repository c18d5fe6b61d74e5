package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// discard removes what a temporary server leaves.
func (s *Server) discard() {
	if !s.temporary {
		return
	}
	os.RemoveAll(s.home) // the reaper tries again
	s.reaper.close()
}

func (s *Server) data() string { return filepath.Join(s.home, "data") }

// makeHome makes the folder that holds the data directory, owned by the account that the server runs as.
func (s *Server) makeHome(dir string) error {
	if dir != "" {
		dir, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		s.home = dir
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := s.as.give(dir); err != nil {
			return err
		}
		return s.as.reaches(dir)
	}
	var refused error
	for _, parent := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		if err := s.as.reaches(parent); err != nil {
			refused = err
			continue
		}
		dir, err := os.MkdirTemp(parent, "fortnight-postgres-")
		if err != nil {
			refused = err
			continue
		}
		s.home = dir
		if err := s.as.give(dir); err != nil {
			return err
		}
		s.reaper, err = newReaper(dir)
		if err != nil {
			os.RemoveAll(dir)
		}
		return err
	}
	return refused
}

// binaries is bin, or the folder found whose server can read the data directory.
func (s *Server) binaries(ctx context.Context, bin string) (string, error) {
	made, err := os.ReadFile(filepath.Join(s.data(), "PG_VERSION"))
	switch {
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return "", err
	case err != nil && bin != "":
		return bin, nil
	case err != nil:
		return Find()
	}
	found := []string{bin}
	if bin == "" {
		if found, err = candidates(); err != nil {
			return "", err
		}
	}
	want := strings.TrimSpace(string(made))
	for _, dir := range found {
		have, err := major(ctx, dir)
		if err != nil {
			return "", err
		}
		if have == want {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the data in %s was made by PostgreSQL %s, which is not among %s: install postgresql-%s, or set PGBIN to its folder",
		s.data(), want, strings.Join(found, ", "), want)
}

// makeData runs initdb unless the data directory stands. It works beside it and renames, so that a directory is whole or absent.
func (s *Server) makeData(ctx context.Context, bin string, durable bool) error {
	passwordFile := filepath.Join(s.home, "password")
	if _, err := os.Stat(s.data()); err == nil {
		password, err := os.ReadFile(passwordFile)
		if err != nil {
			return fmt.Errorf("the password of the data in %s is gone: %w", s.data(), err)
		}
		s.password = string(password)
		return nil
	}
	s.password = rand.Text()
	if err := os.WriteFile(passwordFile, []byte(s.password), 0o600); err != nil {
		return err
	}
	if err := s.as.give(passwordFile); err != nil {
		return err
	}
	unfinished := s.data() + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	args := []string{
		"--pgdata=" + unfinished, "--username=" + superuser, "--pwfile=" + passwordFile,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions",
	}
	if !durable {
		args = append(args, "--no-sync")
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	initdb.Env, initdb.Dir = s.environment(), s.home
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: s.as.credential}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb in %s: %w: %s", s.home, err, out)
	}
	return os.Rename(unfinished, s.data())
}

// environment leaves out the caller's PG variables, which would steer the server elsewhere.
func (s *Server) environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "LC_ALL=C", "TZ=UTC"}
}

// awaitPredecessor waits until the server that last used the data directory has ended: one whose owner was killed is still on its
// way down. It removes a stale lock file that names a process which is no PostgreSQL, as containers leave, that count from 1 again.
func (s *Server) awaitPredecessor(ctx context.Context) error {
	lock := filepath.Join(s.data(), "postmaster.pid")
	for deadline := time.Now().Add(predecessor); ; {
		content, err := os.ReadFile(lock)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		pid, _, _ := strings.Cut(string(content), "\n")
		command, readable := commandLine(strings.TrimSpace(pid))
		switch {
		case !readable: // ended, or no /proc here: PostgreSQL looks for itself
			return nil
		case !strings.Contains(command, s.data()):
			return os.Remove(lock)
		case time.Now().After(deadline):
			return fmt.Errorf("process %s already serves %s: stop it, or choose another folder", pid, s.data())
		}
		if err := pause(ctx, 10*pollInterval); err != nil {
			return err
		}
	}
}

// commandLine is the command of a process; false where there is no such process, or the system does not tell.
func commandLine(pid string) (string, bool) {
	command, err := os.ReadFile("/proc/" + filepath.Base(pid) + "/cmdline")
	return string(command), err == nil
}
