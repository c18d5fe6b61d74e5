package intake

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fortnight/digest"
)

func TestParquetsTypesAreReadForWhatTheyMean(t *testing.T) {
	t.Parallel()
	type goal struct {
		ID       string    `parquet:"event_id,dict"`
		Kind     string    `parquet:"kind,dict,zstd"`
		Occurred time.Time `parquet:"occurred_at,timestamp(millisecond)"`
		At       *int64    `parquet:"appointment_at,optional,timestamp(nanosecond)"`
		Amount   int64     `parquet:"amount,decimal(2:18)"`
		Currency *string   `parquet:"currency,optional,dict"`
		Status   string    `parquet:"status,delta"`
	}
	at := time.Date(2026, 3, 20, 9, 0, 0, 250_000_000, time.UTC)
	nanos, eur := at.Add(time.Hour).UnixNano(), "EUR"
	rows := []goal{{"g1", "portal_enrolled", at, &nanos, 12950, &eur, "done"}, {"g2", "portal_enrolled", at.Add(-80 * 365 * 24 * time.Hour), nil, -5, nil, ""}}
	in, pool := open(t)
	taken := take(t, in, inParquet(t, rows...), digest.Batch{Format: "parquet", Relation: "goal_event"})
	if taken.Written != 2 {
		t.Errorf("%+v", taken)
	}
	are(t, list(t, pool, `SELECT concat_ws(' ', event_id, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), to_char(appointment_at AT TIME ZONE 'UTC', 'HH24:MI:SS.MS'), amount, currency, status) FROM fortnight_events.goal_event ORDER BY 1`),
		"g1 2026-03-20 09:00:00.250 10:00:00.250 129.50 EUR done", "g2 1946-04-09 09:00:00.250 -0.05")

	type session struct {
		ID      [16]byte `parquet:"flow_session_id,uuid"`
		Started int64    `parquet:"started_at,timestamp(microsecond)"`
		Steps   *int32   `parquet:"steps_reached,optional"`
		Mention *bool    `parquet:"has_mention,optional"`
		Sent    uint32   `parquet:"outbound_messages"`
		Flow    *[]byte  `parquet:"flow_id,optional"`
	}
	three, yes := int32(3), true
	in, pool = open(t)
	taken = take(t, in, inParquet(t, session{[16]byte{0x0b, 0x6f, 0x1e, 0x0a, 0x6f, 0x52, 0x4c, 0x3c, 0x9d, 0x59, 0x1f, 0x0a, 0x3b, 0x0f, 0x9a, 0x11}, at.UnixMicro(), &three, &yes, 7, nil}), digest.Batch{Format: "parquet", Relation: "flow_session"})
	are(t, faults(taken))
	are(t, list(t, pool, `SELECT concat_ws(' ', flow_session_id, to_char(started_at AT TIME ZONE 'UTC', 'HH24:MI:SS.MS'), steps_reached, has_mention, outbound_messages, flow_id) FROM fortnight_events.flow_session`),
		"0b6f1e0a-6f52-4c3c-9d59-1f0a3b0f9a11 09:00:00.250 3 t 7")

	type holiday struct {
		Calendar string `parquet:"calendar_id"`
		Day      int32  `parquet:"holiday,date"`
	}
	in, pool = open(t)
	take(t, in, inParquet(t, holiday{"main", int32(at.Unix() / 86400)}, holiday{"main", -1}), digest.Batch{Format: "parquet", Relation: "business_holiday"})
	are(t, list(t, pool, `SELECT holiday::text FROM fortnight_events.business_holiday ORDER BY 1`), "1969-12-31", "2026-03-20")
}

func TestRowsOfParquetAreNumberedOverItsGroups(t *testing.T) {
	t.Parallel()
	in, _ := open(t)
	var rows []parquetMessage
	for n := range 700 {
		m := parquetMessage{ID: "m", Conversation: "c", SentAt: today.Add(time.Duration(n) * time.Second), Direction: "in", Author: "user"}
		if n == 256 || n == 699 {
			m.Author = "nobody"
		}
		rows = append(rows, m)
	}
	taken := take(t, in, inParquet(t, rows...), digest.Batch{Format: "parquet", Relation: "message"})
	var lines []string
	for _, f := range faults(taken) {
		lines = append(lines, strings.SplitN(f, ":", 2)[0])
	}
	are(t, lines, "257 author", "700 author")
	if taken.Written != 698 {
		t.Errorf("%d were written", taken.Written)
	}
}

func TestAParquetFileThatSaysItIsLongerThanItIsIsNotBelieved(t *testing.T) {
	t.Parallel()
	in, _ := open(t)
	good := inParquet(t, parquetMessage{ID: "m1", Conversation: "c1", SentAt: today, Direction: "in", Author: "user"})
	for name, body := range map[string]string{
		"a length of 4 GB": good[:len(good)-8] + "\xff\xff\xff\xff" + "PAR1", "no end": good[:len(good)-8], "no more than an end": "\xff\xff\xff\x7fPAR1", "nothing": "",
	} {
		_, err := in.Take(t.Context(), strings.NewReader(body), digest.Batch{Project: desk, Format: "parquet", Relation: "message"}, Watch{})
		if !errors.Is(err, digest.ErrUnreadable) || !strings.Contains(err.Error(), "this is no Parquet file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
