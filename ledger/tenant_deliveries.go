package ledger

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

//go:embed questions/deliveries_page.sql
var deliveriesPageSQL string

//go:embed questions/edition_counts.sql
var editionCountsSQL string

//go:embed questions/deliveries_count.sql
var deliveriesCountSQL string

//go:embed questions/delivery_lines.sql
var deliveryLinesSQL string

// placesOf gives the places in a list of deliveries in a state, as fortnight.deliveries.place has them; ” is all.
func placesOf(s digest.DeliveryState) (low, high int) {
	switch s {
	case "":
		return 0, 6
	case digest.DeliveryFailed:
		return 0, 0
	case digest.DeliveryUnknown:
		return 1, 1
	case digest.DeliveryDeferred:
		return 2, 2
	case digest.DeliveryExpired:
		return 3, 3
	case digest.DeliverySent:
		return 5, 5
	case digest.DeliverySuppressed:
		return 6, 6
	}
	return 4, 4
}

type listedLine struct {
	deliveryLineRow
	Place int
}

// Deliveries lists an edition's deliveries, those that need somebody first.
func (t *Tenant) Deliveries(ctx context.Context, w digest.DeliveriesWanted) (all digest.Listed[digest.DeliveryLine], err error) {
	low, high := placesOf(w.State)
	after, afterID := -1, int64(0)
	if err := marked(w.After, &after, &afterID); err != nil {
		return all, err
	}
	err = t.read(ctx, func(tx pgx.Tx) error {
		counts, err := scalar[map[digest.DeliveryState]int](ctx, tx, editionCountsSQL, args{"edition": w.Edition})
		if err != nil {
			return err
		}
		with := args{"edition": w.Edition, "state": string(w.State), "low": low, "high": high, "search": strings.TrimSpace(w.Search)}
		if counts == nil || with["search"] != "" {
			if all.Total, err = scalar[int](ctx, tx, deliveriesCountSQL, with); err != nil {
				return err
			}
		}
		for state, n := range counts {
			if with["search"] == "" && (w.State == "" || w.State == state) {
				all.Total += n
			}
		}
		size := sizeOf(w.Page)
		with["after"], with["after_id"], with["size"] = after, afterID, size+1
		ids, err := column[int64](ctx, tx, deliveriesPageSQL, with)
		if err != nil {
			return err
		}
		rows, err := ask[listedLine](ctx, tx, deliveryLinesSQL, args{"deliveries": ids})
		if err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			last := rows[size-1]
			if all.Next, err = mark(last.Place, last.DeliveryID); err != nil {
				return err
			}
		}
		for _, r := range rows {
			line, err := t.l.line(r.deliveryLineRow)
			if err != nil {
				return err
			}
			all.Lines = append(all.Lines, line)
		}
		return nil
	})
	if err != nil {
		return digest.Listed[digest.DeliveryLine]{}, fmt.Errorf("list the deliveries of edition %d: %w", w.Edition, err)
	}
	return all, nil
}

// AllDeliveries gives an edition's deliveries one after another, however many they are; the list ends with the first error. It takes a
// connection of the pool until the last was given.
func (t *Tenant) AllDeliveries(ctx context.Context, edition int64) iter.Seq2[digest.DeliveryLine, error] {
	return func(yield func(digest.DeliveryLine, error) bool) {
		enough := false
		err := t.read(ctx, func(tx pgx.Tx) error {
			if _, err := scalar[int64](ctx, tx, editionThereSQL, args{"edition": edition}); err != nil {
				return err
			}
			return t.l.eachDelivery(ctx, tx, edition, func(d digest.DeliveryLine) bool {
				enough = !yield(d, nil)
				return !enough
			})
		})
		if err != nil && !enough {
			yield(digest.DeliveryLine{}, fmt.Errorf("list the deliveries of edition %d: %w", edition, err))
		}
	}
}

// Delivery gives a delivery with its attempts.
func (t *Tenant) Delivery(ctx context.Context, id int64) (line digest.DeliveryLine, err error) {
	err = t.read(ctx, func(tx pgx.Tx) error {
		r, err := askOne[listedLine](ctx, tx, deliveryLinesSQL, args{"deliveries": []int64{id}})
		if err != nil {
			return err
		}
		if line, err = t.l.line(r.deliveryLineRow); err != nil {
			return err
		}
		line.Tries, err = attempts(ctx, tx, id)
		line.Tries = orNone(line.Tries)
		return err
	})
	if err != nil {
		return digest.DeliveryLine{}, fmt.Errorf("delivery %d: %w", id, err)
	}
	return line, nil
}
