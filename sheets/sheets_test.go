package sheets_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"fortnight/digest"
	"fortnight/sheets"
)

// agent is a name of forty letters that runs the other way.
const agent = "عبد الرحمن بن محمد بن عبد العزيز الأنصاري"

func text(s string) digest.Entry { return digest.Entry{Unit: digest.Text, Value: digest.Say(s)} }

func count(n float64) digest.Entry { return digest.Entry{Unit: digest.Count, Value: digest.Num(n)} }

// week is a book of each kind of value.
func week(t *testing.T) digest.Book {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	figures := digest.Grid{
		Key: "figures", Title: "Figures",
		Head: []digest.GridHead{{Text: "Figure", Unit: digest.Text}, {Text: "This week"}, {Text: "Week before"}, {Text: "Change"}, {Text: "Note", Unit: digest.Text}},
		Rows: [][]digest.Entry{
			{text("Offered"), count(1307), count(0), {Unit: digest.Count, Value: digest.Num(1307), Signed: true}, text("")},
			{text("Rate"), {Unit: digest.Percent, Value: digest.Num(60.416666666666664)}, {Unit: digest.Percent, Value: digest.Num(64.5)}, {Unit: digest.Points, Value: digest.Num(-4.083333), Signed: true}, text("")},
			{text("Wait"), {Unit: digest.Duration, Value: digest.Num(198000)}, {Unit: digest.Duration, Value: digest.Num(200000)}, {Unit: digest.Duration, Value: digest.Num(-2000), Signed: true}, text("")},
			{text("Per conversation"), {Unit: digest.Ratio, Value: digest.None(digest.Empty), Word: "n/a"}, {Unit: digest.Ratio, Value: digest.Num(0)}, {Unit: digest.Ratio, Value: digest.None(digest.Empty), Signed: true}, text("no conversation")},
			{text("Value"), {Unit: digest.Money, Value: digest.Sum(1200.5, "EUR")}, {Unit: digest.Money, Value: digest.Sum(1000, "EUR")}, {Unit: digest.Money, Value: digest.Sum(200.5, "EUR"), Signed: true}, text("")},
			{text("Busiest"), {Unit: digest.Instant, Value: digest.At(time.Date(2020, 3, 23, 19, 2, 7, 0, time.UTC))}, {Unit: digest.Instant, Value: digest.None(digest.Empty), Word: "n/a"}, {}, text("")},
		},
	}
	byAgent := digest.Grid{
		Key: "by_agent", Title: "By agent", Caption: "2 of 9 rows are shown.",
		Head:  []digest.GridHead{{Text: "Agent", Unit: digest.Text}, {Text: "Rate", Unit: digest.Count}, {Text: "Rate", Unit: digest.Percent}, {Text: "", Unit: digest.Money}, {Text: "First", Unit: digest.Instant}},
		Links: []string{"https://chat.example.com/7", "javascript:alert(1)"},
		Rows: [][]digest.Entry{
			{text(agent), count(7), {Unit: digest.Percent, Value: digest.Num(50)}, {Unit: digest.Money, Value: digest.Sum(10, "EUR")}, {Unit: digest.Instant, Value: digest.At(time.Date(2020, 3, 8, 7, 30, 0, 0, time.UTC))}},
			{text("=1+1"), count(0), {Unit: digest.Percent, Value: digest.None(digest.Empty), Word: "n/a"}, {Unit: digest.Money, Value: digest.Sum(5, "USD")}, {Unit: digest.Instant, Value: digest.None(digest.Empty)}},
		},
	}
	byDay := digest.Grid{
		Key: "by_day", Title: "By day", Head: []digest.GridHead{{Text: "Day", Unit: digest.LocalDay}, {Text: "This week", Unit: digest.Count}, {Text: "Week before", Unit: digest.Count}},
		Rows: [][]digest.Entry{{{Unit: digest.LocalDay, Value: digest.At(time.Date(2020, 3, 23, 0, 0, 0, 0, time.UTC))}, count(12), {Unit: digest.Count, Value: digest.None(digest.Empty), Word: "n/a"}}},
	}
	return digest.Book{
		Name: "support-desk-2020-w13", Title: "Support desk, 23–29 March 2020", Locale: "en", Dir: "ltr", Zone: zone, Made: time.Date(2020, 3, 30, 12, 0, 0, 0, time.UTC),
		Words: digest.BookWords{
			Section: "Section", Figure: "Figure", Chart: "Chart", Row: "Row", Column: "Column", Unit: "Unit", Value: "Value", Minutes: "min",
			Units: map[digest.Unit]string{digest.Duration: "s", digest.Percent: "%", digest.Points: "points"},
		},
		Leaves: []digest.Leaf{
			{Key: "about", Title: "About", Lines: []string{"Values, without formulas."}, Grids: []digest.Grid{{Key: "about", Head: []digest.GridHead{{Text: "About"}, {Text: "Value"}}, Rows: [][]digest.Entry{{text("Project"), text("Support desk")}}}}},
			{Key: "contact_center", Title: "Contact center", Figures: &figures, Grids: []digest.Grid{byAgent}, Charts: []digest.Grid{byDay}},
		},
	}
}

