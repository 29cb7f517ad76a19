package syntax

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// check finds mistakes that the grammar allows and the real PowerShell still refuses.
// PowerShell looks for them only in text that has no other mistake.
func check(script *ScriptBlock) []Issue {
	var c checker
	Inspect(script, func(node Node) bool {
		c.visit(node)
		return true
	})
	return c.issues
}

type checker struct{ issues []Issue }

func (c *checker) complain(where Extent, id, format string, words ...any) {
	c.issues = append(c.issues, Issue{Extent: where, ID: id, Message: fmt.Sprintf(format, words...)})
}

func (c *checker) visit(node Node) {
	switch n := node.(type) {
	case *AssignmentStatement:
		c.assignment(n)
	case *UnaryExpression:
		c.unary(n)
	case *Hashtable:
		c.keys(n)
	case *ParamBlock:
		c.parameters(n.Parameters)
		c.before(n)
	case *Parameter:
		c.attributes(n)
	case *ConvertExpression:
		c.conversion(n)
	case *ScriptBlock:
		c.requirements(n)
	case *FunctionDefinition:
		c.parameters(n.Parameters)
	case *TryStatement:
		c.catches(n)
		if n.Finally != nil {
			c.leaving(n.Finally, nil)
		}
	}
}

func (c *checker) assignment(n *AssignmentStatement) {
	if e, ok := n.Left.(*ConvertExpression); ok && strings.EqualFold(e.Type.Type.String(), "void") {
		c.complain(e.Type.Extent, "VoidTypeConstraintNotAllowed", "The type [void] cannot be used as the type of a variable.")
	}
	_, isList := n.Left.(*ArrayLiteral)
	if !assignable(n.Left) || isList && n.Operator != Equals {
		c.complain(n.Left.Span(), "InvalidLeftHandSide", "The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments, such as a variable or a property.")
	}
}

// assignable reports whether a value can be assigned to target. This holds for
// variables, properties and elements, also with a type before them, in parentheses and
// in lists. It holds for method calls too, which can be properties with parameters.
func assignable(target Expression) bool {
	switch e := target.(type) {
	case *VariableExpression, *MemberExpression, *IndexExpression, *InvokeMemberExpression:
		return true
	case *ConvertExpression:
		return assignable(e.Operand)
	case *AttributedExpression:
		return assignable(e.Operand)
	case *ParenExpression:
		lone, ok := bare(e.Pipeline).(*CommandExpression)
		return ok && assignable(lone.Expression)
	case *ArrayLiteral:
		return !slices.ContainsFunc(e.Elements, func(element Expression) bool { return !assignable(element) })
	}
	return false
}

var stepSigns = map[Operator]string{PlusPlus: "++", PostfixPlusPlus: "++", MinusMinus: "--", PostfixMinusMinus: "--"}

func (c *checker) unary(n *UnaryExpression) {
	sign, steps := stepSigns[n.Operator]
	if steps && !assignable(n.Operand) {
		c.complain(n.Operand.Span(), "OperatorRequiresVariableOrProperty", "The '%s' operator works only on variables or on properties.", sign)
	}
}

// keys complains about constant keys that a hashtable has twice.
func (c *checker) keys(table *Hashtable) {
	seen := map[string]bool{}
	for _, entry := range table.Entries {
		var key, shown string
		switch k := entry.Key.(type) {
		case *StringConstantExpression:
			key, shown = strings.ToLower(k.Value), k.Value
		case *ConstantExpression:
			shown = fmt.Sprint(k.Value)
			key = strings.ToLower(shown)
		default:
			continue
		}
		if seen[key] {
			c.complain(entry.Key.Span(), "DuplicateKeyInHashLiteral", "Duplicate keys '%s' are not allowed in hash literals.", shown)
		}
		seen[key] = true
	}
}

func (c *checker) parameters(list []*Parameter) {
	seen := map[string]bool{}
	for _, parameter := range list {
		name := strings.ToLower(parameter.Name.Name)
		if seen[name] {
			c.complain(parameter.Name.Extent, "DuplicateFormalParameter", "Duplicate parameter $%s in parameter list.", parameter.Name.Name)
		}
		seen[name] = true
	}
}

// before complains about a type that stands before param, where only attributes may.
func (c *checker) before(n *ParamBlock) {
	for _, a := range n.Attributes {
		if t, ok := a.(*TypeConstraint); ok {
			c.complain(t.Extent, "TypeNotAllowedBeforeParam", "The type '%s' is not allowed before the 'param' keyword.", t.Type.String())
		}
	}
}

// attributes complains about attribute arguments that are computed. An argument must be
// a constant or a script block.
func (c *checker) attributes(n *Parameter) {
	for _, a := range n.Attributes {
		attribute, ok := a.(*Attribute)
		if !ok {
			continue
		}
		for _, argument := range attribute.Positional {
			switch argument.(type) {
			case *ArrayExpression, *SubExpression, *Hashtable, *ExpandableStringExpression, *InvokeMemberExpression:
				c.complain(argument.Span(), "ParameterAttributeArgumentNeedsToBeConstantOrScriptBlock",
					"Attribute argument must be a constant or a script block.")
			}
		}
	}
}

func (c *checker) conversion(n *ConvertExpression) {
	if _, literal := n.Operand.(*Hashtable); !literal && strings.EqualFold(n.Type.Type.String(), "ordered") {
		c.complain(n.Extent, "OrderedAttributeOnlyOnHashLiteralNode", "The ordered attribute can be specified only on a hash literal node.")
	}
}

var versionForm = regexp.MustCompile(`(?i)^-v(ersion)?\s+\d+(\.\d+){0,3}\b`)

func (c *checker) requirements(n *ScriptBlock) {
	for _, r := range n.Requirements {
		if strings.HasPrefix(strings.ToLower(r.Clause), "-v") && !versionForm.MatchString(r.Clause) {
			c.complain(r.Extent, "RequiresVersionInvalid", "Cannot bind argument to the #requires statement: the version is not valid.")
		}
	}
}

// catches complains about a catch that is never reached: an earlier catch takes the
// same type or every exception.
func (c *checker) catches(n *TryStatement) {
	caught := map[string]bool{}
	for _, clause := range n.Catches {
		for _, t := range clause.Types {
			name := strings.TrimPrefix(strings.ToLower(t.Type.String()), "system.")
			if caught[name] || caught["exception"] {
				c.complain(t.Extent, "ExceptionTypeAlreadyCaught", "The exception type '%s' is already handled by a previous handler.", t.Type.String())
			}
			caught[name] = true
		}
	}
	for i, clause := range n.Catches[:max(0, len(n.Catches)-1)] {
		if len(clause.Types) == 0 {
			c.complain(n.Catches[i+1].Extent, "EmptyCatchNotLast", "Catch block must be the last catch block.")
			return
		}
	}
}
