package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
)

// parameter is a plain control of what an admin sets for a section. Its field is the path of the written form, so that a fault of either is
// shown at the control.
type parameter struct {
	field, section          string
	label, hint, unit, none string // none stands where nothing is typed
	tick                    bool   // yes or no: its text is "on" or ""
	number                  bool
	get                     func(digest.Parameters) string
	set                     func(p *digest.Parameters, text string) (fault string)
}

// paramControl is a parameter in the form.
type paramControl struct {
	Field, Label, Hint, Unit, None, Value string
	Tick, Number                          bool
}

// parameters lists the controls of all sections, in the order in which they stand.
func parameters() []parameter {
	return slices.Concat(flowsParameters(), outreachParameters(), openParameters())
}

func flowsParameters() []parameter {
	const section = "flows"
	list := func(field, label, hint string, at func(*digest.Parameters) *[]string) parameter {
		return parameter{
			field: field, section: section, label: label, hint: hint, none: "all",
			get: func(p digest.Parameters) string { return strings.Join(*at(&p), ", ") },
			set: func(p *digest.Parameters, text string) string { *at(p) = commaList(text); return "" },
		}
	}
	money := func(field, label, hint string, at func(*digest.Parameters) **float64) parameter {
		return parameter{
			field: field, section: section, label: label, hint: hint, none: "none", number: true,
			get: func(p digest.Parameters) string {
				if n := *at(&p); n != nil {
					return strconv.FormatFloat(*n, 'f', -1, 64)
				}
				return ""
			},
			set: func(p *digest.Parameters, text string) string {
				if text == "" {
					*at(p) = nil
					return ""
				}
				n, ok := number(text)
				if !ok || n < 0 || n > 1e9 {
					return "Write an amount, such as 120.50."
				}
				*at(p) = &n
				return ""
			},
		}
	}
	kept := func(field, label, hint string, of func(*digest.Answer) *string) parameter {
		return parameter{
			field: field, section: section, label: label, hint: hint, none: "none",
			get: func(p digest.Parameters) string {
				if k := p.Flows.Kept; k != nil {
					return *of(k)
				}
				return ""
			},
			set: func(p *digest.Parameters, text string) string {
				k := digest.Answer{}
				if p.Flows.Kept != nil {
					k = *p.Flows.Kept
				}
				*of(&k) = text
				if p.Flows.Kept = &k; k == (digest.Answer{}) {
					p.Flows.Kept = nil
				}
				return ""
			},
		}
	}
	return []parameter{
		list("practices", "Practices", "whose conversations, sessions and goals count, in every section; with commas between", func(p *digest.Parameters) *[]string { return &p.Practices }),
		list("flows.flows", "Flows", "their ids, with commas between", func(p *digest.Parameters) *[]string { return &p.Flows.Flows }),
		list("flows.channels", "Channels", "such as sms, voice", func(p *digest.Parameters) *[]string { return &p.Flows.Channels }),
		{
			field: "flows.seconds_per_message", section: section, label: "Staff time a message saves", hint: "each message that a flow sends counts as this", unit: "seconds", number: true,
			get: func(p digest.Parameters) string {
				return plainNumber(cmp.Or(p.Flows.SecondsPerMessage, digest.DefaultSecondsPerMessage))
			},
			set: func(p *digest.Parameters, text string) string {
				n, ok := number(text)
				if !ok || n <= 0 || n > 3600 {
					return "Write seconds, such as 15; 3,600 at most."
				}
				if n != digest.DefaultSecondsPerMessage || p.Flows.SecondsPerMessage != 0 { // 0 means 15
					p.Flows.SecondsPerMessage = n
				}
				return ""
			},
		},
		money("flows.value_per_appointment", "Value of an appointment", "where it has no amount of its own", func(p *digest.Parameters) **float64 { return &p.Flows.ValuePerAppointment }),
		money("flows.value_per_enrollment", "Value of a portal enrollment", "where it has no amount of its own", func(p *digest.Parameters) **float64 { return &p.Flows.ValuePerEnrollment }),
		{
			field: "flows.currency", section: section, label: "Currency", hint: "three letters; amounts in another are left out", none: "as most amounts",
			get: func(p digest.Parameters) string { return p.Flows.Currency },
			set: func(p *digest.Parameters, text string) string {
				p.Flows.Currency = strings.ToUpper(text)
				switch {
				case text == "" && (p.Flows.ValuePerAppointment != nil || p.Flows.ValuePerEnrollment != nil):
					return "A value needs its currency: write its three letters, such as USD."
				case text != "" && (len(text) != 3 || strings.Trim(p.Flows.Currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != ""):
					return "Write three letters, such as USD."
				}
				return ""
			},
		},
		{
			field: "flows.attribution_days", section: section, label: "Completed within", hint: "how long a session may lie before an appointment completed, or an enrollment, that it led to", unit: "days", number: true,
			get: func(p digest.Parameters) string {
				return strconv.Itoa(cmp.Or(p.Flows.AttributionDays, digest.DefaultAttributionDays))
			},
			set: func(p *digest.Parameters, text string) string {
				n, err := strconv.Atoi(text)
				if err != nil || n < 1 || n > 730 {
					return "Write days, such as 90; 730 at most."
				}
				if n != digest.DefaultAttributionDays || p.Flows.AttributionDays != 0 { // 0 means 90
					p.Flows.AttributionDays = n
				}
				return ""
			},
		},
		kept("flows.kept.flow", "Cancellation kept: flow", "id of the flow that asks again before it cancels", func(a *digest.Answer) *string { return &a.Flow }),
		kept("flows.kept.step", "Cancellation kept: step", "at which it asks", func(a *digest.Answer) *string { return &a.Step }),
		{
			field: "flows.kept.answer", section: section, label: "Cancellation kept: answer", hint: "that keeps the appointment, in any case", none: "none",
			get: kept("", "", "", func(a *digest.Answer) *string { return &a.Answer }).get,
			set: func(p *digest.Parameters, text string) string {
				kept("", "", "", func(a *digest.Answer) *string { return &a.Answer }).set(p, text)
				if k := p.Flows.Kept; k != nil && (k.Flow == "" || k.Step == "" || k.Answer == "") {
					return "Flow, step and answer name what was said: write all three, or none."
				}
				return ""
			},
		},
		{
			field: "flows.free_text", section: section, label: "Answers in people’s own words", hint: "listed, not only counted; they may hold personal data", tick: true,
			get: func(p digest.Parameters) string { return ticked(p.Flows.FreeText) },
			set: func(p *digest.Parameters, text string) string { p.Flows.FreeText = text != ""; return "" },
		},
	}
}

func outreachParameters() []parameter {
	const section = "outreach"
	return []parameter{
		{
			field: "outreach.response_window", section: section, label: "Answered within", hint: "of a message, and before the next one to the same person", unit: "hours", number: true,
			get: func(p digest.Parameters) string {
				return strconv.Itoa(cmp.Or(p.Outreach.ResponseWindow, digest.DefaultResponseWindow))
			},
			set: func(p *digest.Parameters, text string) string {
				n, err := strconv.Atoi(text)
				if err != nil || n < 1 || n > 720 {
					return "Write hours, such as 72; 720 at most."
				}
				if n != digest.DefaultResponseWindow || p.Outreach.ResponseWindow != 0 { // 0 means 72
					p.Outreach.ResponseWindow = n
				}
				return ""
			},
		},
		{
			field: "outreach.individual", section: section, label: "Table of recipients", hint: "the latest 20 at most, masked in mails; whole it is in the console", tick: true,
			get: func(p digest.Parameters) string { return ticked(p.Outreach.Individual) },
			set: func(p *digest.Parameters, text string) string { p.Outreach.Individual = text != ""; return "" },
		},
	}
}

func ticked(b bool) string {
	if b {
		return "on"
	}
	return ""
}

// commaList takes a list apart at its commas; what is empty, or stands there already, is passed over.
func commaList(text string) (list []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(list, part) {
			list = append(list, part)
		}
	}
	return list
}

