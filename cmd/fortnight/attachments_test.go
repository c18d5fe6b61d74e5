package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"fortnight/digest"
	"fortnight/editor"
	"fortnight/sheets"
	"fortnight/templates"
)

// allSections is the demo week with every section that there is.
func allSections(t *testing.T) digest.Snapshot {
	t.Helper()
	s := demoWeek(t)
	for _, key := range []string{"flows", "outreach", "service_levels", digest.OpenConversations} {
		raw, err := os.ReadFile("testdata/" + key + "-snapshot.json")
		if err != nil {
			t.Fatal(err)
		}
		var other digest.Snapshot
		if err := json.Unmarshal(raw, &other); err != nil {
			t.Fatal(err)
		}
		s.Sections = append(s.Sections, other.Sections...)
	}
	return s
}

// attached are the files of a snapshot as an audience gets them.
func attached(t *testing.T, s digest.Snapshot, a digest.Audience, locale string) map[string][]byte {
	t.Helper()
	w, err := templates.Load(locale)
	if err != nil {
		t.Fatal(err)
	}
	b := supportDesk(a)
	b.Key, b.Attachments = "support-desk", digest.Attachments{CSV: true, XLSX: true}
	l, err := editor.Editor{}.Edit(s, b, w)
	if err != nil {
		t.Fatal(err)
	}
	made, err := sheets.Clerk{}.Files(*l.Book, b.Attachments)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range made {
		all[f.Name] = f.Data
	}
	return all
}

func csvOf(t *testing.T, data []byte) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// textsOf are all texts of the files: of tables and of workbooks.
func textsOf(t *testing.T, all map[string][]byte) (texts []string) {
	t.Helper()
	for name, data := range all {
		if strings.HasSuffix(name, ".csv") {
			for _, line := range csvOf(t, data) {
				texts = append(texts, line...)
			}
			continue
		}
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		for _, sheet := range f.GetSheetList() {
			rows, err := f.GetRows(sheet)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				texts = append(texts, row...)
			}
		}
		_ = f.Close()
	}
	return texts
}

const filesOf = "support-desk-2020-w13"

func TestEveryFigureStandsInTheFilesAsItWasCollected(t *testing.T) {
	s := allSections(t)
	all := attached(t, s, digest.Manager, "en")
	figures := csvOf(t, all[filesOf+"-figures.csv"])
	values := map[string][]float64{}
	for _, line := range figures[1:] {
		if n, err := strconv.ParseFloat(line[3], 64); err == nil {
			values[line[0]] = append(values[line[0]], n)
		}
	}
	w, err := templates.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(all[filesOf+".xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, sec := range s.Sections {
		title := w.Phrase("section." + sec.Key + ".title").String()
		rows, err := f.GetRows(title, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range sec.Figures {
			if !x.Value.Is() || x.Unit == digest.Instant {
				continue
			}
			if !slices.ContainsFunc(values[title], func(n float64) bool { return math.Abs(n-x.Value.Number) < 1e-9 }) {
				t.Errorf("%s of %s is %v, and stands in no line of the figures: %v", x.Key, sec.Key, x.Value.Number, values[title])
			}
			want := x.Value.Number
			switch x.Unit {
			case digest.Percent:
				want /= 100
			case digest.Duration:
				want /= 86400
			}
			label := w.Phrase("figure." + sec.Key + "." + x.Key + ".label").String()
			if !slices.ContainsFunc(rows, func(row []string) bool {
				if len(row) < 2 || row[0] != label {
					return false
				}
				n, err := strconv.ParseFloat(row[1], 64)
				return err == nil && math.Abs(n-want) < 1e-9
			}) {
				t.Errorf("%s of %s is %v, and no row %q of the sheet says so", x.Key, sec.Key, want, label)
			}
		}
	}
}

func TestTheFilesOfEverySectionHaveWordsInEveryLanguage(t *testing.T) {
	for _, locale := range templates.Locales() {
		for _, a := range []digest.Audience{digest.Admin, digest.Manager, digest.Executive} {
			for _, text := range textsOf(t, attached(t, allSections(t), a, locale)) {
				if strings.ContainsAny(text, "⟨⟩") || strings.Contains(text, "value.") {
					t.Errorf("a file of the %s's in %s lacks a phrase: %q", a, locale, text)
				}
			}
		}
	}
}

func TestAFileATableIsNamedAfterIt(t *testing.T) {
	var names []string
	for name := range attached(t, allSections(t), digest.Manager, "en") {
		names = append(names, strings.TrimPrefix(name, filesOf))
	}
	slices.Sort(names)
	want := []string{
		"-charts.csv", "-figures.csv", "-flows-appointment_status.csv", "-flows-by_flow.csv", "-flows-by_practice.csv", "-flows-failure_reasons.csv",
		"-flows-journey.csv", "-flows-recovered_detail.csv", "-flows-responses.csv", "-flows-responses_by_user.csv", "-flows-scheduled_status.csv",
		"-open_conversations-open.csv", "-open_conversations-open_by_assignee.csv", "-outreach-by_campaign.csv", "-outreach-individual.csv",
		"-service_levels-promises.csv", ".xlsx",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the files are %q", names)
	}
}

func TestManagersFilesMaskPersonsAndExecutivesHaveNone(t *testing.T) {
	const agent = "عبد الرحمن بن محمد بن عبد العزيز الأنصاري"
	s := allSections(t)
	person := digest.Table{Key: "individual", Columns: []digest.Column{
		{Key: "person", Unit: digest.Text}, {Key: "address", Unit: digest.Text}, {Key: "campaign", Unit: digest.Text}, {Key: "status", Unit: digest.Text}, {Key: "variables", Unit: digest.Text},
	}, Rows: [][]digest.Value{{digest.Say("Zaha Quistgaard"), digest.Say("zaha@quistgaard.example"), digest.Say("Recall"), digest.Say("sent"), digest.Say(`{"first":"Zaha"}`)}}}
	sec := s.Section("outreach")
	sec.Tables = slices.DeleteFunc(slices.Clone(sec.Tables), func(x digest.Table) bool { return x.Key == "individual" })
	sec.Tables = append(sec.Tables, person, digest.Table{Key: "secret", Columns: person.Columns, Rows: person.Rows})
	chart := s.Section("contact_center").Chart("conversations_per_agent")
	chart.Series[0].Points[0].Label = agent
	for _, c := range []struct {
		audience             digest.Audience
		agents, masked, none bool
	}{
		{digest.Admin, true, true, false},
		{digest.Manager, true, true, false},
		{digest.Executive, false, false, true},
	} {
		texts := textsOf(t, attached(t, s, c.audience, "en"))
		has := func(part string) bool {
			return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, part) })
		}
		for _, never := range []string{"Quistgaard", "zaha@", "quistgaard.example", `"first"`} {
			if has(never) {
				t.Errorf("the %s's files have %q", c.audience, never)
			}
		}
		if masked := slices.Contains(texts, "Z. Q."); masked != c.masked {
			t.Errorf("the %s's files have the initials: %v", c.audience, masked)
		}
		if got := slices.Contains(texts, agent); got != c.agents {
			t.Errorf("the %s's files name the agent: %v", c.audience, got)
		}
		if c.none {
			for _, name := range agentsOf(s) {
				if has(name) {
					t.Errorf("the %s's files name %s", c.audience, name)
				}
			}
		}
	}
}

