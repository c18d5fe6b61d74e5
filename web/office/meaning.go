package office

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"fortnight/digest"
)

// checkHours refuses to take the hours from a project whose digests leave as it closes.
func checkHours(ctx context.Context, books Digests) error {
	all, err := books.DigestsToCome(ctx)
	if err != nil {
		return err
	}
	var lose []string
	for _, d := range all {
		if d.Config.Cadence.Closes() {
			lose = append(lose, cmp.Or(d.Config.Name, d.Config.Key))
		}
	}
	if len(lose) == 0 {
		return nil
	}
	return &digest.RefusedError{Field: "hours", Reason: "Digests go out at the close of business by these hours: " + strings.Join(lose, ", ") + ". Give them another cadence first."}
}

// CheckMeaning refuses a change of what bi-monthly means (from one head of the project to another) that would leave readers of a digest a
// cadence to choose that is no longer longer than the digest's own: a *digest.RefusedError of the field bi_monthly, which names the digests. So it does a
// change that takes the hours from digests at the close of business, of the field hours.
func CheckMeaning(ctx context.Context, trades Works, books Digests, from, to digest.Project) error {
	if to.Hours.IsZero() && !from.Hours.IsZero() {
		if err := checkHours(ctx, books); err != nil {
			return err
		}
	}
	const twiceMonthly = "twice-monthly" // what "" means
	if cmp.Or(from.BiMonthly, twiceMonthly) == cmp.Or(to.BiMonthly, twiceMonthly) {
		return nil
	}
	all, err := books.DigestsToCome(ctx)
	if err != nil {
		return err
	}
	var lose []string
	for _, d := range all {
		var kinds []string
		for _, kind := range d.Config.Readers.Cadences {
			if _, err := trades.ReadersCadence(from, d.Config, kind); err != nil { // it has that fault already
				continue
			}
			if _, err := trades.ReadersCadence(to, d.Config, kind); err != nil {
				kinds = append(kinds, strings.ReplaceAll(kind, "-", " "))
			}
		}
		if len(kinds) > 0 {
			lose = append(lose, fmt.Sprintf("%s (%s)", cmp.Or(d.Config.Name, d.Config.Key), strings.Join(kinds, ", ")))
		}
	}
	if len(lose) == 0 {
		return nil
	}
	return &digest.RefusedError{Field: "bi_monthly", Reason: "Then readers could choose a cadence that is not slower than the digest's own: " +
		strings.Join(lose, "; ") + ". Take it out of what they may choose there first."}
}
