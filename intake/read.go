package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"fortnight/digest"
)

// reader gives the lines of a body; io.EOF after the last one. A line that cannot be read is a line with a fault; an error is the end.
type reader interface {
	next() (line, error)
	close()
}

// mostLine is how long a line, an element or a cell's row may be, octets.
const mostLine = 1 << 20

// open begins to read a body, which it unpacks where it begins as gzip does.
func (in *Intake) open(body io.Reader, b digest.Batch) (reader, error) {
	from, err := unpacked(body)
	if err != nil {
		return nil, err
	}
	if b.Most > 0 {
		from = bufio.NewReader(&bounded{from: from, left: b.Most})
	}
	if mark, err := from.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" { // as some programs begin a text file
		_, _ = from.Discard(3) // it was peeked
	}
	switch b.Format {
	case digest.FormatJSON:
		if b.Event != nil {
			return &oneEvent{from: from, attributes: b.Event}, nil
		}
		return newArray(from), nil
	case digest.FormatNDJSON:
		return &ndjson{from: from}, nil
	case digest.FormatCSV:
		return newSheet(from)
	case digest.FormatParquet:
		return newParquet(from)
	}
	return nil, fmt.Errorf("%w: there is no format %q", digest.ErrUnreadable, b.Format)
}

// gauge ends a text of which one line does not end, so that it is not all held in memory.
type gauge struct {
	from io.Reader
	left int
}

var errLong = errors.New("a line that does not end")

// reset begins another line; some of it may have been read before.
func (g *gauge) reset() { g.left = 4 * mostLine }

func (g *gauge) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errLong
	}
	n, err := g.from.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}

// unpacked takes gzip off.
func unpacked(body io.Reader) (*bufio.Reader, error) {
	from := bufio.NewReaderSize(body, 64<<10)
	if magic, _ := from.Peek(2); len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b { // shorter bodies say so themselves
		return from, nil
	}
	z, err := gzip.NewReader(from)
	if err != nil {
		return nil, fmt.Errorf("%w: as gzip: %w", digest.ErrUnreadable, err)
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

// bounded ends a body that is longer than allowed.
type bounded struct {
	from io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, digest.ErrTooLarge
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left+1)])
	b.left -= int64(n)
	if b.left < 0 {
		return n, digest.ErrTooLarge
	}
	return n, err
}

// broken is why a body's octets end early: the reason stays what it is, where it is not the text's.
func broken(err error) error {
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends in the middle, or was damaged on the way: %w", digest.ErrUnreadable, err)
	}
	return err
}

// ndjson is one JSON object a line; empty lines are passed over.
type ndjson struct {
	from *bufio.Reader
	n    int
}

func (*ndjson) close() {}

func (r *ndjson) next() (line, error) {
	for {
		text, long, err := r.line()
		if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0) {
			return line{}, broken(err)
		}
		r.n++
		switch text = bytes.TrimSpace(text); {
		case long:
			return line{n: r.n, raw: text[:100], fault: fmt.Sprintf("The line is longer than %d kB.", mostLine>>10)}, nil
		case len(text) > 0:
			return object(r.n, text), nil
		}
	}
}

// line reads to the end of a line; of one that is too long its beginning.
func (r *ndjson) line() (text []byte, long bool, err error) {
	for {
		part, err := r.from.ReadSlice('\n')
		if !long {
			text = append(text, part...)
			long = len(text) > mostLine
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, long, err
		}
	}
}

// array is a JSON array of objects, or objects one after the other.
type array struct {
	from    *bufio.Reader
	gauge   *gauge
	decode  *json.Decoder
	n       int
	started bool
	listed  bool
	ended   bool
}

func newArray(from *bufio.Reader) *array {
	g := &gauge{from: from}
	return &array{from: from, gauge: g, decode: json.NewDecoder(g)}
}

func (*array) close() {}

func (r *array) next() (line, error) {
	if r.ended {
		return line{}, io.EOF
	}
	r.gauge.reset()
	if !r.started {
		r.started = true
		first, err := r.first()
		if err != nil {
			r.ended = true
			return line{}, broken(err)
		}
		if r.listed = first == '['; r.listed {
			if _, err := r.decode.Token(); err != nil {
				return line{}, broken(err)
			}
		}
	}
	if r.listed && !r.decode.More() {
		r.ended = true
		if _, err := r.decode.Token(); err != nil { // what should be the closing bracket
			return r.cut(err)
		}
		return r.behind()
	}
	return r.element()
}

// behind is what follows a list: nothing, or something that nobody reads.
func (r *array) behind() (line, error) {
	var raw json.RawMessage
	var syntax *json.SyntaxError
	switch err := r.decode.Decode(&raw); {
	case errors.Is(err, io.EOF):
		return line{}, io.EOF
	case err != nil && !errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, errLong):
		return line{}, broken(err)
	}
	r.n++
	return line{n: r.n, raw: []byte{}, fault: "The list ends before this, and what follows was not read: send one list."}, nil
}

// first is the first octet that is no space.
func (r *array) first() (byte, error) {
	for {
		c, err := r.from.ReadByte()
		if err != nil {
			return 0, err
		}
		if !bytes.ContainsRune([]byte(" \t\r\n"), rune(c)) {
			return c, r.from.UnreadByte()
		}
	}
}

