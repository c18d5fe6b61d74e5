package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNotRunning is the error of Attach where no server uses the folder.
var ErrNotRunning = errors.New("no private PostgreSQL runs there")

// Attach gives the connection string of a database of the server that another process of this machine started in a folder
// (Options.Dir). Its caller must be allowed to read the password there: whoever started the server, or root.
func Attach(dir, database string) (string, error) {
	home, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	s := &Server{home: home}
	lock, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: %w", home, ErrNotRunning)
	}
	if err != nil {
		return "", err
	}
	// Of its lines the first is the process, the fourth the port (PostgreSQL, storage/pidfile.h).
	lines := strings.Split(string(lock), "\n")
	if len(lines) < 4 {
		return "", fmt.Errorf("%s: %w", home, ErrNotRunning)
	}
	if _, err := fmt.Sscan(lines[3], &s.port); err != nil {
		return "", fmt.Errorf("%s: port of the private PostgreSQL: %w", home, err)
	}
	password, err := os.ReadFile(filepath.Join(home, "password"))
	if err != nil {
		return "", err
	}
	s.password = string(password)
	return s.URL(database), nil
}
