package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account says whom the server runs as. PostgreSQL refuses to run as root, so root lends it the account postgres or nobody;
// anyone else runs it as himself, and credential is nil.
type account struct {
	name       string
	credential *syscall.Credential
}

func serverAccount() account {
	if os.Geteuid() != 0 {
		return account{name: "this user"}
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return account{name, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		}
	}
	return account{"65534", &syscall.Credential{Uid: 65534, Gid: 65534}}
}

// give hands a file or folder to the account.
func (a account) give(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.credential.Uid), int(a.credential.Gid))
}

// reaches reports an error that names the first folder on the way to path that the account may not enter.
func (a account) reaches(path string) error {
	if a.credential == nil {
		return nil // the user's own rights, which every call shows by itself
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if !a.mayEnter(info) {
			return fmt.Errorf("the account %s, which PostgreSQL runs as because root may not, cannot enter %s: "+
				"choose a folder outside it (such as /var/lib/fortnight), or chmod o+x it", a.name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func (a account) mayEnter(info fs.FileInfo) bool {
	mode := info.Mode().Perm()
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		switch {
		case owner.Uid == a.credential.Uid:
			return mode&0o100 != 0
		case owner.Gid == a.credential.Gid:
			return mode&0o010 != 0
		}
	}
	return mode&0o001 != 0
}
