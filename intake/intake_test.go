package intake

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"fortnight/digest"
)

const twoMessages = `{"relation":"message","message_id":"m1","conversation_id":"c1","user_id":"ana","sent_at":"2026-03-20T10:00:00+01:00","direction":"in","author":"user","body":"tab\tline\nback\\slash \\N"}
{"relation":"message","message_id":17,"conversation_id":"c1","user_id":"ana","sent_at":"2026-03-20 09:00:05.25+00","direction":"out","author":"bot"}
`

const asWritten = `SELECT message_id || ' ' || conversation_id || ' ' || to_char(sent_at AT TIME ZONE 'UTC', 'MM-DD HH24:MI:SS.MS') || ' ' || direction || ' ' || author || ' ' || COALESCE(body, '-') FROM fortnight_events.message ORDER BY sent_at, message_id`

func take(t *testing.T, in *Intake, body string, b digest.Batch) digest.Taken {
	t.Helper()
	b.Project = desk
	taken, err := in.Take(t.Context(), strings.NewReader(body), b, Watch{})
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type parquetMessage struct {
	ID           string    `parquet:"message_id"`
	Conversation string    `parquet:"conversation_id"`
	User         *string   `parquet:"user_id,optional"`
	SentAt       time.Time `parquet:"sent_at,timestamp(microsecond)"`
	Direction    string    `parquet:"direction"`
	Author       string    `parquet:"author"`
}

func inParquet[T any](t *testing.T, rows ...T) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSameEventsComeInEveryFormat(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(twoMessages), "\n")
	cloud := func(data string) string {
		return `{"specversion":"1.0","type":"com.example.chat.message","source":"/chat","id":"e1","time":"2026-03-20T09:00:00Z","datacontenttype":"application/json","data":` + data + `}`
	}
	at := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	ana := "ana"
	one, both := "m1 c1 03-20 09:00:00.000 in user -", []string{"m1 c1 03-20 09:00:00.000 in user tab\tline\nback\\slash \\N", "17 c1 03-20 09:00:05.250 out bot -"}
	for _, c := range []struct {
		name, format, body string
		batch              digest.Batch
		want               []string
	}{
		{"NDJSON", "ndjson", twoMessages, digest.Batch{}, both},
		{"NDJSON with empty lines, a mark of the encoding, Windows' ends and none at the end", "ndjson", "\ufeff\n" + lines[0] + "\r\n\n" + lines[1], digest.Batch{}, both},
		{"NDJSON in gzip", "ndjson", packed(t, twoMessages), digest.Batch{}, both},
		{"a JSON array", "json", "[\n" + lines[0] + ",\n" + lines[1] + "\n]\n", digest.Batch{}, both},
		{"one JSON object", "json", " " + lines[0], digest.Batch{}, both[:1]},
		{"an empty array", "json", "[]", digest.Batch{}, nil},
		{"the relation named beside the body", "ndjson", strings.ReplaceAll(twoMessages, `"relation":"message",`, ""), digest.Batch{Relation: "message"}, both},
		{"CloudEvents in a batch, whose id and time are the message's", "json", "[" + cloud(`{"conversation_id":"c1","direction":"in","author":"user"}`) + "]", digest.Batch{}, []string{"e1 c1 03-20 09:00:00.000 in user -"}},
		{"a CloudEvent whose data say their id", "json", cloud(lines[0]), digest.Batch{}, nil},
		{"a CloudEvent with data in Base64", "json", strings.Replace(cloud(`0`), `"data":0`, `"data_base64":"eyJjb252ZXJzYXRpb25faWQiOiJjMSIsImRpcmVjdGlvbiI6ImluIiwiYXV0aG9yIjoidXNlciJ9"`, 1), digest.Batch{}, []string{"e1 c1 03-20 09:00:00.000 in user -"}},
		{
			"a CloudEvent whose attributes came beside the body", "json", `{"conversation_id":"c1","direction":"in","author":"user"}`,
			digest.Batch{Event: map[string]string{"specversion": "1.0", "type": "message", "source": "x", "id": "e1", "time": "2026-03-20T10:00:00+01:00"}},
			[]string{"e1 c1 03-20 09:00:00.000 in user -"},
		},
		{"CSV", "csv", "message_id,sent_at,conversation_id,direction,author,body,language\nm1,2026-03-20T10:00:00+01:00,c1,in,user,,\n", digest.Batch{Relation: "message"}, []string{one}},
		{"CSV that names relations, with a quoted line break", "csv", "relation,message_id,sent_at,conversation_id,direction,author,body\nmessage,m1,2026-03-20 09:00Z,c1,in,user,\"two\nlines\"\n", digest.Batch{}, []string{"m1 c1 03-20 09:00:00.000 in user two\nlines"}},
		{"Parquet", "parquet", inParquet(t, parquetMessage{"m1", "c1", &ana, at, "in", "user"}, parquetMessage{"m2", "c1", nil, at.Add(time.Second), "out", "bot"}), digest.Batch{Relation: "message"}, []string{one, "m2 c1 03-20 09:00:01.000 out bot -"}},
		{"Parquet in gzip", "parquet", packed(t, inParquet(t, parquetMessage{"m1", "c1", &ana, at, "in", "user"})), digest.Batch{Relation: "message"}, []string{one}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in, pool := open(t)
			c.batch.Format = c.format
			if strings.Contains(c.name, "say their id") { // its own field relation is no field of a CloudEvent's data
				c.batch.Format, c.body, c.want = "json", cloud(strings.Replace(lines[0], `"relation":"message",`, "", 1)), both[:1]
			}
			taken := take(t, in, c.body, c.batch)
			if len(taken.Faults) > 0 || taken.Lines != len(c.want) || taken.Good != len(c.want) || taken.Written != len(c.want) {
				t.Errorf("taken: %+v", taken)
			}
			are(t, list(t, pool, asWritten), c.want...)
		})
	}
}

func TestFaultsAreNamedByLineAndFieldWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	const rest = `"conversation_id":"c1","direction":"in","author":"user"}`
	body := strings.Join([]string{
		`{"relation":"message","message_id":"good","sent_at":"2026-03-20T10:00:00Z",` + rest,
		`{"relation":"message","message_id":"a","sent_at":"2026-03-20T10:00:00",` + rest,
		`{"relation":"message","message_id":"b","sent_at":1774000000,` + rest,
		`{"relation":"message","message_id":"c","sendt_at":"2026-03-20T10:00:00Z",` + rest,
		`{"relation":"message","message_id":"d","sent_at":"2026-03-20T10:00:00Z","conversation_id":"c1","direction":"inn","author":"person"}`,
		`{"relation":"mesage","message_id":"e"}`,
		`{"message_id":"f"}`,
		`{"relation":"message","message_id":`,
		`[1]`,
		`{"relation":"message","tenant_id":"other","message_id":"g","sent_at":"2026-03-20T10:00:00Z","body":{"a":1},` + rest,
		`{"relation":"message","message_id":"","sent_at":"2026-03-20T10:00:00Z","body":"a\u0000b",` + rest,
		`{"relation":"business_hours","calendar_id":"k","weekday":7,"opens":"9 am","closes":"24:00"}`,
		`{"relation":"conversation","conversation_id":"c","started_at":"2026-03-20T10:00:00Z","urgency":"high","is_unread":"yes"}`,
		`{"relation":"message","message_id":"` + strings.Repeat("x", 501) + `","sent_at":"2026-03-20T10:00:00Z",` + rest,
		`{"relation":"message","message_id":"h","sent_at":"0026-03-20T10:00:00Z",` + rest,
		`{"specversion":"0.3","type":"message","id":"1","source":"s","data":{}}`,
		`{"specversion":"1.0","type":"message","source":"s","data":{}}`,
		`{"relation":"goal_event","event_id":"x","kind":"portal_enrolled","occurred_at":"2026-03-20T10:00:00Z","amount":"1e9"}`,
	}, "\n")
	taken := take(t, in, body, digest.Batch{Format: "ndjson"})
	are(t, faults(taken),
		`2 sent_at: sent_at is "2026-03-20T10:00:00", which has no zone: write it with Z or an offset, such as 2026-03-29T09:30:00+02:00.`,
		`3 sent_at: sent_at is the number 1774000000, and is to be an instant such as 2026-03-29T09:30:00Z: seconds and milliseconds cannot be told apart.`,
		`4 sendt_at: message has no field "sendt_at": did you mean sent_at?`,
		`4 sent_at: sent_at is missing.`,
		`5 author: author is "person", and is to be user, agent, bot, automation or system.`,
		`5 direction: direction is "inn", and is to be in or out.`,
		`6 relation: There is no relation "mesage": did you mean message?`,
		`7 relation: No relation is named: write one, such as "relation": "message".`,
		`8: This is no JSON: unexpected end of JSON input.`,
		`9: This is no JSON object: write {"relation": "message", …}.`,
		`10 body: body is a list or an object, and is to be a text.`,
		`10 tenant_id: The tenant is the project, desk: leave tenant_id out.`,
		`11 body: body has a NUL in it.`,
		`11 message_id: message_id is empty.`,
		`12 opens: opens is "9 am", and is to be a time of day such as 09:30.`,
		`12 weekday: weekday is 7, and is to be from 0 to 6.`,
		`13 is_unread: is_unread is "yes", and is to be true or false.`,
		`13 urgency: urgency is "high", and is to be a whole number.`,
		`14 message_id: message_id has 501 octets: 500 are taken.`,
		`15 sent_at: sent_at is of the year 26: write one from 1900 to 2999.`,
		`16: The CloudEvent is of specversion "0.3": 1.0 is read.`,
		`17: The CloudEvent has no id, which the specification asks for.`,
		`18 amount: amount is "1e9", and is to be a number.`,
	)
	if taken.Lines != 18 || taken.Good != 1 || taken.Refused() != 17 || taken.Written != 1 {
		t.Errorf("taken: %d lines, %d good, %d written", taken.Lines, taken.Good, taken.Written)
	}
	are(t, list(t, pool, "SELECT message_id FROM fortnight_events.message"), "good")
}

