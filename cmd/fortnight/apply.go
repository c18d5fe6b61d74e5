package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"fortnight/digest"
	"fortnight/ledger"
	"fortnight/scheduler"
)

func applyCommand(p program) *cobra.Command {
	var file string
	var plan bool
	c := &cobra.Command{
		Use:   "apply -f fortnight.yaml [--plan]",
		Short: "Make projects, sources, digests and subscribers as a file says",
		Long: "Apply brings the database to what the file says; a second time it changes nothing. Sources' DSNs come from the variables\n" +
			"that dsn_env names, never from the file. What a project no longer has is switched off, not deleted; who unsubscribed\n" +
			"stays unsubscribed.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if file == "" {
				return misused("-f is missing: name the file, such as fortnight.yaml")
			}
			mappings, err := loadMappings()
			if err != nil {
				return err
			}
			projects, err := readSettings(file, mappings.Platforms(), os.LookupEnv)
			if err != nil {
				return err
			}
			changes, err := applyTo(c.Context(), p, projects, plan)
			if err != nil {
				return err
			}
			for _, change := range changes {
				fmt.Fprintln(p.stdout, change)
			}
			switch {
			case len(changes) == 0:
				fmt.Fprintln(p.stdout, "Nothing to change.")
			case plan:
				fmt.Fprintf(p.stdout, "%d changes; nothing was changed (--plan).\n", len(changes))
			}
			for _, project := range projects {
				for _, d := range project.Digests {
					cadence, err := scheduler.Parse(project.Timed(d.Cadence), project.BiMonthly)
					if err != nil {
						return err
					}
					off := ""
					if !d.Active {
						off = " (switched off)"
					}
					fmt.Fprintf(p.stdout, "%s/%s%s: %s\n", project.Key, d.Key, off, described(cadence, project.Key+"/"+d.Key, d.Jitter, p.now()))
				}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", "the file")
	c.Flags().BoolVar(&plan, "plan", false, "print the difference and change nothing")
	return c
}

// applyTo makes the changes, or plans them. A plan changes nothing at all: a database without tables yet stays so, and all that
// the file has is then new.
func applyTo(ctx context.Context, p program, projects []digest.Project, plan bool) ([]ledger.Change, error) {
	cfg, err := loadConfig()
	if err != nil {
		return nil, err
	}
	if plan {
		pool, err := openPool(ctx, cfg)
		if err != nil {
			return nil, err
		}
		defer pool.Close()
		if empty, err := ledger.Empty(ctx, pool); err != nil || empty {
			return allNew(projects), err
		}
		if err := mustBeMigrated(ctx, pool); err != nil {
			return nil, err
		}
	}
	b, err := openBooks(ctx, cfg, p.now)
	if err != nil {
		return nil, err
	}
	defer b.close()
	if plan {
		return b.Plan(ctx, projects)
	}
	return b.Apply(ctx, projects)
}

// allNew is the plan for a database that has nothing.
func allNew(projects []digest.Project) []ledger.Change {
	var all []ledger.Change
	add := func(format string, args ...any) {
		all = append(all, ledger.Change{Verb: "add", What: fmt.Sprintf(format, args...)})
	}
	for _, p := range projects {
		add("project %s", p.Key)
		for _, s := range p.Sources {
			add("source %s/%s", p.Key, s.Key)
		}
		for _, d := range p.Digests {
			add("digest %s/%s", p.Key, d.Key)
			for _, s := range d.Subscribers {
				add("subscriber %s/%s %s", p.Key, d.Key, s.Address)
			}
		}
	}
	return all
}

// described is a cadence in words, with the next two dates and what jitter adds to them.
func described(c *scheduler.Cadence, name string, jitter time.Duration, now time.Time) string {
	words := c.Describe(now)
	if later := scheduler.Jitter(name, jitter); later > 0 {
		words += fmt.Sprintf("; each begins %s later (jitter)", later)
	}
	return words
}
