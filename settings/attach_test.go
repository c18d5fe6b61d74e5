package settings

import (
	"reflect"
	"strings"
	"testing"

	"fortnight/digest"
)

func TestADigestsFilesAreReadAndWrittenBack(t *testing.T) {
	for _, c := range []struct {
		name    string
		written []string
		want    digest.Attachments
	}{
		{"none", nil, digest.Attachments{}},
		{"tables", []string{"csv"}, digest.Attachments{CSV: true}},
		{"a workbook", []string{"xlsx"}, digest.Attachments{XLSX: true}},
		{"both", []string{"csv", "xlsx"}, digest.Attachments{CSV: true, XLSX: true}},
	} {
		p := digest.Project{Key: "desk", Zone: "UTC"}
		d, err := Known{}.Digest("", "weekly", Digest{Cadence: "weekly", Attach: c.written}, p)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if d.Attachments != c.want {
			t.Errorf("%s: read as %+v", c.name, d.Attachments)
		}
		if got := WriteDigest(d, p).Attach; !reflect.DeepEqual(got, c.written) {
			t.Errorf("%s: written as %q", c.name, got)
		}
	}
}

func TestAFileThatThereIsNotIsNamedWhereItStands(t *testing.T) {
	_, err := Known{}.Digest("digests.weekly", "weekly", Digest{Cadence: "weekly", Attach: []string{"csv", "pdf", "csv"}}, digest.Project{Zone: "UTC"})
	if err == nil {
		t.Fatal("pdf and a second csv were taken")
	}
	for _, want := range []string{`digests.weekly.attach[1]`, `"pdf" is not known: choose csv or xlsx`, `digests.weekly.attach[2]`, `csv stands there twice`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the faults are %q, without %q", err, want)
		}
	}
}