func TestWhatEachFileCannotBeReadForIsSaid(t *testing.T) {
	t.Parallel()
	in, _ := open(t)
	type zoneless struct {
		At int64 `parquet:"sent_at,timestamp(millisecond:local)"`
	}
	for _, c := range []struct{ name, format, body, want string }{
		{"two columns of one name", "csv", "a,a\n1,2\n", `the body cannot be read: it has two columns "a"`},
		{"no Parquet", "parquet", "PAR?", "this is no Parquet file"},
		{"a Parquet file cut short", "parquet", inParquet(t, parquetMessage{ID: "m"})[:60], "this is no Parquet file"},
		{"Parquet's timestamps without a zone", "parquet", inParquet(t, zoneless{1}), `the timestamps of column "sent_at" have no zone`},
		{"gzip cut short", "ndjson", packed(t, strings.Repeat(twoMessages, 50))[:80], "it ends in the middle"},
		{"a body of too many octets, unpacked", "ndjson", packed(t, strings.Repeat(twoMessages, 5000)), "the body is too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := in.Take(t.Context(), strings.NewReader(c.body), digest.Batch{Project: desk, Format: c.format, Relation: "message", Most: 1 << 20}, Watch{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("said: %v", err)
			}
			if !errors.Is(err, digest.ErrUnreadable) && !errors.Is(err, digest.ErrTooLarge) {
				t.Error("it is not the body's fault")
			}
		})
	}
	t.Run("an array that breaks off", func(t *testing.T) {
		taken := take(t, in, "["+strings.Split(twoMessages, "\n")[0]+`, {"relation"`, digest.Batch{Format: "json"})
		are(t, faults(taken), "2: From here on this is no JSON: unexpected EOF. Nothing after it was read.")
		if taken.Good != 1 {
			t.Errorf("%d good lines", taken.Good)
		}
	})
	t.Run("CSV's lines are the file's", func(t *testing.T) {
		taken := take(t, in, "message_id,sent_at,conversation_id,direction,author,body\nm1,2026-03-20T09:00Z,c1,in,user,\"two\nlines\"\nm2,nonsense,c1,in,user,\nm3,2026-03-20T09:00Z,c1,in\n", digest.Batch{Format: "csv", Relation: "message"})
		are(t, faults(taken), `4 sent_at: sent_at is "nonsense", and is to be an instant such as 2026-03-29T09:30:00+02:00.`, "5: The line has 4 cells, and there are 6 columns.")
	})
	t.Run("a relation that is none", func(t *testing.T) {
		_, err := in.Take(t.Context(), strings.NewReader(""), digest.Batch{Project: desk, Format: "csv", Relation: "messages"}, Watch{})
		var refused *digest.RefusedError
		if !errors.As(err, &refused) || refused.Reason != `There is no relation "messages": did you mean message?` {
			t.Errorf("said: %v", err)
		}
	})
}

