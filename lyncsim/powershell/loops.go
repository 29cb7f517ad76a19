package powershell

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// loop runs a statement that repeats its body.
func (f *frame) loop(s syntax.Statement) error {
	switch s := s.(type) {
	case *syntax.WhileStatement:
		return f.repeat(s.Label, func() (bool, error) { return f.condition(s.Condition) }, s.Body, nil)
	case *syntax.DoWhileStatement:
		return f.doLoop(s.Label, s.Body, s.Condition, true)
	case *syntax.DoUntilStatement:
		return f.doLoop(s.Label, s.Body, s.Condition, false)
	case *syntax.ForStatement:
		return f.forLoop(s)
	case *syntax.ForEachStatement:
		return f.forEach(s)
	case *syntax.SwitchStatement:
		return f.switchStatement(s)
	}
	return f.refuse(strings.TrimPrefix(fmt.Sprintf("%T", s), "*syntax."))
}

// refuse is the refusal of a construct that the evaluator does not know.
func (f *frame) refuse(construct string) error {
	return &syntax.UnsupportedError{Construct: construct, Line: f.at.Line()}
}

// again decides from the error of one round whether the loop goes on. When it does not,
// out is the error to leave the loop with, nil after a break.
func again(err error, label string) (goOn bool, out error) {
	if err == nil {
		return true, nil
	}
	if b, ok := errors.AsType[breakFlow](err); ok && meant(b.label, label) {
		return false, nil
	}
	if c, ok := errors.AsType[continueFlow](err); ok && meant(c.label, label) {
		return true, nil
	}
	return false, err
}

// meant reports whether a jump targets the loop with this label. A jump without a label
// targets the nearest loop.
func meant(jump, label string) bool { return jump == "" || strings.EqualFold(jump, label) }

func (f *frame) repeat(label string, test func() (bool, error), body *syntax.StatementBlock, after func() error) error {
	for {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		yes, err := test()
		if err != nil || !yes {
			return err
		}
		if goOn, err := again(f.body(body), label); !goOn {
			return err
		}
		if after == nil {
			continue
		}
		if err := after(); err != nil {
			return err
		}
	}
}

func (f *frame) doLoop(label string, body *syntax.StatementBlock, condition syntax.Statement, while bool) error {
	first := true
	return f.repeat(label, func() (bool, error) {
		if first {
			first = false
			return true, nil
		}
		yes, err := f.condition(condition)
		return yes == while, err
	}, body, nil)
}

func (f *frame) forLoop(s *syntax.ForStatement) error {
	if s.Initializer != nil {
		if err := f.silent(s.Initializer); err != nil {
			return err
		}
	}
	test := func() (bool, error) {
		if s.Condition == nil {
			return true, nil
		}
		return f.condition(s.Condition)
	}
	return f.repeat(s.Label, test, s.Body, func() error {
		if s.Iterator == nil {
			return nil
		}
		return f.silent(s.Iterator)
	})
}

// silent runs a statement and drops its output.
func (f *frame) silent(s syntax.Statement) error {
	return f.to(func(any) error { return nil }).execute(s)
}

func (f *frame) forEach(s *syntax.ForEachStatement) error {
	v, err := f.statementValue(s.Collection)
	if err != nil {
		return err
	}
	items, changed := append([]any(nil), value.Unroll(v)...), changeOf(v)
	for _, item := range items {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		if err := f.assignVariable(s.Variable, item); err != nil {
			return err
		}
		if goOn, err := again(f.body(s.Body), s.Label); !goOn {
			return err
		}
		if changed() {
			return f.fail("System.InvalidOperationException", "System.InvalidOperationException", "OperationStopped", nil,
				"Collection was modified; enumeration operation may not execute.")
		}
	}
	return nil
}

// changeOf returns a function that reports whether the list, or the table of the key
// collection, has changed since changeOf was called.
func changeOf(v any) func() bool {
	l, ok := v.(*value.List)
	if !ok {
		return func() bool { return false }
	}
	before := l.Changes()
	return func() bool { return l.Changes() != before }
}
