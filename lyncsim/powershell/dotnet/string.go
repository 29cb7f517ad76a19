package dotnet

import (
	"strings"
	"unicode/utf16"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func stringTypes() []*Type {
	return []*Type{{
		Name:    "System.String",
		Convert: func(_ *Env, v any) (any, error) { return value.Text(v), nil },
		New:     newString,
		Members: stringMembers().with(stringSearch()).with(stringTrim()),
		Static:  stringStatics(),
		Refused: []string{"Normalize", "IsNormalized", "CopyTo", "TryCopyTo", "ReplaceLineEndings", "EnumerateRunes", "GetPinnableReference",
			"IndexOfAny", "LastIndexOfAny", "GetTypeCode", "ToBoolean", "ToInt32", "ToDateTime"},
	}}
}

// units are the UTF-16 code units of a text. .NET counts text in these units.
func units(s string) []uint16 { return utf16.Encode([]rune(s)) }

// unText is the inverse of units.
func unText(u []uint16) string { return string(utf16.Decode(u)) }

// Length is the length of a text as .NET counts it.
func Length(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

func newString(a *Args) (any, error) {
	if a.Len() == 0 {
		return nil, &MissingMember{Type: "System.String", Name: "new", Method: true, Known: true}
	}
	if a.Len() == 2 {
		return strings.Repeat(a.Text(0), a.Int(1)), a.err
	}
	if items, ok := value.Items(a.At(0)); ok {
		return value.TextWith(items, ""), nil
	}
	return a.Text(0), nil
}

func outOfRange(name, message string) error {
	return value.NewException("System.ArgumentOutOfRangeException", message+" (Parameter '"+name+"')")
}

func stringMembers() Members {
	return members(
		prop("Length", func(s string) any { return Length(s) }),
		method("Chars", 1, 1, func(s string, a *Args) (any, error) { return CharAt(s, a.Int(0)), nil }),
		method("Substring", 1, 2, substring),
		method("Split", 1, 3, splitMethod),
		method("Replace", 2, 4, func(s string, a *Args) (any, error) {
			if a.Text(0) == "" {
				return nil, value.NewException("System.ArgumentException", "String cannot be of zero length. (Parameter 'oldValue')")
			}
			if a.Len() > 2 {
				return nil, Refuse("String.Replace with a comparison")
			}
			return strings.ReplaceAll(s, a.Text(0), a.Text(1)), nil
		}),
		method("Insert", 2, 2, func(s string, a *Args) (any, error) {
			u, at := units(s), a.Int(0)
			if at < 0 || at > len(u) {
				return nil, outOfRange("startIndex", "Specified argument was out of the range of valid values.")
			}
			return unText(u[:at]) + a.Text(1) + unText(u[at:]), nil
		}),
		method("Remove", 1, 2, func(s string, a *Args) (any, error) {
			u, at := units(s), a.Int(0)
			n := len(u) - at
			if a.Len() == 2 {
				n = a.Int(1)
			}
			if at < 0 || n < 0 || at+n > len(u) {
				return nil, outOfRange("count", "Index and count must refer to a location within the string.")
			}
			return unText(u[:at]) + unText(u[at+n:]), nil
		}),
		method("ToLower", 0, 1, func(s string, _ *Args) (any, error) { return strings.ToLower(s), nil }),
		method("ToUpper", 0, 1, func(s string, _ *Args) (any, error) { return strings.ToUpper(s), nil }),
		method("ToLowerInvariant", 0, 0, func(s string, _ *Args) (any, error) { return strings.ToLower(s), nil }),
		method("ToUpperInvariant", 0, 0, func(s string, _ *Args) (any, error) { return strings.ToUpper(s), nil }),
		method("ToCharArray", 0, 0, func(s string, _ *Args) (any, error) { return charArray(s), nil }),
		method("ToString", 0, 1, func(s string, _ *Args) (any, error) { return s, nil }),
		method("Clone", 0, 0, func(s string, _ *Args) (any, error) { return s, nil }),
		method("GetEnumerator", 0, 0, func(s string, _ *Args) (any, error) {
			return newEnumerator(value.Unroll(charArray(s))), nil
		}),
		method("CompareTo", 1, 1, func(s string, a *Args) (any, error) { return CompareText(s, a.Text(0), false), nil }))
}

func substring(s string, a *Args) (any, error) {
	u := units(s)
	from := a.Int(0)
	if from < 0 || from > len(u) {
		return nil, outOfRange("startIndex", "startIndex cannot be larger than length of string.")
	}
	if a.Len() == 1 {
		return unText(u[from:]), nil
	}
	n := a.Int(1)
	if n < 0 || from+n > len(u) {
		return nil, outOfRange("length", "Index and length must refer to a location within the string.")
	}
	return unText(u[from : from+n]), nil
}

func equalFoldTrim(s, word string) bool { return strings.EqualFold(strings.TrimSpace(s), word) }
