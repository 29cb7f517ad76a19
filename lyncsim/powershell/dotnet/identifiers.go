package dotnet

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

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
	t.Static = members(constant("Empty", t.Zero), static("Parse", 1, 1, t.New), tryParse(t.Name),
		static("NewGuid", 0, 0, func(*Args) (any, error) { return NewGuid(), nil }))
	t.Members = members(prop("Guid", func(g value.Guid) any { return string(g) }),
		method("ToString", 0, 1, func(g value.Guid, a *Args) (any, error) {
			return guidText(g, a.Text(0))
		}))
	return t
}

// guidText is the text of a GUID in one of its formats.
func guidText(g value.Guid, format string) (string, error) {
	digits := strings.ReplaceAll(string(g), "-", "")
	switch strings.ToUpper(format) {
	case "", "D":
		return string(g), nil
	case "N":
		return digits, nil
	case "B":
		return "{" + string(g) + "}", nil
	case "P":
		return "(" + string(g) + ")", nil
	case "X":
		parts := []string{"0x" + digits[:8], "0x" + digits[8:12], "0x" + digits[12:16]}
		var last []string
		for i := 16; i < 32; i += 2 {
			last = append(last, "0x"+digits[i:i+2])
		}
		return "{" + strings.Join(parts, ",") + ",{" + strings.Join(last, ",") + "}}", nil
	}
	return "", value.NewException("System.FormatException", "Format string can be only \"D\", \"d\", \"N\", \"n\", \"P\", \"p\", \"B\", \"b\", \"X\" or \"x\".")
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
	t.Static = members(static("Parse", 1, 1, func(a *Args) (any, error) { return parse(a.Text(0)) }), tryParse(t.Name))
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
