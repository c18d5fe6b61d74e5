package mailer_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fortnight/mailer"
)

// maildir makes a Maildir of files: "new/1": its text.
func maildir(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// contents lists the files of a folder: "cur/1:2,S=text".
func contents(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == "maildirfolder" {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all = append(all, name+"="+string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// source is a Maildir or a mailbox.
type source interface {
	Each(ctx context.Context, take func(ctx context.Context, raw io.Reader) error) error
}

// takeAll gives the text of all mails that a source hands over.
func takeAll(t *testing.T, s source) []string {
	t.Helper()
	var all []string
	err := s.Each(t.Context(), func(_ context.Context, raw io.Reader) error {
		text, err := io.ReadAll(raw)
		all = append(all, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestOfAMaildirTheUnseenAreReadAndMarked(t *testing.T) {
	dir := maildir(t, map[string]string{
		"new/1004.M1.mx": "four", "cur/1001.M1.mx:2,": "one", "cur/1002.M1.mx:2,FR": "two", "cur/1003.M1.mx:2,S": "seen",
		"cur/1005.M1.mx": "five", "new/.hidden": "hidden", "tmp/1006.M1.mx": "half deliv",
	})
	if err := os.Mkdir(filepath.Join(dir, "new", "1000.folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	m := mailer.Maildir{Dir: dir}
	if got := takeAll(t, m); !slices.Equal(got, []string{"one", "two", "four", "five"}) {
		t.Errorf("got %q", got)
	}
	want := []string{
		"cur/1001.M1.mx:2,S=one", "cur/1002.M1.mx:2,FRS=two", "cur/1003.M1.mx:2,S=seen", "cur/1004.M1.mx:2,S=four",
		"cur/1005.M1.mx:2,S=five", "new/.hidden=hidden", "tmp/1006.M1.mx=half deliv",
	}
	if got := contents(t, dir); !slices.Equal(got, want) {
		t.Errorf("left is %q", got)
	}
	if again := takeAll(t, m); len(again) != 0 {
		t.Errorf("again: %q", again)
	}
}

func TestOfAMaildirWhatWasReadIsMovedToAFolder(t *testing.T) {
	dir := maildir(t, map[string]string{"new/1": "one", "cur/2:2,R": "two"})
	if got := takeAll(t, mailer.Maildir{Dir: dir, Done: "Done"}); len(got) != 2 {
		t.Errorf("got %q", got)
	}
	if got, want := contents(t, dir), []string{".Done/cur/1:2,S=one", ".Done/cur/2:2,RS=two"}; !slices.Equal(got, want) {
		t.Errorf("left is %q", got)
	}
}

func TestNoMailIsOverwritten(t *testing.T) {
	dir := maildir(t, map[string]string{"new/1": "another of that name", "cur/1:2,S": "seen"})
	if got := takeAll(t, mailer.Maildir{Dir: dir}); !slices.Equal(got, []string{"another of that name"}) {
		t.Errorf("got %q", got)
	}
	if got, want := contents(t, dir), []string{"cur/1:2,S=seen", "cur/1_1:2,S=another of that name"}; !slices.Equal(got, want) {
		t.Errorf("left is %q", got)
	}
}

func TestWhatWasNotTakenIsReadAgain(t *testing.T) {
	away := errors.New("the database is away")
	dir := maildir(t, map[string]string{"new/1": "one", "new/2": "two"})
	n := 0
	err := mailer.Maildir{Dir: dir}.Each(t.Context(), func(context.Context, io.Reader) error {
		if n++; n == 2 {
			return away
		}
		return nil
	})
	if !errors.Is(err, away) {
		t.Fatalf("got %v", err)
	}
	if got, want := contents(t, dir), []string{"cur/1:2,S=one", "new/2=two"}; !slices.Equal(got, want) {
		t.Errorf("left is %q", got)
	}
	if got := takeAll(t, mailer.Maildir{Dir: dir}); !slices.Equal(got, []string{"two"}) {
		t.Errorf("got %q", got)
	}
}

func TestACrashBetweenLinkAndRemovalLeavesOneMail(t *testing.T) {
	dir := maildir(t, map[string]string{"new/1": "one"})
	if err := os.Link(filepath.Join(dir, "new", "1"), filepath.Join(dir, "cur", "1:2,S")); err != nil {
		t.Fatal(err)
	}
	if got := takeAll(t, mailer.Maildir{Dir: dir}); !slices.Equal(got, []string{"one"}) {
		t.Errorf("got %q", got)
	}
	if got, want := contents(t, dir), []string{"cur/1:2,S=one"}; !slices.Equal(got, want) {
		t.Errorf("left is %q", got)
	}
}

func TestAFolderThatIsNoMaildirIsAnError(t *testing.T) {
	take := func(context.Context, io.Reader) error { return nil }
	for _, m := range []mailer.Maildir{{Dir: t.TempDir()}, {Dir: "/nowhere"}, {Dir: maildir(t, nil), Done: "../out"}, {Dir: maildir(t, nil), Done: "."}} {
		if err := m.Each(t.Context(), take); err == nil {
			t.Errorf("%+v is read", m)
		} else if !strings.Contains(err.Error(), m.Dir) && !strings.Contains(err.Error(), m.Done) {
			t.Errorf("%+v: got %v", m, err)
		}
	}
}
