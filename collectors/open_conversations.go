package collectors

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"fortnight/digest"
)

// Of a desk that neglects thousands of conversations the list has the first ones: of each assignee, so that everybody's own list is there,
// and in all. Figures count every one.
const (
	mostOpenOfOne = 100
	mostOpen      = 2000
)

// openAssignee is what one assignee has open, or what nobody has (AssigneeID nil).
type openAssignee struct {
	AssigneeID  *string  `db:"assignee_id"`
	Assignee    *string  `db:"assignee"`
	Open        int64    `db:"open"`
	Pending     int64    `db:"pending"`
	Snoozed     int64    `db:"snoozed"`
	WaitingOnUs int64    `db:"waiting_on_us"`
	Urgent      int64    `db:"urgent"`
	Unread      int64    `db:"unread"`
	OldestWait  *float64 `db:"oldest_wait"`
}

// openLine is one open conversation.
type openLine struct {
	ConversationID string   `db:"conversation_id"`
	PublicID       string   `db:"public_id"`
	UserName       *string  `db:"user_name"`
	UserAddress    *string  `db:"user_address"`
	Age            *float64 `db:"age"`
	WaitingOn      *string  `db:"waiting_on"`
	AssigneeID     *string  `db:"assignee_id"`
	Assignee       *string  `db:"assignee"`
	Channel        *string  `db:"channel"`
	Delivery       *string  `db:"delivery"`
	DeliveryError  *string  `db:"delivery_error"`
	Urgency        *int16   `db:"urgency"`
	IsUnread       *bool    `db:"is_unread"`
	Status         string   `db:"status"`
}

// openRaw is the picture of the instant of the read.
type openRaw struct {
	all       openAssignee // the sums over assignees; OldestWait is the longest
	none      openAssignee // what nobody has
	assignees []openAssignee
	list      []openLine
}

// collectOpenConversations reads what is open at the instant of the read: not as of the period's end, and without a previous period.
func collectOpenConversations(ctx context.Context, r *reader) (digest.Section, error) {
	p := r.Ask.Parameters
	filters := pgx.NamedArgs{
		"practices": texts(p.Practices), "initiated_by": texts(p.Open.InitiatedBy), "assignees": texts(p.Open.Assignees),
		"unread": p.Open.Unread, "urgency": p.Open.Urgency, "most": mostOpenOfOne, "all": mostOpen,
	}
	var raw openRaw
	var err error
	if raw.assignees, err = query[openAssignee](ctx, r, "open_conversations/assignees", filters); err != nil {
		return digest.Section{}, err
	}
	if raw.list, err = query[openLine](ctx, r, "open_conversations/list", filters); err != nil {
		return digest.Section{}, err
	}
	for _, a := range raw.assignees {
		raw.all.add(a)
		if a.AssigneeID == nil {
			raw.none = a
		}
	}
	return raw.section(r)
}

// texts is a list as an argument; none is an empty array, not a null.
func texts(list []string) []string { return append([]string{}, list...) }

func (a *openAssignee) add(b openAssignee) {
	a.Open += b.Open
	a.Pending += b.Pending
	a.Snoozed += b.Snoozed
	a.WaitingOnUs += b.WaitingOnUs
	a.Urgent += b.Urgent
	a.Unread += b.Unread
	if b.OldestWait != nil && (a.OldestWait == nil || *b.OldestWait > *a.OldestWait) {
		a.OldestWait = b.OldestWait
	}
}

func (raw *openRaw) section(r *reader) (digest.Section, error) {
	all := raw.all
	within := func(name string, part int64) identity {
		return identity{name + " <= open", part <= all.Open, fmt.Sprintf("%d of %d", part, all.Open)}
	}
	if err := check(within("pending", all.Pending), within("waiting_on_us", all.WaitingOnUs), within("unassigned", raw.none.Open),
		within("urgent", all.Urgent), within("unread", all.Unread), within("listed", int64(len(raw.list)))); err != nil {
		return digest.Section{}, err
	}
	const relation = "open_conversation"
	s := digest.Section{
		Figures: figures(r, raw, nil, []number[openRaw]{
			{"open", digest.Count, digest.Neutral, relation, func(o *openRaw) digest.Value { return count(o.all.Open) }},
			{"waiting_on_us", digest.Count, digest.Down, relation, func(o *openRaw) digest.Value { return count(o.all.WaitingOnUs) }},
			{"oldest_wait", digest.Duration, digest.Down, relation, func(o *openRaw) digest.Value { return digest.NumOrEmpty(o.all.OldestWait) }},
			{"unassigned", digest.Count, digest.Down, relation, func(o *openRaw) digest.Value { return count(o.none.Open) }},
			{"urgent", digest.Count, digest.Down, relation, func(o *openRaw) digest.Value { return count(o.all.Urgent) }},
			{"unread", digest.Count, digest.Down, relation, func(o *openRaw) digest.Value { return count(o.all.Unread) }},
			{"pending", digest.Count, digest.Neutral, relation, func(o *openRaw) digest.Value { return count(o.all.Pending) }},
			{"snoozed", digest.Count, digest.Neutral, relation, func(o *openRaw) digest.Value { return count(o.all.Snoozed) }},
		}),
		Charts: []digest.Chart{},
		Tables: []digest.Table{raw.open(r.Ask), raw.byAssignee(r)},
		Notes:  []digest.Note{{Key: "open_now", Values: map[string]digest.Value{"at": digest.At(r.Now.In(r.Period.Location()))}}},
	}
	if listed := int64(len(raw.list)); listed < all.Open {
		s.Notes = append(s.Notes, digest.Note{Key: "open_capped", Values: map[string]digest.Value{
			"listed": count(listed), "open": count(all.Open), "of_one": count(mostOpenOfOne),
		}})
	}
	return s, nil
}

