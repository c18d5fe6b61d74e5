package look

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"maps"
	"path"
	"strings"
)

// Press prints pages of html/template.
type Press struct{ pages map[string]*template.Template }

// Press makes a press of a folder's *.gohtml files. Those whose name begins with an underscore are shared: every other file is a
// page, which sees what they define and may define it anew ({{block}}) without another page seeing that. Pages may call Funcs, more,
// and {{style}} and {{script}}, the assets' addresses.
func (l *Look) Press(folder fs.FS, more template.FuncMap) (*Press, error) {
	names, err := fs.Glob(folder, "*.gohtml")
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	funcs := Funcs()
	maps.Copy(funcs, template.FuncMap{"style": l.Style, "script": l.Script})
	maps.Copy(funcs, more)
	shared := template.New("").Option("missingkey=error").Funcs(funcs)
	p := &Press{pages: map[string]*template.Template{}}
	for _, name := range names {
		if strings.HasPrefix(name, "_") {
			if shared, err = shared.ParseFS(folder, name); err != nil {
				return nil, fmt.Errorf("shared parts: %w", err)
			}
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "_") {
			continue
		}
		t, err := shared.Clone()
		if err == nil {
			t, err = t.ParseFS(folder, name)
		}
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		p.pages[strings.TrimSuffix(name, path.Ext(name))] = t.Lookup(name)
	}
	return p, nil
}

// Has tells whether there is a page of a name: "overview" is overview.gohtml.
func (p *Press) Has(name string) bool { return p.pages[name] != nil }

// Print writes a page, all of it or nothing.
func (p *Press) Print(w io.Writer, name string, data any) error {
	t := p.pages[name]
	if t == nil {
		return fmt.Errorf("there is no page %q", name)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	_, err := w.Write(out.Bytes())
	return err
}
