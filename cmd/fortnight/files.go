package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"os"
	"path/filepath"

	"fortnight/digest"
)

// folder is where preview and demo --once put their files: all of them or none. Files are written to a staging folder
// inside it and moved into place at the end.
type folder struct {
	dir, staging string
	made         bool // dir did not exist before
}

// openFolder makes the folder where it is missing and shows that it can be written to, before any work is done.
func openFolder(dir string) (*folder, error) {
	_, err := os.Stat(dir)
	f := &folder{dir: dir, made: errors.Is(err, fs.ErrNotExist)}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("--out %s: %w", dir, bare(err))
	}
	if f.staging, err = os.MkdirTemp(dir, ".fortnight-"); err != nil {
		f.discard()
		return nil, fmt.Errorf("--out %s cannot be written to: %w", dir, bare(err))
	}
	return f, nil
}

func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// discard leaves the folder as it was found. A nil folder has nothing to leave.
func (f *folder) discard() {
	if f == nil {
		return
	}
	if f.staging != "" {
		os.RemoveAll(f.staging)
	}
	if f.made {
		_ = os.Remove(f.dir) // only where it is empty
	}
}

// file is one file by its path inside the folder.
type file struct {
	name string
	body []byte
}

// keep writes all files and moves them into place.
func (f *folder) keep(files []file) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("--out %s: %w", f.dir, err)
			f.discard()
		}
	}()
	for _, x := range files {
		path := filepath.Join(f.staging, x.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, x.body, 0o644); err != nil {
			return err
		}
	}
	for _, x := range files {
		path := filepath.Join(f.dir, x.name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(f.staging, x.name), path); err != nil {
			return err
		}
	}
	return os.RemoveAll(f.staging)
}

// digestFiles gives what preview and demo --once write of one copy: the message, its parts, its numbers and its charts.
// The HTML's pictures are the files in charts/, so that it opens in a browser.
func digestFiles(eml []byte, v digest.Variant, links digest.Links, s digest.Snapshot) ([]file, error) {
	numbers, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return nil, err
	}
	page, err := digest.Personal(v.HTML, links, html.EscapeString)
	if err != nil {
		return nil, err
	}
	text, err := digest.Personal(v.Text, links, func(s string) string { return s })
	if err != nil {
		return nil, err
	}
	files := []file{{"digest.eml", eml}, {"digest.txt", text}, {"snapshot.json", append(numbers, '\n')}}
	if v.PDF != nil {
		files = append(files, file{"digest.pdf", v.PDF})
	}
	for _, f := range v.Files {
		files = append(files, file{filepath.Join("files", f.Name), f.Data})
	}
	for _, i := range v.Images {
		page = bytes.ReplaceAll(page, []byte("cid:"+i.ContentID), []byte("charts/"+i.Name))
		files = append(files, file{filepath.Join("charts", i.Name), i.PNG})
	}
	return append(files, file{"digest.html", page}), nil
}
