package console

import (
	"slices"
	"strconv"
	"strings"

	"fortnight/digest"
)

// openParameters are the controls of the section open_conversations.
func openParameters() []parameter {
	const section = digest.OpenConversations
	initiators := []string{"user", "agent", "bot", "campaign", "unknown"}
	return []parameter{
		{
			field: section + ".initiated_by", section: section, label: "Begun by", hint: "user, agent, bot, campaign, unknown", none: "anybody",
			get: func(p digest.Parameters) string { return strings.Join(p.Open.InitiatedBy, ", ") },
			set: func(p *digest.Parameters, text string) string {
				p.Open.InitiatedBy = commaList(strings.ToLower(text))
				for _, by := range p.Open.InitiatedBy {
					if !slices.Contains(initiators, by) {
						return "Write some of user, agent, bot, campaign, unknown."
					}
				}
				return ""
			},
		},
		{
			field: section + ".assignees", section: section, label: "In charge", hint: "ids of agents on the platform", none: "anybody, or nobody",
			get: func(p digest.Parameters) string { return strings.Join(p.Open.Assignees, ", ") },
			set: func(p *digest.Parameters, text string) string { p.Open.Assignees = commaList(text); return "" },
		},
		{
			field: section + ".urgency", section: section, label: "At least so urgent", hint: "1 medium, 2 high, 3 urgent", none: "any", number: true,
			get: func(p digest.Parameters) string {
				if p.Open.Urgency == 0 {
					return ""
				}
				return strconv.Itoa(p.Open.Urgency)
			},
			set: func(p *digest.Parameters, text string) string {
				p.Open.Urgency = 0
				if text == "" {
					return ""
				}
				n, err := strconv.Atoi(text)
				if err != nil || n < 0 || n > 3 {
					return "Write 1 (medium), 2 (high) or 3 (urgent)."
				}
				p.Open.Urgency = n
				return ""
			},
		},
		{
			field: section + ".unread", section: section, label: "Unread alone", hint: "only what nobody has read", tick: true,
			get: func(p digest.Parameters) string { return ticked(p.Open.Unread) },
			set: func(p *digest.Parameters, text string) string { p.Open.Unread = text != ""; return "" },
		},
		{
			field: section + ".send_empty", section: section, label: "Mailed when nothing is open", hint: "else nobody is, and an agent with nothing open is not either", tick: true,
			get: func(p digest.Parameters) string { return ticked(p.Open.SendEmpty) },
			set: func(p *digest.Parameters, text string) string { p.Open.SendEmpty = text != ""; return "" },
		},
	}
}