func TestALineThatComesAgainChangesNothing(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	for round, want := range []int{2, 0, 0} {
		taken := take(t, in, twoMessages, digest.Batch{Format: "ndjson"})
		if taken.Good != 2 || taken.Written != want {
			t.Errorf("round %d: %+v", round, taken)
		}
	}
	// A message is known by its id together with its instant; of two lines with one key the later one holds.
	again := strings.Split(twoMessages, "\n")[1]
	taken := take(t, in, strings.Join([]string{
		strings.Replace(again, "}", `,"delivery":"read"}`, 1), strings.Replace(again, "}", `,"delivery":"failed"}`, 1), strings.Replace(again, "05.25", "06", 1),
	}, "\n"), digest.Batch{Format: "ndjson"})
	if taken.Good != 3 || taken.Written != 2 {
		t.Errorf("taken: %+v", taken)
	}
	are(t, list(t, pool, `SELECT message_id || ' ' || to_char(sent_at, 'SS') || ' ' || COALESCE(delivery, '-') FROM fortnight_events.message WHERE message_id = '17' ORDER BY sent_at`), "17 05 failed", "17 06 -")
	are(t, list(t, pool, `SELECT tenant_id || ' ' || name || ' ' || time_zone FROM fortnight_events.tenant`), "desk Support desk Europe/Berlin")
}

