package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"fortnight/digest"
	"fortnight/ledger"
)

// table prints lines as aligned columns, or each as a line of JSON, as they come.
func table[T any](w io.Writer, asJSON bool, head string, lines iter.Seq2[T, error], columns func(T) []string) error {
	if asJSON {
		buffered := bufio.NewWriter(w)
		encoder := json.NewEncoder(buffered)
		for l, err := range lines {
			if err == nil {
				err = encoder.Encode(l)
			}
			if err != nil {
				return err
			}
		}
		return buffered.Flush()
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, strings.ReplaceAll(head, " ", "\t"))
	for l, err := range lines {
		if err != nil {
			return err
		}
		fmt.Fprintln(t, strings.Join(columns(l), "\t"))
	}
	return t.Flush()
}

// given makes lines of those that are there.
func given[T any](lines []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}

type editionLine struct {
	ID         int64                        `json:"id"`
	Digest     string                       `json:"digest"`
	Label      string                       `json:"label"`
	From       time.Time                    `json:"from"`
	To         time.Time                    `json:"to"`
	Zone       string                       `json:"zone"`
	Due        time.Time                    `json:"due"`
	State      digest.EditionState          `json:"state"`
	Reason     string                       `json:"reason,omitempty"`
	Hash       string                       `json:"hash,omitempty"`
	Deliveries map[digest.DeliveryState]int `json:"deliveries"`
}

func editionsCommand(p program) *cobra.Command {
	var name string
	var limit int
	var asJSON bool
	c := &cobra.Command{
		Use:   "editions [--digest PROJECT/NAME] [--json]",
		Short: "List editions: period, state and what became of their deliveries",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if limit < 1 {
				return misused("--limit %d: write 1 or more", limit)
			}
			if err := checkListed(name); err != nil {
				return err
			}
			b, err := readBooks(c.Context(), p.now)
			if err != nil {
				return err
			}
			defer b.close()
			if err := b.mustKnow(c.Context(), name); err != nil {
				return err
			}
			editions, err := b.Editions(c.Context(), name, limit)
			if err != nil {
				return err
			}
			var lines []editionLine
			for _, e := range editions {
				lines = append(lines, editionLine{
					e.ID, e.Name(), e.Label, e.Period.From, e.Period.To, e.Period.Location().String(), e.Due,
					e.State, e.Reason, e.Hash, e.Deliveries,
				})
			}
			return table(p.stdout, asJSON, "ID DIGEST EDITION FROM TO DUE STATE DELIVERIES REASON", given(lines), func(e editionLine) []string {
				var counts []string
				for _, state := range deliveryStates {
					if n := e.Deliveries[state]; n > 0 {
						counts = append(counts, fmt.Sprintf("%d %s", n, state))
					}
				}
				return []string{
					strconv.FormatInt(e.ID, 10), e.Digest, e.Label, e.From.Format(time.DateOnly), e.To.Format(time.DateOnly),
					e.Due.In(e.From.Location()).Format("2006-01-02 15:04"), string(e.State), orElse(strings.Join(counts, ", "), "-"), firstLine(e.Reason),
				}
			})
		},
	}
	c.Flags().StringVar(&name, "digest", "", "only this digest, PROJECT/NAME, or this PROJECT's")
	c.Flags().IntVar(&limit, "limit", 50, "how many, the newest first")
	c.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON each")
	c.AddCommand(
		decideCommand(p, "release", "Mail an edition that is held, or make one that is parked", (*ledger.Ledger).Release),
		decideCommand(p, "discard", "Mail nothing more of an edition that is held or parked", (*ledger.Ledger).Discard),
	)
	return c
}

// decideCommand is what a person decides on editions that wait for one.
func decideCommand(p program, verb, short string, decide func(*ledger.Ledger, context.Context, int64) error) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " ID",
		Short: short,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misused("%s takes one edition's id: \"fortnight editions\" lists them", verb)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return misused("%q is not an edition's id: \"fortnight editions\" lists them", args[0])
			}
			b, err := readBooks(c.Context(), p.now)
			if err != nil {
				return err
			}
			defer b.close()
			if err := decide(b.Ledger, c.Context(), id); err != nil {
				return err
			}
			e, _, err := b.Edition(c.Context(), id)
			if err != nil {
				return err
			}
			next := ""
			if verb == "release" {
				next = "; a running \"fortnight serve\" takes it up within a minute"
			}
			_, err = fmt.Fprintf(p.stdout, "%s of %s is %s%s.\n", e.Label, e.Name(), e.State, next)
			return err
		},
	}
}

// checkListed refuses what is neither empty, nor PROJECT, nor PROJECT/NAME.
func checkListed(name string) error {
	project, key, whole := strings.Cut(name, "/")
	if name != "" && (project == "" || whole && key == "" || strings.Contains(key, "/")) {
		return misused("--digest %q: write PROJECT/NAME, or PROJECT for all of it", name)
	}
	return nil
}

// mustKnow is an error where there is no such digest, or no such project.
func (b *books) mustKnow(ctx context.Context, name string) error {
	if strings.Contains(name, "/") {
		_, err := b.Digest(ctx, name)
		return err
	}
	return b.KnowsProject(ctx, name)
}

