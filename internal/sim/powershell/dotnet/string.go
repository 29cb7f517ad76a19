package dotnet

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
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

// units are the UTF-16 code units of a text: what .NET counts.
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

// CharAt is the character at a position, nil outside.
func CharAt(s string, i int) any {
	u := units(s)
	if i < 0 {
		i += len(u)
	}
	if i < 0 || i >= len(u) {
		return nil
	}
	return value.Char(u[i])
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

func charArray(s string) any {
	u := units(s)
	chars := make([]any, len(u))
	for i, c := range u {
		chars[i] = value.Char(c)
	}
	return value.NewArray("System.Char", chars...)
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

// splitMethod is String.Split. In .NET a string separator counts as a whole; in
// .NET Framework each of its characters separates, unless options are given.
func splitMethod(s string, a *Args) (any, error) {
	options, limit := "", -1
	for _, x := range a.From(1) {
		if value.IsNumber(x) {
			limit = int(x.(int32))
			continue
		}
		options = text(x)
	}
	var parts []string
	separators := a.separators()
	switch {
	case limit >= 0 && len(separators) == 1:
		parts = strings.SplitN(s, separators[0], limit)
	case limit >= 0:
		return nil, Refuse("String.Split with several separators and a limit")
	default:
		parts = splitAny(s, separators)
	}
	if strings.EqualFold(options, "RemoveEmptyEntries") || options == "1" {
		kept := parts[:0]
		for _, p := range parts {
			if p != "" {
				kept = append(kept, p)
			}
		}
		parts = kept
	}
	return value.From(parts), nil
}

// separators are what the first argument of Split means in this edition.
func (a *Args) separators() []string {
	whole := a.Env.Core || a.Len() > 1
	var separators []string
	if _, many := value.Items(a.At(0)); !many && !whole {
		for _, r := range a.Text(0) {
			separators = append(separators, string(r))
		}
		return separators
	}
	for _, x := range value.Unroll(a.At(0)) {
		if text(x) != "" {
			separators = append(separators, text(x))
		}
	}
	return separators
}

func splitAny(s string, separators []string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(s); {
		n := separatorAt(s[i:], separators)
		if n == 0 {
			i++
			continue
		}
		parts = append(parts, s[start:i])
		i += n
		start = i
	}
	return append(parts, s[start:])
}

func separatorAt(s string, separators []string) int {
	for _, sep := range separators {
		if strings.HasPrefix(s, sep) {
			return len(sep)
		}
	}
	return 0
}

func equalFoldTrim(s, word string) bool { return strings.EqualFold(strings.TrimSpace(s), word) }

func charType() *Type {
	t := &Type{Name: "System.Char", Zero: value.Char(0)}
	t.Convert = func(_ *Env, v any) (any, error) {
		if value.IsInteger(v) {
			n, _ := value.ToInt(v)
			if n < 0 || n > 0xFFFF {
				return nil, castReason("InvalidCastIConvertible", v, t, "Value was either too large or too small for a character.")
			}
			return value.Char(n), nil
		}
		u := units(text(v))
		if len(u) != 1 {
			return nil, castReason("InvalidCastParseTargetInvocation", v, t, "String must be exactly one character long.")
		}
		return value.Char(u[0]), nil
	}
	is := func(name string, test func(r rune) bool) Member {
		return static(name, 1, 1, func(a *Args) (any, error) {
			r := []rune(a.Text(0))
			return len(r) == 1 && test(r[0]), nil
		})
	}
	t.Static = members(is("IsDigit", unicode.IsDigit), is("IsLetter", unicode.IsLetter), is("IsWhiteSpace", unicode.IsSpace),
		is("IsUpper", unicode.IsUpper), is("IsLower", unicode.IsLower),
		is("IsLetterOrDigit", func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }))
	t.Members = members(method("ToString", 0, 0, func(c value.Char, _ *Args) (any, error) { return string(rune(c)), nil }))
	return t
}
