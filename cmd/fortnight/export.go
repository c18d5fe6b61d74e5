package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"fortnight/digest"
	"fortnight/settings"
)

func exportCommand(p program) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "export [PROJECT] [-o FILE]",
		Short: "Print projects, sources, digests and subscribers as a file for apply",
		Long: "Export prints fortnight.yaml of what is in the database, all projects or one: applied again, it changes nothing. A source's DSN\n" +
			"is never in it: dsn_env names a variable to put it in, which apply asks for. Logos, owners, people and what readers chose for\n" +
			"themselves are not of the file; apply leaves them as they are.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return misused("export takes one project, not %q", args[1])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			project := ""
			if len(args) > 0 {
				project = args[0]
			}
			b, err := readBooks(c.Context(), p.now)
			if err != nil {
				return err
			}
			defer b.close()
			projects, err := b.Configured(c.Context(), project)
			if err != nil {
				return err
			}
			if len(projects) == 0 {
				return fmt.Errorf("there is no project yet: \"fortnight apply\" or the console makes them")
			}
			file, err := exported(projects)
			if err != nil {
				return err
			}
			if out == "" || out == "-" {
				_, err = p.stdout.Write(file)
				return err
			}
			if err := os.WriteFile(out, file, 0o600); err != nil { // it names people and their addresses
				return fmt.Errorf("-o: %w", err)
			}
			fmt.Fprintf(p.stdout, "%d projects are in %s.\n", len(projects), out)
			return nil
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "the file to write; standard output where there is none")
	return c
}

// exported writes projects as fortnight.yaml.
func exported(projects []digest.Project) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# fortnight export: DSNs are not in it. Set the variables that dsn_env names, then run fortnight apply -f with this file.\n")
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(settings.Write(projects, variables(projects))); err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	return b.Bytes(), encoder.Close()
}

// variables names one for each source's DSN: DSN_DESK_CHAT.
func variables(projects []digest.Project) func(project, source string) string {
	named, taken := map[[2]string]string{}, map[string]bool{}
	for _, p := range projects {
		for _, s := range p.Sources {
			plain := "DSN_" + strings.ToUpper(strings.ReplaceAll(p.Key+"_"+s.Key, "-", "_"))
			name := plain
			for n := 2; taken[name]; n++ { // a-b/c and a/b-c
				name = fmt.Sprintf("%s_%d", plain, n)
			}
			taken[name] = true
			named[[2]string{p.Key, s.Key}] = name
		}
	}
	return func(project, source string) string { return named[[2]string{project, source}] }
}
