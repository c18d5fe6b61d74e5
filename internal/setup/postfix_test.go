package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

func TestAnUnpackedProgramFindsItsLibrariesWhereverItsTreeStands(t *testing.T) {
	t.Parallel()
	tree := filepath.Join(t.TempDir(), "made")
	for _, name := range postfixTools {
		write(t, filepath.Join(tree, "usr/sbin", name), "#!/bin/sh\necho \"$LD_LIBRARY_PATH $*\"\n")
	}
	write(t, filepath.Join(tree, "usr/lib/x86_64-linux-gnu/libdb-5.3.so"), "library")
	if err := writeStarters(tree); err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(t.TempDir(), "moved to")
	if err := run(t.Context(), "mv", tree, moved); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), "chmod", "-R", "+x", moved); err != nil {
		t.Fatal(err)
	}
	here := moved + "/bin/.."
	want := here + "/usr/lib/postfix:" + here + "/usr/lib/x86_64-linux-gnu:" + here + "/lib/x86_64-linux-gnu 127.0.0.1:25 10\n"
	for _, name := range postfixTools {
		out, err := exec.CommandContext(t.Context(), filepath.Join(moved, "bin", name), "127.0.0.1:25", "10").Output()
		if err != nil || string(out) != want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, out, want)
		}
	}
	if err := writeStarters(t.TempDir()); err == nil {
		t.Error("a tree without the programs gets what starts them")
	}
}

func TestOfAPlanEveryPackageIsUnpacked(t *testing.T) {
	t.Parallel()
	plan := "Inst libicu72 (72.1-3 Debian:12/stable [amd64])\nInst postfix (3.7.11-0+deb12u1 Debian:12/stable [amd64])\nConf libicu72 (72.1-3)\n"
	if got := installs(plan, "postfix"); !slices.Equal(got, []string{"postfix", "libicu72"}) {
		t.Errorf("%q", got)
	}
}
