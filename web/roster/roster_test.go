package roster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf16"

	"fortnight/digest"
)

var desk = Reader{Digest: "weekly", Locales: []string{"en", "es"}}

func read(t *testing.T, text string) Sheet {
	t.Helper()
	s, err := desk.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func faults(s Sheet) (all []string) {
	for _, f := range s.Faults {
		all = append(all, fmt.Sprintf("%d %s [%s] %s", f.Line, f.Column, f.Says, f.Reason))
	}
	return all
}

func TestAFileIsReadInAnyOrderOfColumns(t *testing.T) {
	s := read(t, "zone,PDF,E-Mail,Role,Full name,Locale\nAmerica/New_York,no,m.ortiz@lindenhof.example,Manager,Maya Ortiz,es_mx\n,,jana@lindenhof.example,,Jana Krüger,\n")
	want := []Line{
		{2, "m.ortiz@lindenhof.example", "Maya Ortiz", digest.Manager, "es-MX", "America/New_York", false},
		{3, "jana@lindenhof.example", "Jana Krüger", digest.Manager, "", "", true},
	}
	if !reflect.DeepEqual(s.Lines, want) || len(s.Faults) > 0 {
		t.Errorf("read %+v with faults %v", s.Lines, faults(s))
	}
}

func TestCellsMayBePartedByCommaSemicolonOrTab(t *testing.T) {
	for name, text := range map[string]string{
		"comma":                         "address,name\nana@example.org,\"Ruiz, Ana\"\n",
		"semicolon":                     "address;name\nana@example.org;Ruiz, Ana\n",
		"tab":                           "address\tname\nana@example.org\tRuiz, Ana\n",
		"semicolon, with commas quoted": "address;\"name\"\nana@example.org;\"Ruiz, Ana\"\n",
		"a spreadsheet's own line":      "sep=;\naddress;name\nana@example.org;Ruiz, Ana\n",
		"lines of Windows":              "address;name\r\nana@example.org;Ruiz, Ana\r\n",
		"lines of an old Macintosh":     "address;name\rana@example.org;Ruiz, Ana\r",
		"no end of the last line":       "address;name\nana@example.org;Ruiz, Ana",
		"empty lines":                   "\n\naddress;name\n\n;\nana@example.org;Ruiz, Ana\n;;\n",
	} {
		s := read(t, text)
		if len(s.Lines) != 1 || s.Lines[0].Name != "Ruiz, Ana" || s.Lines[0].Address != "ana@example.org" || len(s.Faults) > 0 || s.Read != 1 {
			t.Errorf("%s: read %+v with faults %v", name, s.Lines, faults(s))
		}
	}
}

func TestAFileMayBeInAnyOfTheUsualEncodings(t *testing.T) {
	const text = "address,name\njana@lindenhof.example,Jana Krüger – Łódź\n"
	wide := func(order binary.ByteOrder, mark bool) []byte {
		units := utf16.Encode([]rune(text))
		if mark {
			units = append([]uint16{0xfeff}, units...)
		}
		b := make([]byte, 2*len(units))
		for i, u := range units {
			order.PutUint16(b[2*i:], u)
		}
		return b
	}
	for name, c := range map[string]struct {
		file     []byte
		encoding string
		person   string
	}{
		"UTF-8":                        {[]byte(text), "", "Jana Krüger – Łódź"},
		"UTF-8 with its mark":          {[]byte("\ufeff" + text), "", "Jana Krüger – Łódź"},
		"UTF-16, little end first":     {wide(binary.LittleEndian, true), "UTF-16", "Jana Krüger – Łódź"},
		"UTF-16, big end first":        {wide(binary.BigEndian, true), "UTF-16", "Jana Krüger – Łódź"},
		"UTF-16 without a mark":        {wide(binary.LittleEndian, false), "UTF-16", "Jana Krüger – Łódź"},
		"UTF-16 without a mark, big":   {wide(binary.BigEndian, false), "UTF-16", "Jana Krüger – Łódź"},
		"Windows-1252":                 {[]byte("address,name\njana@lindenhof.example,Jana Kr\xfcger \x96 \x80\n"), "Windows-1252", "Jana Krüger – €"},
		"UTF-8 with a mark and quotes": {[]byte("\ufeff\"address\",\"name\"\njana@lindenhof.example,Jana\n"), "", "Jana"},
	} {
		s, err := desk.Read(c.file)
		if err != nil || len(s.Lines) != 1 || s.Lines[0].Name != c.person || s.Encoding != c.encoding {
			t.Errorf("%s: read %+v as %q with faults %v, %v", name, s.Lines, s.Encoding, faults(s), err)
		}
	}
}

func TestFaultsAreToldByLine(t *testing.T) {
	s := read(t, strings.Join([]string{
		"address,name,audience,language,zone,pdf",              // 1
		"p.devries@lindenhof.example,Piet de Vries,,,,",        // 2
		"anke.lind@lindenhof,Anke Lind,,,,",                    // 3
		"tom@lindenhof.example,Tom,boss,,,",                    // 4
		"ada@lindenhof.example,Ada,manger,,,",                  // 5
		"eva@lindenhof.example,Eva,,,Europe/Berln,",            // 6
		"P.DeVries@lindenhof.example,Piet again,,,,",           // 7
		"ina@lindenhof.example,\"Ina",                          // 8, and goes on
		"Maier\",,,,",                                          // 9
		",Nobody,,,,",                                          // 10
		"leo@lindenhof.example,Leo,,Espanish,,",                // 11
		"max@lindenhof.example,Max,,xx,headquarters,perhaps",   // 12
		"mia@lindenhof.example,Mia,,,,yes,what,is,this",        // 13
		"kim.lindenhof.example,Kim",                            // 14
		"uta@lindenhof..example,Uta,,,,",                       // 15
		"a b@lindenhof.example,,,,,",                           // 16
		"@lindenhof.example,,,,,",                              // 17
		"uwe@,,,,,",                                            // 18
		"max@lindenhof.example,Max Two,,,,",                    // 19
		"\"ana@lindenhof.example; bea@lindenhof.example\",,,,", // 20
	}, "\n"))
	want := []string{
		"3 address [anke.lind@lindenhof] This is not a full address: the part after @ has no dot.",
		"4 audience [boss] Use admin, manager or executive.",
		"5 audience [manger] No such audience. Did you mean manager?",
		"6 zone [Europe/Berln] No such zone. Did you mean Europe/Berlin?",
		"7 address [P.DeVries@lindenhof.example] Already on line 2. Keep one of the two.",
		"8 name [Ina\nMaier] A name is one line.",
		"10 address [] No address.",
		"11 language [Espanish] No such language. Did you mean es?",
		"12 language [xx] No mails are written in this language. Use en or es.",
		"12 zone [headquarters] No such zone. Write continent and city, such as Europe/Berlin.",
		"12 pdf [perhaps] Write yes where the PDF is attached, no where it is not.",
		"13  [what] 9 cells, and the first line names 6 columns. Put a cell that holds the separator in quotes.",
		"14 address [kim.lindenhof.example] This is not a full address: it has no @.",
		"15 address [uta@lindenhof..example] This is not a full address: the part after @ has a dot too many.",
		"16 address [a b@lindenhof.example] An address holds no spaces.",
		"17 address [@lindenhof.example] This is not a full address: there is nothing before the @.",
		"18 address [uwe@] This is not a full address: there is nothing after the @.",
		"19 address [max@lindenhof.example] Already on line 12. Keep one of the two.",
		"20 address [ana@lindenhof.example; bea@lindenhof.example] These are several addresses, or a comma too many. Write one a line.",
	}
	if got := faults(s); !reflect.DeepEqual(got, want) {
		t.Errorf("the faults are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s.Read != 18 || len(s.Lines) != 1 {
		t.Errorf("%d lines were read, %d without fault; want 18 and 1", s.Read, len(s.Lines))
	}
}

func TestABrokenQuoteIsAFaultOfItsLineAndTheOthersAreRead(t *testing.T) {
	s := read(t, "address,name\nana@example.org,Ana \"the\" Ruiz\nbea@example.org,Bea\ncoe@example.org,\"Coe\n")
	want := []string{
		`2  [] A " stands in the middle of a cell. Put the whole cell in quotes, and double the " in it.`,
		`4  [] A quoted cell does not end. Close it with ", and double a " that belongs to the text.`,
	}
	if got := faults(s); !reflect.DeepEqual(got, want) || len(s.Lines) != 1 || s.Lines[0].Number != 3 {
		t.Errorf("faults %q, lines %+v", got, s.Lines)
	}
}

func TestAListOfAddressesNeedsNoHead(t *testing.T) {
	s := read(t, "ana@example.org\n\"Bea Roy\" <bea@example.org>\nCoe Lind <coe@example>\n")
	if len(s.Lines) != 2 || s.Lines[0].Number != 1 || s.Lines[1].Name != "Bea Roy" || s.Lines[1].Address != "bea@example.org" || s.Read != 3 {
		t.Errorf("read %+v of %d", s.Lines, s.Read)
	}
	if got := faults(s); len(got) != 1 || got[0] != "3 address [Coe Lind <coe@example>] This is not a full address: the part after @ has no dot." {
		t.Errorf("faults %q", got)
	}
}

func TestAFileWithoutAnAddressColumnIsNotRead(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "1  [] The file is empty. Its first line names the columns: address, name, audience, language, zone, pdf."},
		{"\ufeff\n\n", "1  [] The file is empty. Its first line names the columns: address, name, audience, language, zone, pdf."},
		{"adresse,name\nana@example.org,Ana", "1 address [adresse, name] No column is called address. Did you mean it by adresse?"},
		{"name,zone\nAna,UTC", "1 address [name, zone] No column is called address. The first line names the columns: address, name, audience, language, zone, pdf; only address is needed."},
		{"email,address\na@example.org,b@example.org", "1 address [address] A second column for the address. Keep one of the two."},
	} {
		s := read(t, c.text)
		if got := faults(s); len(got) != 1 || got[0] != c.want || len(s.Lines) > 0 {
			t.Errorf("%q: faults %q, lines %+v", c.text, got, s.Lines)
		}
	}
}

