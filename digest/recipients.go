package digest

import "time"

// RecipientsWanted filters the recipients of campaigns; an empty filter lets all through.
type RecipientsWanted struct {
	Status   string // one of RecipientStatuses
	Stage    string // one of RecipientStages
	Session  string // one of RecipientSessions
	Campaign string // id
	Skip     int    // how many to pass over
	Most     int    // 0: 50
}

// RecipientStatuses, RecipientStages and RecipientSessions list what there is to filter by, in order.
func RecipientStatuses() []string { return []string{"pending", "sent", "delivered", "read", "failed"} }

// RecipientStages tell how far somebody went after the message: none, in a flow, to its end.
func RecipientStages() []string { return []string{"none", "in_flow", "finished"} }

// RecipientSessions tell how the session stands that the message began.
func RecipientSessions() []string { return []string{"open", "closed", "expired", "none"} }

// Recipient is one person of one campaign, with name and address as the source has them: personal data.
type Recipient struct {
	User           string // id on the platform; "" where it names none
	Name, Address  string
	Campaign       string // its name
	CampaignID     string
	Version        string
	DeployedAt     time.Time
	Attempts       int
	Status         string
	Reason         string // why it failed, in the platform's words
	Stage          string
	Session        string
	AnsweredAt     time.Time // zero: not, or not in time
	LastActivityAt time.Time // zero: none
	Variables      string    // what the message was filled in with: "first_name: Ada, slot: 9 am"
}

// Recipients is a part of a list of them.
type Recipients struct {
	Lines  []Recipient
	Total  int       // as filtered
	ReadAt time.Time // the instant of the read
}

// Talk is what one person wrote and was written to, as the source has it: personal data.
type Talk struct {
	User, Name, Address string
	Lines               []Said // in order
	Total               int    // of which Lines are the latest
	ReadAt              time.Time
}

// Said is one message.
type Said struct {
	At       time.Time
	In       bool   // by the person
	Author   string // user, agent, bot, automation, system
	Agent    string // the agent's name; "" where it is none's, or not known
	Body     string // "" where the source keeps none
	Delivery string // of one sent: pending, sent, delivered, read, failed; "" not known
}
