// Package charts draws a digest.Chart as a digest.Drawing, through go-chart's Renderer, and paints drawings as PNG and
// SVG. It carries the fonts that pictures and papers are set in. It knows nothing of databases, mail or phrases: every
// word in a picture comes from the chart's labels, from Picture.Legend or from digest.Words.
//
// What each kind is drawn from:
//
//   - line, bar: the series "current" (else the first), points with At; of a line "previous" behind it. Legend.Current, Previous.
//   - stacked_bar: one series a part; points with At are columns of days, points without At rows by Label, in their order (the steps of a
//     flow). Keys completed, handled; failed, missed; pending, waiting have colours that mean it, a series with a role is grey. Legend.Series
//     names the series, Legend.Above has the words for what is written beside a bar of all but the first.
//   - curve: one series a row, points with At.
//   - ranking, donut: the first series, points with Label and Role, in their order. Donut: Legend.Total. A donut whose rows are all of
//     completed, failed_at_first_step, failed_later, failed, pending (by Point.Key) is in the colours of these.
//   - heatmap: X the columns from the left, Y the rows from the top, Cells where there is something to say; Label is what is written, else
//     Key. Cell.Value is the tint and the number, 0 an empty field, nil none at all; Cell.Of, where any cell has one, is drawn as steps
//     below the row on one scale, and a value over an Of of 0 is red. Legend.Value, Of, UpTo, Without.
//   - histogram: the first series, points in the order of time with From and To in seconds; each From is the To before it, the last To nil
//     for an open end. Bars are equally wide. Chart.Target in seconds, at one of the edges if it can be, is a line; Legend.Target names it.
//   - funnel: the first series, points with Label in order, the first of them the whole; nil where a step cannot be known.
//     Legend.OfFirst and OfBefore head the shares.
//   - flow: Nodes in columns from 0, Links from a column to a later one. Values of a node are at least what comes in and what goes out. With
//     an ordinary node in the last column whose ID is, or ends in ":" and, completed, failed or pending, with a link that skips a column,
//     or with more than five columns, it is a journey, drawn down the page: a row for each node in the order of columns and of Nodes, so
//     that names have room; up to twelve steps and three ends make a picture as tall as it is wide and a sixth.
//     Other flows are drawn across, with Legend.Columns over the columns.
package charts
