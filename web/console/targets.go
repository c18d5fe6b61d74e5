package console

import (
	"strings"

	"fortnight/digest"
)

// aim is a figure that may have a target, in words.
type aim struct {
	section, figure string
	unit            digest.Unit
	name            string // inside a sentence: "the median wait"
	atMost          bool   // less is better
}

// targetable lists the figures that may have a target.
func targetable() (all []aim) {
	for _, a := range digest.Aims() {
		all = append(all, aim{a.Section, a.Figure, a.Unit, aimName(a.Section + "." + a.Figure), a.Direction == digest.Down})
	}
	return all
}

// aimName is a figure inside a sentence.
func aimName(key string) string {
	switch key {
	case "activity.new_users":
		return "new users"
	case "activity.active_users":
		return "active users"
	case "chatbot.bot_resolution_rate":
		return "what the bot resolves alone"
	case "chatbot.fallback_rate":
		return "what the bot does not understand"
	case "contact_center.handled":
		return "handled conversations"
	case "contact_center.missed":
		return "missed conversations"
	case "contact_center.waiting":
		return "conversations that still wait"
	case "contact_center.wait_median":
		return "the median wait"
	case "contact_center.wait_p90":
		return "the wait of nine in ten"
	case "contact_center.wait_mean":
		return "the mean wait"
	}
	if name := flowAim(key); name != "" {
		return name
	}
	_, figure, _ := strings.Cut(key, ".")
	return strings.ReplaceAll(figure, "_", " ")
}

// flowAim is a figure of guided conversations or of campaigns inside a sentence; "" of others.
func flowAim(key string) string {
	switch key {
	case "flows.success_rate":
		return "guided conversations completed, of those that ended"
	case "flows.responsive_success_rate":
		return "guided conversations completed, of those with an answer"
	case "flows.failure_rate":
		return "guided conversations failed, of those that ended"
	case "flows.failed":
		return "guided conversations failed"
	case "flows.failed_at_first_step":
		return "guided conversations failed at the first step"
	case "flows.appointment_rate":
		return "appointments made, of guided conversations begun"
	case "flows.completion_rate":
		return "appointments completed, of guided conversations begun"
	case "flows.enrollment_rate":
		return "portal enrollments, of guided conversations begun"
	case "outreach.response_rate":
		return "recipients who answered, of those sent to"
	case "outreach.send_failures":
		return "recipients to whom sending failed"
	}
	return ""
}

// typed is how a control takes a figure's target: in which unit, and how many of the figure's own it is.
type typed struct {
	word  string
	scale float64
}

func unitOf(section, figure string) typed {
	a, _ := digest.AimOf(digest.Target{Section: section, Figure: figure})
	switch a.Unit {
	case digest.Duration:
		return typed{"minutes", 60}
	case digest.Percent:
		return typed{"%", 1}
	}
	return typed{"", 1}
}

// sectionWords are a section's name and what it tells.
func sectionWords(key string) (name, tells string) {
	switch key {
	case "activity":
		return "Activity", "Messages, conversations, busiest minute"
	case "chatbot":
		return "Chatbot", "Resolved alone, fallbacks, intents, languages"
	case "contact_center":
		return "Contact center", "Handled and missed, waits, agents"
	case "flows":
		return "Flows", "Guided conversations and where they stop"
	case "outreach":
		return "Outreach", "Campaigns, failures, responses"
	case digest.OpenConversations:
		return "Open conversations", "What is open at the hour of sending, on whom it waits"
	case "service_levels":
		return "Service levels", "Closed within the hour and the day"
	}
	return spaced(key), ""
}
