package reader_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"fortnight/digest"
	"fortnight/web"
	"fortnight/web/reader"
)

// desk takes requests down.
type desk struct {
	asked []reader.Asking
	fault error
	mail  func(context.Context) error
	k     reader.Asked
	done  int
}

const link = "c0nfirmc0nfirmc0nfirmc0nfirm"

func (d *desk) Ask(_ context.Context, t string, a reader.Asking) (func(context.Context) error, error) {
	if t != maya {
		return nil, reader.ErrUnknown
	}
	if d.fault == nil {
		d.asked = append(d.asked, a)
	}
	return d.mail, d.fault
}

func (d *desk) Asked(_ context.Context, t string) (reader.Asked, error) {
	if t != link {
		return reader.Asked{}, reader.ErrUnknown
	}
	return d.k, d.fault
}

func (d *desk) Confirm(ctx context.Context, t string) (reader.Asked, error) {
	if _, err := d.Asked(ctx, t); err != nil {
		return reader.Asked{}, err
	}
	d.done++
	d.k.Confirmed = true
	return d.k, nil
}

func asking(t *testing.T, b *book, d *desk) http.Handler {
	t.Helper()
	h, _ := serve(t, b, wishing, func(c *web.Config) { c.Reader.Requests = d })
	return h
}

func TestWhoWasForwardedAMailAsksForTheirOwn(t *testing.T) {
	b, d := chooser(), &desk{}
	h := asking(t, b, d)
	page := read(t, ask(t, h, request{method: "GET", path: "/forwarded/" + maya}))
	if !strings.Contains(page, "Get your own Support desk mail") || !strings.Contains(page, "Then the people who send it decide.") || strings.Contains(page, "Maya") || strings.Contains(page, "/preferences/") {
		t.Errorf("the page tells of the one who forwarded it, or does not ask:\n%s", page)
	}
	body := url.Values{"address": {" ben@lindenhof.example "}, "name": {"Ben\r\nBcc: x"}, "locale": {"es"}}.Encode()
	r := ask(t, h, request{method: "POST", path: "/forwarded/" + maya, body: body, kind: form})
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/forwarded/"+maya+"?sent" || len(d.asked) != 1 || d.asked[0] != (reader.Asking{Address: "ben@lindenhof.example", Name: "Ben Bcc: x", Locale: "es"}) {
		t.Fatalf("%d %q %+v", r.StatusCode, r.Header.Get("Location"), d.asked)
	}
	if page := read(t, ask(t, h, request{method: "GET", path: "/forwarded/" + maya + "?sent"})); !strings.Contains(page, "Look into your mailbox") || strings.Contains(page, "ben@") {
		t.Error(page)
	}
	b.s.Config.Readers.Forwarding = digest.ForwardingConfirm
	if page := read(t, ask(t, h, request{method: "GET", path: "/forwarded/" + maya})); strings.Contains(page, "decide") {
		t.Error("nobody decides here")
	}
}

func TestAnAddressThatIsNoneIsNotAskedFor(t *testing.T) {
	for _, address := range []string{"", "ben", "ben@host", "Ben <ben@x.example>", "ben@x.example, eve@x.example", "ben@x.example\nBcc: eve@x.example", strings.Repeat("x", 250) + "@x.example"} {
		d := &desk{}
		r := ask(t, asking(t, chooser(), d), request{method: "POST", path: "/forwarded/" + maya, body: url.Values{"address": {address}}.Encode(), kind: form})
		if page := read(t, r); r.StatusCode != http.StatusUnprocessableEntity || len(d.asked) != 0 || !strings.Contains(page, `aria-describedby="fault"`) {
			t.Errorf("%q: %d", address, r.StatusCode)
		}
	}
}

