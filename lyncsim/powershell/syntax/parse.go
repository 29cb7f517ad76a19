package syntax

import "strings"

// ParseOptions chooses the language. The zero value is Windows PowerShell 5.1.
type ParseOptions struct {
	// Version7 makes the parser recognize the operators that PowerShell 7 added (&&, ||,
	// ??, ?:, trailing &). It refuses them with an UnsupportedError. Without Version7
	// they give a ParseError, as in 5.1.
	Version7 bool
}

// Parse reads Windows PowerShell 5.1 source. The error is a *ParseError or an
// *UnsupportedError.
func Parse(source string) (*ScriptBlock, error) {
	return ParseOptions{}.Parse(source)
}

// Parse reads source in the chosen language. The error is a *ParseError or an
// *UnsupportedError.
func (o ParseOptions) Parse(source string) (*ScriptBlock, error) {
	p := newParser(newSource(strings.TrimPrefix(source, "\ufeff")), o)
	script := p.script()
	if len(p.issues) > 0 {
		return nil, &ParseError{Issues: p.issues}
	}
	if p.refused != nil {
		return nil, p.refused
	}
	if issues := check(script); len(issues) > 0 {
		return nil, &ParseError{Issues: issues}
	}
	return script, nil
}
