package dotnet

import (
	"strings"
)

// StringBuilder is System.Text.StringBuilder.
type StringBuilder struct{ strings.Builder }

// TypeName is the .NET name.
func (*StringBuilder) TypeName() string { return "System.Text.StringBuilder" }

func stringBuilderType() *Type {
	add := func(name string, what func(a *Args) (string, error)) Member {
		return method(name, 0, 99, func(b *StringBuilder, a *Args) (any, error) {
			s, err := what(a)
			b.WriteString(s)
			return b, err
		})
	}
	return &Type{Name: "System.Text.StringBuilder",
		New: func(a *Args) (any, error) {
			b := new(StringBuilder)
			if s, ok := a.At(0).(string); ok {
				b.WriteString(s)
			}
			return b, nil
		},
		Members: members(
			add("Append", func(a *Args) (string, error) { return a.Text(0), nil }),
			add("AppendLine", func(a *Args) (string, error) { return a.Text(0) + "\r\n", nil }),
			add("AppendFormat", func(a *Args) (string, error) { return Format(a.Text(0), a.From(1), a.core()) }),
			prop("Length", func(b *StringBuilder) any { return Length(b.String()) }),
			method("ToString", 0, 0, func(b *StringBuilder, _ *Args) (any, error) { return b.String(), nil }),
			method("Clear", 0, 0, func(b *StringBuilder, _ *Args) (any, error) {
				b.Reset()
				return b, nil
			})),
		Refused: []string{"Insert", "Remove", "Replace", "Capacity", "Chars", "EnsureCapacity", "CopyTo", "AppendJoin"}}
}
