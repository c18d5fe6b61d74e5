package settings

import (
	"fmt"
	"slices"
	"strings"

	"fortnight/digest"
)

// Open are the parameters of the section open_conversations. What is left out leaves nothing out.
type Open struct {
	InitiatedBy []string `yaml:"initiated_by,omitempty" json:"initiated_by,omitempty" nullable:"false" doc:"Who began them: user, agent, bot, campaign, unknown; all where it is left out." example:"[\"user\"]"`
	Assignees   []string `yaml:"assignees,omitempty" json:"assignees,omitempty" nullable:"false" doc:"Ids of agents on the platform; all, and what nobody has, where it is left out."`
	Unread      bool     `yaml:"unread,omitempty" json:"unread,omitempty" doc:"Only what nobody has read."`
	Urgency     int      `yaml:"urgency,omitempty" json:"urgency,omitempty" doc:"At least so urgent: 1 medium, 2 high, 3 urgent; any where it is left out." example:"2"`
	SendEmpty   bool     `yaml:"send_empty,omitempty" json:"send_empty,omitempty" doc:"Whether it is mailed where nothing is open."`
}

// IsZero tells whether all is as it is by itself.
func (o Open) IsZero() bool {
	return len(o.InitiatedBy) == 0 && len(o.Assignees) == 0 && !o.Unread && o.Urgency == 0 && !o.SendEmpty
}

// MostUrgent is the highest urgency.
const MostUrgent = 3

// Initiators list who may begin a conversation.
func Initiators() []string { return []string{"user", "agent", "bot", "campaign", "unknown"} }

func (r *reading) open(where string, s Open) digest.OpenParameters {
	for i, by := range s.InitiatedBy {
		r.among(fmt.Sprintf("%s.initiated_by[%d]", where, i), by, Initiators()...)
	}
	for i, id := range s.Assignees {
		if strings.TrimSpace(id) == "" {
			r.fault(fmt.Sprintf("%s.assignees[%d]", where, i), "is empty: write an agent's id on the platform")
		}
	}
	if s.Urgency < 0 || s.Urgency > MostUrgent {
		r.fault(where+".urgency", "%d is not an urgency: write 1 (medium), 2 (high) or 3 (urgent)", s.Urgency)
	}
	return digest.OpenParameters{InitiatedBy: s.InitiatedBy, Assignees: s.Assignees, Unread: s.Unread, Urgency: s.Urgency, SendEmpty: s.SendEmpty}
}

func writeOpen(p digest.OpenParameters) Open {
	return Open{InitiatedBy: slices.Clone(p.InitiatedBy), Assignees: slices.Clone(p.Assignees), Unread: p.Unread, Urgency: p.Urgency, SendEmpty: p.SendEmpty}
}
