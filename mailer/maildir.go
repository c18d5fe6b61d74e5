package mailer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Maildir is a folder of mails, one a file, as mail servers deliver them.
type Maildir struct {
	Dir  string // has new, cur and tmp
	Done string // folder within it that what was read is moved to, as Maildir++ has them (.Done); empty: it stays, marked as seen
}

// Each hands over the mails that nobody has seen, the oldest name first, and marks each one that take returned no error for.
// Nothing is deleted. A process that dies in between leaves the mail as it was: it is handed over again. An error of take
// ends the reading; a mail that cannot be opened or marked does not keep the others from being read.
func (m Maildir) Each(ctx context.Context, take func(ctx context.Context, raw io.Reader) error) error {
	mails, err := m.unseen()
	if err != nil {
		return err
	}
	to, err := m.destination()
	if err != nil {
		return err
	}
	var faults []error
	for _, path := range mails {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process was faster
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("a mail of %s: %w", m.Dir, err))
			continue
		}
		err = take(ctx, f)
		f.Close()
		if err != nil {
			return errors.Join(append(faults, err)...)
		}
		if err := mark(path, to); err != nil {
			faults = append(faults, fmt.Errorf("mark a mail of %s as seen: %w", m.Dir, err))
		}
	}
	return errors.Join(faults...)
}

// unseen lists the files of new, and those of cur that have no S among their flags.
func (m Maildir) unseen() ([]string, error) {
	var mails []string
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(m.Dir, sub))
		if err != nil {
			return nil, fmt.Errorf("%s is no Maildir that can be read: %w", m.Dir, err)
		}
		for _, e := range entries {
			_, flags := flagsOf(e.Name())
			if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") && (sub == "new" || !strings.Contains(flags, "S")) {
				mails = append(mails, filepath.Join(m.Dir, sub, e.Name()))
			}
		}
	}
	slices.SortStableFunc(mails, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	return mails, nil
}

// destination is the folder of what was read, made where it is not there.
func (m Maildir) destination() (string, error) {
	if m.Done == "" {
		return filepath.Join(m.Dir, "cur"), nil
	}
	name := strings.TrimPrefix(m.Done, ".")
	if name == "" || strings.ContainsAny(name, "/\x00") || strings.Contains(name, "..") {
		return "", fmt.Errorf("%q is no folder of a Maildir: write one name, such as Done", m.Done)
	}
	folder := filepath.Join(m.Dir, "."+name)
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(folder, sub), 0o700); err != nil {
			return "", err
		}
	}
	mark, err := os.OpenFile(filepath.Join(folder, "maildirfolder"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, "cur"), mark.Close()
}

// mark moves a mail into a folder, with S among its flags. A link made before the old name goes never overwrites another mail.
func mark(path, folder string) error {
	name, flags := flagsOf(filepath.Base(path))
	if !strings.Contains(flags, "S") {
		letters := []rune(flags + "S")
		slices.Sort(letters)
		flags = string(letters)
	}
	for again := range 100 {
		unique := name
		if again > 0 {
			unique = fmt.Sprintf("%s_%d", name, again)
		}
		target := filepath.Join(folder, unique+":2,"+flags)
		err := os.Link(path, target)
		switch {
		case errors.Is(err, fs.ErrExist):
			if same(path, target) {
				return os.Remove(path) // linked before a crash
			}
			continue
		case errors.Is(err, fs.ErrNotExist):
			return nil // another process was faster
		case err != nil: // a file system without links
			if _, there := os.Lstat(target); there == nil {
				continue
			}
			return os.Rename(path, target)
		}
		return os.Remove(path)
	}
	return fmt.Errorf("%s: a hundred mails have its name", filepath.Base(path))
}

func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// flagsOf parts a file's name from its flags: NAME:2,FLAGS.
func flagsOf(file string) (name, flags string) {
	name, flags, _ = strings.Cut(file, ":2,")
	return name, flags
}
