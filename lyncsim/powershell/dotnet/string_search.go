package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// stringSearch declares the members of String that search in the text.
func stringSearch() Members {
	return members(
		method("IndexOf", 1, 3, func(s string, a *Args) (any, error) { return a.index(s, strings.Index) }),
		method("LastIndexOf", 1, 2, func(s string, a *Args) (any, error) { return a.index(s, strings.LastIndex) }),
		method("StartsWith", 1, 3, func(s string, a *Args) (any, error) {
			s, x := a.fold(s)
			return strings.HasPrefix(s, x), nil
		}),
		method("EndsWith", 1, 3, func(s string, a *Args) (any, error) {
			s, x := a.fold(s)
			return strings.HasSuffix(s, x), nil
		}),
		method("Contains", 1, 2, func(s string, a *Args) (any, error) {
			s, x := a.fold(s)
			return strings.Contains(s, x), nil
		}),
		method("Equals", 1, 2, func(s string, a *Args) (any, error) {
			s, x := a.fold(s)
			return s == x, nil
		}))
}

// fold turns a text and the first argument into lower case when the last argument is a
// comparison that ignores case.
func (a *Args) fold(s string) (string, string) {
	x := a.Text(0)
	if a.Len() > 1 && ignoresCase(a.At(a.Len()-1)) {
		return strings.ToLower(s), strings.ToLower(x)
	}
	return s, x
}

func ignoresCase(comparison any) bool {
	if b, ok := comparison.(bool); ok {
		return b
	}
	return strings.HasSuffix(strings.ToLower(text(comparison)), "ignorecase")
}

func (a *Args) index(s string, find func(s, x string) int) (any, error) {
	from := 0
	if a.Len() > 1 && value.IsNumber(a.At(1)) {
		from = a.Int(1)
	}
	u := units(s)
	if from < 0 || from > len(u) {
		return nil, outOfRange("startIndex", "Index was out of range. Must be non-negative and less than or equal to the size of the collection.")
	}
	folded, x := a.fold(unText(u[from:]))
	at := find(folded, x)
	if at < 0 {
		return int32(-1), nil
	}
	return int32(from + Length(folded[:at])), nil
}

// stringTrim declares trimming and padding.
func stringTrim() Members {
	trim := func(name string, cut func(s, set string) string) Member {
		return method(name, 0, 99, func(s string, a *Args) (any, error) {
			set := " \t\r\n\v\f\u0085\u00a0\u2028\u2029"
			if a.Len() > 0 {
				set = value.TextWith(a.list, "")
				if items, ok := value.Items(a.At(0)); ok {
					set = value.TextWith(items, "")
				}
			}
			return cut(s, set), nil
		})
	}
	pad := func(name string, join func(s, fill string) string) Member {
		return method(name, 1, 2, func(s string, a *Args) (any, error) {
			fill := " "
			if a.Len() == 2 {
				fill = a.Text(1)
			}
			return join(s, strings.Repeat(fill, max(0, a.Int(0)-Length(s)))), nil
		})
	}
	return members(trim("Trim", strings.Trim), trim("TrimStart", strings.TrimLeft), trim("TrimEnd", strings.TrimRight),
		pad("PadLeft", func(s, fill string) string { return fill + s }),
		pad("PadRight", func(s, fill string) string { return s + fill }))
}

func stringStatics() Members {
	return members(constant("Empty", ""),
		static("Join", 2, 99, func(a *Args) (any, error) {
			items := a.From(1)
			if list, ok := value.Items(a.At(1)); ok && a.Len() == 2 {
				items = list
			}
			return value.TextWith(items, a.Text(0)), nil
		}),
		static("IsNullOrEmpty", 1, 1, func(a *Args) (any, error) { return a.Text(0) == "", nil }),
		static("IsNullOrWhiteSpace", 1, 1, func(a *Args) (any, error) { return strings.TrimSpace(a.Text(0)) == "", nil }),
		static("Format", 1, 99, func(a *Args) (any, error) {
			items := a.From(1)
			if list, ok := value.Items(a.At(1)); ok && a.Len() == 2 {
				items = list
			}
			return Format(a.Text(0), items, a.core())
		}),
		static("Concat", 1, 99, func(a *Args) (any, error) {
			if list, ok := value.Items(a.At(0)); ok && a.Len() == 1 {
				return value.TextWith(list, ""), nil
			}
			return value.TextWith(a.list, ""), nil
		}),
		static("Equals", 2, 3, func(a *Args) (any, error) {
			return compareStatic(a) == 0, nil
		}),
		static("Compare", 2, 3, func(a *Args) (any, error) { return compareStatic(a), nil }))
}

func compareStatic(a *Args) int32 {
	fold := a.Len() == 3 && ignoresCase(a.At(2))
	if a.Len() < 3 && a.Text(0) == a.Text(1) {
		return 0
	}
	return CompareText(a.Text(0), a.Text(1), fold)
}
