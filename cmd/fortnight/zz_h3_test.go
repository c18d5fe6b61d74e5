package main

import (
	"bytes"
	"encoding/base64"
	"html"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"testing"

	"fortnight/digest"
)

func TestZZH3(t *testing.T) {
	out := os.Getenv("H3OUT")
	if out == "" {
		return
	}
	logo := func(w, h int, wide bool) *digest.Logo {
		p := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				cx, cy := float64(h)/2, float64(h)/2
				if math.Hypot(float64(x)-cx, float64(y)-cy) < float64(h)/2 {
					p.SetNRGBA(x, y, color.NRGBA{0x12, 0x2b, 0x5c, 255})
				}
				if wide && x > h+20 && (x/14)%2 == 0 && y > h/5 && y < 4*h/5 {
					p.SetNRGBA(x, y, color.NRGBA{0x12, 0x2b, 0x5c, 255})
				}
			}
		}
		var b bytes.Buffer
		_ = png.Encode(&b, p)
		return &digest.Logo{PNG: b.Bytes(), Width: w, Height: h}
	}
	studio, err := newStudio()
	if err != nil {
		t.Fatal(err)
	}
	studio.Links = digest.Placeholders
	for name, l := range map[string]*digest.Logo{"wide": logo(1000, 160, true), "square": logo(400, 400, false)} {
		for _, loc := range []string{"en", "es"} {
			s := demoWeek(t)
			s.Aim([]digest.Target{
				{Section: "contact_center", Figure: "wait_median", Value: 5400},
				{Section: "contact_center", Figure: "missed", Value: 3},
				{Section: "chatbot", Figure: "bot_resolution_rate", Value: 75},
				{Section: "contact_center", Figure: "handled", Value: 100},
				{Section: "contact_center", Figure: "wait_mean", Value: 36000},
			})
			b := supportDesk(digest.Manager)
			small, err := l.Fitted(640, 128)
			if err != nil {
				t.Fatal(err)
			}
			b.Logo = &small
			if os.Getenv("H3LONG") != "" {
				b.Project, b.Cadence = "Kundendienst Norddeutschland", "twice-monthly"
			}
			v, err := studio.Variant(s, b, digest.Choice{Audience: digest.Manager, Locale: loc, PDF: true, Paper: "A4"})
			if err != nil {
				t.Fatal(err)
			}
			nopdf, err := studio.Variant(s, b, digest.Choice{Audience: digest.Manager, Locale: loc, Paper: "A4"})
			if err != nil {
				t.Fatal(err)
			}
			h := nopdf.HTML
			t.Log(name, loc, len(h), len(v.PDF), len(v.Images[0].PNG))
			for _, i := range v.Images {
				h = bytes.ReplaceAll(h, []byte("cid:"+html.EscapeString(i.ContentID)), []byte("data:image/png;base64,"+base64.StdEncoding.EncodeToString(i.PNG)))
			}
			_ = os.WriteFile(out+"/"+name+"-"+loc+".html", h, 0o644)
			_ = os.WriteFile(out+"/"+name+"-"+loc+".pdf", v.PDF, 0o644)
			_ = os.WriteFile(out+"/"+name+"-"+loc+".txt", nopdf.Text, 0o644)
		}
	}
}
