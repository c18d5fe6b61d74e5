package console

import (
	"net/url"
	"reflect"
	"testing"

	"fortnight/digest"
)

func anAmount(n float64) *float64 { return &n }

func TestParametersComeBackFromTheFormAsTheyWentIn(t *testing.T) {
	for _, c := range []struct {
		name string
		p    digest.Parameters
	}{
		{"as they are by themselves", digest.Parameters{}},
		{"all set", digest.Parameters{Practices: []string{"Northside", "Old Town"}, Flows: digest.FlowsParameters{
			Flows: []string{"intake"}, Channels: []string{"sms", "voice"}, SecondsPerMessage: 15, ValuePerAppointment: anAmount(120.5), ValuePerEnrollment: anAmount(0),
			Currency: "USD", AttributionDays: 30, Kept: &digest.Answer{Flow: "cancel", Step: "verify", Answer: "keep"}, FreeText: true,
		}, Outreach: digest.OutreachSettings{ResponseWindow: 48, Individual: true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults := Faults{}
			if got := (filled{Params: paramsOf(c.p)}).parameters(c.p, faults); !reflect.DeepEqual(got, c.p) || len(faults) > 0 {
				t.Errorf("%+v, faults %v", got, faults)
			}
		})
	}
}

func TestParametersAreReadAsPeopleTypeThem(t *testing.T) {
	typed := url.Values{
		"params.flows": {"on"}, "practices": {" Northside , Old Town,, Northside"}, "flows.seconds_per_message": {"12,5"}, "flows.value_per_appointment": {"99,90"},
		"flows.currency": {"usd"}, "flows.attribution_days": {"90"},
	}
	saved := digest.Parameters{Flows: digest.FlowsParameters{FreeText: true, Channels: []string{"sms"}}}
	faults := Faults{}
	got := filled{Params: readParams(typed)}.parameters(saved, faults)
	want := digest.Parameters{Practices: []string{"Northside", "Old Town"}, Flows: digest.FlowsParameters{
		SecondsPerMessage: 12.5, ValuePerAppointment: anAmount(99.9), Currency: "USD",
		Channels: []string{"sms"}, // was not in the form
		FreeText: false,           // was in it, and is not ticked
	}}
	if !reflect.DeepEqual(got, want) || len(faults) > 0 {
		t.Errorf("%+v, faults %v", got, faults)
	}
	if faults = (Faults{}); !reflect.DeepEqual(filled{Params: readParams(url.Values{})}.parameters(saved, faults), saved) || len(faults) > 0 {
		t.Error("a form without the controls changes something")
	}
}

func TestAParameterThatMeansNothingIsAFaultAtItsControl(t *testing.T) {
	for _, c := range []struct{ name, field, text, at string }{
		{"seconds in words", "flows.seconds_per_message", "soon", "flows.seconds_per_message"},
		{"no seconds", "flows.seconds_per_message", "0", "flows.seconds_per_message"},
		{"a value below nothing", "flows.value_per_enrollment", "-1", "flows.value_per_enrollment"},
		{"a value without a currency", "flows.value_per_appointment", "100", "flows.currency"},
		{"a currency in words", "flows.currency", "dollars", "flows.currency"},
		{"no window", "outreach.response_window", "0", "outreach.response_window"},
		{"half a day", "flows.attribution_days", "0.5", "flows.attribution_days"},
		{"a step of no flow", "flows.kept.step", "verify", "flows.kept.answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			params, faults := paramsOf(digest.Parameters{}), Faults{}
			params[c.field] = c.text
			filled{Params: params}.parameters(digest.Parameters{}, faults)
			if faults[c.at] == "" || len(faults) != 1 {
				t.Errorf("faults %v, want one at %s", faults, c.at)
			}
			if links := faultLinks(faults); len(links) != 1 || links[0].Field != c.at {
				t.Errorf("the head of the page links %+v", links)
			}
		})
	}
}

func TestAFaultOfTheWrittenFormStandsAtItsControl(t *testing.T) {
	for field, want := range map[string]string{"flows.currency": "flows.currency", "flows.flows[1]": "flows.flows", "practices[0]": "practices", "flows.kept.step": "flows.kept.step"} {
		if got := controlOf(field, filled{}); got != want {
			t.Errorf("%s is at %q", field, got)
		}
	}
}

func TestWhatChangesOfParametersIsTold(t *testing.T) {
	got := unsaved(digest.Config{}, digest.Config{Parameters: digest.Parameters{Practices: []string{"Northside"}, Flows: digest.FlowsParameters{SecondsPerMessage: 20, FreeText: true}}}, digest.Project{})
	want := []string{"practices, all to Northside", "staff time a message saves, 15 seconds to 20 seconds", "answers in people’s own words, no to yes"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}
