// Package templates is the mail: how a digest.Letter is laid out as HTML and as plain text, and how a locale puts
// numbers, dates and sentences into words (digest.Words). It decides nothing that is said and computes no figure; the
// sentences are chosen by the editor and stand in locales/.
package templates
