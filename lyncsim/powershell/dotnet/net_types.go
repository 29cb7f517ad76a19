package dotnet

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// netTypes declares identifiers, addresses and the types that describe a machine's
// network.
func netTypes() []*Type {
	return []*Type{guidType(), versionType(), uriType(), addressType(), dnsType(),
		{Name: "System.Net.NetworkInformation.IPGlobalProperties", Static: members(
			static("GetIPGlobalProperties", 0, 0, func(a *Args) (any, error) { return globalProperties(a.Env), nil }))},
	}
}

func globalProperties(e *Env) *value.Object {
	host, domain, _ := strings.Cut(e.Machine.FQDN(), ".")
	o := value.NewObject("System.Net.NetworkInformation.SystemIPGlobalProperties").Set("HostName", host).Set("DomainName", domain)
	o.Adapted = true
	o.Methods = map[string]value.Method{
		"getactivetcplisteners": func([]any) (any, error) {
			var points []any
			for _, at := range e.Machine.Listeners() {
				point := value.From(at).(*value.Object)
				point.Adapted, point.Text = true, at.String
				points = append(points, point)
			}
			return value.NewArray("System.Net.IPEndPoint", points...), nil
		},
		"getactivetcpconnections": func([]any) (any, error) {
			return value.NewArray("System.Net.NetworkInformation.TcpConnectionInformation"), nil
		},
	}
	return o
}

func dnsType() *Type {
	return &Type{Name: "System.Net.Dns", Static: members(
		static("GetHostName", 0, 0, func(a *Args) (any, error) {
			host, _, _ := strings.Cut(a.Env.Machine.FQDN(), ".")
			return host, nil
		}),
		static("GetHostEntry", 1, 1, func(a *Args) (any, error) {
			name := strings.ToLower(a.Text(0))
			host, _, _ := strings.Cut(strings.ToLower(a.Env.Machine.FQDN()), ".")
			if name != "" && name != "localhost" && name != "127.0.0.1" && name != host && name != strings.ToLower(a.Env.Machine.FQDN()) {
				return nil, Refuse("[System.Net.Dns]::GetHostEntry() of another machine")
			}
			o := value.NewObject("System.Net.IPHostEntry").Set("HostName", a.Env.Machine.FQDN()).
				Set("Aliases", value.NewArray("System.String")).Set("AddressList", value.NewArray("System.Net.IPAddress", netip.MustParseAddr("127.0.0.1")))
			o.Adapted = true
			return o, nil
		})),
		Refused: []string{"GetHostAddresses", "Resolve", "GetHostByName", "GetHostByAddress", "GetHostEntryAsync", "GetHostAddressesAsync"}}
}

func addressType() *Type {
	t := &Type{Name: "System.Net.IPAddress"}
	t.Convert = func(_ *Env, v any) (any, error) {
		if s, ok := parsable(v); ok {
			v = s
		}
		_, isText := v.(string)
		if n, ok := value.ToInt(v); ok && !isText {
			if n < 0 || n > math.MaxUint32 {
				return nil, castReason("InvalidCastConstructorException", v, t, "Specified argument was out of the range of valid values. (Parameter 'newAddress')")
			}
			return netip.AddrFrom4([4]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}), nil
		}
		if dayAndMonth.MatchString(text(v)) {
			return nil, Refuse("the address %s", text(v))
		}
		if a, ok := parseAddress(text(v)); ok {
			return a, nil
		}
		return nil, castReason("InvalidCastParseTargetInvocation", v, t, "An invalid IP address was specified.")
	}
	t.Static = members(constant("Any", netip.IPv4Unspecified()), constant("Loopback", netip.MustParseAddr("127.0.0.1")),
		constant("IPv6Any", netip.IPv6Unspecified()), constant("IPv6Loopback", netip.IPv6Loopback()),
		static("Parse", 1, 1, func(a *Args) (any, error) {
			addr, ok := parseAddress(a.Text(0))
			if !ok {
				return nil, value.NewException("System.FormatException", "An invalid IP address was specified.")
			}
			return addr, nil
		}),
		tryParse(t.Name))
	t.Members = members(
		prop("IPAddressToString", func(a netip.Addr) any { return a.String() }),
		prop("AddressFamily", func(a netip.Addr) any {
			if a.Is4() {
				return "InterNetwork"
			}
			return "InterNetworkV6"
		}),
		method("GetAddressBytes", 0, 0, func(a netip.Addr, _ *Args) (any, error) { return a.AsSlice(), nil }),
		method("ToString", 0, 0, func(a netip.Addr, _ *Args) (any, error) { return a.String(), nil }))
	return t
}

// parseAddress reads an address. As in .NET a single number, decimal or hexadecimal, is
// an address too.
func parseAddress(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a, true
	}
	if n, err := strconv.ParseUint(s, 0, 32); err == nil {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), true
	}
	return netip.Addr{}, false
}