// open is the list in the order of metrics.md 9: its columns, then those that only links and lists of one need.
func (raw *openRaw) open(ask digest.Ask) digest.Table {
	t := digest.Table{Key: digest.OpenTable, Columns: []digest.Column{
		{Key: "person", Unit: digest.Text},
		{Key: "age", Unit: digest.Duration},
		{Key: "waiting_on", Unit: digest.Text},
		{Key: "assignee", Unit: digest.Text},
		{Key: "channel", Unit: digest.Text},
		{Key: "delivery", Unit: digest.Text},
		{Key: "delivery_error", Unit: digest.Text},
		{Key: "urgency", Unit: digest.Count},
		{Key: "unread", Unit: digest.Count},
		{Key: "status", Unit: digest.Text},
		{Key: "address", Unit: digest.Text},
		{Key: "conversation_id", Unit: digest.Text},
		{Key: "assignee_id", Unit: digest.Text},
		{Key: "link", Unit: digest.Text},
	}, Rows: [][]digest.Value{}}
	for _, c := range raw.list {
		urgency, unread := digest.None(digest.Empty), digest.None(digest.Empty)
		if c.Urgency != nil {
			urgency = count(int64(*c.Urgency))
		}
		if c.IsUnread != nil {
			unread = count(0)
			if *c.IsUnread {
				unread = count(1)
			}
		}
		assignee := c.Assignee
		if assignee == nil {
			assignee = c.AssigneeID // of an agent whom the platform no longer names
		}
		t.Rows = append(t.Rows, []digest.Value{
			words(c.UserName), digest.NumOrEmpty(c.Age), words(c.WaitingOn), words(assignee), words(c.Channel),
			words(c.Delivery), words(c.DeliveryError), urgency, unread,
			digest.Say(c.Status), words(c.UserAddress), digest.Say(c.ConversationID), words(c.AssigneeID), linkOf(ask, c.PublicID),
		})
	}
	return t
}

// byAssignee has a row for each who has something open or snoozed, and one for what nobody has, first. Where the platform knows no assignees it
// has none: that nobody has them would not be true.
func (raw *openRaw) byAssignee(r *reader) digest.Table {
	t := digest.Table{Key: digest.OpenByAssignee, Columns: []digest.Column{
		{Key: "assignee", Unit: digest.Text},
		{Key: "open", Unit: digest.Count},
		{Key: "waiting_on_us", Unit: digest.Count},
		{Key: "oldest_wait", Unit: digest.Duration},
		{Key: "urgent", Unit: digest.Count},
		{Key: "unread", Unit: digest.Count},
		{Key: "pending", Unit: digest.Count},
		{Key: "snoozed", Unit: digest.Count},
		{Key: "assignee_id", Unit: digest.Text},
	}, Rows: [][]digest.Value{}}
	known := func(metric string) bool {
		support, _ := r.capability("open_conversation", metric)
		return support != SupportNone
	}
	if !known("unassigned") {
		return t
	}
	counted := func(metric string, n int64) digest.Value {
		if !known(metric) {
			return digest.None(digest.Unavailable)
		}
		return count(n)
	}
	for _, a := range raw.assignees {
		name := a.Assignee
		if name == nil {
			name = a.AssigneeID
		}
		t.Rows = append(t.Rows, []digest.Value{
			words(name), count(a.Open), count(a.WaitingOnUs), digest.NumOrEmpty(a.OldestWait), counted("urgent", a.Urgent), counted("unread", a.Unread),
			counted("pending", a.Pending), counted("snoozed", a.Snoozed), words(a.AssigneeID),
		})
	}
	return t
}

// linkOf is where the platform shows a conversation; n/a where the source has no template. Ids are escaped for any place of an address.
func linkOf(ask digest.Ask, conversation string) digest.Value {
	if ask.Link == "" || conversation == "" {
		return digest.None(digest.Empty)
	}
	escaped := func(id string) string { return strings.ReplaceAll(url.QueryEscape(id), "+", "%20") }
	return digest.Say(strings.NewReplacer("{tenant}", escaped(ask.Tenant), "{conversation}", escaped(conversation)).Replace(ask.Link))
}
