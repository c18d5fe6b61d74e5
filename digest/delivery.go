package digest

import (
	"context"
	"time"
)

// DeliveryState says what became of an edition's copy for one subscriber.
type DeliveryState string

// planned → sending → sent | deferred | failed | unknown | suppressed | expired
const (
	DeliveryPlanned    DeliveryState = "planned"
	DeliverySending    DeliveryState = "sending"
	DeliverySent       DeliveryState = "sent"
	DeliveryDeferred   DeliveryState = "deferred"
	DeliveryFailed     DeliveryState = "failed"
	DeliveryUnknown    DeliveryState = "unknown" // an answer that never came: neither sent nor failed
	DeliverySuppressed DeliveryState = "suppressed"
	DeliveryExpired    DeliveryState = "expired"
)

// Delivery is one edition to one subscriber. Date and MessageID are fixed when it is planned, so that every copy of it
// is the same message.
type Delivery struct {
	ID         int64
	EditionID  int64
	Subscriber Subscriber
	State      DeliveryState
	Attempts   int    // begun, the one under way included
	MessageID  string // without brackets
	Date       time.Time
	NextAt     time.Time // when a deferred one is tried again
	LastAnswer string    // of the receiving server, or what went wrong before it answered
}

// Message is a delivery as the post takes it: a variant, and the few values that are the delivery's own.
type Message struct {
	Variant   Variant
	From      Address
	ReplyTo   Address // an empty address: none
	To        Address
	Subject   string
	Date      time.Time
	MessageID string // without brackets
	ListID    string // "weekly.desk.digest.fortnight.example": without brackets
	ListName  string // "Support desk, weekly"
	Feedback  string // of Feedback-ID: "SD-2020-W13:weekly:desk:fortnight"; empty: none
	Links     Links
	OneClick  bool // the unsubscribe link takes a POST (RFC 8058)
}

// Envelope is what a mail server is told of a message: where bounces go, and to whom it goes.
type Envelope struct{ ReturnPath, To string }

// Outcome is what became of one attempt.
type Outcome struct {
	State  DeliveryState // sent, deferred, failed or unknown
	Code   int           // SMTP reply code; 0 where none came
	Status string        // enhanced status code (RFC 3463): "5.1.1"; "" where none came
	Answer string        // the server's words, or what went wrong; never a secret
}

// Attempt is a try that ended: the Number-th of a delivery.
type Attempt struct {
	Delivery int64
	Number   int
	Outcome
}

// Post composes messages and hands them to a mail server. It is safe for concurrent use.
type Post interface {
	// Compose writes one message; it is a function of m.
	Compose(m Message) ([]byte, error)
	// Form encodes what all messages of a variant share, once. Of m it takes all but To, Date, MessageID and Links.
	Form(m Message) (Form, error)
	// Connections is how many there may be at a time.
	Connections() int
	// Connection gives one once one is free. The caller frees it.
	Connection(ctx context.Context) (Connection, error)
	// Leave asks whether a message to an address may begin now: for the relay and for the address's domain there are limits of
	// rate and of connections, and a relay may have asked for a pause. Where it may, gone is to be called when the attempt has
	// ended; where it may not, gone is nil and wait the time after which asking again makes sense.
	Leave(to string) (gone func(), wait time.Duration)
}

// Form is a variant's message without what is a delivery's own.
type Form interface {
	// Message appends the whole message for one delivery to dst: To, Date, MessageID and Links of m are put into the form. It is
	// a function of the form and m, the same bytes as Compose's.
	Message(dst []byte, m Message) ([]byte, error)
}

// Connection is one to the mail server, kept between messages. It carries one message at a time.
type Connection interface {
	// Ready makes it ready to take a message. Where it cannot, ok is false and o is what to record of an attempt
	// that has not begun: deferred.
	Ready(ctx context.Context) (o Outcome, ok bool)
	// Send hands over a composed message.
	Send(ctx context.Context, e Envelope, message []byte) Outcome
	// Free gives it back.
	Free()
}
