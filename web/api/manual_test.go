package api

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"fortnight/digest"
)

// examples are the manual's calls of curl, each as words.
func examples(t *testing.T) (manual string, calls [][]string) {
	t.Helper()
	b, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	manual = string(b)
	whole := strings.ReplaceAll(manual, " \\\n", " ")
	for _, l := range strings.Split(whole, "\n") {
		if strings.HasPrefix(l, "    curl ") {
			calls = append(calls, shellWords(l))
		}
	}
	return manual, calls
}

// shellWords takes a line apart as a shell does, as far as the manual needs it; what stands in double quotes may name variables.
func shellWords(line string) (all []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		word := m[1] + m[2] + m[3]
		all = append(all, strings.NewReplacer("$FORTNIGHT", "", "$TOKEN", everything).Replace(word))
	}
	return all
}

func TestTheManualsExamplesAreAnswered(t *testing.T) {
	t.Parallel()
	manual, calls := examples(t)
	s := serve(t)
	for _, words := range calls {
		method, path, body, key := "GET", "", "", ""
		var headers []string
		for i := 1; i < len(words); i++ {
			switch w := words[i]; w {
			case "-X":
				i++
				method = words[i]
			case "-H":
				i++
				name, value, _ := strings.Cut(words[i], ": ")
				if name == "Authorization" {
					key = strings.TrimPrefix(value, "Bearer ")
				} else {
					headers = append(headers, name, value)
				}
			case "-d":
				i++
				body = words[i]
			case "--data-binary":
				i++
				body = "address,name\ndana@example.com,Dana\n"
			case "-o":
				i++
			default:
				path = strings.TrimPrefix(w, Root)
			}
		}
		if got := s.ask(t, key, method+" "+path, body, headers...); got.status >= 300 {
			t.Errorf("%s\nis answered %d %s", strings.Join(words, " "), got.status, got.body)
		}
	}
	if len(calls) < 15 {
		t.Errorf("the manual has %d examples", len(calls))
	}
	for _, event := range digest.Events() {
		if !strings.Contains(manual, "`"+event+"`") {
			t.Errorf("the manual does not name the event %s", event)
		}
	}
	for _, scope := range scopes() {
		if !strings.Contains(manual, "| `"+string(scope)+"` |") {
			t.Errorf("the manual does not say what the scope %s is", scope)
		}
	}
}
