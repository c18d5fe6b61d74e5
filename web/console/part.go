package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"fortnight/web/look"
)

// partOf is a page's part of a list that is read from a source as it is looked at.
type partOf struct {
	Count        string // "51–100 of 1,204, read at 10:42"; "" where nothing is shown
	Before, Next string // addresses; "" at the ends
}

// skipped is how many lines a request wants to be passed over: from=51 asks for the 51st and further.
func skipped(r *http.Request) int {
	if from, err := strconv.Atoi(r.URL.Query().Get("from")); err == nil && from > 1 && from < 1e9 {
		return from - 1
	}
	return 0
}

// partFrom tells which lines of total are shown, most a page, at an address with the filters of q, and leads to the others.
func partFrom(at string, q url.Values, skip, shown, total, most int, clk clock, read time.Time) (p partOf) {
	if shown > 0 {
		p.Count = fmt.Sprintf("%s–%s of %s, read %s", look.Thousands(skip+1), look.Thousands(skip+shown), look.Thousands(total), clk.exact(read))
	}
	to := func(skip int) string {
		if q.Del("from"); skip > 0 {
			q.Set("from", strconv.Itoa(skip+1))
		}
		return with(at, q)
	}
	if skip > 0 {
		p.Before = to(max(0, min(skip, total)-most))
	}
	if next := skip + shown; next < total && shown > 0 {
		p.Next = to(next)
	}
	return p
}