var deliveryStates = []digest.DeliveryState{
	digest.DeliverySent, digest.DeliveryPlanned, digest.DeliverySending, digest.DeliveryDeferred,
	digest.DeliveryUnknown, digest.DeliveryFailed, digest.DeliverySuppressed, digest.DeliveryExpired,
}

type deliveryLine struct {
	ID         int64                `json:"id"`
	Subscriber string               `json:"subscriber"`
	State      digest.DeliveryState `json:"state"`
	Attempts   int                  `json:"attempts"`
	MessageID  string               `json:"message_id"`
	LastAnswer string               `json:"last_answer"`
	Bounce     ledger.BounceKind    `json:"bounce,omitempty"`
	ChangedAt  time.Time            `json:"changed_at"`
}

func deliveriesCommand(p program) *cobra.Command {
	var edition int64
	var asJSON bool
	c := &cobra.Command{
		Use:   "deliveries --edition ID [--json]",
		Short: "List an edition's deliveries: state, attempts and the server's last answer",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if edition < 1 {
				return misused("--edition is missing: \"fortnight editions\" lists the ids")
			}
			b, err := readBooks(c.Context(), p.now)
			if err != nil {
				return err
			}
			defer b.close()
			if _, _, err := b.Edition(c.Context(), edition); err != nil {
				return err
			}
			lines := func(yield func(deliveryLine, error) bool) {
				for d, err := range b.Deliveries(c.Context(), edition) {
					line := deliveryLine{
						ID: d.ID, Subscriber: d.Subscriber.Address, State: d.State, Attempts: d.Attempts, MessageID: d.MessageID,
						LastAnswer: d.LastAnswer, ChangedAt: d.ChangedAt,
					}
					if d.Bounce != nil {
						line.Bounce = ledger.BounceKind(d.Bounce.Kind)
					}
					if !yield(line, err) {
						return
					}
				}
			}
			return table(p.stdout, asJSON, "SUBSCRIBER STATE BOUNCE ATTEMPTS MESSAGE-ID LAST-ANSWER", lines, func(d deliveryLine) []string {
				return []string{d.Subscriber, string(d.State), orElse(string(d.Bounce), "-"), strconv.Itoa(d.Attempts), d.MessageID, d.LastAnswer}
			})
		},
	}
	c.Flags().Int64Var(&edition, "edition", 0, "the edition's id")
	c.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON each")
	return c
}

type subscriberLine struct {
	Digest     string          `json:"digest"`
	Name       string          `json:"name"`
	Address    string          `json:"address"`
	Audience   digest.Audience `json:"audience"`
	Locale     string          `json:"locale"`
	Zone       string          `json:"zone"`
	PDF        bool            `json:"pdf"`
	Gets       bool            `json:"gets"`
	Suppressed string          `json:"suppressed,omitempty"`
}

func subscribersCommand(p program) *cobra.Command {
	var name string
	var asJSON bool
	c := &cobra.Command{
		Use:   "subscribers [--digest PROJECT/NAME] [--json]",
		Short: "List subscribers, or forget one",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkListed(name); err != nil {
				return err
			}
			b, err := readBooks(c.Context(), p.now)
			if err != nil {
				return err
			}
			defer b.close()
			if err := b.mustKnow(c.Context(), name); err != nil {
				return err
			}
			subscribers, err := b.Subscribers(c.Context(), name)
			if err != nil {
				return err
			}
			var lines []subscriberLine
			for _, s := range subscribers {
				lines = append(lines, subscriberLine{s.Project + "/" + s.Digest, s.Name, s.Address, s.Audience, s.Locale, s.Zone, s.PDF, s.Gets(), s.Suppressed})
			}
			return table(p.stdout, asJSON, "DIGEST ADDRESS NAME AUDIENCE LOCALE PDF GETS", given(lines), func(s subscriberLine) []string {
				gets := "yes"
				if !s.Gets {
					gets = strings.TrimSpace("no " + s.Suppressed)
				}
				return []string{s.Digest, s.Address, s.Name, string(s.Audience), s.Locale, strconv.FormatBool(s.PDF), gets}
			})
		},
	}
	c.Flags().StringVar(&name, "digest", "", "only this digest, PROJECT/NAME, or this PROJECT's")
	c.Flags().BoolVar(&asJSON, "json", false, "print a line of JSON each")
	c.AddCommand(eraseCommand(p))
	return c
}

func eraseCommand(p program) *cobra.Command {
	return &cobra.Command{
		Use:   "erase ADDRESS",
		Short: "Forget a person: subscriptions, and name and address in what was sent",
		Long: "Erase forgets a person in all projects. The address stays suppressed as a hash, so that it is not written to again;\n" +
			"take it out of fortnight.yaml first.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 || !strings.Contains(args[0], "@") {
				return misused("erase takes one address, such as dana@example.com")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			b, err := readBooks(c.Context(), p.now)
			if err != nil {
				return err
			}
			defer b.close()
			erased, err := b.Erase(c.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "Forgotten: %d subscriptions, %d deliveries.\n", erased.Subscriptions, erased.Deliveries)
			return err
		},
	}
}
