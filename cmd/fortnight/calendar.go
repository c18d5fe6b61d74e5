package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fortnight/digest"
	"fortnight/scheduler"
	"fortnight/settings"
)

func calendarCommand(p program) *cobra.Command {
	var spec digest.CadenceSpec
	var from, anchor, weekStart, biMonthly string
	var open, holidays []string
	var count int
	var asJSON bool
	c := &cobra.Command{
		Use:   "calendar --cadence KIND --at \"mon 08:00\" --zone ZONE --from DATE --count N",
		Short: "Print when a cadence is due, and the period that each covers",
		Long: "Calendar prints due instants from DATE's local midnight on, that instant included, and the period each covers.\n" +
			"KIND is weekly, every-2-weeks, twice-monthly, monthly, every-2-months, daily, close-of-business, bi-monthly, or a cron expression\n" +
			"(which needs --covers, and no --at). close-of-business needs --open, once for each row of opening times.",
		Example: "  fortnight calendar --cadence weekly --at \"mon 08:00\" --zone Europe/Berlin --from 2026-03-23 --count 3",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			if spec.Kind == "" {
				return misused("--cadence is missing: write weekly, every-2-weeks, twice-monthly, monthly, every-2-months, daily or a cron expression")
			}
			loc, err := parseZone(spec.Zone)
			if err != nil {
				return err
			}
			first, err := digest.ParseDate(from)
			if err != nil {
				return misused("--from: %w", err)
			}
			if anchor != "" {
				if spec.Anchor, err = digest.ParseDate(anchor); err != nil {
					return misused("--anchor: %w", err)
				}
			}
			if spec.WeekStart, err = scheduler.ParseWeekday(weekStart); err != nil {
				return misused("--week-start: %w", err)
			}
			if spec, err = withHours(spec, open, holidays); err != nil {
				return misused("%w", err)
			}
			if count < 1 {
				return misused("--count %d is not a number of due instants: write 1 or more", count)
			}
			cadence, err := scheduler.Parse(spec, biMonthly)
			if err != nil {
				return usageError{flagged(err)}
			}
			start, _ := first.Start(loc)
			var out strings.Builder
			if spec.Kind == scheduler.BiMonthly && !asJSON {
				fmt.Fprintf(&out, "bi-monthly means %s here.\n", cadence.Kind())
			}
			for _, due := range cadence.Due(start, count) {
				if err := printDue(&out, due, asJSON); err != nil {
					return err
				}
			}
			_, err = fmt.Fprint(p.stdout, out.String())
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&spec.Kind, "cadence", "", "weekly, every-2-weeks, twice-monthly, monthly, every-2-months, daily, close-of-business, bi-monthly or a cron expression")
	f.StringVar(&spec.At, "at", "", "\"mon 08:00\" for weekly kinds, \"08:00\" for the others")
	f.StringVar(&spec.Zone, "zone", "", "zone of the hour and of the days covered")
	f.StringVar(&from, "from", "", "begin at this date's local midnight, YYYY-MM-DD")
	f.IntVar(&count, "count", 1, "how many to print")
	f.StringVar(&anchor, "anchor", "", "a date in a week that every-2-weeks takes; default: the first matching date")
	f.StringVar(&weekStart, "week-start", "mon", "first day of the weeks covered")
	f.StringVar(&spec.Covers, "covers", "", "day, week, half-month or month: what a cron expression covers")
	f.StringVar(&biMonthly, "bi-monthly", scheduler.TwiceMonthly, "what bi-monthly means: twice-monthly or every-2-months")
	f.StringArrayVar(&open, "open", nil, "opening times of close-of-business: \"mon-fri 09:00-12:30, 13:30-17:00\"")
	f.StringArrayVar(&holidays, "holiday", nil, "a date on which it does not open, YYYY-MM-DD")
	f.BoolVar(&asJSON, "json", false, "print a line of JSON each")
	_ = c.RegisterFlagCompletionFunc("cadence", cobra.FixedCompletions(scheduler.Kinds(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func printDue(out *strings.Builder, due scheduler.Due, asJSON bool) error {
	at, from, to := due.At.Format(time.RFC3339), due.Period.From.Format(time.RFC3339), due.Period.To.Format(time.RFC3339)
	if !asJSON {
		fmt.Fprintf(out, "%s  covers %s to %s\n", due.At.Format("Mon 2006-01-02 15:04 -07:00"), due.Period.First(), due.Period.Last())
		return nil
	}
	line, err := json.Marshal(struct {
		Due  string `json:"due"`
		From string `json:"from"`
		To   string `json:"to"`
	}{at, from, to})
	out.Write(line)
	out.WriteByte('\n')
	return err
}

// flagged names the flags that a cadence's faults belong to.
func flagged(err error) error {
	var lines []string
	for _, line := range strings.Split(err.Error(), "\n") {
		lines = append(lines, "--"+strings.Replace(line, "_", "-", 1))
	}
	return errors.New(strings.Join(lines, "\n"))
}

// withHours gives a cadence the hours of flags: each row of opening times names its days first.
func withHours(spec digest.CadenceSpec, open, holidays []string) (digest.CadenceSpec, error) {
	if len(open) == 0 {
		return spec, nil
	}
	hours := settings.Hours{Open: map[string]string{}, Holidays: holidays}
	for _, row := range open {
		days, times, ok := strings.Cut(strings.TrimSpace(row), " ")
		if !ok {
			return spec, fmt.Errorf("--open %q: write days and times, such as \"mon-fri 09:00-17:00\"", row)
		}
		hours.Open[days] = times
	}
	p, err := settings.Known{}.Project("", "flags", settings.Project{Zone: spec.Zone, Hours: hours})
	return p.Timed(spec), err
}
