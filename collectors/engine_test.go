package collectors

import (
	"testing"
	"time"

	"fortnight/internal/postgres/pgtest"
)

func TestNativeOpens(t *testing.T) {
	dsn := pgtest.New(t, NativeTables(), `INSERT INTO fortnight_events.tenant VALUES ('desk', 'Support desk', null, 'en')`)
	s, err := Open(t.Context(), "desk", "native", dsn, "desk", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Probe(t.Context())
	t.Logf("%+v %v", r, err)
}
