package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// column is one element of a -Property argument: a property by name or pattern,
// or a script block that computes one.
type column struct {
	name       string // or pattern
	compute    any    // script block; nil for a property
	title      string // name of what is computed, "" for the expression's text
	descending *bool  // direction that a sort key itself gives; nil for none
	strict     bool   // an error of the script block is returned to the caller
}

// columns reads the argument of -Property.
func columns(list []any) ([]column, error) {
	var found []column
	for _, item := range list {
		if item == "" {
			return nil, powershell.NewErrorRecord("System.NotSupportedException", "ExpressionEmptyString2", "InvalidArgument", nil,
				"Specified method is not supported.")
		}
		one, err := columnOf(item)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

func columnOf(item any) (column, error) {
	switch v := item.(type) {
	case *powershell.ScriptBlock:
		return column{compute: v, title: v.String()}, nil
	case *value.Hashtable:
		return calculated(v)
	}
	return column{name: value.Text(item)}, nil
}

// calculated reads @{Name = …; Expression = …}, whose keys may be shortened.
func calculated(h *value.Hashtable) (column, error) {
	var made column
	for _, k := range h.Keys() {
		v, _ := h.Get(k)
		switch key := strings.ToLower(value.Text(k)); {
		case begins("name", key) || begins("label", key):
			made.title = value.Text(v)
		case begins("expression", key):
			if block, ok := v.(*powershell.ScriptBlock); ok {
				made.compute = block
			} else {
				made.name = value.Text(v)
			}
		case begins("descending", key):
			on := value.Truth(v)
			made.descending = &on
		case begins("ascending", key):
			down := !value.Truth(v)
			made.descending = &down
		default:
			return column{}, dotnet.Refuse("the key %s of a calculated property", key)
		}
	}
	if made.compute == nil && made.name == "" {
		return column{}, powershell.NewErrorRecord("System.Management.Automation.PSArgumentException", "DictionaryKeyMandatoryEntry", "InvalidArgument", nil,
			"A required key is missing: \"expression\".")
	}
	if block, ok := made.compute.(*powershell.ScriptBlock); ok && made.title == "" {
		made.title = block.String()
	}
	return made, nil
}

func begins(word, key string) bool { return key != "" && strings.HasPrefix(word, key) }

// resolve gives the named values of a column for one object. For a property that the
// object lacks there is none.
func (k column) resolve(ctx context.Context, c *powershell.Call, item any) ([]value.Property, error) {
	if k.compute != nil {
		out, err := c.InvokeGuarded(ctx, k.compute, item)
		if err != nil && (k.strict || !isRecord(err)) {
			return nil, err
		}
		return []value.Property{{Name: k.title, Value: result(out)}}, nil
	}
	if err := refuseEntry(c, item, k.name); err != nil {
		return nil, err
	}
	var found []value.Property
	for _, p := range properties(c, item) {
		if powershell.WildcardMatch(k.name, p.Name) {
			found = append(found, p)
		}
	}
	if len(found) == 0 && !powershell.HasWildcards(k.name) {
		v, ok, err := c.Property(item, k.name)
		if err != nil {
			return nil, err
		}
		if ok && !isCollection(item) {
			found = []value.Property{{Name: k.name, Value: v}}
		}
	}
	if k.title != "" && len(found) == 1 {
		found[0].Name = k.title
	}
	return found, nil
}

// one is the first value of a column for one object; false when there is none.
func (k column) one(ctx context.Context, c *powershell.Call, item any) (any, bool, error) {
	found, err := k.resolve(ctx, c, item)
	if err != nil || len(found) == 0 {
		return nil, false, err
	}
	return found[0].Value, true, nil
}

// refuseEntry refuses in PowerShell 5.1 a property name that is a key of the hashtable.
// PowerShell 5.1 and 7 differ on whether an entry of a hashtable counts as a property.
func refuseEntry(c *powershell.Call, item any, name string) error {
	h, ok := item.(*value.Hashtable)
	if !ok || c.Runspace().Edition() == powershell.Core7 {
		return nil
	}
	if _, is := h.Get(name); is {
		return dotnet.Refuse("the entry %s of a hashtable as a property of %s", name, c.Name())
	}
	return nil
}

func isCollection(v any) bool {
	_, ok := value.Items(v)
	return ok
}
