package dotnet

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

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
