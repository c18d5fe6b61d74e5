package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

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
			projects, err := readSettings(file, os.LookupEnv)
			if err != nil {
				return err
			}
			b, err := openBooksFromEnvironment(c.Context(), p.now)
			if err != nil {
				return err
			}
			defer b.close()
			do := b.Apply
			if plan {
				do = b.Plan
			}
			changes, err := do(c.Context(), projects)
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
					cadence, err := scheduler.Parse(d.Cadence, project.BiMonthly)
					if err != nil {
						return err
					}
					off := ""
					if !d.Active {
						off = " (switched off)"
					}
					fmt.Fprintf(p.stdout, "%s/%s%s: %s\n", project.Key, d.Key, off, cadence.Describe(p.now()))
				}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", "the file")
	c.Flags().BoolVar(&plan, "plan", false, "print the difference and change nothing")
	return c
}
