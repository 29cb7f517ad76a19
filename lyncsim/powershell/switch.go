package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func (f *frame) switchStatement(s *syntax.SwitchStatement) error {
	if s.Flags&syntax.SwitchFile != 0 {
		return f.refuse("switch -File")
	}
	v, err := f.rawValue(s.Condition)
	if err != nil {
		return err
	}
	items := value.Unroll(v)
	switch v.(type) {
	case none:
		items = nil
	case nil:
		items = []any{nil}
	}
	for _, item := range items {
		restore := f.bindItem(item)
		err := f.switchItem(s, item)
		restore()
		if goOn, err := again(err, s.Label); !goOn {
			return err
		}
	}
	return nil
}

func (f *frame) switchItem(s *syntax.SwitchStatement, item any) error {
	matched := false
	for _, clause := range s.Clauses {
		yes, err := f.clauseMatches(s.Flags, clause.Pattern, item)
		if err != nil {
			return err
		}
		if !yes {
			continue
		}
		matched = true
		if err := f.body(clause.Body); err != nil {
			return err
		}
	}
	if matched {
		return nil
	}
	return f.body(s.Default)
}

func (f *frame) clauseMatches(flags syntax.SwitchFlags, pattern syntax.Expression, item any) (bool, error) {
	if block, ok := pattern.(*syntax.ScriptBlockExpression); ok {
		out, err := f.collect(func(g *frame) error { return g.inline(&ScriptBlock{ast: block.Body}, nil) })
		return value.Truth(plain(fold(out))), err
	}
	want, err := f.eval(pattern)
	if err != nil {
		return false, err
	}
	heed := flags&syntax.SwitchCaseSensitive != 0
	switch {
	case flags&syntax.SwitchWildcard != 0:
		return f.like(value.Text(item), value.Text(want), heed)
	case flags&syntax.SwitchRegex != 0:
		return f.regexMatch(value.Text(item), want, heed)
	}
	if want == nil {
		return item == nil, nil
	}
	return equalText(value.Text(item), value.Text(want), heed), nil
}

// bindItem sets $_ in the frame's scope. It returns a function that puts the old $_
// back.
func (f *frame) bindItem(item any) (restore func()) {
	return f.scope.replace("_", item)
}
