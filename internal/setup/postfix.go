package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"fortnight/internal/postfix"
)

// postfixTools are the two programs that the benchmarks of sending stand on.
var postfixTools = []string{"smtp-sink", "smtp-source"}

// postfixNeed is for `make bench` alone. The package is unpacked rather than installed: it would put a mail server to work.
func postfixNeed() need {
	packages := apt{[]string{"postfix"}}
	return need{
		name: "smtp-sink and smtp-source",
		find: func() (string, error) {
			var found string
			for _, name := range postfixTools {
				path, err := postfix.Find(name)
				if err != nil {
					return "", errMissing
				}
				found = filepath.Dir(path)
			}
			return found, nil
		},
		ways: []way{
			{"apt-get download", unpackPossible, func(ctx context.Context) error {
				caches := postfix.CacheDirs()
				if os.Geteuid() == 0 {
					return unpackPostfix(ctx, caches[0])
				}
				return unpackPostfix(ctx, caches[len(caches)-1])
			}},
			{"apt-get", packages.possible, packages.install},
		},
		missing: postfix.ErrNotInstalled.Error(),
	}
}

func unpackPossible(context.Context) error {
	for _, name := range []string{"apt-get", "dpkg-deb"} {
		if _, err := exec.LookPath(name); err != nil {
			return errors.New("this machine has no " + name)
		}
	}
	return nil
}

// unpackPostfix downloads the package, with the libraries that the machine lacks, unpacks them into a folder, and writes beside
// them what starts the two programs with those libraries.
func unpackPostfix(ctx context.Context, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(target), ".unpack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.Chmod(work, 0o755); err != nil { // apt-get downloads as an account of its own
		return err
	}
	packages, err := toInstall(ctx, "postfix")
	if err != nil {
		return err
	}
	download := exec.CommandContext(ctx, "apt-get", append([]string{"download", "-qq"}, packages...)...)
	download.Dir = work
	if out, err := download.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(download.Args, " "), err, out)
	}
	files, err := filepath.Glob(filepath.Join(work, "*.deb"))
	if err != nil {
		return err
	}
	tree := filepath.Join(work, "postfix")
	for _, file := range files {
		if err := run(ctx, "dpkg-deb", "-x", file, tree); err != nil {
			return err
		}
	}
	if err := writeStarters(tree); err != nil {
		return err
	}
	if err := openUp(tree); err != nil {
		return err
	}
	if err := os.RemoveAll(target); err != nil { // an unfinished one, or it would have been found
		return err
	}
	return os.Rename(tree, target)
}

// toInstall names what apt-get would install for a package: itself, and those it needs that the machine lacks.
func toInstall(ctx context.Context, name string) ([]string, error) {
	ask := exec.CommandContext(ctx, "apt-get", "install", "-s", "-qq", "--no-install-recommends", name)
	ask.Env = append(os.Environ(), "LC_ALL=C")
	out, err := ask.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(ask.Args, " "), err)
	}
	return installs(string(out), name), nil
}

// installs reads apt-get's plan: the packages of its lines "Inst NAME (VERSION …)", and the one asked for, which an installation
// that lost its programs does not list.
func installs(plan, name string) []string {
	names := []string{name}
	for _, line := range strings.Split(plan, "\n") {
		words := strings.Fields(line)
		if len(words) > 1 && words[0] == "Inst" && words[1] != name {
			names = append(names, words[1])
		}
	}
	return names
}

// writeStarters writes bin/NAME for each program of an unpacked tree: a script that finds the libraries wherever the tree stands.
func writeStarters(tree string) error {
	bin := filepath.Join(tree, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	libraries, err := filepath.Glob(filepath.Join(tree, "usr", "lib", "*-linux-*"))
	if err != nil {
		return err
	}
	path := "$here/usr/lib/postfix"
	for _, dir := range libraries {
		path += ":$here/usr/lib/" + filepath.Base(dir) + ":$here/lib/" + filepath.Base(dir)
	}
	for _, name := range postfixTools {
		if _, err := os.Stat(filepath.Join(tree, "usr", "sbin", name)); err != nil {
			return fmt.Errorf("the package lacks %s: %w", name, err)
		}
		script := "#!/bin/sh\nhere=$(dirname \"$0\")/..\nLD_LIBRARY_PATH=\"" + path + "\" exec \"$here/usr/sbin/" + name + "\" \"$@\"\n"
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			return err
		}
	}
	return nil
}
