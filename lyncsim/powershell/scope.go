package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// variable is one variable. Attributes of its declaration ([int]$x,
// [ValidateSet()]$x) act on every later assignment.
type variable struct {
	name       string
	value      any
	typ        *dotnet.Type
	validators []Validator
	readOnly   bool // cannot be overwritten without -Force, or at all
	private    bool // not seen by the functions that the scope calls
}

// scope holds the variables and functions of one level. Scoping is dynamic: code in a
// scope also sees the variables and functions of its callers.
type scope struct {
	parent    *scope
	script    *scope // the level that script: means
	vars      map[string]*variable
	functions map[string]*function
	exports   []string // what Export-ModuleMember named; nil: it was not called
	strict    int      // Set-StrictMode: major version, strictOff or strictUnset
}

// Values of scope.strict besides versions.
const (
	strictUnset = 0
	strictOff   = -1
)

func newScope(parent *scope) *scope {
	s := &scope{parent: parent, vars: make(map[string]*variable)}
	if parent != nil {
		s.script = parent.script
	}
	return s
}

// find looks a variable up along the callers.
func (s *scope) find(name string) (*variable, bool) {
	key := strings.ToLower(name)
	for at := s; at != nil; at = at.parent {
		if v, ok := at.vars[key]; ok && (at == s || !v.private) {
			return v, true
		}
	}
	return nil, false
}

// inside is the scope from which a function of a module sees variables: that of the caller
// that last ran in the module, or the module's own when none did.
func (s *scope) inside(module *scope) *scope {
	for at := s; at != nil; at = at.parent {
		if at.script == module {
			return at
		}
	}
	return module
}

// own looks a variable up at this level only.
func (s *scope) own(name string) (*variable, bool) {
	v, ok := s.vars[strings.ToLower(name)]
	return v, ok
}

// set gives a variable of this level a value, without regard to its attributes.
func (s *scope) set(name string, v any) *variable {
	key := strings.ToLower(name)
	if have, ok := s.vars[key]; ok {
		have.value = v
		return have
	}
	made := &variable{name: name, value: v}
	s.vars[key] = made
	return made
}

// replace sets a variable of this level. It returns a function that puts the old
// variable back.
func (s *scope) replace(name string, v any) (restore func()) {
	key := strings.ToLower(name)
	old, had := s.vars[key]
	s.vars[key] = &variable{name: name, value: v}
	return func() {
		delete(s.vars, key)
		if had {
			s.vars[key] = old
		}
	}
}

func (s *scope) remove(name string) { delete(s.vars, strings.ToLower(name)) }

func (s *scope) function(name string) (*function, bool) {
	key := strings.ToLower(name)
	for at := s; at != nil; at = at.parent {
		if f, ok := at.functions[key]; ok {
			return f, true
		}
	}
	return nil, false
}

func (s *scope) define(f *function) {
	if s.functions == nil {
		s.functions = make(map[string]*function)
	}
	s.functions[strings.ToLower(f.name)] = f
}

// strictness is the version of strict mode in force, 0 for none.
func (s *scope) strictness() int {
	for at := s; at != nil; at = at.parent {
		if at.strict != strictUnset {
			return max(0, at.strict)
		}
	}
	return 0
}

// root is the global scope.
func (s *scope) root() *scope {
	for s.parent != nil {
		s = s.parent
	}
	return s
}
