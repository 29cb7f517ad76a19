package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// jump runs a statement that leaves its block: return, exit, throw, break, continue.
func (f *frame) jump(s syntax.Statement) (error, bool) {
	switch s := s.(type) {
	case *syntax.ReturnStatement:
		return f.returnStatement(s), true
	case *syntax.ExitStatement:
		return f.exit(s), true
	case *syntax.ThrowStatement:
		return f.throw(s), true
	case *syntax.BreakStatement:
		label, err := f.label(s.Label)
		return orError(err, breakFlow{label}), true
	case *syntax.ContinueStatement:
		label, err := f.label(s.Label)
		return orError(err, continueFlow{label}), true
	}
	return nil, false
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func (f *frame) label(e syntax.Expression) (string, error) {
	if e == nil {
		return "", nil
	}
	v, err := f.eval(e)
	return strings.ToLower(value.Text(v)), err
}

func (f *frame) returnStatement(s *syntax.ReturnStatement) error {
	if s.Value != nil {
		if err := f.execute(s.Value); err != nil {
			return err
		}
	}
	return returnFlow{}
}

func (f *frame) exit(s *syntax.ExitStatement) error {
	if s.Value == nil {
		return exitFlow{code: f.lastExitCode()}
	}
	v, err := f.statementValue(s.Value)
	if err != nil {
		return err
	}
	n, _ := value.ToInt(v)
	return exitFlow{code: int(int32(n))}
}

func (f *frame) lastExitCode() int {
	n, _ := value.ToInt(f.rs.Get("LASTEXITCODE"))
	return int(n)
}
