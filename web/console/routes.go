package console

import (
	"net/http"
	"strings"
	"time"

	"fortnight/digest"
)

// route is one page or act of a project. Its pattern is that of http.ServeMux below /p/{project}: "GET /digests/{digest}".
type route struct {
	pattern string
	role    digest.MemberRole // the least that may
	do      act
	size    int64         // of the request's body, in bytes; 0: 256 KiB
	within  time.Duration // it answers; 0: 15 s
}

// act answers a request: a page by c.show, or a redirect after a change by c.done. An error becomes a page: digest.ErrNotFound 404,
// *digest.RefusedError 422, digest.ErrStale and digest.ErrNotDue 409, any other 500 and a line in the log.
type act func(w http.ResponseWriter, r *http.Request, v *visit) error

// projectRoutes is what there is below a project's path.
func (c *console) projectRoutes() []route {
	var all []route
	for _, some := range [][]route{
		c.overviewRoutes(),
		c.calendarRoutes(),
		c.digestRoutes(),
		c.subscriberRoutes(),
		c.editionRoutes(),
		c.recipientRoutes(),
		c.personsRoutes(),
		c.sourceRoutes(),
		c.settingsRoutes(),
		c.peopleRoutes(),
		c.tokenRoutes(),
		c.webhookRoutes(),
		c.auditRoutes(),
	} {
		all = append(all, some...)
	}
	return all
}

// Address is a page or an act of a project: its pattern is that of http.ServeMux below the base path, "GET /p/{project}/digests".
type Address struct {
	Pattern string
	Role    digest.MemberRole // the least that may
}

// ProjectRoutes are the addresses that a project has.
func ProjectRoutes() (all []Address) {
	for _, one := range new(console).projectRoutes() {
		method, path, _ := strings.Cut(one.pattern, " ")
		all = append(all, Address{method + " /p/{project}" + path, one.role})
	}
	return all
}

// PersonRoutes are the patterns of what there is to who is signed in, without a project.
func PersonRoutes() (all []string) {
	for _, one := range new(console).personRoutes() {
		all = append(all, one.pattern)
	}
	return all
}

// personRoutes is what a person has without a project: role is not looked at.
func (c *console) personRoutes() []route {
	return append(c.accountRoutes(), c.houseRoutes()...)
}
