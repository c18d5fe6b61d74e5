// Package postfix finds Postfix's smtp-sink and smtp-source, which the benchmarks measure against. No mail server has to be
// installed for that: `make bench` unpacks Debian's package into a cache folder where it is missing.
package postfix

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrNotInstalled is what Find returns, with the remedy in its text, on a machine without these programs.
var ErrNotInstalled = errors.New("smtp-sink and smtp-source of Postfix are not found: go run ./internal/setup postfix, " +
	"or install the package postfix, so that they are in PATH or in /usr/sbin")

// Find gives the path of a program: "smtp-sink" or "smtp-source". It looks at PATH, at /usr/sbin and at CacheDirs.
func Find(name string) (string, error) {
	paths := []string{name, "/usr/sbin/" + name}
	for _, dir := range CacheDirs() {
		paths = append(paths, filepath.Join(dir, "bin", name))
	}
	for _, path := range paths {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", ErrNotInstalled
}

// CacheDirs lists the folders that the package is unpacked into: one that every account can read, for root, whose smtp-sink runs
// as another, and the user's own cache.
func CacheDirs() []string {
	dirs := []string{"/var/cache/fortnight/postfix"}
	if cache, err := os.UserCacheDir(); err == nil {
		dirs = append(dirs, filepath.Join(cache, "fortnight", "postfix"))
	}
	return dirs
}
