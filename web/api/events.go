package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
)

// Intake reads a body of events and writes them. An error that wraps digest.ErrTooLarge or digest.ErrUnreadable is the body's, a
// *digest.RefusedError the caller's; lines that were written before it stay.
type Intake func(ctx context.Context, body io.Reader, b digest.Batch) (digest.Taken, error)

// Events is what became of a body of events.
type Events struct {
	Lines     int     `json:"lines" doc:"That were read."`
	Taken     int     `json:"taken" doc:"Without a fault."`
	Written   int     `json:"written" doc:"Rows that are new or were changed."`
	Unchanged int     `json:"unchanged" doc:"Lines that said what was known, or that a later line of the body overtook."`
	Refused   int     `json:"refused" doc:"With a fault."`
	Faults    []Fault `json:"faults" nullable:"false" doc:"The first hundred, with \"line\": of NDJSON and CSV the line of the body, of an array the element's number."`
	More      int     `json:"more,omitempty" doc:"Faults beyond those."`
}

// heaviestEvents is how large a body of events may be, unpacked, octets.
const heaviestEvents = 128 << 20

// The media types that events come in.
const (
	textNDJSON = "application/x-ndjson"
	cloudJSON  = "application/cloudevents+json"
	cloudBatch = "application/cloudevents-batch+json"
)

// eventFormats has no Parquet: a body of a few octets can make its reader take gigabytes, which fortnight import risks for itself alone.
var eventFormats = map[string]string{
	"application/json": digest.FormatJSON, cloudJSON: digest.FormatJSON, cloudBatch: digest.FormatJSON,
	textNDJSON: digest.FormatNDJSON, "application/ndjson": digest.FormatNDJSON, "application/jsonl": digest.FormatNDJSON,
	"text/csv": digest.FormatCSV,
}

// events is the way in for the rows of Fortnight's own tables. It reads the body as it comes, so it is registered below huma's own reading.
func (a *api) events() {
	if a.Intake == nil {
		return
	}
	o := op("post-events", "POST ", digest.ScopeEvents, tagEvents, "Send events",
		"Rows of Fortnight's own tables, which a source of the platform `native` is read from: messages, conversations, assignments, goals (appointments, enrolments) and the rest. "+
			"Each line is one row, with `relation` or that of the address. The tenant is the token's project. A line that comes again changes nothing: a row is known by its id, a message by its id "+
			"together with its instant. A line is the whole row, so one that comes with other values replaces it. CloudEvents 1.0 are taken structured, in batches and in binary; their `type` ends in the relation's name. "+
			"At most 128 MB, unpacked; gzip is unpacked.")
	o.Path = Root + "/events"
	o.Parameters = []*huma.Param{
		{Name: "relation", In: "query", Description: "Of lines that do not name theirs; CSV needs it, or a column relation.", Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{"message"}}},
		{Name: "on_fault", In: "query", Description: "keep takes the good lines, and answers 207; refuse takes nothing where one line has a fault, and answers 422.", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"keep", "refuse"}, Default: "keep"}},
		{Name: "Content-Encoding", In: "header", Description: "gzip, or none.", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"gzip", "identity"}}},
	}
	row := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"relation": {Type: huma.TypeString, Examples: []any{"message"}}}, AdditionalProperties: true}
	text := &huma.Schema{Type: huma.TypeString}
	o.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeArray, Items: row}, row}}},
		cloudJSON:          {Schema: row}, cloudBatch: {Schema: &huma.Schema{Type: huma.TypeArray, Items: row}},
		textNDJSON: {Schema: text}, "text/csv": {Schema: text},
	}}
	said := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Events](), true, "")
	for status, says := range map[string]string{"200": "All lines were taken.", "207": "Some lines were taken; faults says which were not."} {
		o.Responses[status] = &huma.Response{Description: says, Content: map[string]*huma.MediaType{"application/json": {Schema: said}}}
	}
	a.huma.OpenAPI().AddOperation(&o)
	a.huma.Adapter().Handle(&o, a.huma.Middlewares().Handler(func(ctx huma.Context) {
		status, answer := a.takeEvents(ctx)
		if p, refused := answer.(*Problem); refused {
			a.turnAway(ctx, p)
			return
		}
		ctx.SetHeader("Content-Type", "application/json")
		ctx.SetStatus(status)
		_ = a.huma.Marshal(ctx.BodyWriter(), "application/json", answer) // the client is gone where it fails
	}))
}

