package digest

import "time"

// FlowPersonsWanted filters the people of guided conversations; an empty filter lets all through.
type FlowPersonsWanted struct {
	Kind     string // one of FlowPersonKinds; "": the first
	Flow     string // id
	Practice string
	Skip     int // how many to pass over
	Most     int // 0: 50
}

// FlowPersonKinds list what people are listed for, in order: a session that they answered in, a cancellation that they took back.
func FlowPersonKinds() []string { return []string{"answered", "recovered"} }

// FlowPerson is one session that somebody answered in, or one cancellation that was not kept up, with name and address as the source has
// them: personal data.
type FlowPerson struct {
	User          string // id on the platform; "" where it names none
	Name, Address string
	Flow          string // its name; "" of a cancellation
	Practice      string
	At            time.Time    // when the session began, or the cancellation was taken back
	Answers       []FlowAnswer // of a session, in the order of its steps, in the person's own words
	Appointment   string       // of a cancellation: its id; "" where none is named
	AppointmentAt time.Time    // of a cancellation; zero: not known
	Detail        string       // of a cancellation: what was said
}

// FlowAnswer is the last answer to a question.
type FlowAnswer struct{ Question, Answer string }

// FlowPersons is a part of a list of them.
type FlowPersons struct {
	Lines     []FlowPerson
	Total     int          // as filtered
	Flows     []FlowChoice // to filter by: those of the period's sessions, the most sessions first
	Practices []string     // likewise, in order
	ReadAt    time.Time    // the instant of the read
}

// FlowChoice is a flow to filter by.
type FlowChoice struct{ ID, Name string }
