package powershell

import "strings"

// Restriction is what a session configuration leaves to its callers: commands by name
// and no language. The bodies of its functions are not restricted.
type Restriction struct {
	// Functions and Cmdlets are those that a caller may name.
	Functions, Cmdlets []string
	// Aliases are other names by which a caller may call them.
	Aliases map[string]string
}

// Restrict restricts the callers of Invoke from now on. Modules are no longer imported
// by the first use of one of their commands.
func (rs *Runspace) Restrict(r Restriction) {
	made := &restriction{functions: setOf(r.Functions), cmdlets: setOf(r.Cmdlets), aliases: make(map[string]string)}
	for alias, name := range r.Aliases {
		made.aliases[strings.ToLower(alias)] = name
	}
	rs.restriction = made
}

func setOf(names []string) map[string]bool {
	set := make(map[string]bool)
	for _, name := range names {
		set[strings.ToLower(name)] = true
	}
	return set
}

type restriction struct {
	functions, cmdlets map[string]bool
	aliases            map[string]string
}

// callable finds the command that a caller names. A restricted caller gets the same
// answer for a command that is not visible as for one that does not exist.
func (f *frame) callable(name string) (any, error) {
	if name == "" {
		return nil, f.fail(runtimeException, "RuntimeException", "NotSpecified", nil, "The command name is empty.")
	}
	if f.rs.restriction == nil {
		return f.resolve(name)
	}
	c := f.rs.restriction.find(f, name)
	if c == nil {
		short := name
		for _, mark := range []string{`\`, "global:"} {
			if _, after, ok := strings.Cut(short, mark); ok {
				short = after
			}
		}
		return nil, f.commandMissing(short)
	}
	return c, nil
}

// find gives the visible command of a name, which may be an alias, Module\Name or
// global:Name; nil when there is none.
func (r *restriction) find(f *frame, name string) any {
	if target, ok := r.aliases[strings.ToLower(name)]; ok {
		name = target
	}
	module, short, qualified := strings.Cut(name, `\`)
	if !qualified {
		module, short = "", name
	}
	if where, after, ok := strings.Cut(short, ":"); ok && strings.EqualFold(where, "global") {
		short = after
	}
	if fn, ok := f.scope.function(short); ok && r.functions[strings.ToLower(short)] && (!qualified || strings.EqualFold(module, fn.from)) {
		return fn
	}
	if c := f.rs.cmdlet(name); c != nil && r.cmdlets[strings.ToLower(short)] {
		return c
	}
	return nil
}

// shows reports whether Get-Command lists a command. A restricted caller who calls it
// sees the visible ones only; the functions that the caller may call see all.
func (f *frame) shows(info *CommandInfo) bool {
	r := f.rs.restriction
	if r == nil || f.inv == nil || !f.inv.remote {
		return true
	}
	name := strings.ToLower(info.Name)
	return info.Kind == "Function" && r.functions[name] || info.Kind == "Cmdlet" && r.cmdlets[name] || info.Kind == "Alias" && r.aliases[name] != ""
}

func (f *frame) noProvider(name string) error {
	return f.fail("System.Management.Automation.ProviderNotFoundException", "ProviderNotFound", "ObjectNotFound", name,
		"Cannot find a provider with the name '%s'.", name)
}

// hides reports whether the body of a function hides the providers.
func (r *scriptRunner) hides() bool {
	return r.inv.frame.rs.restriction != nil && r.inv.remote && r.decl.table.advanced
}
