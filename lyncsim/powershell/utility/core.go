package utility

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// comparisons are the operators that Where-Object takes as parameters.
var comparisons = strings.Fields(`EQ NE GT GE LT LE Like NotLike Match NotMatch Contains NotContains In NotIn Is IsNot
	CEQ CNE CGT CGE CLT CLE CLike CNotLike CMatch CNotMatch CContains CNotContains CIn CNotIn`)

func whereObject() cmdlet {
	return cmdlet{name: "Where-Object", process: whereProcess,
		heeds: "InputObject FilterScript Property Value Not " + strings.Join(comparisons, " ")}
}

func whereProcess(_ context.Context, c *powershell.Call) error {
	item, ok := subject(c)
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
	operator := slices.IndexFunc(comparisons, c.On)
	switch {
	case operator >= 0 && !c.Has("Value"):
		return nil, powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "ValueNotSpecifiedForWhereObject", "InvalidArgument", nil,
			"The specified operator requires both the -Property and -Value parameters. Provide values for both parameters, and then try the command again.")
	case operator < 0 && c.Has("Value"):
		return nil, powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "OperatorNotSpecified", "InvalidArgument", nil,
			"An operator is required to compare the two specified values. Include a valid operator in the command, and then try the command again.")
	}
	name := c.Text("Property")
	v, found, err := c.Property(item, name)
	if err != nil {
		return nil, err
	}
	if !found && c.Strictness() >= 2 {
		return false, c.WriteError(powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "PropertyNotFound", "InvalidArgument", item,
			"The input name \""+name+"\" cannot be resolved to a property."))
	}
	if operator >= 0 {
		return c.Operate(comparisons[operator], v, c.Value("Value"))
	}
	return value.Truth(v) != c.On("Not"), nil
}

func forEachObject() cmdlet {
	return cmdlet{name: "ForEach-Object", heeds: "InputObject Begin Process End RemainingScripts MemberName ArgumentList",
		unsaid:  map[string]unsaid{"Process": {nulls: true}, "RemainingScripts": {rest: true}, "ArgumentList": {rest: true}},
		begin:   func(_ context.Context, c *powershell.Call) error { return forEachBegin(c) },
		process: func(_ context.Context, c *powershell.Call) error { return forEachProcess(c) },
		end:     func(_ context.Context, c *powershell.Call) error { return forEachEnd(c) },
	}
}

// forEachBlocks decides which block of ForEach-Object is begin, process or end. Of
// several positional blocks the first is begin. Of three or more, the last is end.
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
	if c.Has("MemberName") {
		return forEachMember(c, item)
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

func outNull() cmdlet { return cmdlet{name: "Out-Null", heeds: "InputObject"} }

func outHost() cmdlet {
	return cmdlet{name: "Out-Host", heeds: "InputObject",
		process: func(_ context.Context, c *powershell.Call) error {
			if item, ok := c.Input(); ok {
				return c.Show(item)
			}
			return nil
		}}
}

func setStrictMode() cmdlet {
	return cmdlet{name: "Set-StrictMode", heeds: "Version Off",
		unsaid: map[string]unsaid{"Version": {typ: "String"}}, // takes numbers and Latest too
		process: func(_ context.Context, c *powershell.Call) error {
			version := 0
			switch text := strings.ToLower(c.Text("Version")); {
			case text == "latest":
				version = 3
			case text != "":
				n, ok := value.ToFloat(text)
				id, category := "", ""
				switch {
				case !ok:
					id, category = "CannotConvertArgumentNoMessage", "InvalidArgument"
				case n < 1 || n > 7:
					id, category = "ParameterArgumentValidationError", "InvalidData"
				}
				if id != "" {
					return powershell.NewErrorRecord("System.Management.Automation.ParameterBindingException", id, category, nil,
						"Cannot bind parameter 'Version' to \""+text+"\".")
				}
				version = int(n)
			}
			c.Strict(version)
			return nil
		}}
}

func invokeCommand() cmdlet {
	return cmdlet{name: "Invoke-Command", heeds: "ScriptBlock ArgumentList InputObject",
		process: func(_ context.Context, c *powershell.Call) error {
			if item, ok := subject(c); ok {
				c.State = append(gathered(c), item)
			}
			return nil
		},
		end: func(ctx context.Context, c *powershell.Call) error {
			out, err := c.InvokePiped(ctx, c.Value("ScriptBlock"), gathered(c), value.Unroll(c.Value("ArgumentList")))
			if e := emitAll(c, out); e != nil {
				return e
			}
			return err
		}}
}
