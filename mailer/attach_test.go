package mailer

import (
	"mime"
	"strings"
	"testing"
)

func TestAFilesNameComesThroughWhateverItIs(t *testing.T) {
	for _, c := range []struct{ name, file string }{
		{"plain", "support-desk-2020-w13.xlsx"},
		{"a long plain one", "support-desk-2020-w13-open_conversations-open_by_assignee-and-more-of-it-than-a-line-holds.csv"},
		{"with letters that ASCII has not", "büro-köln-2020-w13.csv"},
		{"that runs the other way", "مكتب الدعم في الأسبوع الثالث عشر من السنة الجارية.csv"},
		{"with quotes", `a "b" c\d.csv`},
		{"with a percent", "100%.csv"},
		{"with two dots and a slash", "../../etc/passwd"},
	} {
		for _, field := range []string{"Content-Type", "Content-Disposition"} {
			value, parameter := "text/csv; charset=utf-8", "name"
			if field == "Content-Disposition" {
				value, parameter = "attachment", "filename"
			}
			written := withParameter(field, value, parameter, c.file)
			for line := range strings.SplitSeq(field+": "+written, "\r\n") {
				if len(line) > 78 {
					t.Errorf("%s: a line has %d octets: %s", c.name, len(line), line)
				}
			}
			if !isASCII(written) {
				t.Errorf("%s: %q", c.name, written)
			}
			_, parameters, err := mime.ParseMediaType(strings.ReplaceAll(written, "\r\n", ""))
			if err != nil {
				t.Fatalf("%s: %v in %q", c.name, err, written)
			}
			if parameters[parameter] != c.file {
				t.Errorf("%s: %q is read as %q", c.name, written, parameters[parameter])
			}
		}
	}
}
