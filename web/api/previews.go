package api

import (
	"context"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"fortnight/digest"
	"fortnight/settings"
	"fortnight/web/office"
	"fortnight/web/roster"
)

// Choosing says whose copy it is that one asks for.
type Choosing struct {
	From     string   `query:"from" doc:"First date of the period; the last closed one where it is left out." example:"2026-03-23"`
	Audience string   `query:"audience" enum:"admin,manager,executive" default:"manager"`
	Locale   string   `query:"locale" doc:"The project's where it is left out." example:"en"`
	Sections []string `query:"sections" doc:"Of those that the digest has; all where it is left out."`
}

type Shaping struct {
	Format string `query:"format" enum:"json,html,text,pdf" default:"json" doc:"json says what it is; the others are what a reader gets."`
}

// Preview is a digest as a reader would get it.
type Preview struct {
	Edition string `json:"edition" example:"SD-2020-W13"`
	Period  Period `json:"period"`
	Subject string `json:"subject"`
	Fault   string `json:"fault,omitempty" doc:"Of sections that could not be read."`
	Stored  bool   `json:"stored" doc:"The numbers are those of an edition that was made, not read anew."`
	Text    string `json:"text" doc:"The plain text of the mail."`
}

// Copy says of whom, of what and to whom a test is sent.
type Copy struct {
	To       string   `json:"to" doc:"Who gets it." example:"dana@example.com"`
	Name     string   `json:"name,omitempty"`
	From     string   `json:"from,omitempty" doc:"First date of the period; the last closed one where it is left out."`
	Audience string   `json:"audience,omitempty" enum:"admin,manager,executive" doc:"manager where it is left out."`
	Locale   string   `json:"locale,omitempty" doc:"The project's where it is left out."`
	Sections []string `json:"sections,omitempty" nullable:"false"`
	PDF      *bool    `json:"pdf,omitempty" doc:"Whether the PDF is attached; it is where this is left out."`
}

// Sent is what was sent as a test.
type Sent struct {
	Subject string `json:"subject"`
	To      string `json:"to"`
}

// Opened is an edition that was asked for.
type Opened struct {
	Edition int64 `json:"edition" doc:"Its id: the edition's address says what becomes of it."`
}

// wish is a request for a copy, checked.
func (a *api) wish(in Choosing, c digest.Config, p digest.Project, where string) (from digest.Date, choice digest.Choice, err error) {
	if in.From != "" {
		if from, err = digest.ParseDate(in.From); err != nil {
			return from, choice, refuse(where+"from", err.Error())
		}
	}
	choice = digest.Choice{Audience: digest.Audience(in.Audience), Locale: in.Locale, Paper: c.Paper}
	if choice.Audience == "" {
		choice.Audience = digest.Manager
	}
	if choice.Locale == "" {
		choice.Locale = p.Locale
	}
	if err := a.known.Locale(choice.Locale); err != nil {
		return from, choice, refuse(where+"locale", "There are no words for this language.")
	}
	wanted := map[string]bool{}
	for _, s := range in.Sections {
		wanted[s] = true
	}
	var kept []string
	for _, s := range c.Sections {
		if wanted[s.Section] {
			kept = append(kept, s.Section)
			delete(wanted, s.Section)
		}
	}
	if len(wanted) > 0 {
		return from, choice, refuse(where+"sections", "The digest has not all of these sections.")
	}
	if len(kept) < len(c.Sections) {
		choice.Sections = strings.Join(kept, ",")
	}
	return from, choice, nil
}

type page struct {
	ContentType string `header:"Content-Type"`
	Policy      string `header:"Content-Security-Policy"`
	Disposition string `header:"Content-Disposition"`
	Body        any
}

// sandboxed is the policy of a mail as a page: it shows what it carries, and loads, runs and posts nothing.
const sandboxed = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox"

