package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func regexTypes() []*Type {
	regex := &Type{Name: "System.Text.RegularExpressions.Regex",
		New: func(a *Args) (any, error) {
			options, err := a.regexOptions(1)
			if err != nil {
				return nil, err
			}
			return CompileRegex(a.Text(0), options)
		},
		Convert: func(_ *Env, v any) (any, error) {
			re, err := CompileRegex(text(v), "")
			if err != nil {
				return nil, &CastError{ID: "InvalidCastConstructorException", Message: "Cannot convert value \"" + text(v) +
					"\" to type \"System.Text.RegularExpressions.Regex\". Error: \"" + err.Error() + "\""}
			}
			return re, nil
		},
		Members: members(
			method("IsMatch", 1, 2, func(r *Regex, a *Args) (any, error) {
				m, err := r.Match(a.Text(0), a.Int(1))
				return m != nil, err
			}),
			method("Match", 1, 2, func(r *Regex, a *Args) (any, error) { return matchOrEmpty(r.Match(a.Text(0), a.Int(1))) }),
			method("Matches", 1, 1, func(r *Regex, a *Args) (any, error) { return matchesOf(r, a.Text(0)) }),
			method("Replace", 2, 2, func(r *Regex, a *Args) (any, error) { return replaceWith(r, a.Env, a.Text(0), a.At(1)) }),
			method("Split", 1, 1, func(r *Regex, a *Args) (any, error) {
				parts, err := r.SplitOperator(a.Text(0), 0)
				return value.From(parts), err
			}),
			method("ToString", 0, 0, func(r *Regex, _ *Args) (any, error) { return r.String(), nil }),
			prop("Options", func(r *Regex) any { return r.options })),
		Static:  regexStatics(),
		Refused: []string{"GetGroupNames", "GetGroupNumbers", "GroupNameFromNumber", "MatchTimeout", "Count", "EnumerateMatches"}}
	return []*Type{regex, matchType(), groupType(), matchCollection()}
}

// regexOptions reads RegexOptions from an argument.
func (a *Args) regexOptions(i int) (string, error) {
	if i >= a.Len() {
		return "", nil
	}
	return RegexOptions(a.Env, a.At(i))
}

// RegexOptions gives the letters that CompileRegex takes for options that a script gave
// by value or by name.
func RegexOptions(e *Env, given any) (string, error) {
	t, _ := Lookup("System.Text.RegularExpressions.RegexOptions")
	v, err := Convert(e, given, t)
	if err != nil {
		return "", err
	}
	options := ""
	for letter, bit := range map[string]int64{"i": 1, "m": 2, "n": 4, "s": 16, "x": 32} {
		if v.(value.Enum).Value&bit != 0 {
			options += letter
		}
	}
	if v.(value.Enum).Value&64 != 0 {
		return "", Refuse("RegexOptions.RightToLeft")
	}
	return options, nil
}

func regexStatics() Members {
	with := func(name string, least, most int, options int, call func(r *Regex, a *Args) (any, error)) Member {
		return static(name, least, most, func(a *Args) (any, error) {
			o, err := a.regexOptions(options)
			if err != nil {
				return nil, err
			}
			r, err := CompileRegex(a.Text(1), o)
			if err != nil {
				return nil, err
			}
			return call(r, a)
		})
	}
	return members(
		with("IsMatch", 2, 3, 2, func(r *Regex, a *Args) (any, error) {
			m, err := r.Match(a.Text(0), 0)
			return m != nil, err
		}),
		with("Match", 2, 3, 2, func(r *Regex, a *Args) (any, error) { return matchOrEmpty(r.Match(a.Text(0), 0)) }),
		with("Matches", 2, 3, 2, func(r *Regex, a *Args) (any, error) { return matchesOf(r, a.Text(0)) }),
		with("Replace", 3, 4, 3, func(r *Regex, a *Args) (any, error) { return replaceWith(r, a.Env, a.Text(0), a.At(2)) }),
		with("Split", 2, 3, 2, func(r *Regex, a *Args) (any, error) {
			parts, err := r.SplitOperator(a.Text(0), 0)
			return value.From(parts), err
		}),
		static("Escape", 1, 1, func(a *Args) (any, error) { return EscapeRegex(a.Text(0)), nil }),
		static("Unescape", 1, 1, func(*Args) (any, error) { return nil, Refuse("[regex]::Unescape()") }))
}

func matchOrEmpty(m *Match, err error) (any, error) {
	if m == nil {
		m = &Match{}
	}
	return m, err
}

func matchesOf(r *Regex, s string) (any, error) {
	all, err := r.All(s)
	items := make([]any, len(all))
	for i, m := range all {
		items[i] = m
	}
	return value.NewCollection("System.Text.RegularExpressions.MatchCollection", items...), err
}

// replaceWith replaces all matches by a text, or by the output of a script block that is
// called with each match.
func replaceWith(r *Regex, e *Env, s string, with any) (any, error) {
	if value.TypeName(with) != "System.Management.Automation.ScriptBlock" {
		return r.Replace(s, text(with))
	}
	all, err := r.All(s)
	if err != nil {
		return nil, err
	}
	runes, out, start := []rune(s), "", 0
	for _, m := range all {
		made, err := e.Engine.InvokeBlock(with, []any{m})
		if err != nil {
			return nil, err
		}
		out += string(runes[start:m.m.Index]) + value.Text(made)
		start = m.m.Index + m.m.Length
	}
	return out + string(runes[start:]), nil
}
