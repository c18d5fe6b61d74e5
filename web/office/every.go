package office

import (
	"context"
	"iter"

	"fortnight/digest"
)

// EverySubscriber gives the subscribers that are wanted one after another, however many parts their list has. An error ends it.
func EverySubscriber(ctx context.Context, books Readers, wanted digest.SubscribersWanted) iter.Seq2[digest.SubscriberLine, error] {
	return func(yield func(digest.SubscriberLine, error) bool) {
		wanted.Page = digest.Page{Size: 500}
		for {
			part, err := books.Subscribers(ctx, wanted)
			if err != nil {
				yield(digest.SubscriberLine{}, err)
				return
			}
			for _, s := range part.Lines {
				if !yield(s, nil) {
					return
				}
			}
			if wanted.After = part.Next; part.Next == "" {
				return
			}
		}
	}
}
