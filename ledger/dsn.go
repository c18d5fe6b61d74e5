package ledger

import (
	"net"
	"net/url"
	"strings"
)

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
