package api

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
	"fortnight/web/cells"
)

// Delivery is one edition to one subscriber.
type Delivery struct {
	ID         int64                `json:"id"`
	Edition    int64                `json:"edition"`
	Subscriber int64                `json:"subscriber"`
	Name       string               `json:"name,omitempty"`
	Address    string               `json:"address"`
	Audience   digest.Audience      `json:"audience"`
	State      digest.DeliveryState `json:"state" enum:"planned,sending,sent,deferred,failed,unknown,suppressed,expired"`
	Why        string               `json:"why,omitempty" doc:"Of a suppressed one."`
	Attempts   int                  `json:"attempts" doc:"Begun, the one under way included."`
	MessageID  string               `json:"message_id,omitempty"`
	Date       time.Time            `json:"date,omitzero"`
	NextAt     time.Time            `json:"next_at,omitzero" doc:"When a deferred one is tried again."`
	Expires    time.Time            `json:"expires_at,omitzero"`
	ChangedAt  time.Time            `json:"changed_at,omitzero"`
	Code       int                  `json:"code,omitempty" doc:"SMTP reply code of the last attempt."`
	Status     string               `json:"status,omitempty" doc:"Enhanced status code." example:"5.1.1"`
	Answer     string               `json:"answer,omitempty" doc:"The receiver's words, or what went wrong before it answered."`
	Bounce     *Bounce              `json:"bounce,omitempty" doc:"The worst report that came back by mail."`
	Tries      []Try                `json:"tries,omitempty" nullable:"false" doc:"Each attempt, where one delivery was asked for."`
}

// Bounce is a report that came back by mail.
type Bounce struct {
	Kind       string    `json:"kind"`
	Status     string    `json:"status,omitempty"`
	Diagnostic string    `json:"diagnostic,omitempty"`
	At         time.Time `json:"at"`
}

// Try is one attempt.
type Try struct {
	Number  int                  `json:"number"`
	Started time.Time            `json:"started_at"`
	Ended   time.Time            `json:"ended_at,omitzero" doc:"Not there while it is under way."`
	State   digest.DeliveryState `json:"state,omitempty"`
	Code    int                  `json:"code,omitempty"`
	Status  string               `json:"status,omitempty"`
	Answer  string               `json:"answer,omitempty"`
}

// Resent is how many deliveries were planned once more.
type Resent struct {
	Planned int `json:"planned"`
}

func deliveryOf(l digest.DeliveryLine) Delivery {
	d := Delivery{
		ID: l.ID, Edition: l.EditionID, Subscriber: l.Subscriber.ID, Name: l.Subscriber.Name, Address: l.Subscriber.Address, Audience: l.Subscriber.Audience,
		State: l.State, Why: l.Why, Attempts: l.Attempts, MessageID: l.MessageID, Date: l.Date, NextAt: l.NextAt, Expires: l.Expires, ChangedAt: l.ChangedAt,
		Code: l.Code, Status: l.Status, Answer: l.LastAnswer,
	}
	if l.Bounce != nil {
		d.Bounce = &Bounce{l.Bounce.Kind, l.Bounce.Status, l.Bounce.Diagnostic, l.Bounce.At}
	}
	for _, t := range l.Tries {
		d.Tries = append(d.Tries, Try{t.Number, t.StartedAt, t.EndedAt, t.State, t.Code, t.Status, t.Answer})
	}
	return d
}

