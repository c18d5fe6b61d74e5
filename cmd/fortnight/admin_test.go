package main

import (
	"strings"
	"testing"
)

func TestAnAdminsMailSetsCommandsApartAndTrustsNoServersWords(t *testing.T) {
	page := notice{Subject: "It is held", Text: "ann@desk.example: failed: <b>no</b> \"such\" mailbox\nbo@desk.example: expired\n\n\"fortnight editions release 7\" mails it."}.page()
	for _, want := range []string{
		"<h1 style=\"margin:0 0 16px;font-size:22px;line-height:28px\">It is held</h1>",
		"failed: &lt;b&gt;no&lt;/b&gt; &#34;such&#34; mailbox<br>bo@desk.example: expired</p>",
		">fortnight editions release 7</code> mails it.</p>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