// paramsOf are the parameters as the form has them: field to text.
func paramsOf(c digest.Parameters) map[string]string {
	all := map[string]string{}
	for _, p := range parameters() {
		all[p.field] = p.get(c)
	}
	return all
}

// readParams takes the parameters as they were sent; a section whose controls were not in the form sends none.
func readParams(v url.Values) map[string]string {
	all := map[string]string{}
	for _, p := range parameters() {
		if v.Has(p.field) || p.tick && v.Has("params."+p.section) {
			all[p.field] = strings.TrimSpace(v.Get(p.field))
		}
	}
	return all
}

// parameters are what the form means; what it has no control for is as in base.
func (f filled) parameters(base digest.Parameters, faults Faults) digest.Parameters {
	for _, p := range parameters() {
		text, there := f.Params[p.field]
		if !there {
			continue
		}
		if reason := p.set(&base, text); reason != "" {
			faults[p.field] = reason
		}
	}
	return base
}

// paramControls are those of a section. said tells which are not as they are by themselves; open is whether one is at fault.
func (f filled) paramControls(section string, faults Faults) (all []paramControl, said []string, open bool) {
	byItself := paramsOf(digest.Parameters{})
	for _, p := range parameters() {
		if p.section != section {
			continue
		}
		text, there := f.Params[p.field]
		if !there {
			text = byItself[p.field]
		}
		all = append(all, paramControl{p.field, p.label, p.hint, p.unit, p.none, text, p.tick, p.number})
		if text != byItself[p.field] {
			said = append(said, p.said(text))
		}
		open = open || faults[p.field] != ""
	}
	return all, said, open
}

// said is a parameter inside a sentence: "staff time a message saves 20 seconds".
func (p parameter) said(text string) string {
	name := strings.ToLower(p.label[:1]) + p.label[1:]
	if p.tick {
		return name
	}
	return strings.TrimSpace(name + " " + cmp.Or(text, p.none) + " " + p.unit)
}

// paramField is the control that a fault's field stands for, where it is one: "flows.flows[1]" is of "flows.flows".
func paramField(field string) (string, bool) {
	field, _, _ = strings.Cut(field, "[")
	return field, slices.ContainsFunc(parameters(), func(p parameter) bool { return p.field == field })
}
