package settings

import (
	"reflect"
	"testing"

	"fortnight/digest"
)

func TestOpenConversationsAreWrittenAndReadToTheSame(t *testing.T) {
	p := digest.Project{Key: "desk", Zone: "UTC", Sources: []digest.Source{{Key: "chat", Platform: "chatwoot", Tenant: "1", Link: "https://chat.example/{tenant}/{conversation}"}}}
	c := digest.Config{Key: "evening", Paper: "A4", Cadence: digest.CadenceSpec{Kind: "daily", At: "17:00", Zone: "UTC"}, Sections: []digest.SectionChoice{{Section: digest.OpenConversations, Source: "chat"}}}
	c.Parameters.Open = digest.OpenParameters{InitiatedBy: []string{"user"}, Assignees: []string{"7"}, Unread: true, Urgency: 2, SendEmpty: true}
	known := Known{Sections: []string{"activity", digest.OpenConversations}}
	read, err := known.Digest("", "evening", WriteDigest(c, p), p)
	if err != nil || !reflect.DeepEqual(read.Parameters.Open, c.Parameters.Open) || !reflect.DeepEqual(read.Sections, c.Sections) {
		t.Errorf("%+v, %v", read, err)
	}
	if s, err := known.Source("", "chat", WriteSource(p.Sources[0])); err != nil || s != p.Sources[0] {
		t.Errorf("%+v, %v", s, err)
	}
	one := digest.Subscriber{Address: "ana@desk.example", Audience: digest.Manager, PDF: true, Agent: "7"}
	if got, err := known.Subscribers("s", []Subscriber{WriteSubscriber(one)}); err != nil || !reflect.DeepEqual(got[0], one) {
		t.Errorf("%+v, %v", got, err)
	}
	if read, err := known.Digest("", "weekly", Digest{Cadence: "weekly"}, p); err != nil || len(read.Sections) != 1 || read.Sections[0].Section != "activity" {
		t.Errorf("a digest that names no sections has %+v, %v", read.Sections, err)
	}
}

func TestFaultsOfOpenConversationsNameTheirField(t *testing.T) {
	p := digest.Project{Key: "desk", Zone: "UTC"}
	_, err := Known{}.Digest("d", "evening", Digest{Cadence: "daily", Open: Open{InitiatedBy: []string{"user", "cat"}, Assignees: []string{" "}, Urgency: 4}}, p)
	want := "d.open_conversations.initiated_by[1]: \"cat\" is not known: choose user, agent, bot, campaign or unknown\n" +
		"d.open_conversations.assignees[0]: is empty: write an agent's id on the platform\n" +
		"d.open_conversations.urgency: 4 is not an urgency: write 1 (medium), 2 (high) or 3 (urgent)"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	if _, err := (Known{}).Source("s", "chat", Source{Platform: "chatwoot", Tenant: "1", Link: "https://chat.example/"}); err == nil {
		t.Error("a link without a conversation is taken")
	}
}
