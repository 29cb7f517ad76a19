package syntax

import (
	"fmt"
	"strings"
)

// VariableExpression is $name, ${name} or @name. Name is the name as written, without
// the $ or @ and without braces. It includes the scope or drive: script:x, env:PATH.
type VariableExpression struct {
	expressionNode
	Name     string
	Splatted bool
}

// Qualifier is the scope or drive before the colon in lower case, "" if none.
func (v *VariableExpression) Qualifier() string {
	qualifier, _, found := strings.Cut(v.Name, ":")
	if !found {
		return ""
	}
	return strings.ToLower(qualifier)
}

// Unqualified is the name without scope or drive.
func (v *VariableExpression) Unqualified() string {
	if _, name, found := strings.Cut(v.Name, ":"); found {
		return name
	}
	return v.Name
}

// TypeName is the name of a .NET type or accelerator as written, with generic
// arguments and array ranks: System.Collections.Generic.List[string], int[].
// For an array, Element and Rank (1 for [], 2 for [,]) are set and Name is empty.
type TypeName struct {
	Extent
	Name      string
	Assembly  string
	Arguments []*TypeName
	Element   *TypeName
	Rank      int
}

// String is the full name as the engine writes it.
func (t *TypeName) String() string {
	if t.Element != nil {
		return fmt.Sprintf("%s[%s]", t.Element, strings.Repeat(",", t.Rank-1))
	}
	name := t.Name
	if len(t.Arguments) > 0 {
		names := make([]string, len(t.Arguments))
		for i, argument := range t.Arguments {
			names[i] = argument.String()
		}
		name += "[" + strings.Join(names, ",") + "]"
	}
	if t.Assembly != "" {
		name += "," + t.Assembly
	}
	return name
}
