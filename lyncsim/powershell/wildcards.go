package powershell

import (
	"strings"
)

// like is -like: a pattern without wildcards is compared as -eq compares.
func (f *frame) like(text, pattern string, heed bool) (bool, error) {
	if !strings.ContainsAny(pattern, "*?[`") {
		return equalText(text, pattern, heed), nil
	}
	if strings.LastIndexByte(pattern, '[') > strings.LastIndexByte(pattern, ']') && !strings.Contains(pattern, "`[") {
		return false, f.fail(runtimeException, "RuntimeException", "NotSpecified", nil,
			"The specified wildcard character pattern is not valid: %s", pattern)
	}
	return wildcardMatch(pattern, text, heed), nil
}

// wildcardMatch compares a text with a pattern of *, ?, [a-z] and `escapes.
func wildcardMatch(pattern, text string, heedCase bool) bool {
	if !heedCase {
		pattern, text = strings.ToLower(pattern), strings.ToLower(text)
	}
	return matchRunes([]rune(pattern), []rune(text))
}

// WildcardMatch is -like for cmdlets: *, ?, [a-z], case ignored.
func WildcardMatch(pattern, text string) bool { return wildcardMatch(pattern, text, false) }

// HasWildcards reports whether a text is a pattern and not a plain name.
func HasWildcards(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }

func matchRunes(pattern, text []rune) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		if p < len(pattern) && pattern[p] == '*' {
			star, mark = p, t
			p++
			continue
		}
		if n := matchOne(pattern[p:], text[t]); n > 0 {
			p += n
			t++
			continue
		}
		if star < 0 {
			return false
		}
		mark++
		p, t = star+1, mark
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne matches one character against the beginning of a pattern. It returns the
// length of the part of the pattern that matched, 0 for no match.
func matchOne(pattern []rune, c rune) int {
	if len(pattern) == 0 {
		return 0
	}
	switch pattern[0] {
	case '?':
		return 1
	case '`':
		if len(pattern) > 1 && pattern[1] == c {
			return 2
		}
		return 0
	case '[':
		return matchSet(pattern, c)
	}
	if pattern[0] == c {
		return 1
	}
	return 0
}

func matchSet(pattern []rune, c rune) int {
	found := false
	for i := 1; i < len(pattern); i++ {
		if pattern[i] == ']' && i > 1 {
			return b2i(found) * (i + 1)
		}
		if i+2 < len(pattern) && pattern[i+1] == '-' && pattern[i+2] != ']' {
			found = found || c >= pattern[i] && c <= pattern[i+2]
			i += 2
			continue
		}
		found = found || pattern[i] == c
	}
	return 0
}
