package collectors

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

func TestAQuestionForIDsMayAskMappingsAndIsHandedTheIDsThatItNames(t *testing.T) {
	t.Parallel()
	p, err := readPlatform("elm", fstest.MapFS{
		"elm_chat.sql":     {Data: []byte("SELECT c.id FROM chats c WHERE c.id = ANY (@touched_ids::text[])")},
		"episode_ids.sql":  {Data: []byte("-- Each with its person.\nWITH person AS (SELECT e.id FROM elm_chat e)\nSELECT p.id FROM person p")},
		"touched_ids.sql":  {Data: []byte("SELECT l.chat FROM lines l")},
		"stranger_ids.sql": {Data: []byte("SELECT s.id FROM strangers s")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	args := pgx.NamedArgs{}
	ask := func(name, question string) ([]string, error) {
		asked = append(asked, name+" by "+question)
		if name == "episode_ids" {
			linesAre(t, []string{args["touched_ids"].(string)}, `{"touched_ids 1"}`)
		}
		return []string{name + " 1"}, nil
	}
	for range 2 { // what is known is not asked again
		if err := p.addIDs(args, "SELECT 1 WHERE '1' = ANY (@episode_ids)", nil, ask); err != nil {
			t.Fatal(err)
		}
	}
	if len(asked) != 2 || asked[0] != "touched_ids by /* fortnight touched_ids */ SELECT l.chat FROM lines l" {
		t.Fatalf("asked\n%s", strings.Join(asked, "\n"))
	}
	for _, piece := range []string{"elm_chat AS NOT MATERIALIZED (", "SELECT ids.* FROM (\n-- Each with its person.\nWITH person AS ("} {
		if !strings.Contains(asked[1], piece) {
			t.Errorf("episode_ids is asked by\n%s\nwant in it\n%s", asked[1], piece)
		}
	}
	if args["stranger_ids"] != nil {
		t.Errorf("what nobody names was asked for: %v", args)
	}
}

// Episodes are worked out as of the period's end, the last word as of its begin: what was closed between does not answer it.
func TestTheLastWordBeforeAPeriodIsNotAnsweredByAClosingInIt(t *testing.T) {
	t.Parallel()
	s := desk(t, `
		INSERT INTO conversations (id, created_at) VALUES (1, at('13 09:00')), (2, at('13 09:00'));
		SELECT asks(1, '13 09:00'), asks(2, '13 09:00'), resolved(1, '17 10:00'), resolved(2, '13 10:00'), asks(2, '17 11:00'), resolved(2, '17 12:00');`)
	conn, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := s.reader(digest.Ask{}, march, s.now())
	r.tx, r.deadline = tx, s.now().Add(time.Hour)
	found, err := query[struct {
		ConversationID string `db:"conversation_id"`
	}](t.Context(), r, "service_levels/words", pgx.NamedArgs{"conversations": []string{"1", "2"}, "from": march.From.AddDate(0, 0, -28), "to": march.From})
	if err != nil || len(found) != 1 || found[0].ConversationID != "1" {
		t.Errorf("whose last word went on is %v, %v, want conversation 1", found, err)
	}
}
