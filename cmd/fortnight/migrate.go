package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func migrateCommand(p program) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring Fortnight's database to this program's schema",
		Long:  "Migrate runs what is missing, under a lock, and names it. Serve, apply and send do the same by themselves.",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig()
			if err != nil {
				return err
			}
			pool, err := openPool(c.Context(), cfg)
			if err != nil {
				return err
			}
			defer pool.Close()
			applied, err := migrate(c.Context(), pool)
			if err != nil {
				return err
			}
			if len(applied) == 0 {
				fmt.Fprintln(p.stdout, "The database is up to date.")
			}
			for _, name := range applied {
				fmt.Fprintln(p.stdout, "ran", name)
			}
			return nil
		},
	}
}