func TestEveryRelationTakesARowTwiceAndKeepsOne(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	body := `{"relation":"end_user","user_id":"ana","display_name":"Ana","first_seen_at":"2026-01-05T00:00:00Z"}
{"relation":"team","team_id":"t1","name":"Returns"}
{"relation":"agent","agent_id":"a1","display_name":"Omar","role":"agent","team_id":"t1","is_active":true}
{"relation":"conversation","conversation_id":"c1","user_id":"ana","started_at":"2026-03-20T10:00:00Z","status":"open","urgency":2,"is_unread":false}
{"relation":"episode","conversation_id":"c1","seq":1,"opened_at":"2026-03-20T10:00:00Z"}
{"relation":"message","message_id":"m1","conversation_id":"c1","sent_at":"2026-03-20T10:00:00Z","direction":"in","author":"user"}
{"relation":"assignment","assignment_id":"x1","conversation_id":"c1","kind":"initial","offered_at":"2026-03-20T10:00:00Z"}
{"relation":"agent_session","session_id":"s1","agent_id":"a1","started_at":"2026-03-20T08:00:00Z"}
{"relation":"intent_hit","conversation_id":"c1","hit_at":"2026-03-20T10:00:00Z","intent":"opening hours","confidence":0.875,"source":"nlu"}
{"relation":"flow_session","flow_session_id":"f1","started_at":"2026-03-20T10:00:00Z","status":"completed"}
{"relation":"flow_step","flow_session_id":"f1","visit":1,"step_id":"ask","is_question":true}
{"relation":"campaign","campaign_id":"k1","name":"Recall"}
{"relation":"outbound_delivery","delivery_id":"d1","campaign_id":"k1","attempted_at":"2026-03-20T10:00:00Z","variables":{"name":"Ana","n":[1,2.5,null]}}
{"relation":"business_hours","calendar_id":"main","weekday":1,"opens":"09:00","closes":"24:00"}
{"relation":"business_holiday","calendar_id":"main","holiday":"2026-12-25"}
{"relation":"goal_event","event_id":"g1","kind":"appointment_scheduled","occurred_at":"2026-03-20T10:00:00Z","amount":"129.90","currency":"EUR"}
`
	first, second := take(t, in, body, digest.Batch{Format: "ndjson"}), take(t, in, body+body, digest.Batch{Format: "ndjson"})
	if first.Written != 16 || second.Good != 32 || second.Written != 0 {
		t.Errorf("first %+v, then %+v", first, second)
	}
	for _, s := range in.shapes {
		are(t, list(t, pool, "SELECT count(*)::text FROM fortnight_events."+s.Name), "1")
	}
	are(t, list(t, pool, `SELECT variables::text FROM fortnight_events.outbound_delivery`), `{"n": [1, 2.5, null], "name": "Ana"}`)
	are(t, list(t, pool, `SELECT is_fallback::text || ' ' || confidence FROM fortnight_events.intent_hit`), `false 0.875`)
	are(t, list(t, pool, `SELECT derivation FROM fortnight_events.assignment`), `recorded`)
}

func TestWhereAllOrNothingIsAskedForOneFaultRefusesAll(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	in.rows = 2
	bad := `{"relation":"message","message_id":"bad"}` + "\n"
	for name, body := range map[string]string{"a fault first": bad + twoMessages + twoMessages, "a fault last": twoMessages + twoMessages + twoMessages + bad, "a fault in one batch": bad} {
		taken := take(t, in, body, digest.Batch{Format: "ndjson", AllOrNone: true})
		if taken.Written != 0 || taken.Refused() != 1 || len(list(t, pool, asWritten)) != 0 {
			t.Errorf("%s: %+v", name, taken)
		}
	}
	var many strings.Builder
	for n := range 7 {
		fmt.Fprintf(&many, `{"relation":"message","message_id":"m%d","conversation_id":"c","sent_at":"2026-03-20T10:00:0%dZ","direction":"in","author":"user","user_id":"ana"}`+"\n", n, n)
	}
	if taken := take(t, in, many.String(), digest.Batch{Format: "ndjson", AllOrNone: true}); taken.Written != 7 {
		t.Errorf("without a fault: %+v", taken)
	}
	are(t, list(t, pool, "SELECT user_id || ' ' || extract(second FROM first_seen_at)::int FROM fortnight_events.end_user"), "ana 0")
}

func TestWhoWroteFirstIsKeptHoweverMessagesCome(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	message := func(id, user, at, direction string) string {
		return fmt.Sprintf(`{"relation":"message","message_id":%q,"conversation_id":"c","user_id":%q,"sent_at":%q,"direction":%q,"author":"user"}`+"\n", id, user, at, direction)
	}
	seen := func() []string {
		return list(t, pool, `SELECT user_id || ' ' || COALESCE(to_char(first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), '-') FROM fortnight_events.end_user ORDER BY 1`)
	}
	take(t, in, message("m2", "ana", "2026-03-02T00:00:00Z", "in")+message("m0", "ana", "2026-01-01T00:00:00Z", "out")+message("m3", "ben", "2026-03-03T00:00:00Z", "in"), digest.Batch{Format: "ndjson"})
	are(t, seen(), "ana 2026-03-02", "ben 2026-03-03")
	take(t, in, message("m1", "ana", "2026-02-01T00:00:00Z", "in")+message("m4", "ana", "2026-03-20T00:00:00Z", "in")+
		`{"relation":"end_user","user_id":"ana","display_name":"Ana"}`+"\n"+`{"relation":"end_user","user_id":"ben","first_seen_at":"2025-05-05T00:00:00Z"}`, digest.Batch{Format: "ndjson"})
	are(t, seen(), "ana 2026-02-01", "ben 2025-05-05")
	if _, err := pool.Exec(t.Context(), "SELECT fortnight_events.drop_months('2026-03-25Z')"); err != nil {
		t.Fatal(err)
	}
	take(t, in, `{"relation":"end_user","user_id":"ana","display_name":"Ana B.","first_seen_at":"2026-03-20T00:00:00Z"}`, digest.Batch{Format: "ndjson"})
	are(t, seen(), "ana 2026-02-01", "ben 2025-05-05")
	are(t, list(t, pool, "SELECT message_id FROM fortnight_events.message ORDER BY 1"), "m2", "m3", "m4")
}