func TestColumnsThatMeanNothingAreNamed(t *testing.T) {
	s := read(t, "address,Department,state,Cost centre,\nana@example.org,Sales,unsubscribed,12,\n")
	if !reflect.DeepEqual(s.Ignored, []string{"Department", "Cost centre"}) || len(s.Lines) != 1 {
		t.Errorf("ignored %q, lines %+v", s.Ignored, s.Lines)
	}
}

func TestLinesOfOtherDigestsAreLeftOut(t *testing.T) {
	s := read(t, "address,digest\nana@example.org,weekly\nbea@example.org,monthly\nana@example.org,monthly\nbad,monthly\ncoe@example.org,\n")
	if len(s.Lines) != 2 || s.Others != 3 || len(s.Faults) > 0 || s.Read != 5 {
		t.Errorf("lines %+v, %d of others, faults %v", s.Lines, s.Others, faults(s))
	}
}

func TestTooMuchIsNotRead(t *testing.T) {
	var large *TooLargeError
	if _, err := desk.Read(make([]byte, MostBytes+1)); !errors.As(err, &large) || large.Reason != "The file has 5.0 MB; 5 MB are taken at a time." {
		t.Errorf("a file of too many bytes: %v", err)
	}
	lines := func(n int) []byte {
		var b bytes.Buffer
		b.WriteString("address\n")
		for i := range n {
			fmt.Fprintf(&b, "p%d@example.org\n", i)
		}
		return b.Bytes()
	}
	if s, err := desk.Read(lines(MostLines)); err != nil || len(s.Lines) != MostLines {
		t.Errorf("a file of %d lines: %d, %v", MostLines, len(s.Lines), err)
	}
	if _, err := desk.Read(lines(MostLines + 1)); !errors.As(err, &large) || large.Reason != "The file has more than 50,000 lines. Take it in parts." {
		t.Errorf("a file of too many lines: %v", err)
	}
}

