package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/intake"
)

// importing is what import is asked to do.
type importing struct {
	project, relation, format, rejects string
	whole                              bool
}

func importCommand(p program) *cobra.Command {
	var i importing
	c := &cobra.Command{
		Use:   "import FILE.csv|.ndjson|.json|.parquet|- --project P [--relation R]",
		Short: "Read a file of events into Fortnight's own tables",
		Long: "Import writes messages, conversations, assignments, goals and the rest into Fortnight's own tables, which a source of platform\n" +
			"native is read from. Each line is one row; CSV's first line names the columns. A .gz is unpacked, - reads standard input.\n" +
			"Lines with faults go to FILE.rejected.ndjson, the good ones are written; the exit code is then 1.\n\n" +
			"An import that was interrupted is resumed by running it again: there is no state to lose, as a line that was written already\n" +
			"changes nothing.",
		Example: "  fortnight import messages.csv --project desk --relation message\n" +
			"  zcat events.ndjson.gz | fortnight import - --format ndjson --project desk",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misused("import takes one file, or - for standard input\nRun \"%s --help\" for its flags.", c.CommandPath())
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return i.run(c.Context(), p, c.InOrStdin(), args[0]) },
	}
	f := c.Flags()
	f.StringVar(&i.project, "project", "", "key of the project whose events these are")
	f.StringVar(&i.relation, "relation", "", "what the lines are, where they do not say: "+strings.Join(relationNames(), ", "))
	f.StringVar(&i.format, "format", "", "csv, ndjson, json or parquet, where the file's name does not say")
	f.StringVar(&i.rejects, "rejects", "", "file for lines with faults (FILE.rejected.ndjson; stdin.rejected.ndjson of standard input)")
	f.BoolVar(&i.whole, "all-or-nothing", false, "write nothing where one line has a fault")
	_ = c.RegisterFlagCompletionFunc("relation", cobra.FixedCompletions(relationNames(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func relationNames() (all []string) {
	for _, r := range collectors.NativeRelations() {
		all = append(all, r.Name)
	}
	return all
}

// fileFormats are the formats by the end of a file's name.
var fileFormats = map[string]string{
	".csv": digest.FormatCSV, ".ndjson": digest.FormatNDJSON, ".jsonl": digest.FormatNDJSON, ".json": digest.FormatJSON, ".parquet": digest.FormatParquet,
}

// batch checks the arguments, before anything is opened.
func (i *importing) batch(name string) (digest.Batch, error) {
	b := digest.Batch{Format: i.format, Relation: i.relation, AllOrNone: i.whole}
	if i.project == "" {
		return b, misused("--project is missing: name the project whose events these are")
	}
	if b.Format == "" {
		b.Format = fileFormats[strings.ToLower(filepath.Ext(strings.TrimSuffix(name, ".gz")))]
	}
	if !slices.Contains([]string{digest.FormatCSV, digest.FormatNDJSON, digest.FormatJSON, digest.FormatParquet}, b.Format) {
		if i.format != "" {
			return b, misused("--format %q is not known: choose csv, ndjson, json or parquet", i.format)
		}
		return b, misused("%s does not say what it is: add --format csv, ndjson, json or parquet", name)
	}
	if i.relation != "" && !slices.Contains(relationNames(), i.relation) {
		return b, misused("--relation %q is not known: choose from %s", i.relation, strings.Join(relationNames(), ", "))
	}
	return b, nil
}

func (i *importing) run(ctx context.Context, p program, stdin io.Reader, name string) (err error) {
	batch, err := i.batch(name)
	if err != nil {
		return err
	}
	from, size := stdin, int64(-1)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return usageError{err}
		}
		defer file.Close()
		if about, err := file.Stat(); err == nil && about.Mode().IsRegular() {
			size = about.Size()
		}
		from = file
	}
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	b, err := openBooks(ctx, cfg, p.now)
	if err != nil {
		return err
	}
	defer b.close()
	id, err := b.ProjectID(ctx, i.project)
	if err != nil {
		return err
	}
	if batch.Project, err = b.Tenant(id).Head(ctx); err != nil {
		return err
	}
	rejects := &rejected{path: i.rejectsOf(name), ours: i.rejects == ""}
	defer func() { err = errors.Join(err, rejects.close()) }()
	bar := newImportBar(p.stderr, size)
	defer func() { _ = bar.Exit() }() // a bar that cannot be wiped is no fault of the import
	in := intake.New(b.pool, collectors.NativeRelations(), p.now)
	taken, err := in.Take(ctx, io.TeeReader(from, unhindered{bar}), batch, intake.Watch{
		Read:    func(lines int) { bar.Describe(fmt.Sprintf("%d lines", lines)) },
		Refused: rejects.add,
	})
	_ = bar.Clear() // so is one that cannot be cleared
	if err != nil {
		return importFault(err, taken)
	}
	if err := rejects.close(); err != nil {
		return err
	}
	if rejects.ours && taken.Refused() == 0 {
		_ = os.Remove(rejects.path) // there may be none
	}
	return i.report(p, name, rejects.path, taken)
}

// report says what became of the file; lines that were refused are an error.
func (i *importing) report(p program, name, rejects string, taken digest.Taken) error {
	refused := taken.Refused()
	if i.whole && refused > 0 {
		return fmt.Errorf("%s: nothing was written: %d of %d lines have faults, the first in line %d: %s\nAll of them are in %s.",
			name, refused, taken.Lines, taken.Faults[0].Line, taken.Faults[0].Detail, rejects)
	}
	fmt.Fprintf(p.stdout, "%s: %d lines read, %d rows written, %d lines changed nothing, %d refused.\n", name, taken.Lines, taken.Written, taken.Good-taken.Written, refused)
	if refused == 0 {
		return nil
	}
	return fmt.Errorf("%d lines were refused, the first is line %d: %s\nAll of them are in %s; mend them and import them again.", refused, taken.Faults[0].Line, taken.Faults[0].Detail, rejects)
}

// importFault says why an import ended, and that it can be run again.
func importFault(err error, taken digest.Taken) error {
	if taken.Written == 0 {
		return err
	}
	return fmt.Errorf("%w\n%d rows were written before. Run it again when that is mended: what is written already changes nothing.", err, taken.Written)
}

// rejectsOf is the file for lines with faults.
func (i *importing) rejectsOf(name string) string {
	switch {
	case i.rejects != "":
		return i.rejects
	case name == "-":
		return "stdin.rejected.ndjson"
	}
	return name + ".rejected.ndjson"
}

// newImportBar is a bar where a terminal is attached, else one that shows nothing. size is the file's, octets; -1: not known.
func newImportBar(w io.Writer, size int64) *progressbar.ProgressBar {
	f, ok := w.(*os.File)
	attached := ok && term.IsTerminal(int(f.Fd()))
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(attached), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription("Importing"), progressbar.OptionClearOnFinish(), progressbar.OptionSetSpinnerChangeInterval(0))
}

