package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
	"fortnight/web/roster"
)

const problemJSON = "application/problem+json"

var problemType = reflect.TypeFor[Problem]()

// Problem is why something was not done (RFC 9457).
type Problem struct {
	Type   string  `json:"type" doc:"The kind of problem: /api/v1/docs#problem-KIND." example:"/api/v1/docs#problem-refused"`
	Title  string  `json:"title" example:"Unprocessable Entity"`
	Status int     `json:"status" example:"422"`
	Detail string  `json:"detail,omitempty" doc:"What is so, and what to do about it."`
	Scope  string  `json:"scope,omitempty" doc:"The scope that the token lacks."`
	Errors []Fault `json:"errors,omitempty" nullable:"false" doc:"What is at fault in what was sent: all of it."`
}

// Fault is one thing at fault.
type Fault struct {
	Detail  string `json:"detail" example:"There is no such zone: write an IANA name, such as Europe/Berlin."`
	Pointer string `json:"pointer,omitempty" doc:"JSON pointer into the body (RFC 6901)." example:"/zone"`
	Field   string `json:"field,omitempty" doc:"The field, as it is written: zone, query.limit." example:"zone"`
	Line    int    `json:"line,omitempty" doc:"Of a file, from 1."`
	Column  string `json:"column,omitempty" doc:"Of a file of subscribers."`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return problemJSON }

// kinds are the kinds of problem, as the page of docs explains them.
var kinds = []struct {
	Key, Says string
	Status    int
}{
	{"unauthorized", "There is no token, or it is not known, revoked or past its end.", http.StatusUnauthorized},
	{"scope", "The token has not the scope that the operation needs.", http.StatusForbidden},
	{"person", "No token may do this, whatever its scopes; the detail says who may, in the console.", http.StatusForbidden},
	{"not-found", "The token's project has no such thing, though another may.", http.StatusNotFound},
	{"method", "The address is there, for another method.", http.StatusMethodNotAllowed},
	{"not-now", "The state of things does not allow it; the detail names that state.", http.StatusConflict},
	{"stale", "Somebody else has changed it since it was read: read it again.", http.StatusPreconditionFailed},
	{"too-large", "The body is too large.", http.StatusRequestEntityTooLarge},
	{"broken-off", "The body ended before its time, or did not end in time.", http.StatusRequestTimeout},
	{"media", "The body is of a type, or packed in a way, that is not read.", http.StatusUnsupportedMediaType},
	{"refused", "What was sent is at fault; errors says where, all at once.", http.StatusUnprocessableEntity},
	{"unconditional", "If-Match or If-None-Match is missing.", http.StatusPreconditionRequired},
	{"busy", "The token asks too often; Retry-After says when it may again.", http.StatusTooManyRequests},
	{"internal", "It is not your fault. The log of the service has the reason.", http.StatusInternalServerError},
}

func problem(status int, kind, detail string) *Problem {
	return &Problem{Type: Root + "/docs#problem-" + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

func notFound() *Problem {
	return problem(http.StatusNotFound, "not-found", "The token's project has no such thing.")
}

func unauthorized(detail string) *Problem {
	return problem(http.StatusUnauthorized, "unauthorized", detail)
}

// refuse is a problem of one field.
func refuse(field, reason string) error { return &digest.RefusedError{Field: field, Reason: reason} }

// problemOf puts an error into the form of a problem. What a caller can do nothing about is logged and not told.
func (a *api) problemOf(ctx context.Context, err error) *Problem {
	var made *Problem
	switch {
	case errors.As(err, &made):
		return made
	case errors.Is(err, digest.ErrNotFound):
		return notFound()
	case errors.Is(err, digest.ErrNotByToken):
		return problem(http.StatusForbidden, "person", "A token neither makes, changes nor removes an owner. An owner of the project may: signed in to the console, under Settings › People.")
	case errors.Is(err, digest.ErrStale):
		return problem(http.StatusPreconditionFailed, "stale", "Somebody else has changed it meanwhile: read it again, and send If-Match with its new ETag.")
	case errors.Is(err, digest.ErrNotDue):
		return problem(http.StatusConflict, "not-now", sentence(err.Error()))
	}
	if faults, all := faultsOf(err); all {
		p := problem(http.StatusUnprocessableEntity, "refused", "What was sent is at fault.")
		if p.Errors = faults; len(faults) == 1 {
			p.Detail = faults[0].Detail
		}
		return p
	}
	if ctx.Err() == nil {
		a.Log.Error("API request failed", "error", err)
	}
	return problem(http.StatusInternalServerError, "internal", "It could not be done, and not for what was sent. The log of the service has the reason.")
}

// faultsOf takes a joined error apart; all tells whether each part is one that the caller can do something about.
func faultsOf(err error) (faults []Fault, all bool) {
	var joined interface{ Unwrap() []error }
	var line roster.Fault
	var refused *digest.RefusedError
	switch {
	case errors.As(err, &joined):
		for _, one := range joined.Unwrap() {
			more, ok := faultsOf(one)
			if !ok {
				return nil, false
			}
			faults = append(faults, more...)
		}
		return faults, len(faults) > 0
	case errors.As(err, &line):
		return []Fault{{Detail: line.Reason, Line: line.Line, Column: string(line.Column)}}, true
	case errors.As(err, &refused):
		field := written(refused.Field)
		return []Fault{{Detail: sentence(refused.Reason), Field: field, Pointer: pointer(field)}}, true
	}
	return nil, false
}

// written is a field as the written form has it: a cadence's parts stand in the digest itself.
func written(field string) string {
	if field == "cadence.kind" {
		return "cadence"
	}
	return strings.TrimPrefix(field, "cadence.")
}

var step = regexp.MustCompile(`^[a-z0-9_]+$`)

// pointer is "/targets/1/value" of "targets[1].value"; "" of what is no path.
func pointer(field string) string {
	var p strings.Builder
	for _, part := range strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		if !step.MatchString(part) {
			return ""
		}
		p.WriteString("/" + part)
	}
	return p.String()
}

// sentence begins with a capital and ends with a stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; c >= 'a' && c <= 'z' {
		s = string(c-'a'+'A') + s[1:]
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}

// problems gives what huma refuses by itself (what does not fit the description) the form of the others. The value that was sent is
// not repeated: it may be a secret.
func (a *api) problems(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	kind, detail := "refused", "What was sent does not fit: "+m.Detail+"."
	switch {
	case m.Status == http.StatusRequestEntityTooLarge:
		kind = "too-large"
	case m.Status >= 500:
		kind, detail = "internal", "It could not be done, and not for what was sent."
	}
	p := problem(m.Status, kind, detail)
	for _, e := range m.Errors {
		if m.Status >= 500 {
			break
		}
		f := Fault{Detail: sentence(e.Message), Field: e.Location}
		if in, ok := strings.CutPrefix(e.Location, "body."); ok {
			f.Field, f.Pointer = in, pointer(in)
		}
		p.Errors = append(p.Errors, f)
	}
	return p, nil
}
