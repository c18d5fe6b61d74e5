package console

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fortnight/digest"
)

// An edition as its readers get it, for those who run the project: without a reader's links.

// rendering is how long it may take to render what is not stored.
const rendering = 60 * time.Second

// mailPolicy lets a mail's page have its own styles and the pictures within it, and nothing else.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups"

// choiceOf is what a request asks for; what it leaves open is "".
func choiceOf(r *http.Request) digest.Choice {
	q := r.URL.Query()
	return digest.Choice{Audience: digest.Audience(q.Get("audience")), Locale: q.Get("locale"), Sections: q.Get("sections")}
}

// storedChoice finds the stored variant that suits a request best; stored is false where there is none. Of what the request leaves
// open, the admin's is taken first, and the project's language.
func (c *console) storedChoice(r *http.Request, v *visit, e digest.EditionLine) (best digest.Choice, stored bool, err error) {
	all, err := v.Office.Variants(r.Context(), e.ID)
	if err != nil {
		return digest.Choice{}, false, err
	}
	wanted := choiceOf(r)
	all = slices.DeleteFunc(all, func(ch digest.Choice) bool {
		return wanted.Audience != "" && ch.Audience != wanted.Audience || wanted.Locale != "" && ch.Locale != wanted.Locale ||
			wanted.Audience != "" && ch.Sections != wanted.Sections
	})
	if len(all) == 0 {
		return digest.Choice{}, false, nil
	}
	rank := func(ch digest.Choice) int {
		n := slices.Index([]digest.Audience{digest.Admin, digest.Manager, digest.Executive}, ch.Audience) * 8
		if ch.Locale != e.Project.Locale {
			n += 4
		}
		if ch.Sections != "" {
			n += 2
		}
		if !ch.PDF {
			n++
		}
		return n
	}
	return slices.MinFunc(all, func(a, b digest.Choice) int { return rank(a) - rank(b) }), true, nil
}

// viewEdition shows the mail, or with ?as=text its text part.
func (c *console) viewEdition(w http.ResponseWriter, r *http.Request, v *visit) error {
	variant, page, err := c.variantFor(r, v, false)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("as") == "text" {
		text, err := digest.Personal(variant.Text, digest.Nowhere("(each reader’s own)"), func(s string) string { return s })
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(text)
		return nil
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page)
	return nil
}

func (c *console) pdfOfEdition(w http.ResponseWriter, r *http.Request, v *visit) error {
	variant, _, err := c.variantFor(r, v, true)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(variant.PDFName, ".pdf")
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+fileName(name)+`.pdf"`)
	_, _ = w.Write(variant.PDF)
	return nil
}

// variantFor gives what was mailed, with its page, pictures inside and links that lead nowhere; where the choice was mailed to nobody,
// what would be: rendered now, from the numbers that are stored.
func (c *console) variantFor(r *http.Request, v *visit, pdf bool) (digest.Variant, []byte, error) {
	ctx := r.Context()
	e, snap, _, err := c.asked(r, v)
	if err != nil {
		return digest.Variant{}, nil, err
	}
	if snap.Version == 0 {
		return digest.Variant{}, nil, fmt.Errorf("%w: its numbers are not collected yet", digest.ErrNotDue)
	}
	choice, stored, err := c.storedChoice(r, v, e)
	if err != nil {
		return digest.Variant{}, nil, err
	}
	if stored {
		variant, err := v.Office.Variant(ctx, e.ID, choice)
		if err != nil || !pdf {
			if err != nil {
				return variant, nil, err
			}
			page, err := variant.Page(digest.Nowhere("about:blank"))
			return variant, page, err
		}
		if len(variant.PDF) > 0 {
			return variant, nil, nil
		}
	} else {
		choice = choiceOf(r)
	}
	if choice.Audience == "" {
		choice.Audience = digest.Admin
	}
	if !slices.Contains([]digest.Audience{digest.Admin, digest.Manager, digest.Executive}, choice.Audience) {
		return digest.Variant{}, nil, digest.ErrNotFound
	}
	if choice.Locale == "" {
		choice.Locale = e.Project.Locale
	}
	choice.PDF, choice.Paper = pdf, e.Config.Paper
	p, err := c.Works.Preview(ctx, v.In.Project, e.Project, e.Config, e.Period.First(), choice)
	return p.Variant, p.HTML, err
}
