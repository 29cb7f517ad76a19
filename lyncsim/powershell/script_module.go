package powershell

import (
	"context"
	"slices"
	"strings"
)

// ScriptModule is a module that is written in PowerShell.
type ScriptModule struct {
	Name    string
	Version string // e.g. "1.0.0"
	Text    string // of its .psm1 file
	Path    string // of that file on the machine's disk
	// Functions are the names, or patterns of names, that the manifest exports; nil:
	// all that the text exports.
	Functions []string
}

// ImportScript runs a module's text in a scope of its own and defines the functions
// that the module exports in the global scope. The error is a *value.ErrorRecord, a
// refusal or the error of an ended ctx.
func (rs *Runspace) ImportScript(ctx context.Context, m ScriptModule) error {
	rs.env.Context = ctx
	f := rs.frame(ctx)
	ast, err := rs.parse(m.Text)
	if err != nil {
		return rs.ending(f, f.raising(err))
	}
	if err := rs.use(ast); err != nil {
		return err
	}
	inner := f.in(newScope(rs.global))
	inner.scope.script = inner.scope
	inner.scope.set("PSCommandPath", m.Path)
	inner.scope.set("PSScriptRoot", folderOf(m.Path))
	if err := inner.to(func(any) error { return nil }).inline(&ScriptBlock{ast: ast}, nil); err != nil {
		return rs.ending(f, err)
	}
	for _, fn := range inner.scope.functions {
		fn.module, fn.from = inner.scope, m.Name
		if inner.scope.exportsFunction(fn.name) && (m.Functions == nil || matchesAny(m.Functions, fn.name)) {
			rs.global.define(fn)
		}
	}
	rs.scripts = append(rs.scripts, m)
	return nil
}

// folderOf is the folder of a file's path, with \ or / between its parts.
func folderOf(path string) string {
	if i := strings.LastIndexAny(path, `\/`); i >= 0 {
		return path[:i]
	}
	return ""
}

// exportsFunction reports whether a module exports a function: each one, unless
// Export-ModuleMember named some.
func (s *scope) exportsFunction(name string) bool {
	return s.exports == nil || matchesAny(s.exports, name)
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return WildcardMatch(p, name) })
}

// Export makes the module whose text runs export only the functions that it names, as
// Export-ModuleMember does.
func (c *Call) Export(functions []string) {
	s := c.inv.frame.scope.script
	s.exports = append(s.exports, functions...)
	if s.exports == nil {
		s.exports = []string{}
	}
}

// HasFunction reports whether a function of that name is defined globally.
func (rs *Runspace) HasFunction(name string) bool {
	_, ok := rs.global.function(name)
	return ok
}

// Define defines a global function. The error is a *syntax.ParseError or a refusal.
func (rs *Runspace) Define(name, body string) error {
	ast, err := rs.parse(body)
	if err != nil {
		return err
	}
	rs.global.define(&function{name: name, body: ast})
	return nil
}
