package digest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Unit says how a number is meant and printed.
type Unit string

// The units of metrics.md 10. A percent is 0..100, a duration is in seconds, money is in its currency's main unit.
const (
	Count             Unit = "count"
	Ratio             Unit = "ratio"
	Percent           Unit = "percent"
	Duration          Unit = "duration"
	MessagesPerMinute Unit = "messages_per_minute"
	Instant           Unit = "instant"
	Text              Unit = "text"
	Money             Unit = "money"
)

// State tells the four kinds of nothing from a value.
type State string

// A value may be 0. Empty is "nothing to divide by" (n/a), Unavailable is what the platform cannot know,
// Failed is a source that did not answer.
const (
	HasValue    State = "value"
	Empty       State = "empty"
	Unavailable State = "unavailable"
	Failed      State = "failed"
)

// Direction says which way is good.
type Direction string

// The directions of metrics.md 10.
const (
	Neutral Direction = "neutral"
	Up      Direction = "up"
	Down    Direction = "down"
)

// Value is one number, instant or text with its state. Only the field that the unit names is meant.
type Value struct {
	State    State
	Number   float64   // every unit but instant and text
	Instant  time.Time // unit instant, in the digest's zone
	Text     string    // unit text
	Currency string    // unit money, ISO 4217
}

// Num is the value n.
func Num(n float64) Value { return Value{State: HasValue, Number: n} }

// At is the instant t.
func At(t time.Time) Value { return Value{State: HasValue, Instant: t} }

// Say is the text s.
func Say(s string) Value { return Value{State: HasValue, Text: s} }

// Sum is an amount of money.
func Sum(amount float64, currency string) Value {
	return Value{State: HasValue, Number: amount, Currency: currency}
}

// None is a value that is absent for the given reason: Empty, Unavailable or Failed.
func None(s State) Value { return Value{State: s} }

// NumOrEmpty is *n, or n/a where n is nil (an SQL null).
func NumOrEmpty(n *float64) Value {
	if n == nil {
		return None(Empty)
	}
	return Num(*n)
}

// Is tells whether there is a value.
func (v Value) Is() bool { return v.State == HasValue }

type moneyJSON struct {
	Amount   string `json:"amount"` // a decimal number: no binary one is exact
	Currency string `json:"currency"`
}

func (v Value) plain(u Unit) any {
	switch {
	case !v.Is():
		return nil
	case u == Instant:
		return v.Instant.Format(time.RFC3339)
	case u == Text:
		return v.Text
	case u == Money:
		return moneyJSON{strconv.FormatFloat(v.Number, 'f', 2, 64), v.Currency}
	default:
		return v.Number
	}
}

func (v *Value) fill(raw json.RawMessage, u Unit) (err error) {
	if v.State == "" {
		v.State = HasValue
	}
	if !v.Is() || len(raw) == 0 {
		return nil
	}
	switch u {
	case Instant:
		return json.Unmarshal(raw, &v.Instant)
	case Text:
		return json.Unmarshal(raw, &v.Text)
	case Money:
		var m moneyJSON
		if err := json.Unmarshal(raw, &m); err != nil {
			return err
		}
		v.Currency = m.Currency
		v.Number, err = strconv.ParseFloat(m.Amount, 64)
		return err
	default:
		return json.Unmarshal(raw, &v.Number)
	}
}

// Figure is one number of a section beside its previous period.
type Figure struct {
	Key         string
	Unit        Unit
	Value       Value
	Previous    Value
	Direction   Direction
	Target      *float64
	Provisional bool   // its window reaches past the period's end
	Barred      bool   // its footnote bars it from subject and findings
	Footnote    string // phrase key of a note or a platform's own words, "" for none; for an unavailable figure, the reason
}

type valueJSON struct {
	State State           `json:"state"`
	Value json.RawMessage `json:"value,omitempty"`
}

type figureJSON struct {
	Key  string `json:"key"`
	Unit Unit   `json:"unit"`
	valueJSON
	Previous    valueJSON `json:"previous"`
	Direction   Direction `json:"direction"`
	Target      *float64  `json:"target"`
	Provisional bool      `json:"provisional"`
	Barred      bool      `json:"barred,omitempty"`
	Footnote    *string   `json:"footnote"`
}

func (v Value) toJSON(u Unit) (valueJSON, error) {
	if !v.Is() {
		return valueJSON{State: v.State}, nil
	}
	raw, err := json.Marshal(v.plain(u))
	return valueJSON{v.State, raw}, err
}

// MarshalJSON writes the shape of metrics.md 10: value is absent unless state is "value".
func (f Figure) MarshalJSON() ([]byte, error) {
	now, err := f.Value.toJSON(f.Unit)
	if err != nil {
		return nil, fmt.Errorf("figure %s: %w", f.Key, err)
	}
	before, err := f.Previous.toJSON(f.Unit)
	if err != nil {
		return nil, fmt.Errorf("figure %s, previous: %w", f.Key, err)
	}
	j := figureJSON{
		Key: f.Key, Unit: f.Unit, valueJSON: now, Previous: before, Direction: f.Direction, Target: f.Target,
		Provisional: f.Provisional, Barred: f.Barred,
	}
	if f.Footnote != "" {
		j.Footnote = &f.Footnote
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(b []byte) error {
	var j figureJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*f = Figure{
		Key: j.Key, Unit: j.Unit, Value: Value{State: j.State}, Previous: Value{State: j.Previous.State},
		Direction: j.Direction, Target: j.Target, Provisional: j.Provisional, Barred: j.Barred,
	}
	if j.Footnote != nil {
		f.Footnote = *j.Footnote
	}
	if err := f.Value.fill(j.Value, f.Unit); err != nil {
		return fmt.Errorf("figure %s: %w", f.Key, err)
	}
	return f.Previous.fill(j.Previous.Value, f.Unit)
}