func (a *api) previews() {
	get := op("preview-digest", "GET /digests/{digest}/preview", digest.ScopeRead, tagPreviews, "Preview a digest", "As it would be mailed, from the code that mails it. Nothing is sent or kept.")
	get.Responses["200"] = answers("The preview, in the format that was asked for.", "text/html", "text/plain", "application/pdf")
	get.Responses["200"].Content["application/json"] = &huma.MediaType{Schema: a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Preview](), true, "")}
	handle(a, get, func(ctx context.Context, v visit, in *struct {
		AtDigest
		Choosing
		Shaping
	},
	) (*page, error) {
		p, l, err := a.planned(ctx, v, in.Digest)
		if err != nil {
			return nil, err
		}
		return a.preview(ctx, v, p, l.Config, in.Choosing, in.Format)
	})
	post := op("preview-unsaved", "POST /digests/{digest}/preview", digest.ScopeRead, tagPreviews, "Preview a digest that is not saved", "The digest of the body, under that key, whether or not there is one.")
	post.Responses["200"] = get.Responses["200"]
	handle(a, post, func(ctx context.Context, v visit, in *struct {
		AtDigest
		Choosing
		Shaping
		Body settings.Digest
	},
	) (*page, error) {
		p, err := v.head(ctx)
		if err != nil {
			return nil, err
		}
		c, err := a.read(in.Digest, in.Body, p)
		if err != nil {
			return nil, err
		}
		return a.preview(ctx, v, p, c, in.Choosing, in.Format)
	})
	handle(a, op("send-test", "POST /digests/{digest}/test", digest.ScopeSend, tagPreviews, "Send a test", "One copy to one address, recorded nowhere."),
		func(ctx context.Context, v visit, in *struct {
			AtDigest
			Once
			Body Copy
		},
		) (*onceOut[Sent], error) {
			return keyed(ctx, v, "send-test", in.Key, in.Body, func() (Sent, error) { return a.sendTest(ctx, v, in.Digest, in.Body) })
		})
	handle(a, op("send-now", "POST /digests/{digest}/send", digest.ScopeSend, tagPreviews, "Send a digest now",
		"Opens the edition of the last closed period, or of the one that begins on a date; it is then mailed to its subscribers. Where there is one already, the answer is 409."),
		func(ctx context.Context, v visit, in *struct {
			AtDigest
			Once
			Body struct {
				From string `json:"from,omitempty" doc:"First date of the period; the last closed one where it is left out." example:"2026-03-23"`
			} `nameHint:"SendNow"`
		},
		) (*onceOut[Opened], error) {
			return keyed(ctx, v, "send-now", in.Key, in.Body, func() (opened Opened, err error) {
				var from digest.Date
				if in.Body.From != "" {
					if from, err = digest.ParseDate(in.Body.From); err != nil {
						return opened, refuse("from", err.Error())
					}
				}
				opened.Edition, err = a.Works.SendNow(ctx, v.by, v.token.Project, in.Digest, from)
				return opened, err
			})
		})
}

func (a *api) preview(ctx context.Context, v visit, p digest.Project, c digest.Config, in Choosing, format string) (*page, error) {
	from, choice, err := a.wish(in, c, p, "query.")
	if err != nil {
		return nil, err
	}
	choice.PDF = format == "pdf"
	shown, err := a.Works.Preview(ctx, v.token.Project, p, c, from, choice)
	if err != nil {
		return nil, err
	}
	if shown.Variant.Text, err = digest.Personal(shown.Variant.Text, digest.Nowhere("#"), func(s string) string { return s }); err != nil {
		return nil, err
	}
	return shaped(shown, format), nil
}

// shaped puts a preview into a format.
func shaped(p office.Preview, format string) *page {
	switch format {
	case "html":
		return &page{ContentType: "text/html; charset=utf-8", Policy: sandboxed, Body: p.HTML}
	case "text":
		return &page{ContentType: "text/plain; charset=utf-8", Body: p.Variant.Text}
	case "pdf":
		return &page{ContentType: "application/pdf", Disposition: `inline; filename="` + p.Variant.PDFName + `"`, Body: p.Variant.PDF}
	}
	return &page{Body: Preview{
		Edition: p.Variant.Letter.Edition, Period: periodOf(p.Edition.Period), Subject: p.Variant.Letter.Subject, Fault: p.Fault, Stored: p.Stored,
		Text: string(p.Variant.Text),
	}}
}

func (a *api) sendTest(ctx context.Context, v visit, key string, in Copy) (Sent, error) {
	if reason := roster.FaultOfAddress(in.To); reason != "" {
		return Sent{}, refuse("to", reason)
	}
	p, l, err := a.planned(ctx, v, key)
	if err != nil {
		return Sent{}, err
	}
	from, choice, err := a.wish(Choosing{in.From, in.Audience, in.Locale, in.Sections}, l.Config, p, "")
	if err != nil {
		return Sent{}, err
	}
	choice.PDF = in.PDF == nil || *in.PDF
	subject, err := a.Works.SendTest(ctx, v.token.Project, p, l.Config, from, choice, digest.Address{Name: in.Name, Address: in.To})
	return Sent{subject, in.To}, err
}
