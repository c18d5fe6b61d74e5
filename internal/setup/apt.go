package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// apt is Debian's package manager, as root or through a sudo that asks nothing.
type apt struct{ packages []string }

func (a apt) possible(ctx context.Context) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("this machine has no apt-get")
	}
	if os.Geteuid() == 0 {
		return nil
	}
	if err := exec.CommandContext(ctx, "sudo", "-n", "true").Run(); err != nil {
		return errors.New("not root, and sudo is not there or asks for a password")
	}
	return nil
}

// install tries the package lists that the machine has, then fresh ones.
func (a apt) install(ctx context.Context) error {
	get := append([]string{"apt-get", "install", "-y", "-qq", "--no-install-recommends"}, a.packages...)
	if err := asRoot(ctx, get...); err == nil {
		return nil
	}
	if err := asRoot(ctx, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	return asRoot(ctx, get...)
}

// withoutCluster runs install while Debian is told not to create and start a server of its own, which the package does otherwise.
// The setting is gone afterwards: whoever installs PostgreSQL for himself later gets the cluster that he expects.
func withoutCluster(ctx context.Context, install func(context.Context) error) error {
	const (
		folder  = "/etc/postgresql-common/createcluster.d"
		setting = folder + "/fortnight.conf"
	)
	write := fmt.Sprintf("mkdir -p %s && echo 'create_main_cluster = false' > %s", folder, setting)
	if err := asRoot(ctx, "sh", "-c", write); err != nil {
		return err
	}
	err := install(ctx)
	remove := fmt.Sprintf("rm -f %s && rmdir --ignore-fail-on-non-empty %s", setting, folder)
	return errors.Join(err, asRoot(context.WithoutCancel(ctx), "sh", "-c", remove))
}

func asRoot(ctx context.Context, command ...string) error {
	command = append([]string{"env", "DEBIAN_FRONTEND=noninteractive"}, command...)
	if os.Geteuid() != 0 {
		command = append([]string{"sudo", "-n"}, command...)
	}
	return run(ctx, command[0], command[1:]...)
}
