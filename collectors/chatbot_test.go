package collectors

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestAWeekWithoutABotHasNothingToDivide(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old)
	figuresAre(t, s, map[string]string{"bot_conversations": "0 0", "bot_resolved": "0 0", "bot_resolution_rate": "n/a n/a", "fallback_rate": "n/a n/a"})
	for _, key := range []string{"intents", "languages", "start_flows"} {
		stateIs(t, s, key, digest.Empty)
	}
	noteIs(t, s, "intents_source", "")
}

func TestTheBotResolvedWhatNoAssignmentOverlapped(t *testing.T) {
	t.Parallel()
	// Episodes are written in local hours of Wednesday 18 March; the bot writes as each opens.
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO agent (agent_id, display_name, role) VALUES ('ana', 'Ana', 'agent'), ('robo', 'Robo', 'bot');
		INSERT INTO episode (conversation_id, seq, opened_at, closed_at) VALUES
		('alone',     1, '2026-03-18 09:00+01', '2026-03-18 10:00+01'),
		('handed',    1, '2026-03-18 09:00+01', '2026-03-18 10:00+01'),
		('to robo',   1, '2026-03-18 09:00+01', '2026-03-18 10:00+01'), -- an assignment to a bot is none
		('reopened',  1, '2026-03-18 09:00+01', '2026-03-18 10:00+01'), -- resolved by the bot,
		('reopened',  2, '2026-03-18 10:00+01', '2026-03-18 11:00+01'), -- then by Ana
		('last second', 1, '2026-03-18 09:00+01', '2026-03-18 10:00+01'), -- handed to Ana, answered and closed in one second
		('returned',  1, '2026-03-02 09:00+01', '2026-03-18 10:00+01'), -- Ana gave it back a week before the period
		('silent',    1, '2026-03-18 09:00+01', '2026-03-18 10:00+01'), -- no bot message inside
		('at its end', 1, '2026-03-18 09:00+01', '2026-03-18 10:00+01'), -- the bot writes as it closes: an interval has both its ends
		('long ago',  1, '2026-01-07 09:00+01', '2026-03-16 00:00+01'), -- closed at from; the bot wrote in January
		('at to',     1, '2026-03-18 09:00+01', '2026-03-23 00:00+01'),
		('open',      1, '2026-03-18 09:00+01', NULL),
		('last week', 1, '2026-03-11 09:00+01', '2026-03-15 23:59:59+01');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author)
		SELECT conversation_id || seq, conversation_id, 'u', opened_at, 'out', 'bot' FROM episode WHERE conversation_id NOT IN ('silent', 'at its end')
		UNION ALL SELECT 'b', 'at its end', 'u', '2026-03-18 10:00+01', 'out', 'bot'
		UNION ALL SELECT 'late', 'silent', 'u', '2026-03-18 10:00:01+01', 'out', 'bot'
		UNION ALL SELECT 'mailing', 'silent', 'u', '2026-03-18 09:30+01', 'out', 'automation';
		INSERT INTO assignment (assignment_id, conversation_id, agent_id, kind, offered_at, accepted_at, ended_at) VALUES
		('1', 'handed',   'ana',  'initial', '2026-03-18 09:30+01', '2026-03-18 09:31+01', '2026-03-18 10:00+01'),
		('2', 'to robo',  'robo', 'initial', '2026-03-18 09:30+01', '2026-03-18 09:31+01', '2026-03-18 10:00+01'),
		('3', 'reopened', 'ana',  'initial', '2026-03-18 10:00+01', '2026-03-18 10:31+01', '2026-03-18 11:00+01'),
		('5', 'last second', 'ana', 'initial', '2026-03-18 10:00+01', '2026-03-18 10:00+01', '2026-03-18 10:00+01'),
		('4', 'returned', 'ana',  'initial', '2026-03-02 09:00+01', '2026-03-02 09:31+01', '2026-03-03 10:00+01');`)
	// With the bot: alone, handed, to robo, reopened 1 and 2, last second, returned, at its end, long ago.
	// Alone: without handed, reopened 2, last second.
	figuresAre(t, s, map[string]string{"bot_conversations": "9 1", "bot_resolved": "5 1", "bot_resolution_rate": "55.556 100"})
}

func TestOfAMessageTheTopHitCountsAndFallbacksAreABarOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO intent_hit (message_id, conversation_id, hit_at, intent, confidence, is_fallback, source) VALUES
		('m1', 'c1', '2026-03-18 09:00', 'refund',   0.9, false, 'nlu'),
		('m1', 'c1', '2026-03-18 09:00', 'delivery', 0.8, false, 'nlu'),    -- second of its message
		('m2', 'c1', '2026-03-18 09:01', 'delivery', 0.7, false, 'nlu'),
		('m2', 'c1', '2026-03-18 09:01', 'invoice',  0.7, false, 'nlu'),    -- as sure: delivery comes first by name
		('m3', 'c2', '2026-03-18 09:02', 'refund',   0.9, false, 'nlu'),
		('m4', 'c2', '2026-03-18 09:03', 'nlu_fallback', 0.6, true, 'nlu'),
		('m4', 'c2', '2026-03-18 09:03', 'refund',   0.3, false, 'nlu'),
		('m5', 'c2', '2026-03-18 09:04', 'other_fallback', NULL, true, 'nlu'),
		('m6', 'c3', '2026-03-15 22:59:59', 'refund', 0.9, false, 'nlu'),    -- the last second of the week before
		('m7', 'c3', '2026-03-15 23:00', 'greeting', 0.9, false, 'nlu'),     -- at from
		('m8', 'c3', '2026-03-22 23:00', 'refund', 0.9, false, 'nlu'),       -- at to
		(NULL, 'c3', '2026-03-18 09:00', 'greeting', 0.9, false, 'nlu'),     -- hits without a message stand for themselves
		(NULL, 'c3', '2026-03-18 09:10', 'greeting', 0.9, false, 'nlu'),
		('m1', 'c1', '2026-03-18 09:00', 'keyword hits do not count beside a model''s', NULL, false, 'keyword'),
		(NULL, 'c1', '2026-03-18 09:00', 'nor do labels', NULL, false, 'label');`)
	rowsAre(t, s, "intents", "current", "greeting=3, refund=2, delivery=1, (fallback)=2")
	rowsAre(t, s, "intents", "previous", "greeting=0, refund=1, delivery=0, (fallback)=0")
	figuresAre(t, s, map[string]string{"fallback_rate": "25 0"})
	noteIs(t, s, "intents_source", "hits=8, source=nlu")
}

