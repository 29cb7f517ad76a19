package utility

import (
	"context"
	"errors"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// subject is the object that a Process call is about: the piped object, or without one
// the value of -InputObject. It is false when there is neither.
func subject(c *powershell.Call) (any, bool) {
	if item, ok := c.Input(); ok {
		return item, true
	}
	return c.Value("InputObject"), c.Has("InputObject")
}

// gather is the Process function of a command that needs all its input at once. It
// leaves out $null.
func gather(_ context.Context, c *powershell.Call) error {
	if item, ok := subject(c); ok && item != nil {
		c.State = append(gathered(c), item)
	}
	return nil
}

func gathered(c *powershell.Call) []any {
	list, _ := c.State.([]any)
	return list
}

// eachSubject makes a Process function that hands every object to do.
func eachSubject(do func(ctx context.Context, c *powershell.Call, item any) error) func(context.Context, *powershell.Call) error {
	return func(ctx context.Context, c *powershell.Call) error {
		item, ok := subject(c)
		if !ok {
			return nil
		}
		return do(ctx, c, item)
	}
}

// properties lists the properties that a value shows, in order. Only in PowerShell 7
// does a hashtable show its entries as properties.
func properties(c *powershell.Call, item any) []value.Property {
	if o, ok := item.(*value.Object); ok {
		return o.Properties()
	}
	var list []value.Property
	if h, ok := item.(*value.Hashtable); ok && c.Runspace().Edition() == powershell.Core7 {
		for _, k := range h.Keys() {
			v, _ := h.Get(k)
			list = append(list, value.Property{Name: value.Text(k), Value: v})
		}
		return list
	}
	env := c.Runspace().Env()
	for _, p := range dotnet.PropertiesOf(env, item) {
		list = append(list, value.Property{Name: value.Text(ask(env, p, "Name")), Value: ask(env, p, "Value")})
	}
	return list
}

func ask(env *dotnet.Env, of dotnet.Dynamic, name string) any {
	m, ok := of.Member(name)
	if !ok {
		return nil
	}
	v, err := m.Get(env, of)
	if err != nil {
		return nil
	}
	return v
}

// result is the output of a script block as the value of an expression.
func result(out []any) any {
	switch len(out) {
	case 0:
		return nil
	case 1:
		return out[0]
	}
	return out
}

// isRecord reports whether an error is one that a script could catch, and not a refusal
// or the end of the context.
func isRecord(err error) bool {
	_, ok := errors.AsType[*value.ErrorRecord](err)
	return ok
}

// emitAll sends objects down the pipeline as they are.
func emitAll(c *powershell.Call, items []any) error {
	for _, item := range items {
		if err := c.EmitWhole(item); err != nil {
			return err
		}
	}
	return nil
}
