// Package collectors reads the numbers of a digest from a source: a database of a platform, or Fortnight's own event
// tables. It knows nothing of mail, charts or words; it gives a digest.Snapshot.
//
// # A section
//
// A section is one .go beside one .sql, and one line of the list in list.go:
//
//	{Key: "activity", Needs: []string{"message"}, Collect: collectActivity}
//
// Collect is called once an edition. It gathers the raw numbers of one period into a struct of its own, for the period
// and for the previous one with the same queries, and composes both into a section:
//
//	func collectActivity(ctx context.Context, r *reader) (digest.Section, error) {
//		now, before, err := both(ctx, r, gatherActivity) // gatherActivity(ctx, r) (activityRaw, error)
//		if err != nil {
//			return digest.Section{}, err
//		}
//		return composeActivity(r, now, before), nil // before is nil in a first edition
//	}
//
// The engine adds what is the same for all: key, source, platform, status, the previous values of a first edition and
// its note. A section returns an error only where a query failed; it is then marked and the others go on.
//
// # A query
//
// The .sql file of a section holds its queries, each after a line "-- name: figures". The Go file runs one by
// "section/name": query[figuresRow](ctx, r, "activity/figures"). Columns are matched to the fields by their db tags
// (pgx.RowToStructByName). A query asks the canonical relations (relations.go) by their bare names, FROM message m; the
// engine puts the platform's mapping of each relation named after FROM or JOIN in front as WITH message AS NOT
// MATERIALIZED (…). The query may begin with WITH itself. A relation that is used more than once, or joined by a wide
// net, is best taken over once: WITH m AS MATERIALIZED (SELECT … FROM message).
//
// Named arguments, all of them optional; a parameter used twice in different contexts needs its cast:
//
//	@tenant        text; only mappings use it
//	@from, @to     timestamptz, the period that is read: the current or the previous one
//	@since         timestamptz, from when history is given: @from, unless the query is handed an earlier one
//	@days          date[] as text[]: write @days::date[]
//	@day_from,
//	@day_to        timestamptz[], the first instants of each local day and of the day after it, in the order of @days:
//	               FROM unnest(@days::date[], @day_from::timestamptz[], @day_to::timestamptz[]) AS d (day, day_from, day_to)
//	@zone          text, IANA
//	@missed_after  float8, seconds
//	@exclude_away  bool
//	@now           timestamptz, the instant of the read, the same for both periods
//	@users         text[], whom the relations person and user_message are asked for: nobody, unless the query is handed ids
//
// # As of the period's end
//
// Relations are given as of @to, by the mappings: a row that begins at or after @to is absent, an instant at or after
// @to is null, and what is derived (episodes, assignments) is derived from what was there before @to. So a section need
// not think of it, and both periods are judged at equal age.
package collectors