func TestTenIntentsAreNamedAndTheRestIsOther(t *testing.T) {
	t.Parallel()
	// Intent i01 has 12 hits, i02 11 … i12 has 1. a tie: i13, first seen before i12, has 1 too.
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO intent_hit (message_id, conversation_id, hit_at, intent, source)
		SELECT format('m%s-%s', i, n), 'c', '2026-03-18 12:00'::timestamp + n * interval '1 minute', format('i%s', lpad(i::text, 2, '0')), 'nlu'
		FROM generate_series(1, 12) AS i, generate_series(1, 13 - i) AS n;
		INSERT INTO intent_hit (message_id, conversation_id, hit_at, intent, source) VALUES
		('m13', 'c', '2026-03-18 09:00', 'i13', 'nlu'), ('m14', 'c', '2026-03-18 09:00', NULL, 'nlu'),
		('p1', 'c', '2026-03-12 09:00', 'i12', 'nlu'), ('p2', 'c', '2026-03-12 09:01', 'gone', 'nlu'), ('p3', 'c', '2026-03-12 09:02', 'i01', 'nlu');`)
	rowsAre(t, s, "intents", "current", "i01=12, i02=11, i03=10, i04=9, i05=8, i06=7, i07=6, i08=5, i09=4, i10=3, (other)=4, (unknown)=1")
	rowsAre(t, s, "intents", "previous", "i01=1, i02=0, i03=0, i04=0, i05=0, i06=0, i07=0, i08=0, i09=0, i10=0, (other)=2, (unknown)=0")
	if other := s.Chart("intents").Find("current").Points[10]; other.Count != 3 {
		t.Errorf("other stands for %d intents, want 3", other.Count)
	}
}

func TestEqualIntentsStandInTheOrderOfTheirFirstHitThenOfTheirNames(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO intent_hit (message_id, conversation_id, hit_at, intent, source) VALUES
		('1', 'c', '2026-03-18 09:02', 'a late one', 'nlu'), ('2', 'c', '2026-03-18 09:00', 'z', 'nlu'), ('3', 'c', '2026-03-18 09:00', 'y', 'nlu');`)
	rowsAre(t, s, "intents", "current", "y=1, z=1, a late one=1")
}

