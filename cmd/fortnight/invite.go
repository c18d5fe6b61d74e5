package main

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fortnight/digest"
)

// invitation is how long the link of an invitation is good.
const invitation = 7 * 24 * time.Hour

func adminCommand(p program) *cobra.Command {
	c := &cobra.Command{
		Use:   "admin",
		Short: "Who may sign in to the console",
		Args:  noArguments,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(inviteCommand(p))
	return c
}

func inviteCommand(p program) *cobra.Command {
	var project, role, name string
	c := &cobra.Command{
		Use:   "invite ADDRESS [--project PROJECT --role owner|editor|viewer]",
		Short: "Let a person in, and print the link that signs them in",
		Long: "Invite gives a person access and prints a link that works once, within seven days, in any browser. Without --project the person\n" +
			"becomes an operator: an owner of every project, who may add more. Nothing is mailed.",
		Example: "  fortnight admin invite nora@example.com\n  fortnight admin invite piet@example.com --project desk --role editor",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misused("invite takes one address")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			to, err := mail.ParseAddress(args[0])
			if err != nil {
				return misused("%q is not an address: write one such as nora@example.com", args[0])
			}
			if !c.Flags().Changed("role") {
				role = string(digest.RoleOwner)
			} else if project == "" {
				return misused("--role goes with --project: without one the person is an operator")
			}
			if !digest.MemberRole(role).Includes(digest.RoleViewer) {
				return misused("--role %q is not known: choose owner, editor or viewer", role)
			}
			return invite(c.Context(), p, digest.Address{Name: orElse(name, to.Name), Address: to.Address}, project, digest.MemberRole(role))
		},
	}
	c.Flags().StringVar(&project, "project", "", "key of the one project that the person is to see")
	c.Flags().StringVar(&role, "role", "", "what the person may do there: owner (default), editor or viewer")
	c.Flags().StringVar(&name, "name", "", "how the person is called")
	return c
}

func invite(ctx context.Context, p program, to digest.Address, project string, role digest.MemberRole) error {
	cfg, err := loadConfig()
	if err != nil {
		return err
	}
	b, err := openBooks(ctx, cfg, p.now)
	if err != nil {
		return err
	}
	defer b.close()
	as := "an operator"
	if project == "" {
		if _, err := b.Invite(ctx, to.Address, to.Name, true); err != nil {
			return err
		}
	} else {
		id, err := b.ProjectID(ctx, project)
		if err != nil {
			return err
		}
		by := digest.Actor{Name: "fortnight admin invite", Via: "command"}
		if _, err := b.Tenant(id).SetMember(ctx, by, to.Address, to.Name, role); err != nil {
			return err
		}
		as = fmt.Sprintf("%s of %s", role, project)
	}
	token, _, err := b.AskIn(ctx, to.Address, "", invitation)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s is %s. This link signs in once, within 7 days:\n%s/sign-in/%s\n", to.Address, as, strings.TrimSuffix(cfg.BaseURL, "/"), token)
	return err
}
