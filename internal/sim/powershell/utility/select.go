package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

func selectObject() *powershell.Command {
	return &powershell.Command{Name: "Select-Object", Aliases: []string{"select"}, Class: "Microsoft.PowerShell.Commands.SelectObjectCommand",
		Parameters: []powershell.Parameter{
			piped("InputObject"), at(0, "Property", "Object[]"), named("ExcludeProperty", "String[]"), named("ExpandProperty", "String"),
			named("First", "Int32"), named("Last", "Int32"), named("Skip", "Int32"), named("SkipLast", "Int32"), named("Index", "Int32[]"),
			named("Unique", "SwitchParameter"), named("Wait", "SwitchParameter"),
		},
		Begin:   func(_ context.Context, c *powershell.Call) error { c.State = &selection{}; return nil },
		Process: func(_ context.Context, c *powershell.Call) error { return c.State.(*selection).take(c) },
		End:     func(_ context.Context, c *powershell.Call) error { return c.State.(*selection).end(c) },
	}
}

// selection is one run of Select-Object.
type selection struct {
	seen    int   // objects so far
	emitted int   // objects chosen so far
	tail    []any // the last ones, while -Last or -SkipLast hold them back
	unique  []any
}

func (s *selection) take(c *powershell.Call) error {
	item, ok := c.Input()
	if !ok {
		if !c.Has("InputObject") {
			return nil
		}
		item = c.Value("InputObject")
	}
	s.seen++
	switch {
	case c.Has("Index"):
		if !s.indexed(c) {
			return nil
		}
	case c.Has("Last"), c.Has("SkipLast"):
		s.tail = append(s.tail, item)
		if keep := c.Int("Last") + c.Int("Skip"); c.Has("Last") && len(s.tail) > keep {
			s.tail = s.tail[1:]
		}
		return nil
	case s.seen <= c.Int("Skip"):
		return nil
	case c.Has("First") && s.emitted >= c.Int("First"):
		return c.Stop()
	}
	s.emitted++
	if err := s.put(c, item); err != nil {
		return err
	}
	if c.Has("First") && s.emitted >= c.Int("First") && !c.On("Wait") {
		return c.Stop()
	}
	return nil
}

func (s *selection) indexed(c *powershell.Call) bool {
	for _, i := range value.Unroll(c.Value("Index")) {
		if n, _ := value.ToInt(i); int(n) == s.seen-1 {
			return true
		}
	}
	return false
}

func (s *selection) end(c *powershell.Call) error {
	items := s.tail
	if c.Has("SkipLast") {
		items = items[min(c.Int("Skip"), len(items)):]
		items = items[:max(0, len(items)-c.Int("SkipLast"))]
	} else if c.Has("Last") {
		items = items[:max(0, len(items)-c.Int("Skip"))]
	}
	for _, item := range items {
		if err := s.put(c, item); err != nil {
			return err
		}
	}
	for _, item := range s.unique {
		if err := c.EmitWhole(item); err != nil {
			return err
		}
	}
	return nil
}

// put shapes a chosen object and sends it on; with -Unique all wait for the end.
func (s *selection) put(c *powershell.Call, item any) error {
	out := item
	if c.Has("Property") || c.Has("ExcludeProperty") {
		made, err := project(c, item)
		if err != nil {
			return err
		}
		out = made
	}
	if name := c.Text("ExpandProperty"); name != "" {
		return s.expand(c, item, name)
	}
	return s.emit(c, out)
}

func (s *selection) emit(c *powershell.Call, v any) error {
	if !c.On("Unique") {
		return c.EmitWhole(v)
	}
	for _, have := range s.unique {
		if sameShape(c, have, v) {
			return nil
		}
	}
	s.unique = append(s.unique, v)
	return nil
}

func (s *selection) expand(c *powershell.Call, item any, name string) error {
	v, found, err := c.Property(item, name)
	if err != nil {
		return err
	}
	if !found {
		return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "ExpandPropertyNotFound",
			"InvalidArgument", item, "Property \""+name+"\" cannot be found."))
	}
	for _, x := range value.Unroll(v) {
		if err := s.emit(c, x); err != nil {
			return err
		}
	}
	return nil
}

// project makes the object of the chosen properties.
func project(c *powershell.Call, item any) (any, error) {
	out := value.NewObject("Selected."+value.TypeName(item), value.CustomObject)
	wanted := value.Unroll(c.Value("Property"))
	if len(wanted) == 0 {
		wanted = []any{"*"}
	}
	for _, p := range wanted {
		columns, err := columnsOf(c, item, p)
		if err != nil {
			return nil, err
		}
		for _, column := range columns {
			if excluded(c, column.name) {
				continue
			}
			v, err := column.of(c, item)
			if err != nil {
				return nil, err
			}
			out.Set(column.name, v)
		}
	}
	return out, nil
}

func excluded(c *powershell.Call, name string) bool {
	for _, p := range c.Texts("ExcludeProperty") {
		if powershell.WildcardMatch(p, name) {
			return true
		}
	}
	return false
}

// column is a property to show, by name or calculated.
type column struct {
	name       string
	expression any // a script block, or nil for the property of that name
	descending any // of a sort key; nil when it does not say
}

// of is the column's value of an object.
func (k column) of(c *powershell.Call, item any) (any, error) {
	if k.expression == nil {
		v, _, err := c.Property(item, k.name)
		return v, err
	}
	if name, ok := k.expression.(string); ok {
		v, _, err := c.Property(item, name)
		return v, err
	}
	return c.Test(k.expression, item)
}

// columnsOf reads a -Property argument: a name, a pattern, a script block or a
// table with Name (Label) and Expression.
func columnsOf(c *powershell.Call, item, p any) ([]column, error) {
	switch x := p.(type) {
	case *value.Hashtable:
		return calculated(x)
	case *powershell.ScriptBlock:
		return []column{{name: x.String(), expression: x}}, nil
	}
	name := value.Text(p)
	if !powershell.HasWildcards(name) {
		return []column{{name: name}}, nil
	}
	var columns []column
	for _, have := range c.PropertyNames(item) {
		if powershell.WildcardMatch(name, have) {
			columns = append(columns, column{name: have})
		}
	}
	return columns, nil
}

func calculated(h *value.Hashtable) ([]column, error) {
	var k column
	for _, key := range h.Keys() {
		v, _ := h.Get(key)
		word := strings.ToLower(value.Text(key))
		switch {
		case word != "" && (strings.HasPrefix("name", word) || strings.HasPrefix("label", word)):
			k.name = value.Text(v)
		case word != "" && strings.HasPrefix("expression", word):
			k.expression = v
		case word == "descending", word == "ascending":
			k.descending = value.Truth(v) == (word == "descending")
		case word == "width", word == "alignment", word == "formatstring":
		default:
			return nil, dotnet.Refuse("the key %s of a calculated property", word)
		}
	}
	if k.name == "" {
		k.name = value.Text(k.expression)
	}
	return []column{k}, nil
}

// sameShape compares two objects by their properties, other values as -ceq does.
func sameShape(c *powershell.Call, x, y any) bool {
	a, aok := x.(*value.Object)
	b, bok := y.(*value.Object)
	if !aok || !bok {
		return c.Runspace().Equal(x, y, true)
	}
	if len(a.Properties()) != len(b.Properties()) {
		return false
	}
	for _, p := range a.Properties() {
		v, ok := b.Get(p.Name)
		if !ok || value.Text(p.Value) != value.Text(v) {
			return false
		}
	}
	return true
}
