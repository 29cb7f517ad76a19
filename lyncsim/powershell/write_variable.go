package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func (f *frame) assignVariable(e *syntax.VariableExpression, v any) error {
	_, err := f.setVariable(e, v)
	return err
}

// setVariable writes a variable in the scope that its name asks for, as in
// $global:x; without a scope in the name, in the present scope. It returns the
// variable, or nil for an environment variable.
func (f *frame) setVariable(e *syntax.VariableExpression, v any) (*variable, error) {
	name := e.Unqualified()
	if !strings.Contains(e.Name, ":") && isConstant(name) {
		return nil, f.notWritable(name)
	}
	switch e.Qualifier() {
	case "", "local", "variable":
		return f.write(f.scope, name, v)
	case "private":
		made, err := f.write(f.scope, name, v)
		if err == nil {
			made.private = true
		}
		return made, err
	case "global":
		return f.write(f.scope.root(), name, v)
	case "script":
		return f.write(f.scope.script, name, v)
	case "env":
		if f.outermost {
			return nil, f.noProvider("env")
		}
		f.setEnvironment(name, value.Text(plain(v)))
		return nil, nil
	}
	return nil, f.refuse("assignment to $" + e.Name)
}

// setEnvironment sets an environment variable. An empty text removes the variable.
func (f *frame) setEnvironment(name, text string) {
	for k := range f.rs.env.Vars {
		if strings.EqualFold(k, name) {
			delete(f.rs.env.Vars, k)
		}
	}
	if text != "" {
		f.rs.env.Vars[name] = text
	}
}

func isConstant(name string) bool {
	switch strings.ToLower(name) {
	case "true", "false", "null", "?":
		return !strings.EqualFold(name, "null")
	}
	return false
}

func (f *frame) notWritable(name string) error {
	return f.fail("System.Management.Automation.SessionStateUnauthorizedAccessException", "VariableNotWritable", "WriteError", name,
		"Cannot overwrite variable %s because it is read-only or constant.", name)
}

// write sets a variable of one scope. The assigned value is converted to the
// variable's type.
func (f *frame) write(s *scope, name string, v any) (*variable, error) {
	if strings.EqualFold(name, "null") {
		return nil, nil
	}
	if strings.EqualFold(name, "psitem") {
		name = "_"
	}
	have, ok := s.own(name)
	if !ok {
		return s.set(name, v), nil
	}
	if have.readOnly {
		return nil, f.notWritable(name)
	}
	if have.typ != nil {
		converted, err := f.castVariable(plain(v), have.typ)
		if err != nil {
			return nil, err
		}
		v = converted
	}
	if err := f.validateVariable(have, plain(v)); err != nil {
		return nil, err
	}
	have.value = v
	return have, nil
}
