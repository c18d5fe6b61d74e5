package main

import "os/exec"

// popplerNeed is for the tests that read a PDF as its readers' programs do.
func popplerNeed() need {
	packages := apt{[]string{"poppler-utils"}}
	return need{
		name: "pdftotext",
		find: func() (string, error) {
			if path, err := exec.LookPath("pdftotext"); err == nil {
				return path, nil
			}
			return "", errMissing
		},
		ways:    []way{{"apt-get", packages.possible, packages.install}},
		missing: "install Poppler's tools, so that pdftotext is in PATH (Debian: apt-get install poppler-utils)",
	}
}
