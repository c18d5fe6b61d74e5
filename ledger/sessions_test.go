package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

// signedIn keeps a session of an account.
func signedIn(t *testing.T, b book, token string, account int64, agent string) {
	t.Helper()
	data := fmt.Sprintf(`{"account": %d, "agent": %q, "from": "192.0.2.1", "csrf": "x"}`, account, agent)
	if err := b.SessionStore().CommitCtx(t.Context(), token, []byte(data), b.clock.now().Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T, b book, token string) (data string, ok bool) {
	t.Helper()
	raw, ok, err := b.SessionStore().FindCtx(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw), ok
}

func TestASessionIsKeptUntilItsEnd(t *testing.T) {
	t.Parallel()
	b := filled(t)
	store := b.SessionStore()
	if _, ok := found(t, b, "one"); ok {
		t.Error("there is one before it is kept")
	}
	for _, data := range []string{`{"agent": "Firefox"}`, `{"agent": "Firefox", "page": 2}`} {
		if err := store.CommitCtx(t.Context(), "one", []byte(data), monday.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got, ok := found(t, b, "one"); !ok || got != data {
			t.Errorf("kept is %q, %t", got, ok)
		}
	}
	b.clock.pass(time.Hour)
	if _, ok := found(t, b, "one"); ok {
		t.Error("it is there after its end")
	}
	if err := store.CommitCtx(t.Context(), "two", []byte("not JSON"), monday.Add(time.Hour)); err == nil {
		t.Error("what is no JSON is kept")
	}
	if err := store.DeleteCtx(t.Context(), "never there"); err != nil {
		t.Error(err)
	}
}

func TestAPersonSeesWhereSheIsSignedInAndEndsIt(t *testing.T) {
	t.Parallel()
	b := filled(t)
	maya := operator(t, b).Account
	bo, err := b.Invite(t.Context(), "bo@example.org", "Bo", true)
	if err != nil {
		t.Fatal(err)
	}
	signedIn(t, b, "laptop", maya, "Firefox")
	b.clock.pass(time.Minute)
	signedIn(t, b, "phone", maya, "Safari "+strings.Repeat("x", 400))
	signedIn(t, b, "bo's", bo.ID, "Chrome")
	signedIn(t, b, "nobody's", 0, "Chrome")

	all, err := b.Sessions(t.Context(), maya, "laptop")
	if err != nil || len(all) != 2 {
		t.Fatalf("she is signed in at %+v, %v", all, err)
	}
	phone, laptop := all[0], all[1]
	if laptop.Agent != "Firefox" || laptop.From != "192.0.2.1" || !laptop.Current || laptop.Account != maya || !laptop.MadeAt.Equal(monday) || !laptop.Ends.Equal(monday.Add(24*time.Hour)) {
		t.Errorf("the laptop's is %+v", laptop)
	}
	if phone.Current || len([]rune(phone.Agent)) != 301 {
		t.Errorf("the phone's is %+v", phone)
	}
	if err := b.EndSession(t.Context(), bo.ID, phone.ID); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("another's session is ended: %v", err)
	}
	if err := b.EndSession(t.Context(), maya, phone.ID); err != nil {
		t.Error(err)
	}
	if err := b.EndSession(t.Context(), maya, phone.ID); !errors.Is(err, digest.ErrNotFound) {
		t.Errorf("ended twice: %v", err)
	}
	if _, ok := found(t, b, "phone"); ok {
		t.Error("the phone is signed in still")
	}
	signedIn(t, b, "tablet", maya, "Edge")
	if n, err := b.EndSessions(t.Context(), maya, laptop.ID); err != nil || n != 1 {
		t.Errorf("%d others are ended, %v", n, err)
	}
	if _, ok := found(t, b, "laptop"); !ok {
		t.Error("her own is ended, too")
	}
	if _, ok := found(t, b, "bo's"); !ok {
		t.Error("Bo's is ended, too")
	}
}

func TestASessionThatWasEndedIsNotBroughtBackByARequestUnderWay(t *testing.T) {
	t.Parallel()
	b := filled(t)
	maya := operator(t, b).Account
	for name, end := range map[string]func(token string) error{
		"signed out":           func(token string) error { return b.SessionStore().DeleteCtx(t.Context(), token) },
		"ended from elsewhere": func(string) error { _, err := b.EndSessions(t.Context(), maya, 0); return err },
	} {
		signedIn(t, b, name, maya, "Firefox")
		if err := end(name); err != nil {
			t.Fatal(err)
		}
		signedIn(t, b, name, maya, "Firefox") // the answer that was being written keeps what it knows
		if data, ok := found(t, b, name); ok {
			t.Errorf("%s, it is back as %s", name, data)
		}
		if all, err := b.Sessions(t.Context(), maya, name); err != nil || len(all) != 0 {
			t.Errorf("%s, it is listed: %+v, %v", name, all, err)
		}
	}
}

func TestThatAPersonIsThereIsNotedToAMinute(t *testing.T) {
	t.Parallel()
	b := filled(t)
	maya := operator(t, b).Account
	signedIn(t, b, "laptop", maya, "Firefox")
	seen := func() (session, person time.Time) {
		all, err := b.Sessions(t.Context(), maya, "")
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		a, err := b.Account(t.Context(), maya)
		if err != nil {
			t.Fatal(err)
		}
		return all[0].SeenAt, a.SeenAt
	}
	b.clock.pass(59 * time.Second)
	found(t, b, "laptop")
	if session, _ := seen(); !session.Equal(monday) {
		t.Errorf("within a minute it is seen at %s", session)
	}
	b.clock.pass(time.Second)
	found(t, b, "laptop")
	if session, person := seen(); !session.Equal(monday.Add(time.Minute)) || !person.Equal(monday.Add(time.Minute)) {
		t.Errorf("after a minute the session is seen at %s, the person at %s", session, person)
	}
}

func TestSessionsAreAskedForWithAContext(t *testing.T) {
	t.Parallel()
	store := filled(t).SessionStore()
	_, ok, err := store.Find("x")
	if ok || err == nil || store.Commit("x", nil, monday) == nil || store.Delete("x") == nil {
		t.Error("a call without a context is answered")
	}
}