func TestWithoutAModelKeywordsStandInThenLabelsAndTheFallbackRateIsNotAvailable(t *testing.T) {
	t.Parallel()
	labels := `INSERT INTO intent_hit (conversation_id, hit_at, intent, source) VALUES
		('c1', '2026-03-18 09:00', 'vip', 'label'), ('c1', '2026-03-19 09:00', 'vip', 'label'), -- given twice, one a conversation
		('c2', '2026-03-18 09:00', 'vip', 'label'), ('c2', '2026-03-18 09:00', 'billing', 'label');`
	keywords := `INSERT INTO intent_hit (message_id, conversation_id, hit_at, intent, source) VALUES
		('m1', 'c1', '2026-03-18 09:00', 'help', 'keyword'), ('m2', 'c1', '2026-03-18 09:01', 'help', 'keyword'), ('m2', 'c1', '2026-03-18 09:01', 'price', 'keyword');`
	for _, c := range []struct{ name, seed, want, note string }{
		{"labels alone", labels, "vip=2, billing=1", "hits=3, source=label"},
		{"keywords before labels", labels + keywords, "help=2", "hits=2, source=keyword"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := aWeek.collect(t, "chatbot", old+c.seed)
			rowsAre(t, s, "intents", "current", c.want)
			noteIs(t, s, "intents_source", c.note)
			figuresAre(t, s, map[string]string{"fallback_rate": "unavailable unavailable"})
			if f, _ := s.Figure("fallback_rate"); f.Footnote != "fallback_needs_nlu" {
				t.Errorf("footnote %q does not say why", f.Footnote)
			}
		})
	}
}

func TestAUsersLanguageIsTheLastTheyWroteInElseTheirProfiles(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO end_user (user_id, language) VALUES ('ann', 'fr'), ('bob', 'pt_BR'), ('cat', NULL), ('dan', 'it'), ('fay', 'und');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, language) VALUES
		('1', 'c1', 'ann', '2026-03-18 09:00', 'in', 'user', 'en'),
		('2', 'c1', 'ann', '2026-03-18 09:01', 'in', 'user', 'es-MX'),     -- the last one counts, by its primary subtag
		('3', 'c1', 'ann', '2026-03-18 09:02', 'in', 'user', NULL),
		('4', 'c1', 'ann', '2026-03-18 09:03', 'out', 'bot', 'de'),        -- what the bot speaks is not theirs
		('5', 'c1', 'ann', '2026-03-22 23:00', 'in', 'user', 'nl'),        -- at to
		('6', 'c2', 'bob', '2026-03-18 09:00', 'in', 'user', NULL),        -- profile
		('7', 'c3', 'cat', '2026-03-18 08:00', 'in', 'user', NULL),        -- neither
		('8', 'c4', 'eve', '2026-03-18 09:00', 'in', 'user', NULL),        -- wrote in Spanish months ago
		('9', 'c4', 'eve', '2025-11-18 09:00', 'in', 'user', 'ES'),
		('10', 'c5', 'dan', '2026-03-18 09:00', 'out', 'agent', NULL),     -- did not write: not active
		('11', 'c6', 'fay', '2026-03-18 09:30', 'in', 'user', '');`)
	rowsAre(t, s, "languages", "current", "es=2, pt=1, (unknown)=2")
	rowsAre(t, s, "languages", "previous", "es=0, pt=0, (unknown)=0")
}

func TestEightLanguagesAreNamedAndTheRestIsOther(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, language)
		SELECT format('m%s', i), 'c', format('u%s', i), '2026-03-18 09:00'::timestamp + i * interval '1 minute', 'in', 'user', (ARRAY['aa','bb','cc','dd','ee','ff','gg','hh','ii','jj'])[i]
		FROM generate_series(1, 10) AS i`)
	rowsAre(t, s, "languages", "current", "aa=1, bb=1, cc=1, dd=1, ee=1, ff=1, gg=1, hh=1, (other)=2")
}

// ways spells nodes and links of a flow.
func ways(nodes []digest.Node, links []digest.Link) string {
	var out []string
	for _, n := range nodes {
		out = append(out, fmt.Sprintf("%s=%s", n.ID, spellNumber(n.Value)))
	}
	for _, l := range links {
		out = append(out, fmt.Sprintf("%s→%s=%s", l.From, l.To, spellNumber(l.Value)))
	}
	return strings.Join(out, " ")
}

