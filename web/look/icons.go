package look

import (
	"fmt"
	"html/template"
)

// Funcs are what pages may call: icon, chip, state, tile, initials, mark, count.
func Funcs() template.FuncMap {
	return template.FuncMap{
		"icon": Icon, "chip": Chip, "state": State, "tile": Tile, "mark": Mark, "initials": Initials, "masked": Masked, "count": Count, "thousands": Thousands,
	}
}

// icons are drawn on 16 by 16 in the colour of the text.
func icons(name string) string {
	switch name {
	case "overview":
		return `<path d="M2.5 7L8 2.5 13.5 7v6.5h-11z"/><path d="M6.5 13.5V9.5h3v4"/>`
	case "digests":
		return `<path d="M3.5 2.5h9v11h-9z"/><path d="M6 6h4M6 8.5h4M6 11h2"/>`
	case "editions":
		return `<path d="M14 2L7 9M14 2l-4.5 12L7 9 2 6.5z"/>`
	case "calendar":
		return `<path d="M2.5 3.5h11v10h-11z"/><path d="M2.5 6.8h11M5.5 2v3M10.5 2v3"/>`
	case "subscribers":
		return `<circle cx="6" cy="5.5" r="2.5"/><path d="M1.8 13.5c0-2.6 1.8-4 4.2-4s4.2 1.4 4.2 4M10.5 3.2a2.5 2.5 0 0 1 0 4.6M12 9.9c1.4.5 2.2 1.8 2.2 3.6"/>`
	case "sources":
		return `<ellipse cx="8" cy="4" rx="5" ry="2"/><path d="M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2"/>`
	case "settings":
		return `<path d="M2.5 4.5h5M11.5 4.5h2M2.5 11.5h2M8.5 11.5h5"/><circle cx="9.5" cy="4.5" r="2"/><circle cx="6.5" cy="11.5" r="2"/>`
	case "audit":
		return `<path d="M2.5 4h11M2.5 8h11M2.5 12h7"/>`
	case "switch":
		return `<path d="M5 6.5L8 3.5l3 3M5 9.5l3 3 3-3"/>`
	case "check":
		return `<path d="M3.5 8.5l3 3 6-7"/>`
	case "again":
		return `<path d="M13 8a5 5 0 1 1-1.6-3.7"/><path d="M13 2.5v3h-3"/>`
	case "cross":
		return `<path d="M4 4l8 8M12 4l-8 8"/>`
	case "question":
		return `<path d="M5.8 6a2.2 2.2 0 1 1 3.3 2c-.8.4-1.1.9-1.1 1.6"/><path d="M8 12.2v.1"/>`
	case "dash":
		return `<path d="M3.5 8h9"/>`
	case "bars":
		return `<path d="M5.5 3.5v9M10.5 3.5v9"/>`
	case "ring":
		return `<circle cx="8" cy="8" r="4.5"/>`
	case "clock":
		return `<circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.6"/>`
	case "half":
		return `<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5v11"/><path d="M8 4.5h2.8M8 7h4.5M8 9.5h4.3M8 12h2" stroke-width="1"/>`
	case "derived":
		return `<path d="M4 12.5L12 3.5M4.5 6.5v-3h3M8.5 12.5h3v-3"/>`
	case "dot":
		return `<circle cx="8" cy="8" r="3" fill="currentColor"/>`
	case "plus":
		return `<path d="M8 3v10M3 8h10"/>`
	case "mail":
		return `<path d="M2 3.5h12v9H2z"/><path d="M2 4.5l6 4.5 6-4.5"/>`
	case "download":
		return `<path d="M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 13.5h10"/>`
	case "out":
		return `<path d="M6 3.5H3v9.5h9.5v-3M9 2.5h4.5V7M13.5 2.5L7.5 8.5"/>`
	case "info":
		return `<circle cx="8" cy="8" r="6"/><path d="M8 7.3v3.5M8 5v.1"/>`
	case "warning":
		return `<path d="M8 2.5l6 10.5H2z"/><path d="M8 6.5v3M8 11.2v.1"/>`
	case "worse":
		return `<path d="M3 5l3.5 4L9 6.5l4 5M9.5 11.5H13V8"/>`
	case "better":
		return `<path d="M3 11l3.5-4 2.5 2.5L13 4.5M9.5 4.5H13V8"/>`
	case "key":
		return `<circle cx="5.5" cy="10.5" r="3"/><path d="M7.8 8.2L13.5 2.5M11 5l2 2"/>`
	case "left":
		return `<path d="M10 3.5L5.5 8l4.5 4.5"/>`
	case "right":
		return `<path d="M6 3.5L10.5 8 6 12.5"/>`
	}
	return ""
}

