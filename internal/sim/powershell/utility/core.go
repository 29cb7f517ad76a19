package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// comparisons are the operators that Where-Object takes as parameters.
var comparisons = strings.Fields(`EQ NE GT GE LT LE Like NotLike Match NotMatch Contains NotContains In NotIn Is IsNot
	CEQ CNE CGT CGE CLT CLE CLike CNotLike CMatch CNotMatch CContains CNotContains CIn CNotIn`)

func whereObject() *powershell.Command {
	c := &powershell.Command{Name: "Where-Object", Aliases: []string{"where", "?"}, Class: "Microsoft.PowerShell.Commands.WhereObjectCommand",
		DefaultSet: "Property",
		Parameters: []powershell.Parameter{
			{Name: "InputObject", AllowNull: true, Sets: []powershell.ParameterSet{{Position: powershell.Named, FromPipeline: true}}},
			{Name: "FilterScript", Type: "ScriptBlock", Sets: []powershell.ParameterSet{{Name: "ScriptBlock", Mandatory: true, Position: 0}}},
			{Name: "Property", Type: "String", Sets: []powershell.ParameterSet{{Name: "Property", Mandatory: true, Position: 0}}},
			{Name: "Value", Sets: []powershell.ParameterSet{{Name: "Property", Position: 1}}},
			{Name: "Not", Type: "SwitchParameter", Sets: []powershell.ParameterSet{{Name: "Property", Position: powershell.Named}}},
		},
		Process: whereProcess,
	}
	for _, name := range comparisons {
		p := powershell.Parameter{Name: name, Type: "SwitchParameter", Sets: []powershell.ParameterSet{{Name: "Property", Position: powershell.Named}}}
		if !strings.HasPrefix(name, "C") || name == "Contains" {
			p.Aliases = []string{"I" + name}
		}
		c.Parameters = append(c.Parameters, p)
	}
	return c
}

func whereProcess(_ context.Context, c *powershell.Call) error {
	item, ok := c.Input()
	if !ok {
		return nil
	}
	var got any
	var err error
	if c.Has("FilterScript") {
		got, err = c.Test(c.Value("FilterScript"), item)
	} else {
		got, err = whereProperty(c, item)
	}
	if err != nil || !value.Truth(got) {
		return err
	}
	return c.EmitWhole(item)
}

func whereProperty(c *powershell.Call, item any) (any, error) {
	v, _, err := c.Property(item, c.Text("Property"))
	if err != nil {
		return nil, err
	}
	for _, name := range comparisons {
		if c.On(name) {
			return c.Operate(name, v, c.Value("Value"))
		}
	}
	if c.Has("Value") {
		return c.Operate("EQ", v, c.Value("Value"))
	}
	return value.Truth(v) != c.On("Not"), nil
}

func forEachObject() *powershell.Command {
	block := func(name string, position int, mandatory bool) powershell.Parameter {
		return powershell.Parameter{Name: name, Type: "ScriptBlock", AllowNull: true,
			Sets: []powershell.ParameterSet{{Name: "ScriptBlockSet", Position: position, Mandatory: mandatory}}}
	}
	process := block("Process", 0, true)
	process.Type = "ScriptBlock[]"
	return &powershell.Command{Name: "ForEach-Object", Aliases: []string{"foreach", "%"}, Class: "Microsoft.PowerShell.Commands.ForEachObjectCommand",
		DefaultSet: "ScriptBlockSet", ShouldProcess: true,
		Parameters: []powershell.Parameter{
			{Name: "InputObject", AllowNull: true, Sets: []powershell.ParameterSet{{Position: powershell.Named, FromPipeline: true}}},
			block("Begin", powershell.Named, false), process, block("End", powershell.Named, false),
			{Name: "RemainingScripts", Type: "ScriptBlock[]", AllowNull: true,
				Sets: []powershell.ParameterSet{{Name: "ScriptBlockSet", Position: powershell.Named, FromRemaining: true}}},
			{Name: "MemberName", Type: "String", Sets: []powershell.ParameterSet{{Name: "PropertyAndMethodSet", Mandatory: true, Position: 0}}},
			{Name: "ArgumentList", Type: "Object[]", Aliases: []string{"Args"},
				Sets: []powershell.ParameterSet{{Name: "PropertyAndMethodSet", Position: powershell.Named, FromRemaining: true}}},
		},
		Begin:   func(_ context.Context, c *powershell.Call) error { return forEachBegin(c) },
		Process: func(_ context.Context, c *powershell.Call) error { return forEachProcess(c) },
		End:     func(_ context.Context, c *powershell.Call) error { return forEachEnd(c) },
	}
}

