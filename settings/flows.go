package settings

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fortnight/digest"
)

// Flows are the parameters of the section flows. What is left out is as metrics.md says.
type Flows struct {
	Flows               []string `yaml:"flows,omitempty" json:"flows,omitempty" nullable:"false" doc:"Ids of the flows that count; all where it is left out." example:"[\"intake\"]"`
	Channels            []string `yaml:"channels,omitempty" json:"channels,omitempty" nullable:"false" doc:"Channels that count; all where it is left out." example:"[\"sms\"]"`
	SecondsPerMessage   float64  `yaml:"seconds_per_message,omitempty" json:"seconds_per_message,omitempty" doc:"Staff time that a message saves; 15 where it is left out." example:"15"`
	ValuePerAppointment *float64 `yaml:"value_per_appointment,omitempty" json:"value_per_appointment,omitempty" doc:"What an appointment without an amount of its own is worth, in the currency." example:"120.5"`
	ValuePerEnrollment  *float64 `yaml:"value_per_enrollment,omitempty" json:"value_per_enrollment,omitempty" doc:"What a portal enrollment without an amount of its own is worth." example:"20"`
	Currency            string   `yaml:"currency,omitempty" json:"currency,omitempty" doc:"ISO 4217; needed with a value." example:"USD"`
	AttributionDays     int      `yaml:"attribution_days,omitempty" json:"attribution_days,omitempty" doc:"How long a session may lie before what came of it; 90 where it is left out." example:"90"`
	Kept                *Kept    `yaml:"kept,omitempty" json:"kept,omitempty" doc:"The answer that keeps an appointment about to be cancelled; where it is left out, goals alone tell."`
	FreeText            bool     `yaml:"free_text,omitempty" json:"free_text,omitempty" doc:"Whether answers that one person alone gave are listed, not only counted."`
}

// Kept is an answer at a step of a flow.
type Kept struct {
	Flow   string `yaml:"flow" json:"flow" doc:"Id of the flow." example:"cancel"`
	Step   string `yaml:"step" json:"step" doc:"Id or name of the step." example:"verify"`
	Answer string `yaml:"answer" json:"answer" doc:"In any case." example:"keep"`
}

// IsZero tells whether all is as it is by itself.
func (f Flows) IsZero() bool {
	return len(f.Flows)+len(f.Channels) == 0 && f.SecondsPerMessage == 0 && f.ValuePerAppointment == nil && f.ValuePerEnrollment == nil &&
		f.Currency == "" && f.AttributionDays == 0 && f.Kept == nil && !f.FreeText
}

// The bounds of what an admin may set.
const (
	MostSecondsPerMessage = 3600
	MostAttributionDays   = 730
	mostValue             = 1e9
)

func (r *reading) flows(where string, s Flows) digest.FlowsParameters {
	p := digest.FlowsParameters{
		Flows: r.names(where+".flows", s.Flows), Channels: r.names(where+".channels", s.Channels), SecondsPerMessage: s.SecondsPerMessage,
		ValuePerAppointment: r.value(where+".value_per_appointment", s.ValuePerAppointment), AttributionDays: s.AttributionDays,
		ValuePerEnrollment: r.value(where+".value_per_enrollment", s.ValuePerEnrollment), Currency: s.Currency, FreeText: s.FreeText,
	}
	if n := s.SecondsPerMessage; n < 0 || n > MostSecondsPerMessage || math.IsNaN(n) {
		r.fault(where+".seconds_per_message", "%v is not a time that a message saves: write seconds up to %d, such as 15", n, MostSecondsPerMessage)
	}
	if n := s.AttributionDays; n < 0 || n > MostAttributionDays {
		r.fault(where+".attribution_days", "%d is not a number of days: write 1 to %d, such as 90", n, MostAttributionDays)
	}
	switch {
	case s.Currency != "" && !isCurrency(s.Currency):
		r.fault(where+".currency", "%q is no currency: write its three letters, such as USD", s.Currency)
	case s.Currency == "" && (s.ValuePerAppointment != nil || s.ValuePerEnrollment != nil):
		r.fault(where+".currency", "is missing: a value needs its currency, such as USD")
	}
	if k := s.Kept; k != nil {
		p.Kept = &digest.Answer{Flow: k.Flow, Step: k.Step, Answer: k.Answer}
		for _, part := range []struct{ field, text string }{{"flow", k.Flow}, {"step", k.Step}, {"answer", k.Answer}} {
			if strings.TrimSpace(part.text) == "" {
				r.fault(where+".kept."+part.field, "is missing: flow, step and answer name what was said")
			}
		}
	}
	return p
}

// isCurrency tells a code of ISO 4217 by its form.
func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func (r *reading) value(where string, n *float64) *float64 {
	if n != nil && (*n < 0 || *n > mostValue || math.IsNaN(*n)) {
		r.fault(where, "%v is not a value: write an amount such as 120.50", *n)
	}
	return n
}

// names reads a list of ids or names: each says something, and once.
func (r *reading) names(where string, list []string) []string {
	for i, name := range list {
		at := fmt.Sprintf("%s[%d]", where, i)
		switch {
		case strings.TrimSpace(name) == "":
			r.fault(at, "is empty: leave it out, or name one")
		case slices.Contains(list[:i], name):
			r.fault(at, "%s stands there twice", name)
		}
	}
	return list
}

func writeFlows(p digest.FlowsParameters) Flows {
	s := Flows{
		Flows: p.Flows, Channels: p.Channels, SecondsPerMessage: p.SecondsPerMessage, ValuePerAppointment: p.ValuePerAppointment,
		ValuePerEnrollment: p.ValuePerEnrollment, Currency: p.Currency, AttributionDays: p.AttributionDays, FreeText: p.FreeText,
	}
	if k := p.Kept; k != nil {
		s.Kept = &Kept{Flow: k.Flow, Step: k.Step, Answer: k.Answer}
	}
	return s
}
