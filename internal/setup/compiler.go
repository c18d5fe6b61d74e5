package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// compilerNeed is for `go test -race` alone, which links C; Fortnight itself has none.
func compilerNeed() need {
	packages := apt{[]string{"gcc", "libc6-dev"}}
	return need{
		name: "C compiler",
		find: func() (string, error) {
			name, err := exec.CommandContext(context.Background(), "go", "env", "CC").Output()
			if err != nil {
				return "", fmt.Errorf("go env CC: %w", err)
			}
			command, _, _ := strings.Cut(strings.TrimSpace(string(name)), " ")
			path, err := exec.LookPath(command)
			if err != nil {
				return "", errMissing
			}
			return path, nil
		},
		ways:    []way{{"apt-get", packages.possible, packages.install}},
		missing: "install the C compiler that `go env CC` names (Debian: apt-get install gcc libc6-dev); the race detector needs it",
	}
}