func TestWhatAFileDoesNotSayStays(t *testing.T) {
	known := map[string]digest.Subscriber{
		"ana@example.org": {ID: 7, Address: "Ana@example.org", Name: "Ana Ruiz", Zone: "Europe/Madrid", Locale: "es", Audience: digest.Admin, AddedBy: "Nora Feld"},
	}
	for _, c := range []struct {
		name, text string
		want       []digest.Subscriber
	}{
		{"the address alone", "address\nana@example.org\nbea@example.org", []digest.Subscriber{
			known["ana@example.org"], {Address: "bea@example.org", Audience: digest.Manager, PDF: true, AddedBy: "Kim"},
		}},
		{"empty cells are the digest's own", "address,name,audience,language,zone,pdf\nANA@example.org,,,,,", []digest.Subscriber{
			{ID: 7, Address: "Ana@example.org", Audience: digest.Manager, PDF: true, AddedBy: "Nora Feld"},
		}},
		{"a new zone", "address,zone\nana@example.org,UTC", []digest.Subscriber{
			{ID: 7, Address: "Ana@example.org", Name: "Ana Ruiz", Zone: "UTC", Locale: "es", Audience: digest.Admin, AddedBy: "Nora Feld"},
		}},
		{"a name beside the address", "Ana R. <ana@example.org>", []digest.Subscriber{
			{ID: 7, Address: "Ana@example.org", Name: "Ana R.", Zone: "Europe/Madrid", Locale: "es", Audience: digest.Admin, AddedBy: "Nora Feld"},
		}},
	} {
		if got := read(t, c.text).Over(known, "Kim"); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", c.name, got, c.want)
		}
	}
}

