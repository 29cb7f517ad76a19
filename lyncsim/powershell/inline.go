package powershell

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// invokeBlock runs a block in a scope of its own with $_ and arguments.
func (f *frame) invokeBlock(ctx context.Context, b *ScriptBlock, item any, args []any) ([]any, error) {
	return f.invokePiped(ctx, b, item, nil, args)
}

// invokePiped is invokeBlock with input objects that are piped into the block.
func (f *frame) invokePiped(ctx context.Context, b *ScriptBlock, item any, input, args []any) ([]any, error) {
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
		s.inv = &invocation{frame: &h, at: f.at, stage: s, piped: input != nil, finish: func() {}}
		r, err := newBlockRunner(s.inv, b, arguments, false)
		if err != nil {
			return err
		}
		s.runner = r
		line := &chain{stages: []*stage{s}}
		if input != nil {
			return line.run(input, true)
		}
		return line.run(none{}, false)
	})
}

// inline runs a block's statements in the present scope, without a new one, as
// ForEach-Object and Where-Object do. $_ is set when item is given.
func (f *frame) inline(b *ScriptBlock, item *any) error {
	g := f
	if f.outermost { // one level deeper the providers are there
		copied := *f
		copied.outermost, g = false, &copied
	}
	if b.closure != nil {
		g = g.in(newScope(b.closure))
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

// Each runs a block for one pipeline object in the caller's scope, as ForEach-Object
// does. The block's output goes down the pipeline.
func (c *Call) Each(block any, item any) error {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return dotnet.Refuse("%s in place of a script block", value.TypeName(block))
	}
	return c.inv.frame.to(c.inv.emitWhole).inline(sb, &item)
}

// Test runs a block for one pipeline object in the caller's scope, as Where-Object
// does. It returns the block's output as one value.
func (c *Call) Test(block any, item any) (any, error) {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return nil, dotnet.Refuse("%s in place of a script block", value.TypeName(block))
	}
	out, err := c.inv.frame.collect(func(g *frame) error { return g.inline(sb, &item) })
	return plain(fold(out)), err
}
