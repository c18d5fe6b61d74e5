package postgres

import "syscall"

// tiedToOwner has the kernel send death to the process when the thread that started it ends, and puts it in a process group of
// its own, so that a terminal's Ctrl-C reaches Fortnight alone, which then stops it in order.
func tiedToOwner(as *syscall.Credential, death syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Setpgid: true, Pdeathsig: death}
}