func some(all ...digest.SubscriberLine) iter.Seq2[digest.SubscriberLine, error] {
	return func(yield func(digest.SubscriberLine, error) bool) {
		for _, s := range all {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func TestAFileThatWasWrittenIsReadAsItWas(t *testing.T) {
	all := []digest.SubscriberLine{
		{Digest: "weekly", Subscriber: digest.Subscriber{Name: "Ruiz, \"Ana\"", Address: "ana@example.org", Locale: "es-MX", Zone: "America/New_York", Audience: digest.Admin, PDF: true}},
		{Digest: "weekly", Subscriber: digest.Subscriber{Name: "=HYPERLINK(\"http://evil.example\";\"here\")", Address: "+bea@example.org", Audience: digest.Manager}},
		{Digest: "weekly", Subscriber: digest.Subscriber{Name: "'=1", Address: "coe@example.org", Audience: digest.Executive}},
		{Digest: "weekly", Subscriber: digest.Subscriber{Name: "'t Hooft", Address: "dan@example.org", Audience: digest.Manager}},
		{Digest: "weekly", Subscriber: digest.Subscriber{Name: "@home; «Ünï» 日本", Address: "eve@example.org", Audience: digest.Manager, PDF: true}},
		{Digest: "weekly", Subscriber: digest.Subscriber{Name: "", Address: "-fay@example.org", Audience: digest.Manager, PDF: true}},
	}
	var file bytes.Buffer
	n, err := Write(&file, some(all...))
	if err != nil || n != len(all) {
		t.Fatalf("wrote %d, %v", n, err)
	}
	for _, line := range strings.Split(file.String(), "\r\n")[1:] {
		if line != "" && strings.ContainsAny(strings.TrimPrefix(line, `"`)[:1], "=+-@\t") {
			t.Errorf("a spreadsheet takes this for a formula: %s", line)
		}
	}
	s := read(t, file.String())
	if len(s.Faults) > 0 || len(s.Ignored) > 0 {
		t.Fatalf("faults %v, ignored %q", faults(s), s.Ignored)
	}
	for i, got := range s.Over(nil, "") {
		want := all[i].Subscriber
		if !reflect.DeepEqual(got, want) {
			t.Errorf("read %+v, written %+v", got, want)
		}
	}
}

func TestTheStateIsWrittenForPeople(t *testing.T) {
	at := digest.Date{Year: 2026, Month: 3, Day: 25}
	start, _ := at.Start(time.UTC)
	for want, s := range map[string]digest.SubscriberLine{
		"gets it":                       {},
		"unsubscribed":                  {UnsubscribedAt: start, Suppressed: "unsubscribed"},
		"removed":                       {RemovedAt: start, UnsubscribedAt: start},
		"suppressed: hard bounce 5.1.1": {Suppressed: "hard bounce 5.1.1"},
		"paused until 2026-03-25":       {Wishes: digest.Wishes{PausedUntil: at}},
	} {
		if got := StateOf(s); got != want {
			t.Errorf("the state is %q, want %q", got, want)
		}
	}
}

func TestTheLinesAtFaultAreGivenBackToBeMended(t *testing.T) {
	s := read(t, "name;E-Mail;zone\nAna;ana@example;Europe/Berln\nBea;bea@example.org;UTC\n\"=Coe\";coe@example.org;Mars\n")
	var file bytes.Buffer
	if err := s.WriteFaults(&file); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffname,E-Mail,zone,fault\r\n" +
		"Ana,ana@example,Europe/Berln,line 2: This is not a full address: the part after @ has no dot. No such zone. Did you mean Europe/Berlin?\r\n" +
		"'=Coe,coe@example.org,Mars,\"line 4: No such zone. Write continent and city, such as Europe/Berlin.\"\r\n"
	if file.String() != want {
		t.Errorf("the file is\n%q\nwant\n%q", file.String(), want)
	}
	again := read(t, strings.ReplaceAll(strings.ReplaceAll(file.String(), "ana@example,", "ana@example.org,"), "Europe/Berln", "Europe/Berlin"))
	if len(again.Lines) != 1 || again.Lines[0].Zone != "Europe/Berlin" || len(again.Ignored) > 0 {
		t.Errorf("mended, it is read as %+v with faults %v, ignored %q", again.Lines, faults(again), again.Ignored)
	}
}