func (a *api) deliveries() {
	handle(a, op("list-deliveries", "GET /editions/{edition}/deliveries", digest.ScopeRead, tagDeliveries, "List an edition's deliveries", "Those that need somebody first: failed, unknown, deferred, expired."),
		func(ctx context.Context, v visit, in *struct {
			AtEdition
			State  string `query:"state" enum:"planned,sending,sent,deferred,failed,unknown,suppressed,expired"`
			Search string `query:"search" maxLength:"200" doc:"Part of a name or address."`
			Paging
		},
		) (*listOut[Delivery], error) {
			all, err := v.books.Deliveries(ctx, digest.DeliveriesWanted{Edition: in.Edition, State: digest.DeliveryState(in.State), Search: in.Search, Page: in.page()})
			return part(a, v, all, deliveryOf), err
		})
	handle(a, op("get-delivery", "GET /editions/{edition}/deliveries/{delivery}", digest.ScopeRead, tagDeliveries, "Get a delivery with its attempts", ""),
		func(ctx context.Context, v visit, in *struct {
			AtEdition
			Delivery int64 `path:"delivery" doc:"Its id."`
		},
		) (*bodyOf[Delivery], error) {
			l, err := v.books.Delivery(ctx, in.Delivery)
			if err == nil && l.EditionID != in.Edition {
				err = digest.ErrNotFound
			}
			return &bodyOf[Delivery]{deliveryOf(l)}, err
		})
	handle(a, op("resend", "POST /editions/{edition}/resend", digest.ScopeSend, tagDeliveries, "Send deliveries once more",
		"Those that failed or expired, with the same message; of named ones also those whose outcome is unknown, which may then arrive twice. Suppressed addresses stay suppressed."),
		func(ctx context.Context, v visit, in *struct {
			AtEdition
			Once
			Body struct {
				Deliveries []int64 `json:"deliveries,omitempty" nullable:"false" doc:"Ids; all that failed or expired where it is left out."`
			} `nameHint:"Resend"`
		},
		) (*onceOut[Resent], error) {
			return keyed(ctx, v, "resend", in.Key, in.Body, func() (r Resent, err error) {
				r.Planned, err = v.books.Resend(ctx, v.by, in.Edition, in.Body.Deliveries)
				return r, err
			})
		})
	export := op("export-deliveries", "GET /editions/{edition}/deliveries.csv", digest.ScopeRead, tagDeliveries, "Export an edition's deliveries", "")
	export.Responses["200"] = answers("The file.", "text/csv")
	handle(a, export, a.exportDeliveries)
}

// stream is an answer that is written line by line, as it is read.
type stream struct {
	Body func(huma.Context)
}

func (a *api) exportDeliveries(ctx context.Context, v visit, in *AtEdition) (*stream, error) {
	l, _, err := v.books.Edition(ctx, in.Edition)
	if err != nil {
		return nil, err
	}
	return &stream{func(hc huma.Context) {
		hc.SetHeader("Content-Type", textCSV)
		hc.SetHeader("Content-Disposition", `attachment; filename="`+l.Label+`-deliveries.csv"`)
		var b bytes.Buffer
		out, _ := cells.Begin(&b) // a buffer refuses nothing
		_ = out.Line("id", "name", "address", "audience", "state", "attempts", "changed_at", "code", "status", "answer")
		for d, err := range v.books.AllDeliveries(ctx, in.Edition) {
			if err != nil { // half of it may be there: the connection breaks off rather than end as if it were whole
				a.Log.Error("export of deliveries broke off", "edition", in.Edition, "error", err)
				panic(http.ErrAbortHandler)
			}
			o := deliveryOf(d)
			changed := ""
			if !o.ChangedAt.IsZero() {
				changed = o.ChangedAt.UTC().Format(time.RFC3339)
			}
			_ = out.Line(strconv.FormatInt(o.ID, 10), o.Name, o.Address, string(o.Audience), string(o.State), strconv.Itoa(o.Attempts),
				changed, strconv.Itoa(o.Code), o.Status, o.Answer)
			if b.Len() > 1<<16 && !flush(hc, out, &b) {
				return
			}
		}
		flush(hc, out, &b)
	}}, nil
}

// flush writes what is buffered; false where the client is gone.
func flush(hc huma.Context, out *cells.Writer, b *bytes.Buffer) bool {
	_ = out.Flush() // into a buffer
	_, err := b.WriteTo(hc.BodyWriter())
	return err == nil
}
