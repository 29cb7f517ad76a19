package powershell

import (
	"maps"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// CommandInfo is an object that Get-Command puts out about a command. The call
// operator & can run it.
type CommandInfo struct {
	Name       string
	Kind       string // Cmdlet, Function, Alias or Application
	Module     string
	Version    string
	Definition string
	params     *paramTable
	outputs    []string
}

// TypeName is the .NET name.
func (c *CommandInfo) TypeName() string {
	return "System.Management.Automation." + c.Kind + "Info"
}

// String is the command's name.
func (c *CommandInfo) String() string { return c.Name }

// Member gives the properties.
func (c *CommandInfo) Member(name string) (dotnet.Member, bool) {
	var v any
	switch strings.ToLower(name) {
	case "name":
		v = c.Name
	case "commandtype":
		v = c.Kind
	case "modulename", "source":
		v = c.Module
	case "version":
		if version, ok := value.ParseVersion(c.Version); ok {
			v = version
		}
	case "definition":
		v = c.Definition
	case "parameters":
		v = c.parameters()
	case "outputtype":
		v = c.outputTypes()
	case "resolvedcommandname":
		v = c.Definition
	default:
		return dotnet.Member{}, false
	}
	return dotnet.Member{Name: name, Get: func(*dotnet.Env, any) (any, error) { return v, nil }}, true
}

// Instance is the command as CLIXML writes it.
func (c *CommandInfo) Instance() *dotnet.Instance {
	var version any
	if v, ok := value.ParseVersion(c.Version); ok {
		version = v
	}
	return &dotnet.Instance{
		Types: []string{c.TypeName(), "System.Management.Automation.CommandInfo", "System.Object"}, Text: c.Name,
		Props: []value.Property{
			{Name: "Name", Value: c.Name}, {Name: "CommandType", Value: commandTypes.Of(c.Kind)}, {Name: "Definition", Value: c.Definition},
			{Name: "ModuleName", Value: c.Module}, {Name: "Source", Value: c.Module}, {Name: "Version", Value: version},
		},
	}
}

// commandTypes is CommandTypes, as far as commands here have them.
var commandTypes = &value.EnumType{Name: "System.Management.Automation.CommandTypes", Flags: true,
	Values: []value.EnumValue{{Name: "Alias", Value: 1}, {Name: "Function", Value: 2}, {Name: "Filter", Value: 4}, {Name: "Cmdlet", Value: 8}}}

// outputTypes are the types that the command says it puts out, as PSTypeName objects.
func (c *CommandInfo) outputTypes() any {
	types := make([]any, len(c.outputs))
	for i, name := range c.outputs {
		o := value.NewObject("System.Management.Automation.PSTypeName").Set("Name", name)
		o.Text = func() string { return name }
		types[i] = o
	}
	return types
}

// HasParameter reports whether the command has a parameter whose name or alias
// matches a pattern.
func (c *CommandInfo) HasParameter(pattern string) bool {
	if c.params == nil {
		return false
	}
	for _, p := range c.params.list {
		if WildcardMatch(pattern, p.Name) || slices.ContainsFunc(p.Aliases, func(a string) bool { return WildcardMatch(pattern, a) }) {
			return true
		}
	}
	return false
}

// parameters is the table of the command's parameters by name. The common parameters
// that the engine adds are included.
func (c *CommandInfo) parameters() any {
	h := value.NewHashtable()
	h.Type = "System.Collections.Generic.Dictionary`2[System.String,System.Management.Automation.ParameterMetadata]"
	if c.params == nil {
		return h
	}
	for _, p := range c.params.list {
		o := value.NewObject("System.Management.Automation.ParameterMetadata").Set("Name", p.Name).
			Set("Aliases", p.Aliases).Set("ParameterType", parameterTypeValue(p)).Set("SwitchParameter", p.isSwitch())
		h.Set(p.Name, o)
	}
	return h
}

func parameterTypeValue(p *formal) any {
	if p.typ == nil {
		return dotnet.MustLookup("object")
	}
	return p.typ
}

// Commands finds the aliases, functions and cmdlets that match a name or pattern.
// Cmdlets of modules that are not loaded yet are found too.
func (c *Call) Commands(pattern string) []*CommandInfo {
	f := c.inv.frame
	var found []*CommandInfo
	matches := func(name string) bool { return WildcardMatch(pattern, name) }
	for at := f.scope; at != nil; at = at.parent {
		for _, name := range slices.Sorted(maps.Keys(at.functions)) {
			if fn := at.functions[name]; matches(fn.name) {
				found = append(found, f.functionInfo(fn))
			}
		}
	}
	for _, alias := range f.rs.aliases {
		if matches(alias.Name) {
			found = append(found, alias)
		}
	}
	for _, m := range f.rs.modules {
		for _, command := range m.Commands {
			found = append(found, f.rs.commandInfos(m.Module, command, matches)...)
		}
	}
	for _, m := range f.rs.options.Modules {
		if f.rs.loaded(m.Name) != nil {
			continue
		}
		for _, command := range m.Commands {
			found = append(found, f.rs.commandInfos(m, command, matches)...)
		}
	}
	return slices.DeleteFunc(found, func(info *CommandInfo) bool { return !f.shows(info) })
}

// Imported reports whether a module's commands are loaded. Commands without a module
// always are.
func (c *Call) Imported(module string) bool {
	return module == "" || c.Runspace().loaded(module) != nil
}

func (rs *Runspace) commandInfos(m *Module, c *Command, matches func(string) bool) []*CommandInfo {
	var found []*CommandInfo
	if matches(c.Name) {
		found = append(found, &CommandInfo{Name: c.Name, Kind: "Cmdlet", Module: m.Name, Version: m.Version, params: rs.table(c), outputs: c.OutputTypes})
	}
	for _, a := range c.Aliases {
		if matches(a) {
			found = append(found, &CommandInfo{Name: a, Kind: "Alias", Module: m.Name, Definition: c.Name, params: rs.table(c), outputs: c.OutputTypes})
		}
	}
	return found
}

func (f *frame) functionInfo(fn *function) *CommandInfo {
	info := &CommandInfo{Name: fn.name, Kind: "Function", Definition: fn.body.String()}
	if d, err := f.declare(fn.body, fn.params); err == nil {
		info.params = d.table
	}
	return info
}

// Block parses text into a script block; the error is a *syntax.ParseError or a refusal.
func (rs *Runspace) Block(text string) (*ScriptBlock, error) {
	ast, err := rs.parse(text)
	if err != nil {
		return nil, err
	}
	return &ScriptBlock{ast: ast}, nil
}
