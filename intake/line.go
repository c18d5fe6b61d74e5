package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// line is one row as it came.
type line struct {
	n        int
	relation string // "": it names none
	names    []string
	values   []any  // nil, string, bool, json.Number, float64, int64, time.Time, or a json.RawMessage that is an object or a list
	loose    bool   // all values are texts that stand for others, as in CSV
	fault    string // why it cannot be read; the rest is then empty
	raw      []byte // as it came, of JSON
}

// get is a field's value; nil: it is not there.
func (l *line) get(name string) any {
	for i, n := range l.names {
		if n == name {
			return l.values[i]
		}
	}
	return nil
}

func (l *line) set(name string, value any) {
	for i, n := range l.names {
		if n == name {
			l.values[i] = value
			return
		}
	}
	l.names, l.values = append(l.names, name), append(l.values, value)
}

// json is the line as an object, for who looks at what was refused; text that is no JSON is a JSON text.
func (l *line) json() json.RawMessage {
	if l.raw != nil {
		if json.Valid(l.raw) {
			return bytes.Clone(l.raw)
		}
		text, _ := json.Marshal(string(l.raw)) // a text can always be written
		return text
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range l.names {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name) // a text can always be written
		value, err := json.Marshal(l.values[i])
		if err != nil { // NaN
			value, _ = json.Marshal(fmt.Sprint(l.values[i]))
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// moments are the relations whose rows are things that happen: what a CloudEvent's id and time stand for where its data do not say.
var moments = map[string]struct{ id, at string }{
	"message": {"message_id", "sent_at"}, "goal_event": {"event_id", "occurred_at"}, "intent_hit": {"", "hit_at"},
}

// object reads a JSON object into a line: a row, or a CloudEvent whose data are one.
func object(n int, raw []byte) line {
	l := line{n: n, raw: raw}
	if !utf8.Valid(raw) { // two ids could become one
		return line{n: n, raw: raw, fault: "This is no UTF-8: write it as UTF-8."}
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return line{n: n, raw: raw, fault: unreadable(raw, err)}
	}
	if fields == nil { // null
		return line{n: n, raw: raw, fault: "This is no JSON object: write {\"relation\": \"message\", …}."}
	}
	if _, is := fields["specversion"]; is {
		return cloudEvent(l, fields)
	}
	if relation, ok := fields["relation"]; ok {
		if json.Unmarshal(relation, &l.relation) != nil {
			return line{n: n, raw: raw, fault: "The relation is no text: write one, such as \"message\"."}
		}
		delete(fields, "relation")
	}
	l.take(fields)
	return l
}

func (l *line) take(fields map[string]json.RawMessage) {
	l.names, l.values = make([]string, 0, len(fields)), make([]any, 0, len(fields))
	for name, raw := range fields {
		l.names, l.values = append(l.names, name), append(l.values, scalar(raw))
	}
}

// scalar reads a JSON value that is known to be well formed.
func scalar(raw json.RawMessage) any {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || raw[0] == 'n':
		return nil
	case raw[0] == '"':
		if plain := raw[1 : len(raw)-1]; !bytes.ContainsAny(plain, "\\\x80\xff") && ascii(plain) {
			return string(plain)
		}
		var s string
		_ = json.Unmarshal(raw, &s) // it is well formed
		return s
	case raw[0] == 't', raw[0] == 'f':
		return raw[0] == 't'
	case raw[0] == '{', raw[0] == '[':
		return raw
	default:
		return json.Number(raw)
	}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// unreadable says why a text is no JSON object.
func unreadable(raw []byte, err error) string {
	if trimmed := bytes.TrimSpace(raw); json.Valid(trimmed) {
		return "This is no JSON object: write {\"relation\": \"message\", …}."
	}
	return "This is no JSON: " + strings.TrimPrefix(err.Error(), "json: ") + "."
}

// cloudEvent reads a CloudEvent 1.0 in JSON.
func cloudEvent(l line, fields map[string]json.RawMessage) line {
	refuse := func(format string, args ...any) line {
		return line{n: l.n, raw: l.raw, fault: fmt.Sprintf(format, args...)}
	}
	attributes := map[string]string{}
	for _, name := range []string{"specversion", "type", "id", "source", "time", "datacontenttype"} {
		if raw, ok := fields[name]; ok {
			text, is := scalar(raw).(string)
			if !is && string(bytes.TrimSpace(raw)) != "null" {
				return refuse("The CloudEvent's %s is no text.", name)
			}
			attributes[name] = text
		}
	}
	if fault := faultOf(attributes); fault != "" {
		return refuse("%s", fault)
	}
	data := fields["data"]
	if packed, ok := fields["data_base64"]; ok {
		var octets []byte
		if json.Unmarshal(packed, &octets) != nil {
			return refuse("The CloudEvent's data_base64 is no Base64.")
		}
		data = octets
	}
	row := map[string]json.RawMessage{}
	if err := json.Unmarshal(data, &row); err != nil || row == nil {
		return refuse("The CloudEvent's data are no JSON object: write the row's fields there.")
	}
	l.take(row)
	l.describe(attributes)
	return l
}

// faultOf says what is wrong with the attributes of a CloudEvent; "": nothing.
func faultOf(attributes map[string]string) string {
	if v := attributes["specversion"]; v != "1.0" {
		return fmt.Sprintf("The CloudEvent is of specversion %q: 1.0 is read.", clipped(v))
	}
	for _, name := range []string{"type", "id", "source"} {
		if attributes[name] == "" {
			return fmt.Sprintf("The CloudEvent has no %s, which the specification asks for.", name)
		}
	}
	if kind, _, _ := strings.Cut(attributes["datacontenttype"], ";"); kind != "" && kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return fmt.Sprintf("The CloudEvent's data are %s: application/json is read.", clipped(kind))
	}
	return ""
}

// describe takes a CloudEvent's attributes over: its type ends in the relation's name ("com.example.message"), and its id and time stand for
// those of a thing that happens where the data do not say.
func (l *line) describe(attributes map[string]string) {
	l.relation = attributes["type"][strings.LastIndex(attributes["type"], ".")+1:]
	m := moments[l.relation]
	if m.id != "" && l.get(m.id) == nil {
		l.set(m.id, attributes["id"])
	}
	if m.at != "" && l.get(m.at) == nil && attributes["time"] != "" {
		l.set(m.at, attributes["time"])
	}
}

// instant is a time as a text that says its zone.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999Z") }
