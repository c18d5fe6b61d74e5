package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
	"fortnight/web/look"
)

// task is one matter that waits for a person.
type task struct {
	Tone, Icon         string // warn or bad; an icon
	Before, Name, Rest string // "Source ", "typebot-eu", " cannot be read"
	Path               string
	Text               string
	Acts               []deed
}

// deed is what can be done about something: a form's button, or a link.
type deed struct {
	Label string
	Class string // of the button beside btn: primary, quiet, danger
	Path  string
	Post  bool
}

// tasksOf puts what needs somebody into words: held editions, failed deliveries, sources, requests.
func tasksOf(ctx context.Context, v *visit, clk clock, needs digest.Needs, digests []digest.DigestLine) ([]task, error) {
	var all []task
	full := func() bool { return len(all) >= mostTasks }
	for _, e := range needs.Held {
		if full() {
			return all, nil
		}
		var snap digest.Snapshot
		if e.State == digest.EditionHeld {
			var err error
			if _, snap, err = v.Office.Edition(ctx, e.ID); err != nil {
				return nil, err
			}
		}
		all = append(all, heldTask(v, clk, e, snap, digests))
	}
	for _, e := range needs.Failing {
		if full() {
			return all, nil
		}
		t, err := failingTask(ctx, v, clk, e)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	for _, s := range needs.Sources {
		if full() {
			return all, nil
		}
		all = append(all, sourceTask(ctx, v, clk, s, digests))
	}
	for _, q := range needs.Requests {
		if full() {
			return all, nil
		}
		all = append(all, requestTask(v, q, digests))
	}
	return all, nil
}

func editionName(clk clock, e digest.EditionLine) string {
	return digestName(e.Config) + ", " + clk.span(e.Period)
}

func heldTask(v *visit, clk clock, e digest.EditionLine, snap digest.Snapshot, digests []digest.DigestLine) task {
	t := task{
		Tone: "warn", Icon: "bars", Name: editionName(clk, e), Path: v.Path("editions", e.ID), Rest: " is held",
		Text: heldWords(clk, e, snap) + " It goes to nobody until you release it.",
	}
	if e.State == digest.EditionParked {
		t.Tone, t.Rest = "bad", " is parked"
		t.Text = heldWords(clk, e, snap) + " It goes to nobody until you let it be tried again."
	}
	if v.May(digest.RoleEditor) {
		t.Acts = append(t.Acts, deed{Label: releaseLabel(e, digests), Class: "primary", Path: v.Path("editions", e.ID, "release"), Post: true})
	}
	if snap.Version > 0 {
		t.Acts = append(t.Acts, deed{Label: "Read it", Path: v.Path("editions", e.ID, "view")})
	}
	if v.May(digest.RoleEditor) {
		t.Acts = append(t.Acts, deed{Label: "Discard…", Class: "quiet danger", Path: v.Path("editions", e.ID, "discard")})
	}
	return t
}

// releaseLabel names the act and its size: "Release to 118".
func releaseLabel(e digest.EditionLine, digests []digest.DigestLine) string {
	if e.State == digest.EditionParked {
		return "Try again"
	}
	n := e.Planned
	if n == 0 && e.Cadence == "" {
		for _, d := range digests {
			if d.ID == e.DigestID {
				n = readersOf(d)
			}
		}
	}
	if n == 0 {
		return "Release"
	}
	return "Release to " + look.Thousands(n)
}

// heldWords says why an edition waits for somebody.
func heldWords(clk clock, e digest.EditionLine, snap digest.Snapshot) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(e.Reason), "\n")
	switch {
	case e.State == digest.EditionParked:
		tries := "Given up."
		if e.Tries > 0 {
			tries = "Given up after " + look.Count(e.Tries, "try", "tries") + "."
		}
		return strings.TrimSpace(tries + " " + sentence(e.Reason))
	case !snap.DataUpTo.IsZero() && snap.DataUpTo.Before(e.Period.To):
		missing := e.Period.To.Sub(later(snap.DataUpTo, e.Period.From))
		words := "is missing"
		if missing != time.Hour {
			words = "are missing"
		}
		return fmt.Sprintf("The source stopped at %s, so %s of %s %s.", clk.moment(snap.DataUpTo), lasting(missing), hours(e.Period.Hours()), words)
	case strings.HasPrefix(first, "no section could be read") && rest != "":
		return "No section could be read: " + sentence(rest)
	case len(e.Missing) > 0 && first == "":
		return sentence(listing(e.Missing) + " could not be read")
	case first == "":
		return "It was held by hand."
	}
	return sentence(e.Reason)
}

