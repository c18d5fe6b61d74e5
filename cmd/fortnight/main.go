// Command fortnight mails performance digests for conversational platforms: chat, chatbots, contact centers.
//
// This package is the only place that knows every trade and that reads the environment. One file is one subcommand;
// wiring.go joins the trades.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones on machines that have none

	"github.com/spf13/cobra"
)

// version is set by the linker: -ldflags "-X main.version=…".
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes the command line and gives the exit code: 0, 2 where an argument is itself wrong, 75 where a mail server is to try
// again, 1 for all else.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot(program{stdout: stdout, stderr: stderr, now: time.Now})
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	var later laterError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &later):
		complain(stderr, later.Error())
		return 75
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		complain(stderr, "interrupted")
		return 1
	case errors.As(err, &usage):
		complain(stderr, usage.Error())
		return 2
	case strings.HasPrefix(err.Error(), "unknown command"):
		complain(stderr, firstLine(err.Error())+"\nRun \"fortnight --help\" for the list of commands.")
		return 2
	default:
		complain(stderr, err.Error())
		return 1
	}
}

// program is what a subcommand needs of the world.
type program struct {
	stdout, stderr io.Writer
	now            func() time.Time
}

// usageError is an argument that is itself wrong.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// misused says that an argument is wrong; the message names it and the remedy.
func misused(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// complain prints an error on one to three lines.
func complain(w io.Writer, message string) {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	if len(lines) > 3 {
		lines = append(lines[:2], strings.Join(lines[2:], "; "))
	}
	fmt.Fprintln(w, "fortnight: "+strings.Join(lines, "\n  "))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func newRoot(p program) *cobra.Command {
	root := &cobra.Command{
		Use:           "fortnight",
		Short:         "Mail performance digests for chat, chatbots and contact centers",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		Args:          noArguments,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return misused("%w\nRun \"%s --help\" for its flags.", err, c.CommandPath())
	})
	root.AddCommand(
		demoCommand(p), serveCommand(p), inboxCommand(p),
		collectCommand(p), previewCommand(p), sendCommand(p), calendarCommand(p),
		applyCommand(p), exportCommand(p), importCommand(p), editionsCommand(p), deliveriesCommand(p), subscribersCommand(p), bouncesCommand(p),
		adminCommand(p), migrateCommand(p), healthCommand(p), doctorCommand(p), versionCommand(p),
	)
	root.InitDefaultCompletionCmd()
	if c, _, err := root.Find([]string{"completion"}); err == nil {
		c.Args, c.RunE = noShell, func(c *cobra.Command, _ []string) error { return c.Help() }
	}
	return root
}

// noShell refuses a shell that completions are not made for: those that are have commands of their own.
func noShell(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misused("completion %q is not known: choose bash, fish, powershell or zsh", args[0])
	}
	return nil
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !c.HasParent() {
		return misused("there is no command %q\nRun \"fortnight --help\" for the list of commands.", args[0])
	}
	return misused("%s takes no argument %q, only flags\nRun \"%s --help\" for them.", c.CommandPath(), args[0], c.CommandPath())
}

func versionCommand(p program) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, "fortnight "+version)
			return err
		},
	}
}
