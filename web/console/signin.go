package console

import (
	"net/http"

	"github.com/alexedwards/scs/v2"
)

type throttle struct{}

func newThrottle() *throttle { return &throttle{} }

func newSessions(c Config) *scs.SessionManager { return scs.New() }

func (c *console) flash(r *http.Request, f Flash) {}

func (c *console) said(r *http.Request) *Flash { return nil }

func (c *console) handler() http.Handler { return http.NewServeMux() }
