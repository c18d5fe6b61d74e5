package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func healthCommand(p program) *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask a running \"fortnight serve\" on this machine whether it is well",
		Long:  "Health asks /healthz at FORTNIGHT_ADDR and exits 0 when it answers. Containers use it as their health check.",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig()
			if err != nil {
				return err
			}
			host, port, err := net.SplitHostPort(cfg.Addr)
			if err != nil {
				return fmt.Errorf("%s_ADDR is %q: write host:port, or :port", prefix, cfg.Addr)
			}
			if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
				host = "127.0.0.1"
			}
			return askHealth(c.Context(), "http://"+net.JoinHostPort(host, port)+"/healthz", p)
		},
	}
}

func askHealth(ctx context.Context, address string, p program) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%s does not answer: is \"fortnight serve\" running with this %s_ADDR?", address, prefix)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, answer.Status)
	}
	_, err = fmt.Fprintln(p.stdout, "well")
	return err
}
