package powershell

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Property reads a property as $item.Name does; false when there is none.
// The language gives every value a Count and a Length. Where a value has only those,
// they are no properties here.
func (c *Call) Property(item any, name string) (any, bool, error) {
	if counts := strings.EqualFold(name, "Count") || strings.EqualFold(name, "Length"); counts && lent(item, name) {
		return nil, false, nil
	}
	v, found, err := c.inv.frame.property(item, name)
	return plain(v), found, err
}

// lent reports whether the named member, Count or Length, comes from the language
// because the value has none of its own.
func lent(item any, name string) bool {
	switch x := item.(type) {
	case nil:
		return true
	case *value.Object:
		_, own := x.Get(name)
		return !own
	case *value.Hashtable:
		return false
	}
	_, many := value.Items(item)
	return !many && !hasMember(dotnet.TypeOf(item), item, name)
}

// Method calls a method as $item.Name(…) does.
func (c *Call) Method(item any, name string, args []any) (any, error) {
	v, err := c.inv.frame.call(item, name, args)
	return plain(v), err
}

// HasMethod reports whether $item.Name(…) would find a method.
func (c *Call) HasMethod(item any, name string) bool {
	if o, ok := item.(*value.Object); ok {
		if _, ok := o.Methods[strings.ToLower(name)]; ok {
			return true
		}
	}
	return dotnet.HasMethod(dotnet.TypeOf(item), item, name)
}

// Strictness is the version of strict mode in the caller's scope, 0 for none.
func (c *Call) Strictness() int { return c.inv.frame.scope.strictness() }

// Convert is a cast to the named type.
func (c *Call) Convert(v any, typeName string) (any, error) {
	t, ok := dotnet.Lookup(typeName)
	if !ok {
		return nil, dotnet.Refuse("the type [%s]", typeName)
	}
	return c.inv.frame.cast(v, t)
}

// Operate applies a comparison operator. Its name is that of the Where-Object
// parameter: EQ, CLike, In.
func (c *Call) Operate(name string, left, right any) (any, error) {
	short := strings.ToLower(name)
	operator := "I" + short
	if heeding := strings.TrimPrefix(short, "c"); heeding != short && !strings.HasPrefix(short, "contains") {
		operator = "C" + heeding
	}
	switch short {
	case "is":
		operator = string(syntax.Is)
	case "isnot":
		operator = string(syntax.IsNot)
	}
	return c.inv.frame.operate(syntax.Operator(operator), left, right)
}

// Variable reads a variable of the caller; false when it was never set.
func (c *Call) Variable(name string) (any, bool) {
	v, ok := c.inv.frame.scope.find(name)
	if !ok {
		return nil, false
	}
	return plain(v.value), true
}

// SetVariable sets a variable of the caller's scope, or of the global scope.
func (c *Call) SetVariable(name string, v any, scopeName string) error {
	s := c.inv.frame.scope
	switch strings.ToLower(scopeName) {
	case "global":
		s = s.root()
	case "script":
		s = s.script
	case "1":
		if s.parent != nil {
			s = s.parent
		}
	}
	_, err := c.inv.frame.write(s, name, v)
	return err
}

// RemoveVariable forgets a variable of the caller's scope; false when there is none.
func (c *Call) RemoveVariable(name string) bool {
	_, ok := c.inv.frame.scope.own(name)
	c.inv.frame.scope.remove(name)
	return ok
}

// VariableNames lists the variables that the caller sees, each name once.
func (c *Call) VariableNames() []string {
	seen := make(map[string]bool)
	var names []string
	for at := c.inv.frame.scope; at != nil; at = at.parent {
		for key, v := range at.vars {
			if !seen[key] && key != currentError {
				seen[key] = true
				names = append(names, v.name)
			}
		}
	}
	return names
}

// Strict sets the version of strict mode in the caller's scope, 0 for off.
func (c *Call) Strict(version int) {
	if version == 0 {
		version = strictOff
	}
	c.inv.frame.scope.strict = version
}

// Show writes a value to the host as the end of a pipeline does.
func (c *Call) Show(v any) error {
	if h := c.inv.frame.rs.host; h.client == nil {
		return h.object(v)
	}
	return nil // remote callers have no host
}

// Information writes a text with tags to the information stream.
func (c *Call) Information(text string, tags []string) error {
	return c.inv.record(informationStream, newMessage(informationStream, text).Set("Tags", tags))
}

// Debug writes to the debug stream.
func (c *Call) Debug(text string) error { return c.inv.message(debugStream, text) }

// RunText runs a script text in the caller's scope; its output goes down the pipeline.
func (c *Call) RunText(text string) error {
	f := c.inv.frame
	ast, err := f.rs.parse(text)
	if err != nil {
		return f.raising(err)
	}
	return f.to(c.inv.emitWhole).inline(&ScriptBlock{ast: ast}, nil)
}

// DefineModule runs a block in a scope of its own and gives its functions to the caller.
func (c *Call) DefineModule(ctx context.Context, block any, args []any) error {
	sb, ok := block.(*ScriptBlock)
	if !ok {
		return dotnet.Refuse("%s in place of a script block", value.TypeName(block))
	}
	if len(args) > 0 || sb.ast.Params != nil {
		return dotnet.Refuse("a module with parameters")
	}
	f := c.inv.frame
	inner := f.in(newScope(f.rs.global))
	inner.ctx = ctx
	inner.scope.script = inner.scope
	if err := inner.to(func(any) error { return nil }).inline(sb, nil); err != nil {
		return err
	}
	for _, fn := range inner.scope.functions {
		exported := *fn
		exported.module = inner.scope
		f.scope.define(&exported)
	}
	return nil
}