func files(t *testing.T, b digest.Book, a digest.Attachments) map[string][]byte {
	t.Helper()
	made, err := sheets.Clerk{}.Files(b, a)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range made {
		all[f.Name] = f.Data
	}
	return all
}

func lines(t *testing.T, data []byte) [][]string {
	t.Helper()
	rest, ok := bytes.CutPrefix(data, []byte("\ufeff"))
	if !ok {
		t.Fatalf("the file does not say that it is UTF-8: %q", data)
	}
	all, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func opened(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// cellOf is the first cell of a sheet beside a name, so many columns to its right.
func cellOf(t *testing.T, f *excelize.File, sheet, name string, right int) string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if len(row) > 0 && row[0] == name {
			at, err := excelize.CoordinatesToCellName(right+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	t.Fatalf("%s has no row %q: %q", sheet, name, rows)
	return ""
}

func TestADigestHasTheFilesThatItAsksFor(t *testing.T) {
	for _, c := range []struct {
		name string
		a    digest.Attachments
		want []string
	}{
		{"none", digest.Attachments{}, nil},
		{"the workbook", digest.Attachments{XLSX: true}, []string{"support-desk-2020-w13.xlsx"}},
		{"tables", digest.Attachments{CSV: true}, []string{"support-desk-2020-w13-figures.csv", "support-desk-2020-w13-contact_center-by_agent.csv", "support-desk-2020-w13-charts.csv"}},
		{"both, the workbook first", digest.Attachments{CSV: true, XLSX: true}, []string{"support-desk-2020-w13.xlsx", "support-desk-2020-w13-figures.csv", "support-desk-2020-w13-contact_center-by_agent.csv", "support-desk-2020-w13-charts.csv"}},
	} {
		made, err := sheets.Clerk{}.Files(week(t), c.a)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range made {
			names = append(names, f.Name)
			want := sheets.TypeCSV
			if strings.HasSuffix(f.Name, ".xlsx") {
				want = sheets.TypeXLSX
			}
			if f.Type != want {
				t.Errorf("%s is of type %s", f.Name, f.Type)
			}
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("%s: %q, want %q", c.name, names, c.want)
		}
	}
}

func TestTablesHaveNumbersAsTheyAreAndSayTheirUnits(t *testing.T) {
	all := files(t, week(t), digest.Attachments{CSV: true})
	for name, want := range map[string][][]string{
		"support-desk-2020-w13-figures.csv": {
			{"Section", "Figure", "Unit", "This week", "Week before", "Change", "Note"},
			{"Contact center", "Offered", "", "1307", "0", "1307", ""},
			{"Contact center", "Rate", "%", "60.416666666666664", "64.5", "-4.083333", ""},
			{"Contact center", "Wait", "s", "198000", "200000", "-2000", ""},
			{"Contact center", "Per conversation", "", "", "0", "", "n/a. no conversation"},
			{"Contact center", "Value", "EUR", "1200.50", "1000.00", "200.50", ""},
			{"Contact center", "Busiest", "America/New_York", "2020-03-23 15:02:07", "", "", ""},
		},
		"support-desk-2020-w13-contact_center-by_agent.csv": {
			{"Agent", "Rate", "Rate (%)", "", " (Unit)", "First (America/New_York)"},
			{agent, "7", "50", "10.00", "EUR", "2020-03-08 03:30:00"}, // the day on which the clocks went forward
			{"'=1+1", "0", "", "5.00", "USD", ""},
		},
		"support-desk-2020-w13-charts.csv": {
			{"Section", "Chart", "Row", "Column", "Unit", "Value"},
			{"Contact center", "By day", "2020-03-23", "This week", "", "12"},
			{"Contact center", "By day", "2020-03-23", "Week before", "", ""},
		},
	} {
		got := lines(t, all[name])
		if len(got) != len(want) {
			t.Errorf("%s is %q", name, got)
			continue
		}
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%s, line %d: %q, want %q", name, i+1, got[i], want[i])
			}
		}
	}
}

func TestAWorkbookHasNumbersThatCanBeCountedWith(t *testing.T) {
	f := opened(t, files(t, week(t), digest.Attachments{XLSX: true})["support-desk-2020-w13.xlsx"])
	if got := f.GetSheetList(); !slices.Equal(got, []string{"About", "Contact center"}) {
		t.Fatalf("the sheets are %q", got)
	}
	const sheet = "Contact center"
	for _, c := range []struct {
		name, row string
		right     int
		raw       float64
		shown     string
	}{
		{"a count", "Offered", 1, 1307, "1,307"},
		{"nothing is 0 and not n/a", "Offered", 2, 0, "0"},
		{"a difference has its sign", "Offered", 3, 1307, "+1,307"},
		{"a percent is one of one", "Rate", 1, .60416666666666664, "60.4%"},
		{"percents differ by points", "Rate", 3, -4.083333, "-4.1 points"},
		{"a duration runs on past a day", "Wait", 1, 198000. / 86400, "55:00:00"},
		{"durations differ by minutes", "Wait", 3, -2000. / 60, "-33.3 min"},
		{"money has its currency", "Value", 1, 1200.5, "1,200.50 EUR"},
		{"more money", "Value", 3, 200.5, "+200.50 EUR"},
		{"an instant is a date of the digest's zone", "Busiest", 1, 43913 + (15*3600+2*60+7)/86400., "2020-03-23 15:02:07"},
	} {
		at := cellOf(t, f, sheet, c.row, c.right)
		kind, err := f.GetCellType(sheet, at)
		if err != nil {
			t.Fatal(err)
		}
		if kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("%s: the cell is no number but %v", c.name, kind)
		}
		shown, err := f.GetCellValue(sheet, at)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := number(t, raw); math.Abs(got-c.raw) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.raw)
		}
		if shown != c.shown {
			t.Errorf("%s: shown as %q, want %q", c.name, shown, c.shown)
		}
	}
	for _, c := range []struct {
		row   string
		right int
		want  string
	}{{"Per conversation", 1, "n/a"}, {"Per conversation", 2, "0"}, {"Per conversation", 3, ""}, {"Busiest", 2, "n/a"}} {
		if got, err := f.GetCellValue(sheet, cellOf(t, f, sheet, c.row, c.right), excelize.Options{RawCellValue: true}); err != nil || got != c.want {
			t.Errorf("%s, column %d: %q %v, want %q", c.row, c.right, got, err, c.want)
		}
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatLooksLikeAFormulaIsAText(t *testing.T) {
	for _, run := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", " =1", `=HYPERLINK("http://evil.example","x")`, "=cmd|'/c calc'!A0"} {
		b := week(t)
		b.Leaves[1].Title = run
		b.Leaves[1].Figures.Rows[0][0] = text(run)
		b.Leaves[1].Figures.Head[1].Text = run
		b.Leaves[1].Grids[0].Rows[0][0] = text(run)
		b.Leaves[1].Grids[0].Title, b.Leaves[1].Grids[0].Caption, b.Leaves[1].Lines = run, run, []string{run}
		b.Leaves[1].Charts[0].Head[1].Text = run
		all := files(t, b, digest.Attachments{CSV: true, XLSX: true})
		for name, data := range all {
			if !strings.HasSuffix(name, ".csv") {
				continue
			}
			found := false
			for _, line := range lines(t, data) {
				for _, cell := range line {
					found = found || strings.Contains(cell, strings.TrimSpace(run))
					if strings.TrimLeft(cell, " ") != "" && strings.ContainsRune("=+@\t\r＝＋－＠", []rune(strings.TrimLeft(cell, " "))[0]) {
						t.Errorf("%s runs %q", name, cell)
					}
				}
			}
			if !found && strings.TrimSpace(run) == run {
				t.Errorf("%s has lost %q", name, run)
			}
		}
		f := opened(t, all["support-desk-2020-w13.xlsx"])
		for part, content := range parts(t, all["support-desk-2020-w13.xlsx"]) {
			if strings.HasPrefix(part, "xl/worksheets/") && (strings.Contains(content, "<f>") || strings.Contains(content, "<f ")) {
				t.Errorf("%q is a formula in %s", run, part)
			}
		}
		sheet := f.GetSheetList()[1]
		at := cellOf(t, f, sheet, run, 0)
		if kind, err := f.GetCellType(sheet, at); err != nil || kind != excelize.CellTypeSharedString {
			t.Errorf("%q is of type %v, %v", run, kind, err)
		}
	}
}

