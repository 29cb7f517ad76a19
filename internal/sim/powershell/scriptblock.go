package powershell

import (
	"context"
	"errors"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/syntax"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// ScriptBlock is code as a value. Where it runs it sees the variables of its
// caller, unless GetNewClosure kept those of its birthplace.
type ScriptBlock struct {
	ast     *syntax.ScriptBlock
	closure *scope
}

// TypeName is the .NET name.
func (*ScriptBlock) TypeName() string { return "System.Management.Automation.ScriptBlock" }

// String is the text between the braces.
func (b *ScriptBlock) String() string { return b.ast.String() }

// Member gives the members that need the block itself.
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
	return syntax.ParseOptions{Version7: rs.Edition() == Core7}.Parse(text)
}

// InvokeBlock runs a block for .NET code and gives what it put out.
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

// invokeBlock runs a block in a scope of its own with $_ and arguments.
func (f *frame) invokeBlock(ctx context.Context, b *ScriptBlock, item any, args []any) ([]any, error) {
	arguments := make([]argument, len(args))
	for i, a := range args {
		arguments[i] = argument{value: a, hasValue: true}
	}
	return f.collect(func(g *frame) error {
		h := *g
		h.ctx = ctx
		h.scope = newScope(g.scope)
		h.scope.set("_", item)
		s := &stage{next: h.streams[outputStream]}
		s.inv = &invocation{frame: &h, at: f.at, stage: s, finish: func() {}}
		r, err := newBlockRunner(s.inv, b, arguments, false)
		if err != nil {
			return err
		}
		s.runner = r
		line := &chain{stages: []*stage{s}}
		return line.run(none{}, false)
	})
}

// inline runs a block's statements in this very scope, as ForEach-Object and
// Where-Object do, with $_ set when item is given.
func (f *frame) inline(b *ScriptBlock, item *any) error {
	g := f
	if b.closure != nil {
		g = f.in(newScope(b.closure))
	}
	if item != nil {
		defer g.bindItem(*item)()
	}
	for _, block := range []*syntax.NamedBlock{b.ast.Begin, b.ast.Process, b.ast.End} {
		if block == nil {
			continue
		}
		if err := g.block(block.Statements, block.Traps); err != nil {
			if isReturn(err) {
				return nil
			}
			return err
		}
	}
	return nil
}

// Each runs a block for one pipeline object in the caller's scope, its output
// goes down the pipeline: what ForEach-Object does.
func (c *Call) Each(block any, item any) error {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return dotnet.Refuse("%s in place of a script block", value.TypeName(block))
	}
	return c.inv.frame.to(c.inv.emitWhole).inline(sb, &item)
}

// Test runs a block for one pipeline object in the caller's scope and gives its
// output as one value: what Where-Object does.
func (c *Call) Test(block any, item any) (any, error) {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return nil, dotnet.Refuse("%s in place of a script block", value.TypeName(block))
	}
	out, err := c.inv.frame.collect(func(g *frame) error { return g.inline(sb, &item) })
	return plain(fold(out)), err
}
