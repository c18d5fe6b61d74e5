package settings

import "fortnight/digest"

// Outreach are the parameters of the section outreach. What is left out is as metrics.md says.
type Outreach struct {
	ResponseWindow int  `yaml:"response_window,omitempty" json:"response_window,omitempty" doc:"Hours after a send within which an answer is one to it; 72 where it is left out." example:"72"`
	Individual     bool `yaml:"individual,omitempty" json:"individual,omitempty" doc:"Whether mails have the table of recipients, masked. Executives never get it."`
}

// IsZero tells whether all is as it is by itself.
func (o Outreach) IsZero() bool { return o == Outreach{} }

// MostResponseHours bounds the window for answers: 30 days.
const MostResponseHours = 720

func (r *reading) outreach(where string, s Outreach) digest.OutreachSettings {
	if n := s.ResponseWindow; n < 0 || n > MostResponseHours {
		r.fault(where+".response_window", "%d is not a number of hours: write 1 to %d, such as 72", n, MostResponseHours)
	}
	return digest.OutreachSettings{ResponseWindow: s.ResponseWindow, Individual: s.Individual}
}

func writeOutreach(p digest.OutreachSettings) Outreach {
	return Outreach{ResponseWindow: p.ResponseWindow, Individual: p.Individual}
}
