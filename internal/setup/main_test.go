package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatIsThereIsNotInstalled(t *testing.T) {
	t.Parallel()
	n := need{name: "PostgreSQL", find: func() (string, error) { return "/bin", nil }, ways: []way{refusing(t)}}
	if err := n.meet(t.Context(), t.Output()); err != nil {
		t.Error(err)
	}
}

func TestAWrongSettingIsNotMendedByInstalling(t *testing.T) {
	t.Parallel()
	wrong := errors.New("PGBIN=/nowhere holds no initdb")
	n := need{name: "PostgreSQL", find: func() (string, error) { return "", wrong }, ways: []way{refusing(t)}}
	if err := n.meet(t.Context(), t.Output()); !errors.Is(err, wrong) {
		t.Errorf("the error is %v", err)
	}
}

func TestWaysAreTriedInOrderUntilOneWorks(t *testing.T) {
	t.Parallel()
	var order []string
	installed := false
	n := need{
		name: "PostgreSQL",
		find: func() (string, error) {
			if installed {
				return "/bin", nil
			}
			return "", errMissing
		},
		ways: []way{
			{"one that cannot be tried", func(context.Context) error { return errors.New("no") }, refusing(t).install},
			{"one that fails", able, func(context.Context) error { order = append(order, "fails"); return errors.New("offline") }},
			{"one that works", able, func(context.Context) error { order = append(order, "works"); installed = true; return nil }},
			refusing(t),
		},
	}
	if err := n.meet(t.Context(), t.Output()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, " "); got != "fails works" {
		t.Errorf("tried: %s", got)
	}
}

func TestNoWayLeftSaysWhyAndWhatToInstall(t *testing.T) {
	t.Parallel()
	n := postgresNeed()
	n.find = func() (string, error) { return "", errMissing }
	n.ways = []way{
		{"apt-get", func(context.Context) error { return errors.New("this machine has no apt-get") }, nil},
		{"npm", able, func(context.Context) error { return errors.New("offline") }},
	}
	err := n.meet(t.Context(), t.Output())
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"apt-get: this machine has no apt-get", "npm: offline", "apt-get install postgresql", "PGBIN"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}

func TestTheLinksThatNPMCannotCarryAreMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "native/lib/libpq.so.5.17"), "library")
	write(t, filepath.Join(dir, "native/pg-symlinks.json"),
		`[{"source":"native/lib/libpq.so.5.17","target":"native/lib/libpq.so.5"}]`)
	for range 2 { // again over its own result
		if err := makeLinks(dir); err != nil {
			t.Fatal(err)
		}
	}
	moved := filepath.Join(t.TempDir(), "moved") // as the whole folder is afterwards
	if err := os.Rename(filepath.Join(dir, "native"), moved); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(moved, "lib/libpq.so.5"))
	if err != nil || string(got) != "library" {
		t.Errorf("the link leads to %q, %v", got, err)
	}

	write(t, filepath.Join(dir, "native/pg-symlinks.json"), `[{"source":"native/lib/a","target":"../outside"}]`)
	if err := makeLinks(dir); err == nil {
		t.Error("a link outside the package is made")
	}
}

func able(context.Context) error { return nil }

func refusing(t *testing.T) way {
	return way{"one that must not be tried", able, func(context.Context) error {
		t.Error("something is installed")
		return nil
	}}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