func TestOnlyPagesAreLinked(t *testing.T) {
	f := opened(t, files(t, week(t), digest.Attachments{XLSX: true})["support-desk-2020-w13.xlsx"])
	const sheet = "Contact center"
	if there, link, err := f.GetCellHyperLink(sheet, cellOf(t, f, sheet, agent, 0)); err != nil || !there || link != "https://chat.example.com/7" {
		t.Errorf("the conversation is not linked: %v %q %v", there, link, err)
	}
	if there, link, err := f.GetCellHyperLink(sheet, cellOf(t, f, sheet, "=1+1", 0)); err != nil || there {
		t.Errorf("a script is linked: %q %v", link, err)
	}
}

func TestTheSameBookIsTheSameBytes(t *testing.T) {
	a := digest.Attachments{CSV: true, XLSX: true}
	first := files(t, week(t), a)
	for range 3 {
		for name, data := range files(t, week(t), a) {
			if !bytes.Equal(data, first[name]) {
				t.Errorf("%s differs from one time to the next", name)
			}
		}
	}
	core := parts(t, first["support-desk-2020-w13.xlsx"])["docProps/core.xml"]
	if strings.Count(core, "2020-03-30T12:00:00Z") != 2 {
		t.Errorf("the workbook was not made when the data was read: %s", core)
	}
}

