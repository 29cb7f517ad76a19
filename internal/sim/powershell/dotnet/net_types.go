package dotnet

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// netTypes declares identifiers, addresses and what a machine tells about its network.
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

func guidType() *Type {
	t := &Type{Name: "System.Guid", Zero: value.Guid("00000000-0000-0000-0000-000000000000")}
	t.Convert = func(e *Env, v any) (any, error) {
		g, ok := value.ParseGuid(text(v))
		if !ok {
			id := "InvalidCastParseTargetInvocation"
			if e.Core {
				id += "WithFormatProvider"
			}
			return nil, castReason(id, v, t, "Unrecognized Guid format.")
		}
		return g, nil
	}
	t.New = func(a *Args) (any, error) {
		g, ok := value.ParseGuid(a.Text(0))
		if a.Len() == 0 {
			return t.Zero, nil
		}
		if !ok {
			return nil, value.NewException("System.FormatException", "Unrecognized Guid format.")
		}
		return g, nil
	}
	t.Static = members(constant("Empty", t.Zero), static("Parse", 1, 1, t.New),
		static("NewGuid", 0, 0, func(*Args) (any, error) { return NewGuid(), nil }))
	t.Members = members(prop("Guid", func(g value.Guid) any { return string(g) }),
		method("ToString", 0, 1, func(g value.Guid, a *Args) (any, error) {
			switch strings.ToUpper(a.Text(0)) {
			case "", "D":
				return string(g), nil
			case "N":
				return strings.ReplaceAll(string(g), "-", ""), nil
			case "B":
				return "{" + string(g) + "}", nil
			case "P":
				return "(" + string(g) + ")", nil
			}
			return nil, value.NewException("System.FormatException", "Format string can be only \"D\", \"d\", \"N\", \"n\", \"P\", \"p\", \"B\", \"b\", \"X\" or \"x\".")
		}))
	return t
}

// NewGuid makes a random GUID.
func NewGuid() value.Guid {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return value.Guid(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

func versionType() *Type {
	t := &Type{Name: "System.Version"}
	t.Convert = func(_ *Env, v any) (any, error) {
		if x, ok := value.ParseVersion(text(v)); ok {
			return x, nil
		}
		reason := "Version string portion was too short or too long. (Parameter 'input')"
		return nil, castReason("InvalidCastParseTargetInvocation", v, t, reason)
	}
	parse := func(s string) (any, error) {
		v, ok := value.ParseVersion(s)
		if !ok {
			return nil, value.NewException("System.ArgumentException", "Version string portion was too short or too long. (Parameter 'input')")
		}
		return v, nil
	}
	t.New = func(a *Args) (any, error) {
		if s, ok := a.At(0).(string); ok {
			return parse(s)
		}
		parts := make([]string, a.Len())
		for i := range parts {
			parts[i] = a.Text(i)
		}
		return parse(strings.Join(parts, "."))
	}
	t.Static = members(static("Parse", 1, 1, func(a *Args) (any, error) { return parse(a.Text(0)) }))
	t.Members = members(
		prop("Major", func(v value.Version) any { return v.Major }), prop("Minor", func(v value.Version) any { return v.Minor }),
		prop("Build", func(v value.Version) any { return v.Build }), prop("Revision", func(v value.Version) any { return v.Revision }),
		method("CompareTo", 1, 1, func(v value.Version, a *Args) (any, error) {
			w, err := a.convert(0, "System.Version")
			if err != nil {
				return nil, err
			}
			return v.Compare(w.(value.Version)), nil
		}),
		method("ToString", 0, 1, func(v value.Version, a *Args) (any, error) {
			if a.Len() == 0 {
				return v.String(), nil
			}
			return strings.Join(strings.SplitN(v.String(), ".", 5)[:min(a.Int(0), strings.Count(v.String(), ".")+1)], "."), nil
		}))
	return t
}

func uriType() *Type {
	t := &Type{Name: "System.Uri", Refused: []string{"IsBaseOf", "MakeRelativeUri", "GetComponents", "Segments", "UserEscaped"}}
	parse := func(s string) (any, error) {
		u, err := url.Parse(s)
		if err != nil {
			return nil, value.NewException("System.UriFormatException", "Invalid URI: The format of the URI could not be determined.")
		}
		return &value.URI{Text: s, URL: u}, nil
	}
	t.Convert = func(_ *Env, v any) (any, error) {
		u, err := parse(text(v))
		if err != nil {
			return nil, castReason("InvalidCastConstructorException", v, t, err.Error())
		}
		return u, nil
	}
	t.New = func(a *Args) (any, error) {
		u, err := parse(a.Text(0))
		if err == nil && a.Len() == 1 && u.(*value.URI).Scheme == "" {
			return nil, value.NewException("System.UriFormatException", "Invalid URI: The format of the URI could not be determined.")
		}
		return u, err
	}
	t.Static = members(static("EscapeDataString", 1, 1, func(a *Args) (any, error) {
		return strings.ReplaceAll(url.QueryEscape(a.Text(0)), "+", "%20"), nil
	}), static("UnescapeDataString", 1, 1, func(a *Args) (any, error) { return url.PathUnescape(a.Text(0)) }),
		static("IsWellFormedUriString", 2, 2, func(a *Args) (any, error) {
			u, err := url.Parse(a.Text(0))
			return err == nil && u.Scheme != "", nil
		}))
	t.Members = uriMembers()
	return t
}

func uriMembers() Members {
	return members(
		prop("Host", func(u *value.URI) any { return u.Hostname() }), prop("Scheme", func(u *value.URI) any { return u.Scheme }),
		prop("Port", func(u *value.URI) any { return uriPort(u) }),
		prop("AbsolutePath", func(u *value.URI) any { return cmpOr(u.EscapedPath(), "/") }),
		prop("LocalPath", func(u *value.URI) any { return cmpOr(u.Path, "/") }),
		prop("PathAndQuery", func(u *value.URI) any { return u.RequestURI() }),
		prop("Query", func(u *value.URI) any {
			if u.RawQuery == "" {
				return ""
			}
			return "?" + u.RawQuery
		}),
		prop("AbsoluteUri", func(u *value.URI) any { return u.String() }), prop("OriginalString", func(u *value.URI) any { return u.Text }),
		prop("IsAbsoluteUri", func(u *value.URI) any { return u.Scheme != "" }), prop("Authority", func(u *value.URI) any { return u.URL.Host }),
		prop("DnsSafeHost", func(u *value.URI) any { return u.Hostname() }))
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func uriPort(u *value.URI) int32 {
	if n, err := strconv.Atoi(u.URL.Port()); err == nil {
		return int32(n)
	}
	if n, ok := map[string]int32{"http": 80, "https": 443, "ftp": 21, "ldap": 389}[u.Scheme]; ok {
		return n
	}
	return -1
}

func addressType() *Type {
	t := &Type{Name: "System.Net.IPAddress"}
	t.Convert = func(_ *Env, v any) (any, error) {
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
		Member{Name: "TryParse", Min: 2, Max: 2, Call: func(any, *Args) (any, error) {
			return nil, Refuse("[ref] arguments ([System.Net.IPAddress]::TryParse)")
		}})
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

// parseAddress reads an address as .NET does: also one number, or hexadecimal parts.
func parseAddress(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a, true
	}
	if n, err := strconv.ParseUint(s, 0, 32); err == nil {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), true
	}
	return netip.Addr{}, false
}