func TestConversationsAreFollowedFromTheirEntryToTheirFirstAnswer(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO conversation (conversation_id, started_at, entry_point) VALUES
		('c1', '2026-03-15 23:00', 'web'), ('c2', '2026-03-18 09:00', 'web'), ('c3', '2026-03-18 09:01', NULL),
		('c4', '2026-03-18 09:02', 'app'), ('c5', '2026-03-22 22:59', 'web'),
		('before', '2026-03-15 22:59', 'web'), ('at to', '2026-03-22 23:00', 'web');
		INSERT INTO flow_session (flow_session_id, flow_id, flow_name, conversation_id, started_at) VALUES
		('f1', 'f', 'Order status', 'c1', '2026-03-16 09:00'), ('f2', 'g', 'Second flow', 'c1', '2026-03-16 09:10'),
		('f3', 'h', NULL, 'c4', '2026-03-18 09:03');                                     -- no name: its id
		INSERT INTO intent_hit (message_id, conversation_id, hit_at, intent, confidence, is_fallback, source) VALUES
		('m1', 'c1', '2026-03-16 08:00', 'refund', 0.9, false, 'nlu'),                    -- c1 has a flow: that is first
		('m2', 'c2', '2026-03-18 09:00', 'nlu_fallback', 0.9, true, 'nlu'),               -- not understood is no intent
		('m3', 'c2', '2026-03-18 09:01', 'refund', 0.9, false, 'nlu'),
		('m4', 'c2', '2026-03-18 09:02', 'delivery', 0.9, false, 'nlu');
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author) VALUES
		('1', 'c1', 'u', '2026-03-16 09:01', 'out', 'bot'), ('2', 'c1', 'u', '2026-03-16 09:02', 'out', 'agent'),
		('3', 'c2', 'u', '2026-03-18 09:02', 'out', 'automation'), ('4', 'c2', 'u', '2026-03-18 09:03', 'out', 'agent'), ('5', 'c2', 'u', '2026-03-18 09:04', 'out', 'bot'),
		('6', 'c4', 'u', '2026-03-18 09:05', 'out', 'bot'),
		('7', 'c5', 'u', '2026-03-22 22:59', 'in', 'user'), ('8', 'c5', 'u', '2026-03-22 23:00', 'out', 'agent');   -- answered at to: nobody yet`)
	c := s.Chart("start_flows")
	want := "0:web=3 0:app=1 0/unknown=1 1:Order status=1 1:refund=1 1:h=1 1/nothing=2 2:bot=2 2:agent=1 2/nobody=2 " +
		"0:web→1:Order status=1 0:web→1:refund=1 0:web→1/nothing=1 0:app→1:h=1 0/unknown→1/nothing=1 " +
		"1:Order status→2:bot=1 1:refund→2:agent=1 1:h→2:bot=1 1/nothing→2/nobody=2"
	if got := ways(c.Nodes, c.Links); got != want {
		t.Errorf("ways\n%s, want\n%s", got, want)
	}
	if got := ways(c.Previous.Nodes, c.Previous.Links); got != "0:web=1 1/nothing=1 2/nobody=1 0:web→1/nothing=1 1/nothing→2/nobody=1" {
		t.Errorf("previous ways %s", got)
	}
}

func TestEachColumnOfAFlowNamesEightAndItsLinksAddUp(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO conversation (conversation_id, started_at, entry_point)
		SELECT format('c%s-%s', i, n), '2026-03-18 09:00'::timestamp + i * interval '1 minute', format('e%s', lpad(i::text, 2, '0')) FROM generate_series(1, 11) AS i, generate_series(1, 12 - i) AS n`)
	c := s.Chart("start_flows")
	i := slices.IndexFunc(c.Nodes, func(n digest.Node) bool { return n.Role == digest.Other })
	if i != 8 || c.Nodes[i].Value != 3+2+1 || c.Nodes[0].ID != "0:e01" || c.Nodes[0].Value != 11 {
		t.Fatalf("nodes %+v, want eight entries and then others of 6", c.Nodes)
	}
	var sum float64
	for _, l := range c.Links {
		if l.To == "1/nothing" {
			sum += l.Value
		}
	}
	if sum != 66 {
		t.Errorf("%v conversations flow to no flow, want all 66", sum)
	}
}

func TestSharesOfADonutAreOfAllActiveUsers(t *testing.T) {
	t.Parallel()
	s := aWeek.collect(t, "chatbot", old+`
		INSERT INTO message (message_id, conversation_id, user_id, sent_at, direction, author, language) VALUES
		('1', 'c', 'a', '2026-03-18 09:00', 'in', 'user', 'en'), ('2', 'c', 'b', '2026-03-18 09:00', 'in', 'user', NULL), ('3', 'c', NULL, '2026-03-18 09:00', 'in', 'user', 'en')`)
	if sum := s.Chart("languages").Find("current").Sum(); sum != 2 {
		t.Errorf("the slices sum to %v, want the 2 active users", sum)
	}
}
