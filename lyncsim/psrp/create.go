package psrp

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// readPipeline reads CREATE_PIPELINE (MS-PSRP 2.2.2.10). hasInput says that objects of
// the client follow.
func readPipeline(o *value.Object) (p powershell.Pipeline, hasInput bool, err error) {
	if err := needed(o, "NoInput", "ApartmentState", "RemoteStreamOptions", "AddToHistory", "HostInfo", "IsNested", "PowerShell"); err != nil {
		return p, false, err
	}
	shell, _ := o.Get("PowerShell")
	inner, ok := shell.(*value.Object)
	if !ok {
		return p, false, errors.New("remoting data is missing PowerShell property")
	}
	if err := needed(inner, "IsNested", "Cmds", "History", "RedirectShellErrorOutputPipe"); err != nil {
		return p, false, err
	}
	commands, _ := inner.Get("Cmds")
	lists := []any{commands}
	if extra, _ := inner.Get("ExtraCmds"); extra != nil {
		lists = nil
		for _, statement := range value.Unroll(extra) {
			if s, ok := statement.(*value.Object); ok {
				list, _ := s.Get("Cmds")
				lists = append(lists, list)
			}
		}
	}
	for _, list := range lists {
		statement, err := readStatement(list)
		if err != nil {
			return p, false, err
		}
		p.Statements = append(p.Statements, statement)
	}
	noInput, _ := o.Get("NoInput")
	return p, !value.Truth(noInput), nil
}

func readStatement(list any) ([]powershell.RemoteCommand, error) {
	items, ok := value.Items(list)
	if !ok || len(items) == 0 {
		return nil, errors.New("a pipeline has no commands")
	}
	var all []powershell.RemoteCommand
	for _, item := range items {
		o, ok := item.(*value.Object)
		if !ok {
			return nil, errors.New("a command has no properties")
		}
		c, err := readCommand(o)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// readCommand reads one command (MS-PSRP 2.2.3.12).
func readCommand(o *value.Object) (powershell.RemoteCommand, error) {
	if err := needed(o, "Cmd", "IsScript", "UseLocalScope", "MergeMyResult", "MergeToResult", "MergePreviousResults", "Args"); err != nil {
		return powershell.RemoteCommand{}, err
	}
	text, _ := o.Get("Cmd")
	script, _ := o.Get("IsScript")
	local, _ := o.Get("UseLocalScope")
	c := powershell.RemoteCommand{Text: value.Text(text), Script: value.Truth(script), Local: value.Truth(local), Merged: merged(o)}
	args, _ := o.Get("Args")
	for _, item := range value.Unroll(args) {
		a, ok := item.(*value.Object)
		if !ok {
			return c, errors.New("an argument has no properties")
		}
		c.Arguments = append(c.Arguments, readArguments(a)...)
	}
	return c, nil
}

// readArguments reads one argument (MS-PSRP 2.2.3.13) in each form that clients write:
// Name, -Name, -Name: with the value, no name, and --% with a table.
func readArguments(o *value.Object) []powershell.RemoteArgument {
	n, _ := o.Get("N")
	v, _ := o.Get("V")
	if n == nil {
		return []powershell.RemoteArgument{{Value: v, HasValue: true}}
	}
	name := value.Text(n)
	if table, ok := v.(*value.Hashtable); ok && name == "--%" {
		var all []powershell.RemoteArgument
		for _, k := range table.Keys() {
			x, _ := table.Get(k)
			all = append(all, powershell.RemoteArgument{Name: value.Text(k), Value: x, HasValue: true})
		}
		return all
	}
	bare, dashed := strings.CutPrefix(name, "-")
	bare, colon := strings.CutSuffix(bare, ":")
	return []powershell.RemoteArgument{{Name: bare, Value: v, HasValue: colon || !dashed || v != nil}}
}

// Values of PipelineResultTypes (MS-PSRP 2.2.3.31).
const (
	resultOutput = 1
	resultError  = 2
)

// merged lists the streams that a command sends to its output.
func merged(o *value.Object) []syntax.Stream {
	var all []syntax.Stream
	if number(o, "MergeMyResult") == resultError && number(o, "MergeToResult") == resultOutput || number(o, "MergeError") == resultOutput {
		all = append(all, syntax.ErrorStream)
	}
	for name, stream := range map[string]syntax.Stream{
		"MergeWarning": syntax.WarningStream, "MergeVerbose": syntax.VerboseStream, "MergeDebug": syntax.DebugStream, "MergeInformation": syntax.InformationStream,
	} {
		if number(o, name) == resultOutput {
			all = append(all, stream)
		}
	}
	return all
}