func TestSheetsHaveNamesThatSpreadsheetsTake(t *testing.T) {
	b := week(t)
	for _, title := range []string{"A/B: [test]*?\\", "'quoted'", "contact CENTER", "History", strings.Repeat("Käse ", 12), agent, "\u202egnp.exe", "", strings.Repeat("🦊", 20), strings.Repeat("🦊", 21)} {
		b.Leaves = append(b.Leaves, digest.Leaf{Key: "x", Title: title})
	}
	data := files(t, b, digest.Attachments{XLSX: true})["support-desk-2020-w13.xlsx"]
	names := opened(t, data).GetSheetList()
	if len(names) != len(b.Leaves) {
		t.Fatalf("%d sheets of %d: %q", len(names), len(b.Leaves), names)
	}
	seen := map[string]bool{}
	for _, name := range names {
		if n := len(utf16.Encode([]rune(name))); n == 0 || n > 31 || strings.ContainsAny(name, "[]:*?/\\\u202e") || strings.HasPrefix(name, "'") || strings.HasSuffix(name, "'") || strings.EqualFold(name, "History") {
			t.Errorf("a sheet is called %q", name)
		}
		if seen[strings.ToLower(name)] {
			t.Errorf("two sheets are called %q", name)
		}
		seen[strings.ToLower(name)] = true
	}
	if !strings.HasPrefix(agent, names[7]) {
		t.Errorf("the beginning of %q is %q", agent, names[7])
	}
}

