package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func matchType() *Type {
	return &Type{Name: "System.Text.RegularExpressions.Match", Members: members(
		prop("Success", func(m *Match) any { return m.m != nil }),
		prop("Value", func(m *Match) any { return m.String() }),
		prop("Index", func(m *Match) any {
			if m.m == nil {
				return 0
			}
			return m.m.Index
		}),
		prop("Length", func(m *Match) any { return Length(m.String()) }),
		prop("Groups", func(m *Match) any { return groupsOf(m) }),
		prop("Captures", func(m *Match) any { return groupsOf(m) }),
		method("NextMatch", 0, 0, func(*Match, *Args) (any, error) { return nil, Refuse("Match.NextMatch()") }),
		method("ToString", 0, 0, func(m *Match, _ *Args) (any, error) { return m.String(), nil })),
		Refused: []string{"Result", "Name"}}
}

// groups are the groups of a match. A script reads them by number or by name.
type groups struct {
	*value.List
	byName map[string]*value.Object
}

// Item is the element that Groups['name'] gives.
func (g *groups) Item(key any) (any, bool) {
	name, ok := key.(string)
	if !ok {
		return nil, false
	}
	if found, ok := g.byName[name]; ok {
		return found, true
	}
	return group("", 0, false), true
}

func groupsOf(m *Match) any {
	g := &groups{byName: make(map[string]*value.Object)}
	var items []any
	if m.m != nil {
		for _, x := range m.m.Groups() {
			o := group(x.String(), x.Index, len(x.Captures) > 0).Set("Name", x.Name)
			items = append(items, o)
			g.byName[x.Name] = o
		}
	}
	g.List = value.NewCollection("System.Text.RegularExpressions.GroupCollection", items...)
	return g
}

func group(s string, index int, success bool) *value.Object {
	o := value.NewObject("System.Text.RegularExpressions.Group")
	o.Adapted = true
	o.Text = func() string { return s }
	return o.Set("Success", success).Set("Value", s).Set("Index", index).Set("Length", Length(s))
}

func groupType() *Type {
	return &Type{Name: "System.Text.RegularExpressions.GroupCollection", Members: itemsMembers()}
}

func matchCollection() *Type {
	return &Type{Name: "System.Text.RegularExpressions.MatchCollection", Members: itemsMembers()}
}
