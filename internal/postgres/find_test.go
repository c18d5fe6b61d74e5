package postgres

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestServersAreFoundInPathThenNewestFirst(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, dir := range []string{"lib/9.6/bin", "lib/15/bin", "lib/17/bin", "opt/pg/bin"} {
		pretendServer(t, filepath.Join(root, dir))
	}
	clientOnly := filepath.Join(root, "client")
	write(t, filepath.Join(clientOnly, "psql"))
	linked := filepath.Join(root, "links")
	if err := os.Mkdir(linked, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "opt/pg/bin/initdb"), filepath.Join(linked, "initdb")); err != nil {
		t.Fatal(err)
	}

	path := strings.Join([]string{clientOnly, linked, "relative"}, string(filepath.ListSeparator))
	got := search(path, []string{filepath.Join(root, "lib/*/bin"), filepath.Join(root, "nothing/*")})

	var want []string
	for _, dir := range []string{"opt/pg/bin", "lib/17/bin", "lib/15/bin", "lib/9.6/bin"} {
		want = append(want, filepath.Join(root, dir))
	}
	if !slices.Equal(got, want) {
		t.Errorf("found %q\nwant %q", got, want)
	}
}

func TestAWrongPGBINIsNamed(t *testing.T) {
	t.Setenv("PGBIN", "/nowhere")
	if _, err := Find(); err == nil || !strings.Contains(err.Error(), "PGBIN=/nowhere") {
		t.Errorf("the error is %v", err)
	}
}

func TestPGBINAloneDecides(t *testing.T) {
	dir := t.TempDir()
	pretendServer(t, dir)
	t.Setenv("PGBIN", dir)
	if got, err := Find(); got != dir || err != nil {
		t.Errorf("found %q, %v", got, err)
	}
}

func TestNothingInstalledSaysWhatToInstall(t *testing.T) {
	t.Parallel()
	if got := search("", nil); len(got) != 0 {
		t.Errorf("found %q in nothing", got)
	}
	if !strings.Contains(ErrNotInstalled.Error(), "apt-get install postgresql") {
		t.Error(ErrNotInstalled)
	}
}

func pretendServer(t *testing.T, dir string) {
	t.Helper()
	write(t, filepath.Join(dir, "initdb"))
	write(t, filepath.Join(dir, "postgres"))
}

func write(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o755); err != nil {
		t.Fatal(err)
	}
}
