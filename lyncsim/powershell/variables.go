package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// variable reads $name. A variable that holds "no output" (the value none) gives that
// value, not $null.
func (f *frame) variable(e *syntax.VariableExpression) (any, error) {
	name := e.Unqualified()
	switch e.Qualifier() {
	case "":
		return f.unqualified(name)
	case "global":
		return f.read(f.scope.root(), name, e.Name)
	case "script":
		return f.read(f.scope.script, name, e.Name)
	case "local", "private":
		if v, ok := f.scope.own(name); ok {
			return v.value, nil
		}
		return f.undefined(e.Name)
	case "variable":
		return f.read(f.scope, name, e.Name)
	case "env":
		if f.outermost {
			return nil, nil
		}
		return f.environment(name), nil
	case "function":
		if fn, ok := f.scope.function(name); ok {
			return &ScriptBlock{ast: fn.body}, nil
		}
		return nil, nil
	}
	return nil, f.refuse("the variable $" + e.Name)
}

func (f *frame) environment(name string) any {
	for k, v := range f.rs.env.Vars {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return nil
}

// unqualified reads a variable of this scope or of a caller's scope. Automatic
// variables come first.
func (f *frame) unqualified(name string) (any, error) {
	switch strings.ToLower(name) {
	case "foreach":
		if _, ok := f.scope.find(name); !ok {
			return nil, f.refuse("the variable $foreach")
		}
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	case "?":
		return f.rs.succeeded, nil
	case "psitem":
		name = "_"
	case "myinvocation":
		return f.myInvocation(), nil
	case "psboundparameters":
		return f.boundParameters(), nil
	case "pscmdlet":
		return f.cmdlet(), nil
	}
	return f.read(f.scope, name, name)
}

func (f *frame) read(s *scope, name, written string) (any, error) {
	if v, ok := s.find(name); ok {
		return v.value, nil
	}
	return f.undefined(written)
}

// undefined is the result of reading a variable that was never set.
func (f *frame) undefined(name string) (any, error) {
	if f.scope.strictness() == 0 || f.fresh || f.lenient && f.scope.strictness() == 1 || name == "_" || strings.EqualFold(name, "args") || strings.EqualFold(name, "input") {
		return nil, nil
	}
	return nil, f.fail(runtimeException, "VariableIsUndefined", "InvalidOperation", name,
		"The variable '$%s' cannot be retrieved because it has not been set.", name)
}
