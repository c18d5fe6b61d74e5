package console

import (
	"bytes"
	"cmp"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"fortnight/digest"
	"fortnight/web/roster"
)

// take gives the file that was sent: chosen, pasted, or carried along by the page that showed what it would do.
func (p *importPage) take(r *http.Request) ([]byte, error) {
	if err := r.ParseMultipartForm(importSize); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, &digest.RefusedError{Field: "file", Reason: "The file has more than 5 MB. Take it in parts."}
		}
		return nil, &digest.RefusedError{Field: "file", Reason: "The file did not arrive whole. Choose it again."}
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	p.Only, p.Pasted = r.FormValue("only") != "", r.FormValue("pasted")
	if content := r.FormValue("content"); content != "" {
		p.File = cmp.Or(r.FormValue("filename"), "The file")
		p.Pasted = ""
		return unpacked(content)
	}
	f, head, err := r.FormFile("file")
	if err == nil {
		defer f.Close()
		p.File = head.Filename
		if head.Size > 0 {
			p.Pasted = ""
			file, err := io.ReadAll(io.LimitReader(f, roster.MostBytes+1))
			if err != nil {
				return nil, &digest.RefusedError{Field: "file", Reason: "The file did not arrive whole. Choose it again."}
			}
			return file, nil
		}
	}
	if strings.TrimSpace(p.Pasted) == "" {
		return nil, &digest.RefusedError{Field: "file", Reason: "Choose a file, or paste lines below."}
	}
	p.File = "What you pasted"
	return []byte(p.Pasted), nil
}

func packed(file []byte) (string, error) {
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		return "", fmt.Errorf("pack the file: %w", err)
	}
	_, _ = z.Write(file) // into memory
	_ = z.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes()), nil
}

func unpacked(content string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(content)
	if err != nil {
		return nil, &digest.RefusedError{Field: "file", Reason: "The file did not arrive whole. Choose it again."}
	}
	file, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), roster.MostBytes+1)) // what is longer is refused when it is read
	if err != nil {
		return nil, &digest.RefusedError{Field: "file", Reason: "The file did not arrive whole. Choose it again."}
	}
	return file, nil
}
