package api

import (
	"bytes"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
	"fortnight/web/cells"
)

// file streams lines as CSV, named after an edition and what; nothing is begun before each hands out its first line, so that until then a
// fault is a problem and no file.
func (a *api) file(ctx context.Context, e digest.EditionLine, what string, head []string, each func(line func(cells ...string) error) error) *stream {
	return &stream{func(hc huma.Context) {
		var b bytes.Buffer
		var out *cells.Writer // nil: not begun
		begin := func() {
			hc.SetHeader("Content-Type", textCSV)
			hc.SetHeader("Content-Disposition", `attachment; filename="`+e.Label+`-`+what+`.csv"`)
			out, _ = cells.Begin(&b) // a buffer refuses nothing
			_ = out.Line(head...)
		}
		gone := false
		err := each(func(cells ...string) error {
			if out == nil {
				begin()
			}
			_ = out.Line(cells...)
			if b.Len() > 1<<16 && !flush(hc, out, &b) {
				gone = true
				return context.Canceled
			}
			return nil
		})
		switch {
		case gone:
			return
		case err != nil && out != nil: // half of it may be there: the connection breaks off rather than end as if it were whole
			a.Log.Error("export broke off", "of", what, "edition", e.ID, "error", err)
			panic(http.ErrAbortHandler)
		case err != nil:
			a.turnAway(hc, a.problemOf(ctx, err))
			return
		case out == nil:
			begin()
		}
		flush(hc, out, &b)
	}}
}
