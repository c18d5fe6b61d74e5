package digest_test

import (
	"errors"
	"testing"
	"time"

	"fortnight/digest"
)

func openSection(open float64, status digest.Status) digest.Snapshot {
	none := digest.None(digest.Empty)
	return digest.Snapshot{Sections: []digest.Section{{
		Key: digest.OpenConversations, Status: status,
		Figures: []digest.Figure{
			{Key: "open", Unit: digest.Count, Value: digest.Num(open)},
			{Key: "oldest_wait", Unit: digest.Duration, Value: digest.Num(7200)},
			{Key: "unassigned", Unit: digest.Count, Value: digest.Num(1)},
			{Key: "urgent", Unit: digest.Count, Value: digest.None(digest.Unavailable)},
		},
		Tables: []digest.Table{
			{Key: digest.OpenTable, Columns: []digest.Column{{Key: "person", Unit: digest.Text}, {Key: "assignee_id", Unit: digest.Text}}, Rows: [][]digest.Value{
				{digest.Say("Ada"), digest.Say("a1")}, {digest.Say("Ben"), none}, {digest.Say("Cem"), digest.Say("a2")},
			}},
			{Key: digest.OpenByAssignee, Columns: []digest.Column{{Key: "open", Unit: digest.Count}, {Key: "oldest_wait", Unit: digest.Duration}, {Key: "assignee_id", Unit: digest.Text}}, Rows: [][]digest.Value{
				{digest.Num(1), none, none}, {digest.Num(3), digest.Num(600), digest.Say("a1")}, {digest.Num(1), none, digest.Say("a2")},
			}},
		},
	}}}
}

func TestAnAgentsSnapshotHasTheirRowsAndCountsAlone(t *testing.T) {
	own := openSection(5, digest.Complete).OfAgent("a1")
	s := own.Section(digest.OpenConversations)
	if len(s.Tables) != 1 || len(s.Tables[0].Rows) != 1 || s.Tables[0].Rows[0][0].Text != "Ada" {
		t.Errorf("%+v", s.Tables)
	}
	open, _ := s.Figure("open")
	waits, _ := s.Figure("oldest_wait")
	urgent, _ := s.Figure("urgent")
	if _, ok := s.Figure("unassigned"); ok || open.Value.Number != 3 || waits.Value.Number != 600 || urgent.Value.State != digest.Unavailable {
		t.Errorf("%+v", s.Figures)
	}
	if n, ok := s.Note("open_capped"); !ok || n.Values["listed"].Number != 1 { // three are open, one is listed
		t.Errorf("%+v", s.Notes)
	}
	nobody := openSection(5, digest.Complete).OfAgent("a3")
	if open, _ := nobody.Section(digest.OpenConversations).Figure("open"); open.Value.Number != 0 {
		t.Errorf("%+v", open)
	}
}

func TestNobodyIsMailedThatNothingIsOpenUnlessTheDigestSaysSo(t *testing.T) {
	only := digest.Config{Sections: []digest.SectionChoice{{Section: digest.OpenConversations}}}
	more := digest.Config{Sections: []digest.SectionChoice{{Section: "activity"}, {Section: digest.OpenConversations}}}
	empty := only
	empty.Parameters.Open.SendEmpty = true
	none, some, broken := openSection(0, digest.Complete), openSection(5, digest.Complete), openSection(0, digest.Broken)
	for name, c := range map[string]struct {
		config digest.Config
		s      *digest.Snapshot
		quiet  bool
		spared bool // an agent with nothing open
	}{
		"nothing open":         {only, &none, true, true},
		"something open":       {only, &some, false, true},
		"it could not be read": {only, &broken, false, false},
		"other sections too":   {more, &none, false, false},
		"it is to be sent":     {empty, &none, false, false},
	} {
		if got := c.config.Quiet(c.s) != ""; got != c.quiet {
			t.Errorf("%s: quiet %t", name, got)
		}
		if got := c.config.Spares(c.s, digest.Subscriber{Agent: "a3"}); got != c.spared {
			t.Errorf("%s: an agent is spared: %t", name, got)
		}
		if c.config.Spares(c.s, digest.Subscriber{}) {
			t.Errorf("%s: a manager is spared", name)
		}
	}
	if only.Spares(&some, digest.Subscriber{Agent: "a1"}) {
		t.Error("an agent with something open is spared")
	}
}

func TestWhatIsOpenCanBeToldOnTheDayOfItsDueAlone(t *testing.T) {
	c := digest.Config{Sections: []digest.SectionChoice{{Section: digest.OpenConversations}}}
	zone := time.FixedZone("there", 3600)
	due := time.Date(2026, 3, 16, 16, 0, 0, 0, time.UTC)
	for now, past := range map[time.Time]bool{
		due: false, due.Add(6*time.Hour + 59*time.Minute): false, due.Add(7 * time.Hour): true, // midnight there
	} {
		err := c.Past(due, now, zone)
		if errors.Is(err, digest.ErrPast) != past {
			t.Errorf("at %s: %v", now, err)
		}
	}
	if err := (digest.Config{Sections: []digest.SectionChoice{{Section: "activity"}}}).Past(due, due.AddDate(0, 0, 9), zone); err != nil {
		t.Error(err)
	}
}

func TestALinkLeadsToAConversationOfAWebPage(t *testing.T) {
	for link, good := range map[string]bool{
		"": true, "https://chat.example/app/accounts/{tenant}/conversations/{conversation}": true, "http://10.0.0.1:3000/c/{conversation}?x=1": true,
		"https://chat.example/": false, "chat.example/{conversation}": false, "javascript:alert({conversation})": false, "https://a:b@chat.example/{conversation}": false,
		"https://chat.example/{conversation}/{agent}": false, "https://chat.example/\"{conversation}": false,
	} {
		if err := digest.CheckLink(link); (err == nil) != good {
			t.Errorf("%q: %v", link, err)
		}
	}
}
