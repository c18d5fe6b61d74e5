//go:build unix && !linux

package postgres

import "syscall"

// tiedToOwner puts the process in a process group of its own. Only Linux can also end it with its owner.
func tiedToOwner(as *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Setpgid: true}
}