func TestMonthsAreMadeAsTheyAreNeededAndFarOnesAreNot(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	var body strings.Builder
	for i, at := range []string{"2026-03-31T23:59:59.999999Z", "2026-04-01T01:00:00+02:00", "2026-02-01T00:00:00Z", "2026-07-01T00:00:00Z", "1999-01-01T00:00:00Z"} {
		fmt.Fprintf(&body, `{"relation":"message","message_id":"m%d","conversation_id":"c","sent_at":%q,"direction":"in","author":"user"}`+"\n", i, at)
	}
	take(t, in, body.String(), digest.Batch{Format: "ndjson"})
	are(t, list(t, pool, "SELECT message_id || ' ' || tableoid::regclass FROM fortnight_events.message ORDER BY 1"),
		"m0 fortnight_events.message_2026_03", "m1 fortnight_events.message_2026_03", "m2 fortnight_events.message_2026_02",
		"m3 fortnight_events.message_default", "m4 fortnight_events.message_default")
}

func TestSeveralWhoSendTheSameAtOnceDoNotStandInEachOthersWay(t *testing.T) {
	t.Parallel()
	in, pool := open(t)
	in.rows = 50
	var lines []string
	for n := range 400 {
		lines = append(lines, fmt.Sprintf(`{"relation":"message","message_id":"m%d","conversation_id":"c%d","user_id":"u%d","sent_at":"2026-03-%02dT10:00:00Z","direction":"in","author":"user"}`, n, n%9, n%5, 1+n%28),
			fmt.Sprintf(`{"relation":"end_user","user_id":"u%d","display_name":"User %[1]d"}`, n%5))
	}
	failed := make(chan error, 6)
	for i := range cap(failed) {
		go func() {
			mine := slices.Clone(lines)
			if i%2 == 1 {
				slices.Reverse(mine)
			}
			_, err := in.Take(t.Context(), strings.NewReader(strings.Join(mine, "\n")), digest.Batch{Project: desk, Format: "ndjson", AllOrNone: i%3 == 0}, Watch{})
			failed <- err
		}()
	}
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	are(t, list(t, pool, "SELECT count(*)::text FROM fortnight_events.message"), "400")
}

func TestWhatIsRefusedIsGivenBackAsItCame(t *testing.T) {
	t.Parallel()
	in, _ := open(t)
	var back []string
	watch := Watch{Refused: func(r digest.Refused) error {
		back = append(back, fmt.Sprintf("%d %d %s", r.Line, len(r.Faults), r.Row))
		return nil
	}}
	for format, body := range map[string]string{"ndjson": `{"message_id": 5}` + "\nnonsense", "csv": "message_id,sent_at\nm1,\n"} {
		if _, err := in.Take(t.Context(), strings.NewReader(body), digest.Batch{Project: desk, Format: format, Relation: "message"}, watch); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(back)
	are(t, back, `1 4 {"message_id": 5}`, `2 1 "nonsense"`, `2 4 {"message_id":"m1","sent_at":null}`)
}
