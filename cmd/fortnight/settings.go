package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"fortnight/collectors"
	"fortnight/digest"
	"fortnight/ledger"
	"fortnight/scheduler"
	"fortnight/settings"
)

// readSettings reads and checks fortnight.yaml. All faults are reported at once. platforms are those that a source can have; lookup gives
// the variables that dsn_env names.
func readSettings(file string, platforms []string, lookup func(string) (string, bool)) ([]digest.Project, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var s settings.File
	decoder := yaml.NewDecoder(bytes.NewReader(b))
	decoder.KnownFields(true)
	if err := decoder.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %s", file, yamlFault(err))
	}
	if err := decoder.Decode(&settings.File{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: write one document, without a line of ---", file)
	}
	if len(s.Projects) == 0 {
		return nil, fmt.Errorf("%s has no projects: begin with \"projects:\"", file)
	}
	known := knownSettings(platforms)
	known.DSN = func(variable string) (string, error) {
		if strings.HasPrefix(variable, prefix+"_") {
			return "", fmt.Errorf("%s is among the program's own settings: choose a name without %s_", variable, prefix)
		}
		dsn, ok := lookup(variable)
		if !ok || dsn == "" {
			return "", fmt.Errorf("the variable %s is not set", variable)
		}
		return dsn, nil
	}
	projects, err := settings.Read(s.Projects, known)
	if err := errors.Join(err, ledger.Check(projects)); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return projects, nil
}

// knownSettings is what the trades know of what may be written.
func knownSettings(platforms []string) settings.Known {
	return settings.Known{
		Kinds: scheduler.Kinds(), Platforms: platforms, Sections: collectors.Sections(), Locale: knownLocale,
		Cadence: func(c digest.CadenceSpec, biMonthly string) error {
			_, err := scheduler.Parse(c, meant(biMonthly))
			return err
		},
		Longer: func(c digest.CadenceSpec, biMonthly string) ([]string, error) {
			return scheduler.Longer(c, meant(biMonthly))
		},
	}
}

// meant is what bi-monthly means. What is neither of the two is the project's fault, once, and not again that of each digest.
func meant(biMonthly string) string {
	if biMonthly != scheduler.Every2Months {
		return ""
	}
	return biMonthly
}

// yamlFault puts the decoder's words, which speak of Go's types, into those of the file.
func yamlFault(err error) string {
	var types *yaml.TypeError
	if !errors.As(err, &types) {
		return strings.TrimPrefix(err.Error(), "yaml: ")
	}
	var faults []string
	for _, fault := range types.Errors {
		fault = unknownField.ReplaceAllString(fault, `$1: "$2" is no setting there`)
		faults = append(faults, wrongKind.ReplaceAllString(fault, `$1: $2 does not belong there`))
	}
	return strings.NewReplacer("!!seq", "a list", "!!map", "a map", "!!str", "a text", "!!int", "a number", "!!bool", "a yes or no",
		"!!null", "nothing").Replace(strings.Join(faults, "; "))
}

var (
	unknownField = regexp.MustCompile(`^(line \d+): field (\S+) not found in type \S+$`)
	wrongKind    = regexp.MustCompile(`^(line \d+): cannot unmarshal (!!\w+(?: .*)?) into \S+$`)
)

func audiences() []string {
	return []string{string(digest.Admin), string(digest.Manager), string(digest.Executive)}
}

func known(zone string) bool {
	_, err := time.LoadLocation(zone)
	return err == nil && zone != ""
}
