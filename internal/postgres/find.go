package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNotInstalled is what Find returns, with the remedy in its text, on a machine without PostgreSQL's server binaries.
var ErrNotInstalled = errors.New("no PostgreSQL server binaries found: install them (Debian: apt-get install postgresql; " +
	"Fedora: dnf install postgresql-server; macOS: brew install postgresql), or set PGBIN to the folder that holds initdb and postgres")

// Find returns the folder that holds initdb and postgres. It looks, in this order, at the variable PGBIN (which alone
// decides when it is set), at PATH, at the distributions' folders with the newest version first, and at the folders
// where `make demo` puts the npm package (CacheDirs).
func Find() (string, error) {
	found, err := candidates()
	if err != nil {
		return "", err
	}
	return found[0], nil
}

// CacheDirs lists the folders that `make demo` unpacks PostgreSQL into where no package manager can install it: one that every
// account can read, for root, whose own home PostgreSQL's unprivileged account cannot enter, and the user's own cache.
func CacheDirs() []string {
	dirs := []string{"/var/cache/fortnight/postgres"}
	if cache, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(cache, "fortnight", "postgres"))
	}
	return dirs
}

// candidates lists every folder with a whole server in it, the preferred one first; never empty without an error.
func candidates() ([]string, error) {
	if bin := os.Getenv("PGBIN"); bin != "" {
		if !holdsServer(bin) {
			return nil, fmt.Errorf("PGBIN=%s holds no initdb and postgres: set it to the folder that does, or unset it", bin)
		}
		return []string{bin}, nil
	}
	globs := []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	}
	for _, dir := range CacheDirs() {
		globs = append(globs, filepath.Join(dir, "*", "bin"))
	}
	found := search(os.Getenv("PATH"), globs)
	if len(found) == 0 {
		return nil, ErrNotInstalled
	}
	return found, nil
}

// search lists the folders with a whole server: those of path in its order, then each glob's matches, newest version first.
func search(path string, globs []string) []string {
	var found []string
	add := func(dir string) {
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "initdb")); err == nil {
			dir = filepath.Dir(real) // a link in /usr/local/bin leads to the folder that holds the whole server
		}
		if holdsServer(dir) && !slices.Contains(found, dir) {
			found = append(found, dir)
		}
	}
	for _, dir := range filepath.SplitList(path) {
		if filepath.IsAbs(dir) {
			add(dir)
		}
	}
	for _, glob := range globs {
		matches, _ := filepath.Glob(glob) // the only error is a malformed pattern, and the patterns are ours
		slices.SortStableFunc(matches, func(a, b string) int { return slices.Compare(numbers(b), numbers(a)) })
		for _, dir := range matches {
			add(dir)
		}
	}
	return found
}

func holdsServer(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

var digits = regexp.MustCompile(`\d+`)

// numbers reads the numbers in a path, so that version 17 sorts after 9.6.
func numbers(path string) []int {
	var all []int
	for _, d := range digits.FindAllString(path, -1) {
		n, err := strconv.Atoi(d)
		if err != nil {
			n = 0
		}
		all = append(all, n)
	}
	return all
}

// major is the major version of the server in bin, as it stands in a data directory's PG_VERSION: "15", or "9.6".
func major(ctx context.Context, bin string) (string, error) {
	out, err := exec.CommandContext(ctx, filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return "", fmt.Errorf("ask %s/postgres for its version: %w", bin, err)
	}
	version := regexp.MustCompile(`\d+(\.\d+)?`).FindString(string(out))
	first, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(first); err == nil && n >= 10 {
		return first, nil
	}
	return version, nil
}