// Icon draws one of the icons; an unknown name is an error, as a page's author should learn of it.
func Icon(name string) (template.HTML, error) {
	paths := icons(name)
	if paths == "" {
		return "", fmt.Errorf("there is no icon %q", name)
	}
	return template.HTML(`<svg class="i" viewBox="0 0 16 16" aria-hidden="true">` + paths + `</svg>`), nil
}

// Chip draws a state: a glyph, its word, and third a colour. Kind is a class: ok, wait, no, plan, out or "".
func Chip(kind, icon, word string) (template.HTML, error) {
	glyph, err := Icon(icon)
	if err != nil {
		return "", err
	}
	class := "chip"
	if kind != "" {
		class += " " + kind
	}
	return template.HTML(`<span class="`+template.HTMLEscapeString(class)+`">`) + glyph + template.HTML(template.HTMLEscapeString(word)+`</span>`), nil
}

// Stated is how a state is shown: Kind is a class of Chip.
type Stated struct{ Kind, Icon, Word string }

// Of gives how a state is shown: of an edition, of a delivery, or a word of the pages (on, draft, paused, late, bounced,
// unsubscribed, removed, readable, unreadable, full, derived, partial, not available). An unknown one is its own word.
func Of(state any) Stated {
	switch s := fmt.Sprint(state); s {
	case "due", "planned":
		return Stated{"plan", "clock", "Planned"}
	case "collecting":
		return Stated{"plan", "clock", "Collecting"}
	case "ready":
		return Stated{"plan", "clock", "Ready"}
	case "sending":
		return Stated{"plan", "editions", "Sending"}
	case "sent", "done":
		return Stated{"ok", "check", "Sent"}
	case "deferred":
		return Stated{"wait", "again", "Deferred"}
	case "late":
		return Stated{"wait", "clock", "Sent late"}
	case "held":
		return Stated{"wait", "bars", "Held"}
	case "parked":
		return Stated{"no", "bars", "Parked"}
	case "paused":
		return Stated{"wait", "bars", "Paused"}
	case "failed":
		return Stated{"no", "cross", "Failed"}
	case "expired":
		return Stated{"no", "cross", "Expired"}
	case "bounced":
		return Stated{"no", "cross", "Bounced"}
	case "unknown":
		return Stated{"wait", "question", "Unknown"}
	case "suppressed":
		return Stated{"out", "dash", "Suppressed"}
	case "unsubscribed":
		return Stated{"out", "dash", "Unsubscribed"}
	case "removed":
		return Stated{"out", "dash", "Removed"}
	case "discarded":
		return Stated{"out", "dash", "Discarded"}
	case "archived":
		return Stated{"out", "dash", "Archive only"}
	case "not available", "none":
		return Stated{"out", "dash", "Not available"}
	case "on":
		return Stated{"ok", "dot", "On"}
	case "draft":
		return Stated{"out", "ring", "Draft"}
	case "readable":
		return Stated{"ok", "check", "Readable"}
	case "unreadable":
		return Stated{"no", "cross", "Cannot be read"}
	case "full", "complete":
		return Stated{"ok", "check", "Full"}
	case "derived":
		return Stated{"plan", "derived", "Derived"}
	case "partial":
		return Stated{"wait", "half", "Partial"}
	default:
		return Stated{"", "dot", s}
	}
}

// State draws the chip of a state; see Of.
func State(state any) (template.HTML, error) {
	s := Of(state)
	return Chip(s.Kind, s.Icon, s.Word)
}
