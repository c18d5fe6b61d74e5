package settings

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fortnight/digest"
)

func TestAFileOfSubscribersIsRead(t *testing.T) {
	t.Parallel()
	want := []digest.Subscriber{
		{Address: "maya@desk.example", Name: "Maya Ortiz", Audience: digest.Executive, Locale: "es", Zone: "America/New_York"},
		{Address: "bo@desk.example", Name: `Bo "the" Lee, Jr.`, Audience: digest.Manager, PDF: true},
	}
	for name, file := range map[string]string{
		"commas":                  "address,name,audience,pdf,locale,zone\nmaya@desk.example,Maya Ortiz,executive,no,es,America/New_York\nbo@desk.example,\"Bo \"\"the\"\" Lee, Jr.\"\n",
		"a spreadsheet's":         "\uFEFFE-Mail;Name;Audience;PDF;Locale;Zone\r\nmaya@desk.example;Maya Ortiz;Executive;No;es;America/New_York\r\nbo@desk.example;\"Bo \"\"the\"\" Lee, Jr.\";;;;\r\n",
		"tabs, in another order":  "name\taddress\tpdf\tlocale\tzone\taudience\nMaya Ortiz\t maya@desk.example \tfalse\tes\tAmerica/New_York\texecutive\n\"Bo \"\"the\"\" Lee, Jr.\"\tbo@desk.example\n",
		"empty lines in between":  "address,name,audience,pdf,locale,zone\n\nmaya@desk.example,Maya Ortiz,executive,0,es,America/New_York\n\nbo@desk.example,\"Bo \"\"the\"\" Lee, Jr.\",manager,1,,",
		"space around the fields": "address, name, audience, pdf, locale, zone\nmaya@desk.example, Maya Ortiz, executive, no, es, America/New_York\nbo@desk.example, \"Bo \"\"the\"\" Lee, Jr.\"\n",
	} {
		got, err := known.ReadCSV([]byte(file))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestFaultsOfAFileOfSubscribersAreSaidByLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "line 1: The file is empty: begin with a line of address,name,audience,pdf,locale,zone,added_by."},
		{"no head", "maya@desk.example,Maya\n", "line 1: There is no column \"maya@desk.example\": choose from address, name, audience, pdf, locale, zone, added_by.\nline 1: There is no column \"Maya\": choose from address, name, audience, pdf, locale, zone, added_by.\nline 1, address: There is no column address: the first line names the columns."},
		{"a column twice", "address,name,address\n", "line 1, address: This column stands there twice."},
		{"Latin-1", "address,name\na@desk.example,Ann\nb@desk.example,M\xfcller\n", "line 3: This is not UTF-8: save the file as CSV UTF-8."},
		{
			"many faults", "address,name,audience,pdf,locale,zone\nmaya@desk,Maya,,,,\n,Bo,,,,\nann@desk.example,\"A\nnn\",boss,perhaps,tlh,Europe/Berln\nMaya <m@desk.example>,,,,,\nbo@desk.example,,,,,\nBO@desk.example,,,,,\na@desk.example,,,,,,more\n",
			`line 2, address: This is not a full address: the part after @ has no dot.
line 3, address: The address is missing.
line 4, name: A line break or another control character is in it: write it as one line.
line 4, audience: There is no such audience: write admin, manager or executive.
line 4, pdf: Write yes or no.
line 4, locale: There are no words for this language.
line 4, zone: There is no such zone: write an IANA name, such as Europe/Berlin.
line 6, address: This is not a mail address: write one such as dana@example.com.
line 8, address: The address stands in line 7 already.
line 9: The line has 7 fields, and the head 6.`,
		},
		{"a quote that does not close", "address,name\na@desk.example,\"Ann\nb@desk.example,Bo\n", "line 3: A quote is open or stands where none may: put a text with quotes in quotes, and each of its own twice."},
	} {
		got, err := known.ReadCSV([]byte(c.file))
		if said := faultOf(err); said != c.want || (err != nil && got != nil) {
			t.Errorf("%s: %v,\n%s\nwant\n%s", c.name, got, said, c.want)
		}
	}
}

func faultOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAFileOfSubscribersIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := func(name string) string {
			return strings.TrimSpace(rapid.OneOf(rapid.StringMatching(`[ -~äß支']{0,12}`), rapid.SampledFrom([]string{"=1+1", "-a", "@x", "'=1", "''", "+49"})).Draw(t, name))
		}
		var all []digest.Subscriber
		for range rapid.IntRange(0, 4).Draw(t, "lines") {
			all = append(all, digest.Subscriber{
				Address: rapid.StringMatching(`[a-z]{30}@desk\.example`).Draw(t, "address"), Name: cell("name"), AddedBy: cell("added by"),
				Audience: rapid.SampledFrom([]digest.Audience{digest.Admin, digest.Manager, digest.Executive}).Draw(t, "audience"), PDF: rapid.Bool().Draw(t, "pdf"),
				Locale: rapid.SampledFrom([]string{"", "es"}).Draw(t, "locale"), Zone: rapid.SampledFrom([]string{"", "UTC"}).Draw(t, "zone"),
			})
		}
		var file bytes.Buffer
		if err := WriteCSV(&file, all); err != nil {
			t.Fatal(err)
		}
		got, err := known.ReadCSV(file.Bytes())
		if err != nil || !reflect.DeepEqual(got, all) {
			t.Fatalf("%q is read as %+v: %v", file.String(), got, err)
		}
	})
}

func TestNoSpreadsheetTakesANameForAFormula(t *testing.T) {
	t.Parallel()
	for name, cell := range map[string]string{"=1+1": "'=1+1", "-Ann": "'-Ann", "@sum(A1)": "'@sum(A1)", "+1": "'+1", "'quoted": "''quoted", "Ann": "Ann", "": ""} {
		if got := Guarded(name); got != cell || Plain(got) != name {
			t.Errorf("%q is written %q and read %q", name, got, Plain(got))
		}
	}
}