func failingTask(ctx context.Context, v *visit, clk clock, e digest.EditionLine) (task, error) {
	failed, expired, unknown := e.Deliveries[digest.DeliveryFailed], e.Deliveries[digest.DeliveryExpired], e.Deliveries[digest.DeliveryUnknown]
	bad := failed + expired
	t := task{Tone: "bad", Icon: "cross", Name: editionName(clk, e), Path: v.Path("editions", e.ID)}
	of := e.Planned - e.Deliveries[digest.DeliverySuppressed]
	if bad == 0 {
		t.Tone, t.Icon = "warn", "question"
		t.Rest = fmt.Sprintf(": of %s the answer never came", ofDeliveries(unknown, of))
		t.Text = "It may have arrived. A resend can make a second copy."
		if unknown > 1 {
			t.Text = "They may have arrived. A resend can make second copies."
		}
		t.Acts = []deed{{Label: "See answers", Class: "", Path: v.Path("editions", e.ID) + "?state=unknown#deliveries"}}
		return t, nil
	}
	t.Rest = ": " + ofDeliveries(bad, of) + " failed"
	var lines []digest.DeliveryLine
	for _, state := range []digest.DeliveryState{digest.DeliveryFailed, digest.DeliveryExpired} {
		if e.Deliveries[state] == 0 {
			continue
		}
		some, err := v.Office.Deliveries(ctx, digest.DeliveriesWanted{Edition: e.ID, State: state, Page: digest.Page{Size: 500}})
		if err != nil {
			return t, err
		}
		lines = append(lines, some.Lines...)
	}
	t.Text = grouping(lines)
	if len(lines) < bad {
		t.Text = fmt.Sprintf("Of the first %s: %s", look.Thousands(len(lines)), t.Text)
	}
	if sent := e.Deliveries[digest.DeliverySent]; sent > 0 && sent+bad == of {
		if sent == 1 {
			t.Text += " The other one was accepted."
		} else {
			t.Text += fmt.Sprintf(" The other %s were accepted.", look.Thousands(sent))
		}
	}
	if unknown > 0 {
		t.Text += " Of " + spelled(unknown) + " more the answer never came."
	}
	if v.May(digest.RoleEditor) {
		t.Acts = append(t.Acts, deed{Label: "Resend to " + look.Thousands(bad), Path: v.Path("editions", e.ID, "resend"), Post: true})
	}
	t.Acts = append(t.Acts, deed{Label: "See answers", Class: "quiet", Path: v.Path("editions", e.ID) + "#deliveries"})
	return t, nil
}

// ofDeliveries is "3 of 27 deliveries".
func ofDeliveries(n, of int) string {
	if n >= of {
		return look.Count(n, "delivery", "deliveries")
	}
	return look.Thousands(n) + " of " + look.Count(of, "delivery", "deliveries")
}

func sourceTask(ctx context.Context, v *visit, clk clock, s digest.SourceLine, digests []digest.DigestLine) task {
	t := task{
		Tone: "bad", Icon: "sources", Before: "Source ", Name: s.Key, Rest: " cannot be read", Path: v.Path("sources", s.Key),
		Text: faultWords(clk, s),
	}
	if effect := suffers(ctx, v, clk, s.Key, s.Used, digests); effect != "" {
		t.Text += " " + effect
	}
	label := "Look at it"
	if v.May(digest.RoleEditor) && aboutPassword(s.Fault) {
		label = "Set password"
	}
	t.Acts = []deed{{Label: label, Path: v.Path("sources", s.Key) + "#access"}}
	return t
}

// faultWords is a source's fault with since when it has it: "Since Tue 24 Mar 16:00: the server refuses the password."
func faultWords(clk clock, s digest.SourceLine) string {
	if s.Since.IsZero() {
		return sentence(s.Fault)
	}
	return "Since " + clk.moment(s.Since) + ": " + lowered(sentence(s.Fault))
}

func aboutPassword(fault string) bool {
	fault = strings.ToLower(fault)
	return strings.Contains(fault, "password") || strings.Contains(fault, "authentication")
}

// suffers is the next send that a source's fault would harm: "Intake flows is due Fri 27 Mar 16:00 and would have no figures." It is
// empty where no digest that is switched on reads the source.
func suffers(ctx context.Context, v *visit, clk clock, source string, used []string, digests []digest.DigestLine) string {
	p, err := v.Project(ctx)
	if err != nil {
		return ""
	}
	var due time.Time
	var harmed digest.DigestLine
	for _, d := range digests {
		if !d.Config.Active || !slices.Contains(used, d.Config.Key) {
			continue
		}
		cadence, err := v.c.Works.Cadence(p, d.Config, "", 1)
		if err != nil || len(cadence.Next) == 0 {
			continue
		}
		if at := cadence.Next[0].Due; due.IsZero() || at.Before(due) {
			due, harmed = at, d
		}
	}
	if due.IsZero() {
		return ""
	}
	var lost []string
	for _, s := range harmed.Config.Sections {
		if s.Source == source {
			lost = append(lost, sectionName(s.Section))
		}
	}
	if len(lost) == 0 { // its sections were changed just now
		return ""
	}
	effect := "would have no figures"
	if len(lost) < len(harmed.Config.Sections) {
		effect = "would be without " + listing(lost)
	}
	return fmt.Sprintf("%s is due %s and %s.", digestName(harmed.Config), clk.moment(due), effect)
}

func requestTask(v *visit, q digest.Request, digests []digest.DigestLine) task {
	who := q.Name
	if who == "" {
		who = q.Address
	}
	name := capital(q.Digest)
	for _, d := range digests {
		if d.Config.Key == q.Digest {
			name = digestName(d.Config)
		}
	}
	t := task{Tone: "warn", Icon: "subscribers", Name: who, Rest: " wants " + name, Path: v.Path("requests"), Text: "The address is confirmed."}
	if q.Name != "" {
		t.Text = q.Address + " is confirmed."
	}
	if q.Forwarder != "" {
		t.Text = q.Forwarder + " forwarded a mail. " + t.Text
	}
	t.Acts = []deed{{Label: "Decide", Path: v.Path("requests")}}
	return t
}
