package utility

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// emit puts out one object. -Property reduces it to the named properties;
// -ExpandProperty puts out a property's value in its place.
func (s *selection) emit(ctx context.Context, c *powershell.Call, item any) error {
	if c.Has("ExpandProperty") {
		return s.expand(ctx, c, item)
	}
	if len(s.columns) == 0 {
		return s.out(c, item)
	}
	made, err := s.project(ctx, c, item)
	if err != nil {
		return err
	}
	return s.out(c, made)
}

// project makes the object that has the wanted properties only.
func (s *selection) project(ctx context.Context, c *powershell.Call, item any) (*value.Object, error) {
	made := value.NewObject("Selected."+value.TypeName(item), value.CustomObject)
	for _, k := range s.columns {
		found, err := k.resolve(ctx, c, item)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 && !powershell.HasWildcards(k.name) && !s.present {
			found = []value.Property{{Name: cmp.Or(k.title, k.name)}}
		}
		for _, p := range found {
			if matchesAny(c.Texts("ExcludeProperty"), p.Name) {
				continue
			}
			if err := addProperty(c, made, item, p); err != nil {
				return nil, err
			}
		}
	}
	return made, nil
}

func addProperty(c *powershell.Call, made *value.Object, item any, p value.Property) error {
	if _, twice := made.Get(p.Name); !twice {
		made.Set(p.Name, p.Value)
		return nil
	}
	return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.PSArgumentException",
		"AlreadyExistingUserSpecifiedPropertyNoExpand", "InvalidOperation", item,
		fmt.Sprintf("The property cannot be processed because the property \"%s\" already exists.", p.Name)))
}

// expand puts out the value of -ExpandProperty, element by element. For $null it puts
// out nothing.
func (s *selection) expand(ctx context.Context, c *powershell.Call, item any) error {
	name := c.Text("ExpandProperty")
	found, err := column{name: name}.resolve(ctx, c, item)
	if err != nil {
		return err
	}
	if len(found) != 1 {
		id, message := "ExpandPropertyNotFound", fmt.Sprintf("Property \"%s\" cannot be found.", name)
		if len(found) > 1 {
			// The misspelled id is the cmdlet's own.
			id, message = "MutlipleExpandProperties", "Multiple properties cannot be expanded."
		}
		return c.WriteError(powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", id, "InvalidArgument", item, message))
	}
	for _, v := range value.Unroll(found[0].Value) {
		if err := s.extend(ctx, c, v, item); err != nil {
			return err
		}
		if err := s.out(c, v); err != nil {
			return err
		}
	}
	return nil
}

// extend adds the properties that -Property names to a part that -ExpandProperty took
// out of an object. The values come from the whole object.
func (s *selection) extend(ctx context.Context, c *powershell.Call, part, item any) error {
	if len(s.columns) == 0 {
		return nil
	}
	o, ok := part.(*value.Object)
	if !ok || o.Adapted {
		return dotnet.Refuse("Select-Object -Property for an expanded %s", value.TypeName(part))
	}
	more, err := s.project(ctx, c, item)
	if err != nil {
		return err
	}
	for _, p := range more.Properties() {
		if _, twice := o.Get(p.Name); !twice {
			o.Set(p.Name, p.Value)
			continue
		}
		err := c.WriteError(powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "AlreadyExistingUserSpecifiedPropertyExpand",
			"InvalidOperation", item, fmt.Sprintf("The property cannot be processed because the property \"%s\" already exists.", p.Name)))
		if err != nil {
			return err
		}
	}
	return nil
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return powershell.WildcardMatch(p, name) })
}
