package digest

import "slices"

// Aim is a figure that may be held against a target.
type Aim struct {
	Section, Figure string
	Unit            Unit
	Direction       Direction // Up: the target is to be reached; Down: not to be passed
}

// Aims lists the figures that may have a target: those of which one side is good, section by section, in the order of a digest.
func Aims() []Aim {
	return []Aim{
		{"activity", "new_users", Count, Up},
		{"activity", "active_users", Count, Up},
		{"chatbot", "bot_resolution_rate", Percent, Up},
		{"chatbot", "fallback_rate", Percent, Down},
		{"contact_center", "handled", Count, Up},
		{"contact_center", "missed", Count, Down},
		{"contact_center", "waiting", Count, Down},
		{"contact_center", "wait_median", Duration, Down},
		{"contact_center", "wait_p90", Duration, Down},
		{"contact_center", "wait_mean", Duration, Down},
		{"outreach", "response_rate", Percent, Up},
		{"outreach", "send_failures", Count, Down},
		{"service_levels", "closed_within_hour", Percent, Up},
		{"service_levels", "closed_within_day", Percent, Up},
		{"service_levels", "answered_in_10_min", Percent, Up},
		{"service_levels", "first_response_median", Duration, Down},
		{"service_levels", "first_response_p90", Duration, Down},
		{"service_levels", "first_response_mean", Duration, Down},
		{"service_levels", "open_to_close_median", Duration, Down},
		{"service_levels", "open_to_close_p90", Duration, Down},
		{"service_levels", "open_to_close_mean", Duration, Down},
		{"service_levels", "after_hours_messages", Count, Down},
		{"flows", "success_rate", Percent, Up},
		{"flows", "responsive_success_rate", Percent, Up},
		{"flows", "failure_rate", Percent, Down},
		{"flows", "failed", Count, Down},
		{"flows", "failed_at_first_step", Count, Down},
		{"flows", "appointment_rate", Percent, Up},
		{"flows", "completion_rate", Percent, Up},
		{"flows", "enrollment_rate", Percent, Up},
	}
}

// AimOf gives the aim of a target; ok is false where its figure may have none.
func AimOf(t Target) (a Aim, ok bool) {
	aims := Aims()
	i := slices.IndexFunc(aims, func(a Aim) bool { return a.Section == t.Section && a.Figure == t.Figure })
	if i < 0 {
		return Aim{}, false
	}
	return aims[i], true
}

// Aim sets the targets of a snapshot's figures; those that it does not have are passed over.
func (s *Snapshot) Aim(targets []Target) {
	for _, t := range targets {
		section := s.Section(t.Section)
		if section == nil {
			continue
		}
		for i := range section.Figures {
			if f := &section.Figures[i]; f.Key == t.Figure {
				value := t.Value
				f.Target = &value
			}
		}
	}
}
