package collectors

import (
	"context"
	"fmt"
	"slices"
	"time"

	"fortnight/digest"
)

// How many rows a chart keeps before it sums the rest.
const (
	topIntents   = 10
	topLanguages = 8
	topNodes     = 8 // of each column of start_flows
)

// chatbotRaw is the chatbot section of one period.
type chatbotRaw struct {
	bot       botEpisodes
	hits      []intentHits
	languages []languageUsers
	starts    []startWay
}

type botEpisodes struct {
	Conversations int64 `db:"conversations"`
	Resolved      int64 `db:"resolved"`
}

type intentHits struct {
	Source     string    `db:"source"`
	IsFallback bool      `db:"is_fallback"`
	Intent     *string   `db:"intent"`
	Hits       int64     `db:"hits"`
	FirstAt    time.Time `db:"first_at"`
}

type languageUsers struct {
	Language *string   `db:"language"`
	Users    int64     `db:"users"`
	FirstAt  time.Time `db:"first_at"`
}

// startWay is one way from where a conversation came in, through its first flow or intent, to who answered first.
type startWay struct {
	Entry         *string   `db:"entry"`
	First         *string   `db:"first"`
	AnsweredBy    string    `db:"answered_by"`
	Conversations int64     `db:"conversations"`
	FirstAt       time.Time `db:"first_at"`
}

// collectChatbot tells what the bot settled and was asked, in which languages, and how conversations began (metrics.md 4):
// relations episode, message, message_history, assignment, agent, intent_hit, flow_session, conversation, end_user.
// Four figures; intents (ranking: ten intents, then other, unknown and fallback), languages (donut of active users by primary
// BCP-47 subtag: eight, then other and unknown), start_flows (flow). Charts without a row are n/a. The note "intents_source"
// names the one kind of hit that counts, and how many hits there were. A source that can know of bots but has none says 0: that
// is true, and start_flows still tells who answered. Numbers that contradict each other are an error.
func collectChatbot(ctx context.Context, r *reader) (digest.Section, error) {
	now, before, err := both(ctx, r, gatherChatbot)
	if err != nil {
		return digest.Section{}, err
	}
	source := intentSource(now, before)
	out := digest.Section{
		Figures: figures(r, now, before, []number[chatbotRaw]{
			{"bot_conversations", digest.Count, digest.Neutral, "episode", func(c *chatbotRaw) digest.Value { return count(c.bot.Conversations) }},
			{"bot_resolved", digest.Count, digest.Neutral, "episode", func(c *chatbotRaw) digest.Value { return count(c.bot.Resolved) }},
			{"bot_resolution_rate", digest.Percent, digest.Up, "episode", func(c *chatbotRaw) digest.Value { return share(c.bot.Resolved, c.bot.Conversations) }},
			{"fallback_rate", digest.Percent, digest.Down, "intent_hit", func(c *chatbotRaw) digest.Value { return c.fallbackRate(source) }},
		}),
		Charts: []digest.Chart{
			rankingOf(r, "intents", digest.Ranking, "intent_hit", now, before, func(c *chatbotRaw) []row { return c.intents(source) }, topIntents),
			rankingOf(r, "languages", digest.Donut, "message", now, before, (*chatbotRaw).languageRows, topLanguages),
			startFlows(r, now, before),
		},
		Tables: []digest.Table{},
		Notes:  []digest.Note{},
	}
	if source != "" {
		out.Notes = append(out.Notes, digest.Note{Key: "intents_source", Values: map[string]digest.Value{
			"source": digest.Say(source), "hits": count(now.hits64(source)),
		}})
		if f := &out.Figures[3]; f.Value.State == digest.Unavailable && f.Footnote == "" {
			f.Footnote = "fallback_needs_nlu"
		}
	}
	return out, nil
}

func gatherChatbot(ctx context.Context, r *reader) (c chatbotRaw, err error) {
	if c.bot, err = queryOne[botEpisodes](ctx, r, "chatbot/bot"); err != nil {
		return c, err
	}
	if c.hits, err = query[intentHits](ctx, r, "chatbot/intents"); err != nil {
		return c, err
	}
	if c.languages, err = query[languageUsers](ctx, r, "chatbot/languages"); err != nil {
		return c, err
	}
	if c.starts, err = query[startWay](ctx, r, "chatbot/starts"); err != nil {
		return c, err
	}
	return c, check(identity{
		"conversations resolved by the bot <= conversations with the bot", c.bot.Resolved <= c.bot.Conversations,
		fmt.Sprintf("%d > %d", c.bot.Resolved, c.bot.Conversations),
	})
}

// intentSource is the one kind of intent hit that a digest names: what a model recognised, else keywords, else labels; of
// the period, and where it has none of the previous one. It is empty without any hit.
func intentSource(now, before *chatbotRaw) string {
	for _, c := range []*chatbotRaw{now, before} {
		for _, source := range []string{"nlu", "keyword", "label"} {
			if c != nil && c.hits64(source) > 0 {
				return source
			}
		}
	}
	return ""
}

