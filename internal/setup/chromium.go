package main

import "os/exec"

// chromiumNeed is for the browser tests alone, which look at mails and pages as a reader's browser shows them.
func chromiumNeed() need {
	packages := apt{[]string{"chromium", "fonts-liberation"}} // without fonts, every letter is a box
	return need{
		name: "Chromium",
		find: func() (string, error) {
			for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
				if path, err := exec.LookPath(name); err == nil {
					return path, nil
				}
			}
			return "", errMissing
		},
		ways:    []way{{"apt-get", packages.possible, packages.install}},
		missing: "install Chromium or Google Chrome, so that it is in PATH (Debian: apt-get install chromium fonts-liberation)",
	}
}
