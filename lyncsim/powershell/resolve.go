package powershell

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// runnerFor makes the runner for the target of a command. The target is a script block,
// a CommandInfo or a name.
func (f *frame) runnerFor(inv *invocation, target any, args []argument, how syntax.Invocation) (runner, error) {
	switch t := target.(type) {
	case *ScriptBlock:
		return newBlockRunner(inv, t, args, how == syntax.DotSource)
	case *CommandInfo:
		return f.runnerNamed(inv, t.Name, args, how)
	}
	return f.runnerNamed(inv, value.Text(target), args, how)
}

func (f *frame) runnerNamed(inv *invocation, name string, args []argument, how syntax.Invocation) (runner, error) {
	found, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	return f.runnerOf(inv, found, name, args, how)
}

// runnerOf makes the runner for a command that resolve found, or did not find.
func (f *frame) runnerOf(inv *invocation, found any, name string, args []argument, how syntax.Invocation) (runner, error) {
	switch c := found.(type) {
	case *function:
		return newFunctionRunner(inv, c, args, how == syntax.DotSource)
	case *Command:
		return newCommandRunner(inv, c, args)
	case string:
		return newProgramRunner(inv, c, args)
	}
	f.at = inv.at
	return nil, f.notFound(name)
}

// notFound is the error for the name of a command that does not exist. It is a refusal
// when the real PowerShell may have a command of that name.
func (f *frame) notFound(name string) error {
	if f.rs.mayHave(name) {
		return f.refuse("the command " + name)
	}
	return f.commandMissing(name)
}

// commandMissing is the error for the name of a command that does not exist.
func (f *frame) commandMissing(name string) error {
	message := "The term '%s' is not recognized as a name of a cmdlet, function, script file, or executable program.\n" +
		"Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
	if f.rs.Edition() == Windows51 {
		message = "The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable program. " +
			"Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
	}
	exception := value.NewException(commandNotFound, fmt.Sprintf(message, name))
	exception.Props = value.NewObject(commandNotFound).Set("CommandName", name)
	record := value.NewErrorRecord(exception, "CommandNotFoundException", "ObjectNotFound", name)
	record.Invocation = positionOf(f.at)
	record.Invocation.Name = name
	return f.raise(record)
}

// functionsOfHosts are the functions that every Windows PowerShell starts with.
var functionsOfHosts = map[string]bool{"md": true, "mkdir": true, "help": true, "more": true, "oss": true, "cd..": true, `cd\`: true}

// mayHave reports whether the real PowerShell, or the real form of one of the
// machine's modules, may have a command of that name.
func (rs *Runspace) mayHave(name string) bool {
	if functionsOfHosts[strings.ToLower(name)] {
		return true
	}
	for _, m := range append(append([]*Module{}, rs.options.Modules...), rs.options.Loaded...) {
		if m.MayHave != nil && (rs.restriction == nil || rs.loaded(m.Name) != nil) && m.MayHave(name) {
			return true
		}
	}
	return false
}

// resolve finds a command by its name. It looks for an alias, a function, a cmdlet, a
// cmdlet of a module that is not loaded yet, and a program, in this order. A noun
// alone also finds the command Get-<noun>. The result is nil when there is no command.
func (f *frame) resolve(name string) (any, error) {
	for range 8 {
		target, ok := f.rs.commandAlias(name)
		if !ok {
			break
		}
		name = target
	}
	if fn, ok := f.function(name); ok {
		return fn, nil
	}
	if c := f.rs.cmdlet(name); c != nil {
		return c, nil
	}
	if f.rs.restriction == nil {
		if c, err := f.autoload(name); c != nil || err != nil {
			return c, err
		}
	}
	if p := f.rs.options.Programs; p != nil && p.Find(name) {
		return name, nil
	}
	if strings.HasSuffix(strings.ToLower(name), ".ps1") && f.rs.env.Files.Exists(name) {
		return nil, f.refuse("running a script file")
	}
	if !strings.ContainsAny(name, `-\/.`) { // a noun alone stands for Get-<noun>
		if fn, ok := f.scope.function("Get-" + name); ok {
			return fn, nil
		}
		if c := f.rs.cmdlet("Get-" + name); c != nil {
			return c, nil
		}
	}
	return nil, nil
}

// function finds a function by its name or as Module\Name.
func (f *frame) function(name string) (*function, bool) {
	if module, short, ok := strings.Cut(name, `\`); ok {
		fn, ok := f.scope.function(short)
		return fn, ok && strings.EqualFold(fn.from, module)
	}
	return f.scope.function(name)
}

// cmdlet finds a command of the loaded modules, by its name or as Module\Name.
func (rs *Runspace) cmdlet(name string) *Command {
	module, short, qualified := strings.Cut(name, `\`)
	if !qualified {
		short = name
	}
	for _, m := range rs.modules {
		if qualified && !strings.EqualFold(m.Name, module) {
			continue
		}
		if c, ok := m.commands[strings.ToLower(short)]; ok {
			return c
		}
	}
	return nil
}

// SetAlias gives a command another name, as Set-Alias does in the global scope.
func (rs *Runspace) SetAlias(name, command string) {
	rs.aliases[strings.ToLower(name)] = &CommandInfo{Name: name, Kind: "Alias", Definition: command}
}

func (rs *Runspace) commandAlias(name string) (string, bool) {
	if target, ok := rs.aliases[strings.ToLower(name)]; ok {
		return target.Definition, true
	}
	for _, m := range rs.modules {
		if target, ok := m.aliases[strings.ToLower(name)]; ok {
			return target, true
		}
	}
	return "", false
}

// autoload imports the module that has a command of that name and returns the command.
func (f *frame) autoload(name string) (any, error) {
	module, short, qualified := strings.Cut(name, `\`)
	if !qualified {
		short = name
	}
	for _, m := range f.rs.options.Modules {
		if f.rs.loaded(m.Name) != nil || qualified && !strings.EqualFold(m.Name, module) || !m.has(short) {
			continue
		}
		if err := f.rs.importModule(f.ctx, m); err != nil {
			return nil, f.raising(err)
		}
		if fn, ok := f.scope.function(short); ok { // loading a module may define functions
			return fn, nil
		}
		return f.rs.cmdlet(name), nil
	}
	return nil, nil
}
