package dotnet

import (
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Regex is System.Text.RegularExpressions.Regex. It has the syntax and meaning of .NET,
// including backtracking. The time of one match is limited.
type Regex struct {
	re      *regexp2.Regexp
	options string
}

// TypeName is the .NET name.
func (*Regex) TypeName() string { return "System.Text.RegularExpressions.Regex" }

// String is the pattern.
func (r *Regex) String() string { return r.re.String() }

// matchTime is the longest that one match may take.
const matchTime = time.Second

var compiled sync.Map // "options/pattern" → *Regex

// CompileRegex reads a pattern. options consists of the letters i, m, s, n and x, which
// mean the same as in (?imsnx).
func CompileRegex(pattern, options string) (*Regex, error) {
	key := options + "/" + pattern
	if re, ok := compiled.Load(key); ok {
		return re.(*Regex), nil
	}
	bits := regexp2.None
	for _, o := range options {
		bits |= regexOption[o]
	}
	re, err := regexp2.Compile(pattern, bits)
	if err != nil {
		return nil, value.NewException("System.ArgumentException", "Invalid pattern '"+pattern+"'. "+err.Error())
	}
	re.MatchTimeout = matchTime
	made := &Regex{re: re, options: options}
	if len(pattern) < 1<<10 {
		compiled.Store(key, made)
	}
	return made, nil
}

var regexOption = map[rune]regexp2.RegexOptions{
	'i': regexp2.IgnoreCase, 'm': regexp2.Multiline, 's': regexp2.Singleline, 'n': regexp2.ExplicitCapture, 'x': regexp2.IgnorePatternWhitespace,
}

// EscapeRegex puts a backslash before each character that has a meaning in patterns.
func EscapeRegex(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '\n':
			b.WriteString(`\n`)
		case '\r':
			b.WriteString(`\r`)
		case '\t':
			b.WriteString(`\t`)
		case '\f':
			b.WriteString(`\f`)
		default:
			if strings.ContainsRune(`\*+?|{[()^$.# `, r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Match is one match of a regular expression. A nil Match means that there is none.
type Match struct {
	m *regexp2.Match
}

// TypeName is the .NET name.
func (*Match) TypeName() string { return "System.Text.RegularExpressions.Match" }

// String is the text that matched.
func (m *Match) String() string {
	if m.m == nil {
		return ""
	}
	return m.m.String()
}

// Match finds the first match at or behind the character from.
func (r *Regex) Match(s string, from int) (*Match, error) {
	m, err := r.re.FindStringMatchStartingAt(s, from)
	if err != nil || m == nil {
		return nil, err
	}
	return &Match{m}, nil
}

// All finds all matches.
func (r *Regex) All(s string) ([]*Match, error) {
	var all []*Match
	m, err := r.re.FindStringMatch(s)
	for m != nil && err == nil {
		all = append(all, &Match{m})
		m, err = r.re.FindNextMatch(m)
	}
	return all, err
}

// Replace replaces all matches; $1, ${name} and $& in the replacement are expanded.
func (r *Regex) Replace(s, replacement string) (string, error) {
	return r.re.Replace(s, replacement, -1, -1)
}

// Table is $Matches: the groups of the match by number or name.
func (m *Match) Table() *value.Hashtable {
	h := value.NewHashtable()
	for _, g := range m.m.Groups() {
		if len(g.Captures) == 0 {
			continue
		}
		if isNumber(g.Name) {
			n, _ := value.ToInt(g.Name)
			h.Set(int32(n), g.String())
			continue
		}
		h.Set(g.Name, g.String())
	}
	return h
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// SplitOperator is the operator -split. The texts of captured groups are kept as parts.
// limit is the largest number of parts; 0 means no limit.
func (r *Regex) SplitOperator(s string, limit int) ([]string, error) {
	var parts []string
	runes := []rune(s)
	start := 0
	m, err := r.re.FindStringMatch(s)
	for m != nil && err == nil && (limit <= 0 || len(parts) < limit-1) {
		parts = append(parts, string(runes[start:m.Index]))
		for _, g := range m.Groups()[1:] {
			if len(g.Captures) > 0 {
				parts = append(parts, g.String())
			}
		}
		start = m.Index + m.Length
		m, err = r.re.FindNextMatch(m)
	}
	return append(parts, string(runes[start:])), err
}