// hits64 counts the hits of a source.
func (c *chatbotRaw) hits64(source string) (n int64) {
	for _, h := range c.hits {
		if h.Source == source {
			n += h.Hits
		}
	}
	return n
}

// fallbackRate is known only where a model says what it did not understand.
func (c *chatbotRaw) fallbackRate(source string) digest.Value {
	if source == "keyword" || source == "label" {
		return digest.None(digest.Unavailable)
	}
	var fallbacks int64
	for _, h := range c.hits {
		if h.Source == source && h.IsFallback {
			fallbacks += h.Hits
		}
	}
	return share(fallbacks, c.hits64(source))
}

func (c *chatbotRaw) intents(source string) (rows []row) {
	for _, h := range c.hits {
		switch {
		case h.Source != source:
		case h.IsFallback:
			rows = append(rows, special(digest.Fallback, float64(h.Hits)))
		case h.Intent == nil:
			rows = append(rows, special(digest.Unknown, float64(h.Hits)))
		default:
			rows = append(rows, row{key: *h.Intent, label: *h.Intent, value: float64(h.Hits), first: h.FirstAt})
		}
	}
	return rows
}

func (c *chatbotRaw) languageRows() (rows []row) {
	for _, l := range c.languages {
		if l.Language == nil {
			rows = append(rows, special(digest.Unknown, float64(l.Users)))
		} else {
			rows = append(rows, row{key: *l.Language, label: *l.Language, value: float64(l.Users), first: l.FirstAt})
		}
	}
	return rows
}

// startFlows is the flow of the conversations begun in the period.
func startFlows(r *reader, now, before *chatbotRaw) digest.Chart {
	c, known := r.chart("start_flows", digest.Flow, digest.Count, "conversation")
	if !known {
		return c
	}
	if support, _ := r.capability("message", "answered_by"); support == SupportNone { // what is sent out is not recorded: nobody is not true
		now.answerersUnknown()
		before.answerersUnknown()
	}
	c.Nodes, c.Links = flow(now.starts)
	if len(c.Nodes) == 0 {
		c.State = digest.Empty
	}
	if before != nil {
		c.Previous = &digest.Before{}
		c.Previous.Nodes, c.Previous.Links = flow(before.starts)
	}
	return c
}

// flow makes nodes and links of the ways: column 0 where conversations came in, 1 their first flow or intent, 2 who
// answered first. A column keeps its largest nodes and sums the rest as "other". Nodes and links stand in the order of
// the columns, the largest first.
func flow(ways []startWay) (nodes []digest.Node, links []digest.Link) {
	columns := [3][]row{}
	of := func(w startWay) [3]row {
		return [3]row{place(w.Entry, digest.Unknown), place(w.First, digest.Nothing), answerer(w.AnsweredBy)}
	}
	for _, w := range ways {
		for i, x := range of(w) {
			at := slices.IndexFunc(columns[i], func(y row) bool { return y.key == x.key && y.role == x.role })
			if at < 0 {
				x.first = w.FirstAt
				columns[i], at = append(columns[i], x), len(columns[i])
			}
			columns[i][at].value += float64(w.Conversations)
			if w.FirstAt.Before(columns[i][at].first) {
				columns[i][at].first = w.FirstAt
			}
		}
	}
	for i := range columns {
		columns[i] = top(columns[i], topNodes)
		for _, x := range columns[i] {
			nodes = append(nodes, digest.Node{ID: nodeID(i, x), Label: x.label, Role: x.role, Column: i, Value: x.value})
		}
	}
	value := map[[2]string]float64{}
	for _, w := range ways {
		var ids [3]string
		for i, x := range of(w) {
			if !slices.ContainsFunc(columns[i], func(y row) bool { return y.key == x.key && y.role == x.role }) {
				x = special(digest.Other, 0)
			}
			ids[i] = nodeID(i, x)
		}
		value[[2]string{ids[0], ids[1]}] += float64(w.Conversations)
		value[[2]string{ids[1], ids[2]}] += float64(w.Conversations)
	}
	for _, from := range nodes {
		for _, to := range nodes {
			if v := value[[2]string{from.ID, to.ID}]; v > 0 {
				links = append(links, digest.Link{From: from.ID, To: to.ID, Value: v})
			}
		}
	}
	return nodes, links
}

// nodeID is unique in a flow: an entry point may be called what a flow, or a role, is called.
func nodeID(column int, x row) string {
	if x.role != digest.Ordinary {
		return fmt.Sprintf("%d/%s", column, x.role)
	}
	return fmt.Sprintf("%d:%s", column, x.key)
}

func place(name *string, missing digest.Role) row {
	if name == nil {
		return special(missing, 0)
	}
	return row{key: *name, label: *name}
}

func (c *chatbotRaw) answerersUnknown() {
	if c == nil {
		return
	}
	for i := range c.starts {
		c.starts[i].AnsweredBy = string(digest.Unknown)
	}
}

func answerer(by string) row {
	if role := digest.Role(by); role == digest.Nobody || role == digest.Unknown {
		return special(role, 0)
	}
	return row{key: by, label: by}
}
