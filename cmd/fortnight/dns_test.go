package main

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// zone is a name server on loopback, which answers what a test's zone file says, over UDP. What it does not hold does not exist.
type zone struct {
	addr string // HOST:PORT

	mu      sync.Mutex
	records map[string][]string // "desk.example. TXT" → values
}

// newZone serves the lines of a zone file: NAME TYPE VALUE, the name without a dot at its end, the type A, AAAA, MX or TXT.
// A value FAIL is answered with a server's failure, SILENCE not at all.
func newZone(t *testing.T, text string) *zone {
	t.Helper()
	c, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	z := &zone{addr: c.LocalAddr().String()}
	z.write(text)
	done := make(chan error, 1)
	go func() { done <- z.serve(c) }()
	t.Cleanup(func() {
		_ = c.Close() // it ends the serving, which says whether all was well
		if err := <-done; !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return z
}

// write replaces what the zone says.
func (z *zone) write(text string) {
	records := map[string][]string{}
	for _, line := range strings.Split(text, "\n") {
		if fields := strings.SplitN(strings.TrimSpace(line), " ", 3); len(fields) == 3 {
			key := fields[0] + ". " + fields[1]
			records[key] = append(records[key], fields[2])
		}
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	z.records = records
}

func (z *zone) serve(c net.PacketConn) error {
	buf := make([]byte, 4096)
	for {
		n, from, err := c.ReadFrom(buf)
		if err != nil {
			return err
		}
		answer, err := z.answer(buf[:n])
		if err != nil {
			return err
		}
		if answer == nil {
			continue
		}
		if _, err := c.WriteTo(answer, from); err != nil {
			return err
		}
	}
}

func (z *zone) answer(question []byte) ([]byte, error) {
	var asked dnsmessage.Message
	if err := asked.Unpack(question); err != nil {
		return nil, err
	}
	q := asked.Questions[0]
	name := strings.ToLower(q.Name.String())
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: asked.ID, Response: true, RecursionAvailable: true}, Questions: asked.Questions}
	z.mu.Lock()
	values := z.records[name+" "+strings.TrimPrefix(q.Type.String(), "Type")]
	exists := slices.ContainsFunc([]string{"A", "AAAA", "MX", "TXT"}, func(kind string) bool { return z.records[name+" "+kind] != nil })
	z.mu.Unlock()
	if !exists {
		reply.RCode = dnsmessage.RCodeNameError
	}
	for _, value := range values {
		switch value {
		case "SILENCE":
			return nil, nil
		case "FAIL":
			reply.RCode = dnsmessage.RCodeServerFailure
			return reply.Pack()
		}
		body, err := resource(q.Type, value)
		if err != nil {
			return nil, err
		}
		reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: body})
	}
	return reply.Pack()
}

func resource(kind dnsmessage.Type, value string) (dnsmessage.ResourceBody, error) {
	switch kind {
	case dnsmessage.TypeTXT:
		var parts []string
		for part := range slices.Chunk([]byte(value), 255) {
			parts = append(parts, string(part))
		}
		return &dnsmessage.TXTResource{TXT: parts}, nil
	case dnsmessage.TypeMX:
		pref, host, _ := strings.Cut(value, " ")
		n, err := strconv.ParseUint(pref, 10, 16)
		if err != nil {
			return nil, err
		}
		name, err := dnsmessage.NewName(host)
		return &dnsmessage.MXResource{Pref: uint16(n), MX: name}, err
	}
	ip, err := netip.ParseAddr(value)
	if err != nil {
		return nil, err
	}
	if ip.Is4() {
		return &dnsmessage.AResource{A: ip.As4()}, nil
	}
	return &dnsmessage.AAAAResource{AAAA: ip.As16()}, nil
}