func TestNamesThatLookLikeFormulasDoNotRunInTheFiles(t *testing.T) {
	s := allSections(t)
	for _, run := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x"} {
		s.Section("contact_center").Chart("conversations_per_agent").Series[0].Points[0].Label = run
		s.Section("flows").Tables[0].Rows[0][0] = digest.Say(run)
		all := attached(t, s, digest.Manager, "en")
		table := csvOf(t, all[filesOf+"-flows-by_flow.csv"])
		if table[1][0] != "'"+run {
			t.Errorf("%q stands as %q", run, table[1][0])
		}
		charts := csvOf(t, all[filesOf+"-charts.csv"])
		if !slices.ContainsFunc(charts, func(line []string) bool { return line[2] == "'"+run }) {
			t.Errorf("%q is not among the charts' values", run)
		}
		for name, data := range all {
			if !strings.HasSuffix(name, ".csv") {
				continue
			}
			for _, line := range csvOf(t, data) {
				for _, cell := range line {
					if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(cell)[0]) {
						t.Errorf("%s runs %q", name, cell)
					}
				}
			}
		}
		f, err := excelize.OpenReader(bytes.NewReader(all[filesOf+".xlsx"]))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows("Guided conversations")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(rows, func(row []string) bool { return len(row) > 0 && row[0] == run }) {
			t.Errorf("%q is not in the workbook", run)
		}
		_ = f.Close()
	}
}

func TestTheSameEditionHasTheSameFiles(t *testing.T) {
	first := attached(t, allSections(t), digest.Manager, "es")
	for name, data := range attached(t, allSections(t), digest.Manager, "es") {
		if !bytes.Equal(data, first[name]) {
			t.Errorf("%s differs from one time to the next", name)
		}
	}
}

func TestTheFilesOfADigestOfSeveralProjectsNameEachAndHowItWasRead(t *testing.T) {
	week := allSections(t)
	flows := *week.Section("flows")
	s := demoWeek(t)
	s.Sections = []digest.Section{digest.RollUp("flows", []digest.Share{
		{Project: "=North", Section: flows},
		{Project: "South", Section: flows},
		{Project: "west", Closed: true, Section: digest.Section{Key: "flows", Status: digest.Broken, Reason: "does not share"}},
	})}
	for _, a := range []digest.Audience{digest.Manager, digest.Executive} {
		all := attached(t, s, a, "en")
		for _, text := range textsOf(t, all) {
			if strings.ContainsAny(text, "⟨⟩") {
				t.Errorf("a file lacks a phrase: %q", text)
			}
		}
		table := csvOf(t, all[filesOf+"-flows-by_project.csv"])
		begun := slices.Index(table[0], "Begun")
		if table[0][0] != "Project" || begun < 0 {
			t.Fatalf("the head is %q", table[0])
		}
		var got []string
		for _, line := range table[1:] {
			got = append(got, line[0]+" "+line[begun])
		}
		if want := []string{"'=North 8", "South 8", "west (not shared) "}; !slices.Equal(got, want) {
			t.Errorf("the %s reads %q, want %q", a, got, want)
		}
	}
}
