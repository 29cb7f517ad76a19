package powershell

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// ScriptBlock is code as a value. When it runs, it sees the variables of its caller. A
// block made by GetNewClosure sees the variables that were visible where it was made.
type ScriptBlock struct {
	ast     *syntax.ScriptBlock
	closure *scope
}

// TypeName is the .NET name.
func (*ScriptBlock) TypeName() string { return "System.Management.Automation.ScriptBlock" }

// String is the text between the braces.
func (b *ScriptBlock) String() string { return b.ast.String() }

// Member looks up the members that need the block itself.
func (b *ScriptBlock) Member(name string) (dotnet.Member, bool) {
	if strings.EqualFold(name, "GetNewClosure") {
		return dotnet.Member{Name: name, Call: func(_ any, a *dotnet.Args) (any, error) {
			rs, ok := a.Env.Engine.(*Runspace)
			if !ok {
				return nil, dotnet.Refuse("closures outside of a runspace")
			}
			return &ScriptBlock{ast: b.ast, closure: rs.capture()}, nil
		}}, true
	}
	return dotnet.Member{}, false
}

// capture copies the variables that are visible now.
func (rs *Runspace) capture() *scope {
	kept := newScope(rs.global)
	for at := rs.current; at != nil && at != rs.global; at = at.parent {
		for key, v := range at.vars {
			if _, have := kept.vars[key]; !have {
				copied := *v
				kept.vars[key] = &copied
			}
		}
	}
	return kept
}

// CreateBlock parses text as a script block: [scriptblock]::Create().
func (rs *Runspace) CreateBlock(text string) (any, error) {
	ast, err := rs.parse(text)
	var parse *syntax.ParseError
	if errors.As(err, &parse) {
		record := parseRecord(parse)
		record.Exception.Record = record
		return nil, record.Exception
	}
	if err != nil {
		return nil, err
	}
	return &ScriptBlock{ast: ast}, nil
}

func (rs *Runspace) parse(text string) (*syntax.ScriptBlock, error) {
	ast, err := syntax.ParseOptions{Version7: rs.Edition() == Core7}.Parse(text)
	if err != nil {
		return nil, err
	}
	return ast, rs.reserved(ast)
}

// InvokeBlock runs a block for .NET code and returns the block's output.
func (rs *Runspace) InvokeBlock(block any, args []any) ([]any, error) {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return nil, dotnet.Refuse("calling back a %s", value.TypeName(block))
	}
	f := rs.frame(rs.env.Context)
	if rs.current != nil {
		f.scope = rs.current
	}
	var item any
	if len(args) > 0 {
		item = args[0]
	}
	return f.invokeBlock(f.ctx, sb, item, args)
}
