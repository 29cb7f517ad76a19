package dotnet

import (
	"unicode"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// CharAt is the character at a position, or nil when the position is outside the text.
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

func charArray(s string) any {
	u := units(s)
	chars := make([]any, len(u))
	for i, c := range u {
		chars[i] = value.Char(c)
	}
	return value.NewArray("System.Char", chars...)
}

func turned(a *Args, to func(rune) rune) (any, error) {
	c, err := a.convert(0, "System.Char")
	if err != nil {
		return nil, err
	}
	return value.Char(to(rune(c.(value.Char)))), nil
}

func charType() *Type {
	t := &Type{Name: "System.Char", Zero: value.Char(0)}
	t.Convert = func(_ *Env, v any) (any, error) {
		if _, isEnum := v.(value.Enum); isEnum || value.IsInteger(v) {
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
		static("ToUpper", 1, 1, func(a *Args) (any, error) { return turned(a, unicode.ToUpper) }),
		static("ToLower", 1, 1, func(a *Args) (any, error) { return turned(a, unicode.ToLower) }),
		is("IsUpper", unicode.IsUpper), is("IsLower", unicode.IsLower),
		is("IsLetterOrDigit", func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }))
	t.Members = members(method("ToString", 0, 0, func(c value.Char, _ *Args) (any, error) { return string(rune(c)), nil }))
	return t
}
