package hooks

import (
	"net/netip"
	"slices"
)

// closed are the networks that are nobody's on the public internet, by the registries of special-purpose addresses (RFC 6890 and
// its successors): this machine, private and shared networks, link-local ones with the clouds' metadata at 169.254.169.254 and
// fd00:ec2::254, documentation, benchmarks, multicast, reserved. Those that carry an IPv4 address inside are looked at by that.
func closed() []netip.Prefix {
	var all []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
	} {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}

// reachable tells whether an address may be connected to: it is one of the public internet, or of a network of one's own. An IPv6
// address that stands for an IPv4 one (v4-mapped, NAT64, 6to4) is as good as that.
func reachable(a netip.Addr, networks []netip.Prefix) bool {
	if among(networks, a) {
		return true
	}
	a = inner(a)
	return a.IsValid() && a.IsGlobalUnicast() && !slices.ContainsFunc(closed(), func(p netip.Prefix) bool { return p.Contains(a) })
}

func among(networks []netip.Prefix, a netip.Addr) bool {
	a = inner(a)
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}

// inner gives the IPv4 address that an IPv6 address stands for, else the address.
func inner(a netip.Addr) netip.Addr {
	a = a.WithZone("").Unmap()
	if a.Is4() {
		return a
	}
	b := a.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(a): // NAT64 (RFC 6052)
		return netip.AddrFrom4([4]byte(b[12:16]))
	case netip.MustParsePrefix("2002::/16").Contains(a): // 6to4 (RFC 3056)
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}