func TestAPageThatRunsRightToLeftIsASheetThatDoes(t *testing.T) {
	for dir, want := range map[string]bool{"ltr": false, "rtl": true} {
		b := week(t)
		b.Dir = dir
		f := opened(t, files(t, b, digest.Attachments{XLSX: true})["support-desk-2020-w13.xlsx"])
		for _, sheet := range f.GetSheetList() {
			v, err := f.GetSheetView(sheet, -1)
			if err != nil {
				t.Fatal(err)
			}
			if got := v.RightToLeft != nil && *v.RightToLeft; got != want {
				t.Errorf("%s: %s runs right to left: %v", dir, sheet, got)
			}
			panes, err := f.GetPanes(sheet)
			if err != nil || !panes.Freeze || panes.YSplit != 1 {
				t.Errorf("the head of %s does not stay: %+v %v", sheet, panes, err)
			}
		}
		if p, err := f.GetWorkbookProps(); err != nil || p.Date1904 != nil && *p.Date1904 {
			t.Errorf("days count from 1904: %+v %v", p, err)
		}
	}
}

func TestATableCanBeSortedAndEachHeadIsItsOwn(t *testing.T) {
	f := opened(t, files(t, week(t), digest.Attachments{XLSX: true})["support-desk-2020-w13.xlsx"])
	all, err := f.GetTables("Contact center")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, table := range all {
		names = append(names, table.Name)
	}
	if !slices.Equal(names, []string{"contact_center_figures", "contact_center_by_agent", "contact_center_chart_by_day"}) {
		t.Errorf("the tables are %q", names)
	}
	rows, err := f.GetRows("Contact center")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Equal(row, []string{"Agent", "Rate", "Rate 2", "4", "First"}) }) {
		t.Errorf("no row has a head of its own for each column: %q", rows)
	}
}

func TestATextThatNoCellHoldsIsCutAndOneThatNoFileHoldsIsReplaced(t *testing.T) {
	b := week(t)
	b.Leaves[1].Grids[0].Rows[0][0] = text(strings.Repeat("🦊", 20_000))
	b.Leaves[1].Grids[0].Rows[1][0] = text("a\x00b\x1fc _x0041_ <&>")
	data := files(t, b, digest.Attachments{XLSX: true})["support-desk-2020-w13.xlsx"]
	f := opened(t, data)
	rows, err := f.GetRows("Contact center")
	if err != nil {
		t.Fatal(err)
	}
	longest := 0
	for _, row := range rows {
		if len(row) > 0 {
			longest = max(longest, len(utf16.Encode([]rune(row[0]))))
		}
	}
	if longest != 32_766 { // a fox is two units
		t.Errorf("the longest text has %d units", longest)
	}
	if !strings.Contains(parts(t, data)["xl/sharedStrings.xml"], "a\ufffdb\ufffdc _x005F_x0041_ &lt;&amp;&gt;") {
		t.Error("the odd text is not as it was, or no XML")
	}
}

func TestAnEmptyBookIsAWorkbookAllTheSame(t *testing.T) {
	b := digest.Book{Name: "desk", Leaves: []digest.Leaf{{Key: "about", Title: "About"}, {Key: "activity", Title: "Activity", Lines: []string{"Not available."}}}}
	all := files(t, b, digest.Attachments{CSV: true, XLSX: true})
	if len(all) != 1 {
		t.Errorf("%d files of nothing", len(all))
	}
	if got := opened(t, all["desk.xlsx"]).GetSheetList(); !slices.Equal(got, []string{"About", "Activity"}) {
		t.Errorf("the sheets are %q", got)
	}
}

// parts are the files that a workbook is packed of.
func parts(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(content)
	}
	return all
}
