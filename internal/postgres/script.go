package postgres

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// RunScript executes a SQL script as psql would, COPY … FROM stdin blocks included, each statement by itself. It stops at the
// first error, which names the line that the statement starts on and wraps the *pgconn.PgError. Of psql's own commands it passes
// over \restrict and \unrestrict, which pg_dump writes, and refuses the others.
//
// Not understood: a routine body in BEGIN ATOMIC … END, whose semicolons end no statement. Bodies in $$ and quotes are.
func RunScript(ctx context.Context, conn *pgconn.PgConn, script io.Reader) error {
	r := &scriptReader{in: bufio.NewReaderSize(script, 1<<16), line: 1}
	for {
		statement, line, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		if copyFromStdin.MatchString(statement) {
			err = r.endLine()
			if err == nil {
				_, err = conn.CopyFrom(ctx, &copyData{script: r}, statement)
			}
		} else {
			_, err = conn.Exec(ctx, statement).ReadAll()
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

var (
	copyFromStdin = regexp.MustCompile(`(?is)^COPY\s.*\sFROM\s+STDIN\b`)
	dollarTag     = regexp.MustCompile(`^\$([\pL_][\pL\pN_]*)?\$`)
)

// scriptReader cuts a script into statements.
type scriptReader struct {
	in   *bufio.Reader
	line int // that the next byte stands on
	text bytes.Buffer
}

// next returns a statement without its semicolon and the line it starts on; io.EOF after the last one.
func (r *scriptReader) next() (statement string, line int, err error) {
	r.text.Reset()
	depth := 0 // of parentheses: a semicolon inside them ends nothing
	for {
		if r.text.Len() == 0 {
			line = r.line
		}
		c, err := r.read()
		if errors.Is(err, io.EOF) && r.text.Len() > 0 {
			return strings.TrimSpace(r.text.String()), line, nil // the last one may lack its semicolon
		}
		if err != nil {
			return "", line, err
		}
		switch {
		case r.text.Len() == 0 && (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == '\ufeff'):
			continue
		case r.text.Len() == 0 && c == '\\':
			if err := r.command(); err != nil {
				return "", line, err
			}
			continue
		case c == '-' && r.sees("-"):
			if err := r.endComment(); err != nil {
				return "", line, err
			}
			c = '\n'
			if r.text.Len() == 0 {
				continue
			}
		case c == '/' && r.sees("*"):
			if err := r.blockComment(); err != nil {
				return "", line, err
			}
			c = ' '
			if r.text.Len() == 0 {
				continue
			}
		case c == ';' && depth == 0:
			return strings.TrimSpace(r.text.String()), line, nil
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '\'':
			if err := r.quoted('\'', r.escapes()); err != nil {
				return "", line, err
			}
			continue
		case c == '"':
			if err := r.quoted('"', false); err != nil {
				return "", line, err
			}
			continue
		case c == '$' && !r.inWord():
			if tag := r.tag(); tag != "" {
				if err := r.dollarQuoted(tag); err != nil {
					return "", line, err
				}
				continue
			}
		}
		r.text.WriteRune(c)
	}
}

func (r *scriptReader) read() (rune, error) {
	c, _, err := r.in.ReadRune()
	if c == '\n' {
		r.line++
	}
	return c, err
}

func (r *scriptReader) sees(s string) bool {
	ahead, _ := r.in.Peek(len(s)) // shorter at the end, and then unequal
	return string(ahead) == s
}

// inWord says whether the text so far ends in a name or number, in which a dollar is an ordinary character.
func (r *scriptReader) inWord() bool {
	b := r.text.Bytes()
	return len(b) > 0 && wordByte(b[len(b)-1])
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// escapes says whether the quote that was just read opens an E” string, in which a backslash protects a quote.
func (r *scriptReader) escapes() bool {
	b := r.text.Bytes()
	n := len(b)
	return n > 0 && b[n-1]|0x20 == 'e' && (n == 1 || !wordByte(b[n-2]))
}

func (r *scriptReader) quoted(end rune, backslash bool) error {
	r.text.WriteRune(end)
	for {
		c, err := r.read()
		if err != nil {
			return unfinished("a quoted string", err)
		}
		r.text.WriteRune(c)
		if c == end {
			return nil // a doubled quote goes on as a new string, with the same effect
		}
		if c == '\\' && backslash {
			if c, err = r.read(); err != nil {
				return unfinished("a quoted string", err)
			}
			r.text.WriteRune(c)
		}
	}
}

// tag returns the dollar quote that the dollar just read opens, or "".
func (r *scriptReader) tag() string {
	ahead, _ := r.in.Peek(64) // names are at most 63 bytes
	return string(dollarTag.Find(append([]byte("$"), ahead...)))
}

func (r *scriptReader) dollarQuoted(tag string) error {
	r.text.WriteByte('$')
	start := r.text.Len() + len(tag) - 1
	for {
		c, err := r.read()
		if err != nil {
			return unfinished("a string in "+tag, err)
		}
		r.text.WriteRune(c)
		if c == '$' && r.text.Len() >= start+len(tag) && bytes.HasSuffix(r.text.Bytes(), []byte(tag)) {
			return nil
		}
	}
}

func (r *scriptReader) blockComment() error {
	for depth := 0; ; {
		c, err := r.read()
		switch {
		case err != nil:
			return unfinished("a comment", err)
		case c == '*' && depth == 0:
			depth = 1 // the star of the opening
		case c == '/' && r.sees("*"):
			depth++
			_, err = r.read()
		case c == '*' && r.sees("/"):
			depth--
			_, err = r.read()
		}
		if err != nil {
			return unfinished("a comment", err)
		}
		if depth == 0 {
			return nil
		}
	}
}

func (r *scriptReader) endComment() error {
	_, err := r.restOfLine()
	return err
}

// endLine passes over the blank rest of the line after COPY …;
func (r *scriptReader) endLine() error {
	rest, err := r.restOfLine()
	if err == nil && strings.TrimSpace(rest) != "" {
		err = fmt.Errorf("COPY … FROM stdin is followed by %q on its line", rest)
	}
	return err
}

func (r *scriptReader) command() error {
	rest, err := r.restOfLine()
	if err != nil {
		return err
	}
	name, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	switch name {
	case "restrict", "unrestrict":
		return nil
	}
	return fmt.Errorf(`psql's command \%s is not understood here`, name)
}

// restOfLine reads up to and over the line's end, or to the end of the script.
func (r *scriptReader) restOfLine() (string, error) {
	rest, err := r.in.ReadString('\n')
	if err == nil {
		r.line++
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return rest, err
}

// copyData reads the lines after a COPY … FROM stdin up to the line \. which ends them.
type copyData struct {
	script  *scriptReader
	rest    []byte // of the line that did not fit in the caller's buffer
	midLine bool
	ended   bool
}

func (d *copyData) Read(p []byte) (int, error) {
	if len(d.rest) == 0 {
		if d.ended {
			return 0, io.EOF
		}
		piece, err := d.script.in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF) && !bytes.Equal(piece, []byte(`\.`)):
			return 0, errors.New(`the script ends inside COPY data: the line \. is missing`)
		case err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF):
			return 0, err
		}
		if err == nil {
			d.script.line++
		}
		if !d.midLine && string(bytes.TrimRight(piece, "\r\n")) == `\.` {
			d.ended = true
			return 0, io.EOF
		}
		d.midLine = err != nil
		d.rest = piece // stands in the reader's buffer until its next read
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

func unfinished(what string, err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is not closed", what)
	}
	return err
}
