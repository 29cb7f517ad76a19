package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// splitMethod is String.Split. In .NET it splits at the whole separator. In .NET
// Framework it splits at each character of the separator, unless options are given.
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

// separators are the separators that the first argument of Split stands for in this
// edition of PowerShell.
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
