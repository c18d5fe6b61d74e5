package ledger_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestAnActIsDoneOnceForAKey(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	done := 0
	send := func() (int, []byte, error) { done++; return 201, []byte(`{"edition": 7}`), nil }
	for i := range 3 {
		status, body, again, err := desk.Keyed(t.Context(), "k", []byte("POST /send"), send)
		if err != nil || status != 201 || string(body) != `{"edition": 7}` || again != (i > 0) || done != 1 {
			t.Errorf("time %d: %d %s, again %t, %v; done %d times", i+1, status, body, again, err, done)
		}
	}
	var refusal *digest.RefusedError
	if _, _, _, err := desk.Keyed(t.Context(), "k", []byte("POST /discard"), send); !errors.As(err, &refusal) || done != 1 {
		t.Errorf("another request under the key gives %v; done %d times", err, done)
	}
	for name, key := range map[string]string{"none": "", "a long one": strings.Repeat("k", 256), "one that cannot be kept": "a\x00b"} {
		if _, _, _, err := desk.Keyed(t.Context(), key, nil, send); !errors.As(err, &refusal) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	shop := project()
	shop.Key = "shop"
	if _, err := b.Apply(t.Context(), []digest.Project{shop}); err != nil {
		t.Fatal(err)
	}
	if _, _, again, err := b.Tenant(numberOf(t, b, "shop")).Keyed(t.Context(), "k", []byte("POST /send"), send); err != nil || again || done != 2 {
		t.Errorf("in another project the key is another: again %t, %v; done %d times", again, err, done)
	}
	b.clock.pass(24*time.Hour + time.Second)
	if _, err := b.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, again, err := desk.Keyed(t.Context(), "k", []byte("POST /send"), send); err != nil || again || done != 3 {
		t.Errorf("after a day: again %t, %v; done %d times", again, err, done)
	}
}

func TestAnActUnderWayIsNotBegunAgain(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	outer, _, _, err := desk.Keyed(t.Context(), "k", []byte("x"), func() (int, []byte, error) {
		_, _, _, err := desk.Keyed(t.Context(), "k", []byte("x"), func() (int, []byte, error) {
			t.Error("it is begun again")
			return 200, nil, nil
		})
		if !errors.Is(err, digest.ErrNotDue) {
			t.Errorf("meanwhile it gives %v", err)
		}
		return 200, nil, nil
	})
	if outer != 200 || err != nil {
		t.Errorf("it gives %d, %v", outer, err)
	}
}

func TestAnActThatFailsOrDiesMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	b := filled(t)
	desk, _ := maya(t, b)
	broken := errors.New("broken")
	if _, _, _, err := desk.Keyed(t.Context(), "k", []byte("x"), func() (int, []byte, error) { return 500, []byte("no"), broken }); !errors.Is(err, broken) {
		t.Errorf("it gives %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is swallowed")
			}
		}()
		_, _, _, _ = desk.Keyed(t.Context(), "k", []byte("x"), func() (int, []byte, error) { panic("bug") })
	}()
	ctx, leave := context.WithCancel(t.Context())
	status, _, again, err := desk.Keyed(ctx, "k", []byte("x"), func() (int, []byte, error) { leave(); return 200, []byte("done"), nil })
	if status != 200 || again || err != nil {
		t.Errorf("then it gives %d, again %t, %v", status, again, err)
	}
	if _, body, again, err := desk.Keyed(t.Context(), "k", []byte("x"), nil); !again || string(body) != "done" || err != nil {
		t.Errorf("the answer that nobody waited for is %q, again %t, %v", body, again, err)
	}

	if _, err := b.pool.Exec(t.Context(), "UPDATE fortnight.idempotency SET status = 0, body = ''"); err != nil { // as its process left it
		t.Fatal(err)
	}
	act := func() (int, []byte, error) { return 202, nil, nil }
	b.clock.pass(9 * time.Minute)
	if _, _, _, err := desk.Keyed(t.Context(), "k", []byte("x"), act); !errors.Is(err, digest.ErrNotDue) {
		t.Errorf("nine minutes after its process died it gives %v", err)
	}
	b.clock.pass(time.Minute)
	if status, _, again, err := desk.Keyed(t.Context(), "k", []byte("x"), act); status != 202 || again || err != nil {
		t.Errorf("ten minutes after, %d, again %t, %v", status, again, err)
	}
}
