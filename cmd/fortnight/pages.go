package main

import (
	"net/http"
	"time"
)

// pages is what the web port answers, and the routes of it that readers' links lead to.
type pages struct {
	handler http.Handler
	routes  []string
}

func readerPages(cfg Config, b *books, now func() time.Time) (pages, error) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("well\n")) })
	return pages{mux, []string{"/view/", "/unsubscribe/"}}, nil
}