// takeEvents answers Events or a *Problem.
func (a *api) takeEvents(ctx huma.Context) (int, any) {
	v, ok := ctx.Context().Value(visitKey{}).(visit)
	if !ok {
		return 0, notFound()
	}
	b, err := batchOf(ctx)
	if err != nil {
		return 0, a.problemOf(ctx.Context(), err)
	}
	if b.Project, err = v.books.Head(ctx.Context()); err != nil {
		return 0, a.problemOf(ctx.Context(), err)
	}
	taken, err := a.Intake(ctx.Context(), ctx.BodyReader(), b)
	before := ""
	if taken.Written > 0 && err != nil {
		before = fmt.Sprintf(" Of the lines before, %d rows were written; to send them again does no harm.", taken.Written)
	}
	var slow interface{ Timeout() bool }
	switch {
	case errors.Is(err, digest.ErrTooLarge):
		return 0, problem(http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("The body has more than %d MB, unpacked: send it in parts.%s", heaviestEvents>>20, before))
	case errors.Is(err, digest.ErrUnreadable):
		return 0, problem(http.StatusUnprocessableEntity, "refused", sentence(err.Error())+before)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &slow) && slow.Timeout() && ctx.Context().Err() == nil:
		return 0, problem(http.StatusRequestTimeout, "broken-off", "The body broke off, or took longer than a minute: send it again, in parts."+before)
	case err != nil:
		return 0, a.problemOf(ctx.Context(), err)
	}
	faults := each(taken.Faults, func(f digest.LineFault) Fault { return Fault{Detail: f.Detail, Field: f.Field, Line: f.Line} })
	refused := taken.Refused()
	switch {
	case taken.Lines == 0:
		return 0, problem(http.StatusUnprocessableEntity, "refused", "There is no event in the body.")
	case refused > 0 && (b.AllOrNone || taken.Good == 0):
		p := problem(http.StatusUnprocessableEntity, "refused", fmt.Sprintf("Nothing was taken: %d of %d lines have faults.", refused, taken.Lines))
		p.Errors = faults
		if taken.More > 0 {
			p.Detail += fmt.Sprintf(" Of their faults %d are not listed.", taken.More)
		}
		return 0, p
	}
	status := http.StatusOK
	if refused > 0 {
		status = http.StatusMultiStatus
	}
	return status, Events{Lines: taken.Lines, Taken: taken.Good, Written: taken.Written, Unchanged: taken.Good - taken.Written, Refused: refused, Faults: faults, More: taken.More}
}

// batchOf reads how a body is to be read: from the address and the headers.
func batchOf(ctx huma.Context) (b digest.Batch, err error) {
	at := ctx.URL()
	for name := range at.Query() {
		if name != "relation" && name != "on_fault" {
			return b, refuse("query."+name, "There is no such parameter: there are relation and on_fault.")
		}
	}
	b.Relation, b.Most = ctx.Query("relation"), heaviestEvents
	switch how := ctx.Query("on_fault"); how {
	case "", "keep":
	case "refuse":
		b.AllOrNone = true
	default:
		return b, refuse("query.on_fault", "Write keep or refuse.")
	}
	if coding := strings.ToLower(ctx.Header("Content-Encoding")); coding != "" && coding != "gzip" && coding != "identity" {
		return b, problem(http.StatusUnsupportedMediaType, "media", "The body is packed by "+coding+": send it packed by gzip, or as it is.")
	}
	kind, _, err := mime.ParseMediaType(ctx.Header("Content-Type"))
	if err != nil && ctx.Header("Content-Type") != "" {
		kind = "?"
	}
	if kind == "" || kind == "application/x-www-form-urlencoded" { // as curl says where nobody told it
		kind = "application/json"
	}
	format, known := eventFormats[kind]
	if b.Format = format; !known {
		var all []string
		for k := range eventFormats {
			all = append(all, k)
		}
		slices.Sort(all)
		return b, problem(http.StatusUnsupportedMediaType, "media", "The body is of a type that is not read: send one of "+strings.Join(all, ", ")+".")
	}
	if ctx.Header("ce-specversion") != "" && kind == "application/json" {
		b.Event = map[string]string{"datacontenttype": kind}
		for _, name := range []string{"specversion", "type", "id", "source", "time"} {
			b.Event[name] = unescaped(ctx.Header("ce-" + name))
		}
	}
	return b, nil
}

// unescaped reads a CloudEvent's attribute from a header, where what is not plain is percent-encoded.
func unescaped(header string) string {
	var text strings.Builder
	for i := 0; i < len(header); i++ {
		if header[i] == '%' && i+2 < len(header) {
			var c byte
			if _, err := fmt.Sscanf(header[i+1:i+3], "%02x", &c); err == nil {
				text.WriteByte(c)
				i += 2
				continue
			}
		}
		text.WriteByte(header[i])
	}
	return text.String()
}