func (r *array) element() (line, error) {
	var raw json.RawMessage
	if err := r.decode.Decode(&raw); err != nil {
		r.ended = true
		if errors.Is(err, io.EOF) && !r.listed {
			return line{}, io.EOF
		}
		return r.cut(err)
	}
	r.n++
	if len(raw) > mostLine {
		return line{n: r.n, raw: raw[:100], fault: fmt.Sprintf("The element is longer than %d kB.", mostLine>>10)}, nil
	}
	return object(r.n, raw), nil
}

// cut is an element after which nothing can be read any more.
func (r *array) cut(err error) (line, error) {
	if errors.Is(err, errLong) {
		r.n++
		return line{n: r.n, raw: []byte{}, fault: fmt.Sprintf("The element is longer than %d kB. Nothing after it was read.", mostLine>>10)}, nil
	}
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return line{}, broken(err)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	r.n++
	return line{n: r.n, raw: []byte{}, fault: fmt.Sprintf("From here on this is no JSON: %s. Nothing after it was read.", err)}, nil
}

// oneEvent is a CloudEvent in the binary form: its attributes came beside the body, which is its data.
type oneEvent struct {
	from       io.Reader
	attributes map[string]string
	done       bool
}

func (*oneEvent) close() {}

func (r *oneEvent) next() (line, error) {
	if r.done {
		return line{}, io.EOF
	}
	r.done = true
	raw, err := io.ReadAll(io.LimitReader(r.from, mostLine+1))
	if err != nil {
		return line{}, broken(err)
	}
	if len(raw) > mostLine {
		return line{n: 1, raw: raw[:100], fault: fmt.Sprintf("The event is longer than %d kB.", mostLine>>10)}, nil
	}
	if fault := faultOf(r.attributes); fault != "" {
		return line{n: 1, raw: raw, fault: fault}, nil
	}
	l := object(1, raw)
	if l.fault == "" {
		l.describe(r.attributes)
	}
	return l, nil
}

// sheet is CSV (RFC 4180), whose first line names the columns. An empty cell is null.
type sheet struct {
	from  *csv.Reader
	gauge *gauge
	names []string
	at    int // the column named relation; -1: none
	last  int // the line read last
	ended bool
}

func newSheet(from io.Reader) (reader, error) {
	g := &gauge{from: from}
	r := &sheet{from: csv.NewReader(g), gauge: g}
	r.from.ReuseRecord, r.from.FieldsPerRecord = true, -1
	g.reset()
	head, err := r.from.Read()
	if errors.Is(err, io.EOF) {
		return r, nil // an empty file has no line
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) || errors.Is(err, errLong) {
		return nil, fmt.Errorf("%w: its first line names no columns: %w", digest.ErrUnreadable, err)
	}
	if err != nil {
		return nil, broken(err)
	}
	if len(head) == 1 && strings.ContainsAny(head[0], ";\t") {
		return nil, fmt.Errorf("%w: its columns are parted by semicolons or tabs: save it with commas", digest.ErrUnreadable)
	}
	for _, name := range head {
		name = strings.TrimSpace(name)
		if slices.Contains(r.names, name) {
			return nil, fmt.Errorf("%w: it has two columns %q", digest.ErrUnreadable, clipped(name))
		}
		r.names = append(r.names, name)
	}
	r.last = 1
	r.at = slices.Index(r.names, "relation")
	return r, nil
}

func (*sheet) close() {}

func (r *sheet) next() (line, error) {
	if r.ended {
		return line{}, io.EOF
	}
	r.gauge.reset()
	cells, err := r.from.Read()
	if errors.Is(err, errLong) {
		r.ended = true
		return line{n: r.last + 1, raw: []byte{}, fault: "From here on this is no CSV: a line does not end, where a quote may not be closed. Nothing after it was read."}, nil
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return line{n: syntax.StartLine, raw: []byte{}, fault: fmt.Sprintf("This is no CSV: %s (line %d, column %d).", syntax.Err, syntax.Line, syntax.Column)}, nil
	}
	if err != nil {
		return line{}, broken(err)
	}
	n, _ := r.from.FieldPos(0)
	r.last = n
	l := line{n: n, names: make([]string, 0, len(cells)), values: make([]any, 0, len(cells)), loose: true}
	size := 0
	for i, cell := range cells {
		if i >= len(r.names) {
			l.fault = fmt.Sprintf("The line has %d cells, and there are %d columns.", len(cells), len(r.names))
			continue
		}
		size += len(cell)
		if !utf8.ValidString(cell) {
			l.fault = fmt.Sprintf("The cell %s is no UTF-8: save the file as UTF-8.", clipped(r.names[i]))
		}
		switch {
		case i == r.at:
			l.relation = cell
		case cell == "":
			l.names, l.values = append(l.names, r.names[i]), append(l.values, nil)
		default:
			l.names, l.values = append(l.names, r.names[i]), append(l.values, strings.Clone(cell))
		}
	}
	if len(cells) < len(r.names) {
		l.fault = fmt.Sprintf("The line has %d cells, and there are %d columns.", len(cells), len(r.names))
	}
	if size > mostLine {
		l.fault = fmt.Sprintf("The line is longer than %d kB.", mostLine>>10)
	}
	return l, nil
}
