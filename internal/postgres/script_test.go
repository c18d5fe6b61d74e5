package postgres

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestAScriptIsCutIntoStatements(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script string
		want   []string
	}{
		"nothing":                          {"", nil},
		"blank lines and semicolons":       {" ;\n\n;\r\n", nil},
		"the last one lacks its end":       {"SELECT 1;\nSELECT 2", []string{"SELECT 1", "SELECT 2"}},
		"a semicolon in a string":          {"SELECT 'a;b''c;';SELECT 2;", []string{"SELECT 'a;b''c;'", "SELECT 2"}},
		"a backslash in an E string":       {`SELECT E'a\';b';SELECT 'c\';`, []string{`SELECT E'a\';b'`, `SELECT 'c\'`}},
		"a name that ends in e":            {`SELECT date'1\';SELECT 2;`, []string{`SELECT date'1\'`, "SELECT 2"}},
		"a semicolon in a quoted name":     {`SELECT 1 AS "a;""b";SELECT 2;`, []string{`SELECT 1 AS "a;""b"`, "SELECT 2"}},
		"a body in dollars":                {"DO $$BEGIN; END$$;SELECT $1;", []string{"DO $$BEGIN; END$$", "SELECT $1"}},
		"a body in named dollars":          {"DO $a$ $$;$$ $a$;SELECT a$b;", []string{"DO $a$ $$;$$ $a$", "SELECT a$b"}},
		"a comment to the end of a line":   {"-- it's; one\nSELECT 1 -- two;\n+ 1;", []string{"SELECT 1 \n+ 1"}},
		"a comment in a comment":           {"/* a; /* b; */ c; */SELECT/*;*/1;", []string{"SELECT 1"}},
		"a semicolon in parentheses":       {"CREATE RULE r AS ON INSERT TO a DO (DELETE FROM b; DELETE FROM c);", []string{"CREATE RULE r AS ON INSERT TO a DO (DELETE FROM b; DELETE FROM c)"}},
		"pg_dump's restriction":            {"\\restrict x\nSELECT 1;\n\\unrestrict x\n", []string{"SELECT 1"}},
		"a byte order mark":                {"\ufeffSELECT 1;", []string{"SELECT 1"}},
		"a comment at the end, no newline": {"SELECT 1;-- done", []string{"SELECT 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &scriptReader{in: bufio.NewReader(strings.NewReader(c.script)), line: 1}
			var got []string
			for {
				statement, _, err := r.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, statement)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestAnUnfinishedScriptSaysWhatIsNotClosed(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		"SELECT\n'a":      "a quoted string is not closed",
		"SELECT 1; /* a":  "a comment is not closed",
		"DO $x$ BEGIN":    "a string in $x$ is not closed",
		"\\connect other": `psql's command \connect is not understood`,
	} {
		r := &scriptReader{in: bufio.NewReader(strings.NewReader(script)), line: 1}
		var err error
		for err == nil {
			_, _, err = r.next()
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", script, err, want)
		}
	}
}

func TestAScriptRunsAsInPsql(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})

	long := strings.Repeat("x", 200_000) // more than the reader's buffer
	conn := connect(t, s)
	err := RunScript(t.Context(), conn, strings.NewReader("CREATE TABLE a (n int, s text);\n"+
		"copy a (n, s)\n  from stdin;\n1\t"+long+"\n2\t\\N\n\\.\n"+
		"COPY a FROM STDIN WITH (FORMAT csv);\r\n3,\"x;y\"\r\n\\.\r\n"+
		"INSERT INTO a VALUES (4, 'four');"))
	if err != nil {
		t.Fatal(err)
	}
	if got := query(t, s.URL("postgres"), "SELECT string_agg(n || ':' || coalesce(length(s)::text, 'none'), ' ' ORDER BY n) FROM a"); got != "1:200000 2:none 3:3 4:4" {
		t.Errorf("the rows are %s", got)
	}

	for script, want := range map[string]string{
		"SELECT 1;\n\nSELECT\n  nonsense;":                  "line 3: ERROR: column \"nonsense\"",
		"SELECT 1;\nCOPY a (n) FROM stdin;\nnot one\n\\.\n": "line 2: ERROR: invalid input syntax",
		"COPY a (n) FROM stdin;\n1\n":                       "the script ends inside COPY data",
		"COPY a (n) FROM stdin; SELECT 1;\n1\n\\.\n":        `followed by " SELECT 1;`,
	} {
		err := RunScript(t.Context(), connect(t, s), strings.NewReader(script))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", script, err, want)
		}
	}

	var refused *pgconn.PgError
	if err := RunScript(t.Context(), connect(t, s), strings.NewReader("SELECT * FROM missing")); !errors.As(err, &refused) || refused.Code != "42P01" {
		t.Errorf("the server's error is out of reach: %v", err)
	}
}

func connect(t *testing.T, s *Server) *pgconn.PgConn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // t.Context has ended by then
	return conn.PgConn()
}