func TestARefusedRequestSaysWhy(t *testing.T) {
	body := url.Values{"address": {"ben@x.example"}}.Encode()
	for _, c := range []struct {
		fault  error
		status int
		want   string
	}{
		{reader.ErrOften, http.StatusTooManyRequests, "asked for too often"},
		{reader.ErrClosed, http.StatusForbidden, "takes no requests here"},
		{errors.New("smtp: password"), http.StatusServiceUnavailable, "cannot be shown now"},
	} {
		r := ask(t, asking(t, chooser(), &desk{fault: c.fault}), request{method: "POST", path: "/forwarded/" + maya, body: body, kind: form})
		if page := read(t, r); r.StatusCode != c.status || !strings.Contains(page, c.want) || strings.Contains(page, "password") {
			t.Errorf("%v: %d\n%s", c.fault, r.StatusCode, page)
		}
	}
}

func TestWhereForwardingIsOffThePageSaysWhomToAsk(t *testing.T) {
	b, d := chooser(), &desk{}
	b.s.Config.Readers.Forwarding, b.s.Contact = digest.ForwardingOff, "desk@lindenhof.example"
	h := asking(t, b, d)
	for _, method := range []string{"GET", "POST"} {
		r := ask(t, h, request{method: method, path: "/forwarded/" + maya, body: "address=ben@x.example", kind: form})
		if page := read(t, r); r.StatusCode != http.StatusForbidden || !strings.Contains(page, `<a href="mailto:desk@lindenhof.example">`) || len(d.asked) != 0 {
			t.Errorf("%s: %d\n%s", method, r.StatusCode, page)
		}
	}
	if page := read(t, ask(t, h, request{method: "GET", path: "/unsubscribe/" + maya})); strings.Contains(page, "/forwarded/") {
		t.Error("the page links to a form that there is not")
	}
}

func TestTheLinkOfTheMailAsksAndItsButtonConfirms(t *testing.T) {
	d := &desk{k: reader.Asked{Project: "Support desk", Digest: "Weekly digest", Asking: reader.Asking{Address: "ben@x.example", Locale: "es"}}}
	h := asking(t, chooser(), d)
	for range 2 {
		page := read(t, ask(t, h, request{method: "GET", path: "/confirm/" + link}))
		if !strings.Contains(page, "¿Recibir Support desk por correo?") || !strings.Contains(page, "en ben@x.example.") || d.done != 0 || strings.Contains(page, "/preferences/") {
			t.Fatalf("%d\n%s", d.done, page)
		}
	}
	if page := read(t, ask(t, h, request{method: "POST", path: "/confirm/" + link, kind: form})); d.done != 1 || !strings.Contains(page, "ben@x.example recibe Support desk") {
		t.Error(page)
	}
	d.k.Waits = true
	if page := read(t, ask(t, h, request{method: "GET", path: "/confirm/" + link})); !strings.Contains(page, "Confirmado. Ahora alguien decide") {
		t.Error(page)
	}
	for path, status := range map[string]int{"/confirm/" + nobody: http.StatusNotFound, "/confirm/x": http.StatusNotFound} {
		if r := ask(t, h, request{method: "POST", path: path, kind: form}); r.StatusCode != status || d.done != 1 {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	d.fault = reader.ErrEnded
	if r := ask(t, h, request{method: "GET", path: "/confirm/" + link}); r.StatusCode != http.StatusGone || !strings.Contains(read(t, r), "This link is past its time") {
		t.Errorf("a late one: %d", r.StatusCode)
	}
}

func TestTheMailFollowsTheAnswer(t *testing.T) {
	sent, answered := make(chan error), make(chan struct{})
	d := &desk{mail: func(ctx context.Context) error {
		<-answered
		sent <- ctx.Err()
		return nil
	}}
	h := asking(t, chooser(), d)
	r := ask(t, h, request{method: "POST", path: "/forwarded/" + maya, body: "address=ben@x.example", kind: form})
	close(answered)
	if err := <-sent; err != nil || r.StatusCode != http.StatusSeeOther {
		t.Errorf("%d %v", r.StatusCode, err)
	}
}
