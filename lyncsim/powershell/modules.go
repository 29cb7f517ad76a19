package powershell

import (
	"context"
	"strings"
)

// loadedModule is a module in a runspace, its commands by lower-case name.
type loadedModule struct {
	*Module
	commands map[string]*Command
	aliases  map[string]string
}

// in is the module as an edition has it.
func (m *Module) in(e Edition) *Module {
	made := *m
	made.Commands = nil
	for _, c := range m.Commands {
		if c := c.in(e); c != nil {
			made.Commands = append(made.Commands, c)
		}
	}
	return &made
}

func modulesIn(e Edition, list []*Module) []*Module {
	made := make([]*Module, len(list))
	for i, m := range list {
		made[i] = m.in(e)
	}
	return made
}

func (m *Module) has(name string) bool {
	for _, c := range m.Commands {
		if strings.EqualFold(c.Name, name) {
			return true
		}
		for _, a := range c.Aliases {
			if strings.EqualFold(a, name) {
				return true
			}
		}
	}
	return false
}

// loaded finds an imported module by name.
func (rs *Runspace) loaded(name string) *loadedModule {
	for _, m := range rs.modules {
		if strings.EqualFold(m.Name, name) {
			return m
		}
	}
	return nil
}

// load makes the commands of a module known.
func (rs *Runspace) load(m *Module) {
	l := &loadedModule{Module: m, commands: make(map[string]*Command), aliases: make(map[string]string)}
	for _, c := range m.Commands {
		l.commands[strings.ToLower(c.Name)] = c
		for _, a := range c.Aliases {
			l.aliases[strings.ToLower(a)] = c.Name
		}
	}
	for name, v := range m.Variables {
		rs.Set(name, v)
	}
	rs.modules = append(rs.modules, l)
}

// importModule runs a module's Load and makes its commands known. It does nothing for a
// module that is already imported.
func (rs *Runspace) importModule(ctx context.Context, m *Module) error {
	if rs.loaded(m.Name) != nil {
		return nil
	}
	if m.Load != nil {
		if err := m.Load(ctx); err != nil {
			return err
		}
	}
	rs.load(m)
	return nil
}

// Import imports a module by its name, as Import-Module does. It is false when the
// runspace knows no module of that name.
func (rs *Runspace) Import(ctx context.Context, name string) (*Module, bool, error) {
	if m := rs.loaded(name); m != nil {
		return m.Module, true, nil
	}
	for _, m := range rs.options.Modules {
		if strings.EqualFold(m.Name, name) {
			return m, true, rs.importModule(ctx, m)
		}
	}
	return nil, false, nil
}

// Remove forgets an imported module; false when it was not imported.
func (rs *Runspace) Remove(name string) bool {
	for i, m := range rs.modules {
		if strings.EqualFold(m.Name, name) {
			rs.modules = append(rs.modules[:i:i], rs.modules[i+1:]...)
			return true
		}
	}
	return false
}

// coreModule is the name of the engine's own module. It is a snap-in, which Get-Module
// does not list.
const coreModule = "Microsoft.PowerShell.Core"

// Modules lists the imported modules and those that could be imported.
func (rs *Runspace) Modules() (imported, available []*Module) {
	for _, m := range rs.modules {
		if m.Name != coreModule {
			imported = append(imported, m.Module)
		}
	}
	return imported, rs.options.Modules
}