// unhindered passes on to a bar what was read. A bar that takes no more, as where a file grows while it is read, is no fault of the import.
type unhindered struct{ io.Writer }

func (u unhindered) Write(p []byte) (int, error) {
	_, _ = u.Writer.Write(p)
	return len(p), nil
}

// rejected is the file for lines with faults, which is made with the first and written over by the next import that refuses some.
type rejected struct {
	path string
	ours bool // its name is ours: one of an earlier import is taken away where nothing is refused any more
	file *os.File
	to   *bufio.Writer
	done bool
}

// rejectedLine is a line of the file.
type rejectedLine struct {
	Line   int             `json:"line"`
	Faults []rejectedFault `json:"faults"`
	Row    json.RawMessage `json:"row"`
}

type rejectedFault struct {
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
}

func (r *rejected) add(line digest.Refused) (err error) {
	if r.file == nil {
		if r.file, err = os.OpenFile(r.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600); err != nil {
			return fmt.Errorf("write refused lines: %w", err)
		}
		r.to = bufio.NewWriter(r.file)
	}
	out := rejectedLine{Line: line.Line, Row: line.Row}
	for _, f := range line.Faults {
		out.Faults = append(out.Faults, rejectedFault{f.Field, f.Detail})
	}
	if err := json.NewEncoder(r.to).Encode(out); err != nil {
		return fmt.Errorf("write refused lines: %w", err)
	}
	return nil
}

// close ends the file, once.
func (r *rejected) close() error {
	if r.done {
		return nil
	}
	r.done = true
	if r.file == nil {
		return nil
	}
	if err := errors.Join(r.to.Flush(), r.file.Close()); err != nil {
		return fmt.Errorf("write refused lines: %w", err)
	}
	return nil
}
