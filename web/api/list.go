package api

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
)

// Paging asks for a part of a list.
type Paging struct {
	After string `query:"after" maxLength:"1000" doc:"Where the part begins: next of the part before. Leave it out for the first."`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many items at most."`
}

func (p Paging) page() digest.Page { return digest.Page{After: p.After, Size: p.Limit} }

// List is a part of a list.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"after of the next part; not there where this is the last."`
	Total int    `json:"total" doc:"Of the whole list, as filtered."`
}

type listOut[T any] struct {
	Link string `header:"Link" doc:"The next part's address, rel=next (RFC 8288)."`
	Body List[T]
}

// part puts a part of the books' lists into the API's form.
func part[L, T any](a *api, v visit, from digest.Listed[L], form func(L) T) *listOut[T] {
	out := &listOut[T]{Body: List[T]{Items: each(from.Lines, form), Next: from.Next, Total: from.Total}}
	if from.Next != "" {
		q := v.url.Query()
		q.Set("after", from.Next)
		out.Link = fmt.Sprintf(`<%s%s?%s>; rel="next"`, a.base, v.url.EscapedPath(), q.Encode())
	}
	return out
}

// whole is a list that comes in one part.
func whole[L, T any](from []L, form func(L) T) *listOut[T] {
	return &listOut[T]{Body: List[T]{Items: each(from, form), Total: len(from)}}
}

func each[L, T any](from []L, form func(L) T) []T {
	all := make([]T, 0, len(from))
	for _, l := range from {
		all = append(all, form(l))
	}
	return all
}

// Once is what a request that sends may carry, so that it is done once however often it is sent.
type Once struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"A name of your own for this request. Sent again within a day, with the same body, it does nothing and gives the first answer; with another body it is refused."`
}

type onceOut[T any] struct {
	Replayed string `header:"Idempotency-Replayed" doc:"true where this is the answer of an earlier request with the same key."`
	Body     T
}

// keyed does an act once for its key. in is the request, as huma has read it.
func keyed[T any](ctx context.Context, v visit, id, key string, in any, act func() (T, error)) (*onceOut[T], error) {
	if key == "" {
		done, err := act()
		return &onceOut[T]{Body: done}, err
	}
	request, err := json.Marshal([]any{id, v.url.EscapedPath(), in})
	if err != nil {
		return nil, err
	}
	_, body, again, err := v.books.Keyed(ctx, key, request, func() (int, []byte, error) {
		done, err := act()
		if err != nil {
			return 0, nil, err
		}
		body, err := json.Marshal(done)
		return 200, body, err
	})
	if err != nil {
		return nil, err
	}
	out := &onceOut[T]{}
	if again {
		out.Replayed = "true"
	}
	return out, json.Unmarshal(body, &out.Body)
}

// named names a type in the description: those of package settings that the API has forms of its own for are its settings.
func named(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "/settings") {
		switch t.Name() {
		case "Project", "Source", "Digest", "Subscriber":
			return name + "Settings"
		}
	}
	return name
}

// etag is a digest's version as a header has it, and back.
func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

func version(etag string) (int, error) {
	n, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(strings.TrimSpace(etag), "W/"), `"`))
	if err != nil || n < 1 {
		return 0, refuse("header.If-Match", "This is no ETag of a digest: read it, and send the ETag it comes with.")
	}
	return n, nil
}

// skip reads a place in a list that is counted, not keyed.
func (p Paging) skip() (int, error) {
	if p.After == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(p.After)
	if err != nil || n < 0 || n > 1e9 {
		return 0, refuse("query.after", "This is no place in the list: leave it out, or send next of the part before.")
	}
	return n, nil
}

// listed is a part of a list of which skip are before it.
func listed[T any](lines []T, skip, total int) digest.Listed[T] {
	all := digest.Listed[T]{Lines: lines, Total: total}
	if next := skip + len(lines); len(lines) > 0 && next < total {
		all.Next = strconv.Itoa(next)
	}
	return all
}
