package api

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"iter"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
	"fortnight/web/office"
)

func TestAPictureIsAPNGOfAModestSize(t *testing.T) {
	t.Parallel()
	s := serve(t)
	draw := func(w, h int) string {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	good := draw(200, 80)
	got := s.ask(t, everything, "PUT /projects/desk/logo", good+"trailing secrets", "Content-Type", "image/png")
	if l, _ := s.books.wanted.(*digest.Logo); got.status != 204 || l.Width != 200 || l.Height != 80 || len(l.Hash) != 64 || strings.Contains(string(l.PNG), "secrets") {
		t.Errorf("%d %s", got.status, got.body)
	}
	for name, file := range map[string]string{"a GIF": "GIF89a", "half a PNG": good[:40], "too wide": draw(2001, 2), "SVG": `<svg xmlns="http://www.w3.org/2000/svg"/>`} {
		if got := s.ask(t, everything, "PUT /projects/desk/logo", file, "Content-Type", "image/png"); got.status != 422 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if got := s.ask(t, everything, "PUT /projects/desk/logo", good+strings.Repeat("x", 2<<20), "Content-Type", "image/png"); got.status != 413 {
		t.Errorf("two megabytes: %d %s", got.status, got.body)
	}
}

// hurtBooks break off in the middle of the deliveries.
type hurtBooks struct{ *books }

func (h *hurtBooks) AllDeliveries(context.Context, int64) iter.Seq2[digest.DeliveryLine, error] {
	return func(yield func(digest.DeliveryLine, error) bool) {
		if yield(h.delivery(), nil) {
			yield(digest.DeliveryLine{}, errors.New("the connection is lost"))
		}
	}
}

// serveBooks serves other books, and gives the address.
func serveBooks(t *testing.T, s *served, b office.Project) string {
	t.Helper()
	server := httptest.NewUnstartedServer(New(Config{
		House: house{everything: {ID: 1, Project: 1, ProjectKey: "desk", Name: "CI", Scopes: scopes()}}, Works: s.works,
		Project: func(int64) office.Project { return b }, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}