// forEachBlocks sorts the blocks by what they do: with several positional ones
// the first is begin and, of three or more, the last is end.
func forEachBlocks(c *powershell.Call) (begin any, process []any, end any) {
	process = append(append(process, value.Unroll(c.Value("Process"))...), value.Unroll(c.Value("RemainingScripts"))...)
	begin, end = c.Value("Begin"), c.Value("End")
	if begin == nil && len(process) > 1 {
		begin, process = process[0], process[1:]
	}
	if end == nil && len(process) > 1 {
		end, process = process[len(process)-1], process[:len(process)-1]
	}
	return begin, process, end
}

func forEachBegin(c *powershell.Call) error {
	begin, _, _ := forEachBlocks(c)
	if begin == nil {
		return nil
	}
	return c.Each(begin, nil)
}

func forEachProcess(c *powershell.Call) error {
	item, ok := c.Input()
	if !ok {
		item = c.Value("InputObject")
	}
	if name := c.Text("MemberName"); name != "" {
		v, found, err := c.Property(item, name)
		if err != nil {
			return err
		}
		if !found {
			if v, err = c.Method(item, name, value.Unroll(c.Value("ArgumentList"))); err != nil {
				return err
			}
		}
		return c.Emit(v)
	}
	_, process, _ := forEachBlocks(c)
	for _, block := range process {
		if block == nil {
			continue
		}
		if err := c.Each(block, item); err != nil {
			return err
		}
	}
	return nil
}

func forEachEnd(c *powershell.Call) error {
	_, _, end := forEachBlocks(c)
	if end == nil {
		return nil
	}
	return c.Each(end, nil)
}

func outNull() *powershell.Command {
	return &powershell.Command{Name: "Out-Null", Class: "Microsoft.PowerShell.Commands.OutNullCommand",
		Parameters: []powershell.Parameter{piped("InputObject")}}
}

func outHost() *powershell.Command {
	return &powershell.Command{Name: "Out-Host", Aliases: []string{"oh"}, Class: "Microsoft.PowerShell.Commands.OutHostCommand",
		Parameters: []powershell.Parameter{piped("InputObject"), named("Paging", "SwitchParameter")},
		Process: func(_ context.Context, c *powershell.Call) error {
			if item, ok := c.Input(); ok {
				return c.Show(item)
			}
			return nil
		}}
}

func setStrictMode() *powershell.Command {
	return &powershell.Command{Name: "Set-StrictMode", Class: "Microsoft.PowerShell.Commands.SetStrictModeCommand", DefaultSet: "Version",
		Parameters: []powershell.Parameter{
			{Name: "Version", Aliases: []string{"v"}, Type: "String", Sets: []powershell.ParameterSet{{Name: "Version", Mandatory: true, Position: powershell.Named}}},
			{Name: "Off", Type: "SwitchParameter", Sets: []powershell.ParameterSet{{Name: "Off", Mandatory: true, Position: powershell.Named}}},
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			version := 0
			switch text := strings.ToLower(c.Text("Version")); {
			case text == "latest":
				version = 3
			case text != "":
				n, _ := value.ToFloat(text)
				version = int(n)
			}
			c.Strict(version)
			return nil
		}}
}

func invokeCommand() *powershell.Command {
	return &powershell.Command{Name: "Invoke-Command", Aliases: []string{"icm"}, Class: "Microsoft.PowerShell.Commands.InvokeCommandCommand",
		Parameters: []powershell.Parameter{
			required(0, "ScriptBlock", "ScriptBlock", "Command"), named("ArgumentList", "Object[]", "Args"),
			named("ComputerName", "String[]", "Cn"), named("Session", "Object[]"), named("NoNewScope", "SwitchParameter"), named("Credential", "Object"),
			named("UseSSL", "SwitchParameter"), named("AsJob", "SwitchParameter"), piped("InputObject"),
		},
		Process: func(ctx context.Context, c *powershell.Call) error {
			if c.Has("ComputerName") || c.Has("Session") || c.Has("AsJob") || c.Has("NoNewScope") {
				return dotnet.Refuse("Invoke-Command on another machine, as a job or without a scope")
			}
			item, _ := c.Input()
			out, err := c.Invoke(ctx, c.Value("ScriptBlock"), item, value.Unroll(c.Value("ArgumentList"))...)
			for _, v := range out {
				if e := c.EmitWhole(v); e != nil {
					return e
				}
			}
			return err
		}}
}
