// Package charts draws a digest.Chart as a digest.Drawing, through go-chart's Renderer, and paints drawings as PNG and
// SVG. It carries the fonts that pictures and papers are set in. It knows nothing of databases, mail or phrases: every
// word in a picture comes from the chart's labels, from Picture.Legend or from digest.Words.
package charts
