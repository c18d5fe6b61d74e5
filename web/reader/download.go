package reader

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"fortnight/digest"
	"fortnight/web/cells"
)

// pdf gives an edition's PDF, as a file.
func (a *pages) pdf(w http.ResponseWriter, r *http.Request) {
	v, ok := a.reading(w, r)
	if !ok {
		return
	}
	if v.PDF == nil {
		a.fail(w, r, ErrUnknown)
		return
	}
	body, err := a.c.Editions.PDF(r.Context(), v.Edition, r.PathValue("token"))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	send(w, "application/pdf", file(v.Variant.Letter.Edition)+".pdf", body)
}

// file gives one of the files that the digest attaches, or would if they were smaller, as it was made with the mail.
func (a *pages) file(w http.ResponseWriter, r *http.Request) {
	v, ok := a.reading(w, r)
	if !ok {
		return
	}
	for _, f := range v.Variant.Files {
		if f.Name == r.PathValue("name") {
			send(w, f.Type, f.Name, f.Data)
			return
		}
	}
	a.fail(w, r, ErrUnknown)
}

// csv gives one table, or all of an edition as a ZIP of one file each and one of the figures: where the digest attaches such files, these. Files are UTF-8 with a mark that says
// so, as spreadsheets need it; numbers are plain, with a point: durations in seconds, percents of 0..100.
func (a *pages) csv(w http.ResponseWriter, r *http.Request) {
	v, ok := a.reading(w, r)
	if !ok {
		return
	}
	l := &v.Variant.Letter
	set := tables{words: a.p.choose(l.Locale, v.Locale), sorted: sortOf(r)}
	all := set.all(l)
	if anchor := r.PathValue("anchor"); anchor != "" {
		for _, t := range all {
			if t.Anchor == anchor {
				var out bytes.Buffer
				if err := t.write(&out); err != nil {
					a.fail(w, r, err)
					return
				}
				send(w, "text/csv; charset=utf-8", file(l.Edition, anchor)+".csv", out.Bytes())
				return
			}
		}
		a.fail(w, r, ErrUnknown)
		return
	}
	body, err := zippedFiles(v.Variant.Files)
	if body == nil && err == nil {
		body, err = zipped(append([]table{set.figures(l)}, all...))
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	send(w, "application/zip", file(l.Edition, "tables")+".zip", body)
}

// all lists an edition's tables in reading order.
func (s *tables) all(l *digest.Letter) (all []table) {
	if l.Catching != nil {
		all = append(all, s.ofSheet(*l.Catching))
	}
	for _, c := range l.Sections {
		for _, p := range c.Pictures {
			if t, ok := s.ofPicture(p); ok && p.Drawn {
				all = append(all, t)
			}
		}
		for _, sheet := range c.Sheets {
			all = append(all, s.ofSheet(sheet))
		}
	}
	return all
}

// figures is the cards of all sections, as they are printed.
func (s *tables) figures(l *digest.Letter) table {
	t := table{Anchor: "figures", Head: []heading{{Text: s.say("section")}, {Text: s.say("figure")}, {Text: s.say("value")}, {Text: s.say("change")}, {Text: s.say("before")}}}
	for _, c := range l.Sections {
		for _, k := range c.Cards {
			value := k.Nil
			if len(k.Parts) > 0 {
				var parts []string
				for _, p := range k.Parts {
					parts = append(parts, strings.TrimSpace(p.Number+" "+p.Unit))
				}
				value = strings.Join(parts, " ")
			}
			t.Rows = append(t.Rows, row{Cells: []cell{{Text: c.Title}, {Text: k.Label}, {Text: value}, {Text: k.Change}, {Text: orElse(k.From, k.Under)}}})
		}
	}
	return t
}

// zippedFiles packs the tables among an edition's files; nil where there are none.
func zippedFiles(files []digest.File) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	none := true
	for _, f := range files {
		if !strings.HasSuffix(f.Name, ".csv") {
			continue
		}
		none = false
		to, err := z.Create(f.Name)
		if err == nil {
			_, err = to.Write(f.Data)
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", f.Name, err)
		}
	}
	if err := z.Close(); err != nil || none {
		return nil, err
	}
	return out.Bytes(), nil
}

func zipped(all []table) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i, t := range all {
		f, err := z.Create(file(fmt.Sprintf("%02d", i), t.Anchor) + ".csv")
		if err == nil {
			err = t.write(f)
		}
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.Anchor, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// write writes a table as CSV.
func (t table) write(to io.Writer) error {
	w, err := cells.Begin(to)
	if err != nil {
		return err
	}
	var head []string
	for _, h := range t.Head {
		text := h.Text
		switch h.Unit {
		case digest.Duration:
			text += " (s)"
		case digest.Percent:
			text += " (%)"
		}
		head = append(head, cells.Guard(strings.ReplaceAll(text, "\u00a0", " ")))
	}
	if err := w.Numbers(head); err != nil {
		return err
	}
	for _, r := range t.Rows {
		var line []string
		for _, c := range r.Cells {
			switch {
			case c.Some:
				line = append(line, strconv.FormatFloat(c.Value, 'f', -1, 64))
			case c.Number:
				line = append(line, "")
			default:
				line = append(line, cells.Guard(strings.ReplaceAll(orElse(c.Plain, c.Text), "\u00a0", " ")))
			}
		}
		if err := w.Numbers(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

func send(w http.ResponseWriter, kind, name string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}
