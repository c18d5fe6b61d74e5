package postgres

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// reaper is a small shell process that removes a temporary directory when its owner has ended, even by kill -9: it waits on a pipe
// that the kernel closes then, lets the server end, and removes.
type reaper struct {
	cmd  *exec.Cmd
	pipe *os.File
}

const reap = `
pid=
while read -r line; do pid=$line; done
n=0
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ "$n" -lt 100 ]; do sleep 0.1; n=$((n+1)); done
rm -rf -- "$1"
`

func newReaper(dir string) (*reaper, error) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	cmd := exec.Command("/bin/sh", "-c", reap, "sh", dir) //nolint:noctx // it must outlive whoever started it
	cmd.Dir, cmd.Stdin = "/", theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // not reached by what ends the owner's group
	if err := cmd.Start(); err != nil {
		ours.Close()
		return nil, err
	}
	return &reaper{cmd, ours}, nil
}

// watch names the server process that uses the directory.
func (r *reaper) watch(pid int) {
	fmt.Fprintln(r.pipe, pid) // fails only when the reaper was killed; then Stop still removes the directory
}

// close lets the reaper do its work and waits for it.
func (r *reaper) close() {
	r.pipe.Close()
	_ = r.cmd.Wait()
}
