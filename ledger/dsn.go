package ledger

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// filesNamed finds what of a DSN would have this machine's own files read: certificates and keys, and files of passwords and services.
// "sslrootcert=system" names none.
var filesNamed = regexp.MustCompile(`(?i)\b(sslcert|sslkey|sslrootcert|sslcrl|sslcrldir|passfile|servicefile|service|krbsrvname|krbspn)[\s\v]*=[\s\v]*'?([^\s'&]*)`)

// faultOfDSN says why a DSN that came from a page or a program is not taken; "" where it is. Whoever typed it may connect to where they
// like, but as themselves: no file of this machine is read for it, no socket of it used, and no password of its environment sent along.
func faultOfDSN(dsn string) string {
	for _, text := range []string{dsn, unescaped(dsn)} {
		for _, found := range filesNamed.FindAllStringSubmatch(text, -1) {
			if !strings.EqualFold(found[1], "sslrootcert") || found[2] != "system" {
				return "take out " + strings.ToLower(found[1]) + "=: an address typed here may not read files of the machine that Fortnight runs on"
			}
		}
	}
	said, ok := partsOf(dsn)
	if !ok {
		return "it cannot be read: write postgres://USER:PASSWORD@HOST:5432/DATABASE, with @ : / ? # of a password as %40 %3A %2F %3F %23"
	}
	for name, value := range said {
		if filesNamed.MatchString(name+"=") && name+"="+value != "sslrootcert=system" {
			return "take out " + name + "=: an address typed here may not read files of the machine that Fortnight runs on"
		}
	}
	hosts := strings.Split(said["host"], ",")
	switch {
	case slices.Contains(hosts, ""):
		return "the host is missing: write postgres://USER:PASSWORD@HOST:5432/DATABASE"
	case slices.ContainsFunc(hosts, func(h string) bool { return strings.HasPrefix(h, "/") || strings.HasPrefix(h, "@") }):
		return "write a host's name or number: a socket of the machine that Fortnight runs on is not for addresses typed here"
	case said["user"] == "" || said["password"] == "":
		return "user or password is missing: write both, any password where the server asks for none"
	}
	return ""
}

func unescaped(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// partsOf reads a DSN's host, user and password, as URL or as keywords and values.
func partsOf(dsn string) (said map[string]string, ok bool) {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		said = keywords(dsn)
		return said, len(said) > 0 && !strings.Contains(dsn, "://")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, false
	}
	var hosts []string
	for _, at := range strings.Split(u.Host, ",") {
		host, _, err := net.SplitHostPort(at)
		if err != nil {
			host = strings.Trim(at, "[]")
		}
		hosts = append(hosts, host)
	}
	said = map[string]string{"host": strings.Join(hosts, ","), "user": u.User.Username()}
	said["password"], _ = u.User.Password()
	for name, all := range u.Query() { // it stands over what is before it
		said[name] = all[0]
	}
	return said, true
}

// hostOf gives what people may see of a DSN, as URL or as keywords and values: "db.example:5432/chat". Where it says no host, it
// begins with the slash; "" where it cannot be read.
func hostOf(dsn string) string {
	var hosts, ports []string
	var database string
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		u, err := url.Parse(dsn)
		if err != nil {
			return ""
		}
		for _, at := range strings.Split(u.Host, ",") {
			host, port, err := net.SplitHostPort(at)
			if err != nil {
				host, port = strings.Trim(at, "[]"), ""
			}
			hosts, ports = append(hosts, host), append(ports, port)
		}
		database = strings.TrimPrefix(u.Path, "/")
		if u.Host == "" && u.Query().Get("host") != "" {
			hosts, ports = strings.Split(u.Query().Get("host"), ","), strings.Split(u.Query().Get("port"), ",")
		}
	} else {
		said := keywords(dsn)
		hosts, ports, database = strings.Split(said["host"], ","), strings.Split(said["port"], ","), said["dbname"]
	}
	var all []string
	for i, host := range hosts {
		port := ports[min(i, len(ports)-1)]
		if host != "" && port != "" {
			host = net.JoinHostPort(host, port)
		}
		all = append(all, host)
	}
	if database != "" {
		database = "/" + database
	}
	return strings.Join(all, ",") + database
}

// keywords reads "host=db.example dbname='the chat'"; a backslash stands before a quote or itself.
func keywords(dsn string) map[string]string {
	said := map[string]string{}
	for rest := strings.TrimSpace(dsn); rest != ""; rest = strings.TrimSpace(rest) {
		name, after, ok := strings.Cut(rest, "=")
		if !ok {
			return said
		}
		rest = strings.TrimLeft(after, " \t\r\n")
		quoted := strings.HasPrefix(rest, "'")
		if quoted {
			rest = rest[1:]
		}
		var value strings.Builder
		end := len(rest)
		for i := 0; i < len(rest); i++ {
			c := rest[i]
			if c == '\\' && i+1 < len(rest) {
				i++
				value.WriteByte(rest[i])
				continue
			}
			if quoted && c == '\'' || !quoted && strings.IndexByte(" \t\r\n", c) >= 0 {
				end = i + 1
				break
			}
			value.WriteByte(c)
		}
		said[strings.TrimSpace(name)] = value.String()
		rest = rest[end:]
	}
	return said
}
