package syntax

import (
	"fmt"
	"slices"
	"strings"
)

// check finds what the grammar allows and the engine still refuses. The engine
// looks for it only in text that parses.
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
	_, isList := n.Left.(*ArrayLiteral)
	if !assignable(n.Left) || isList && n.Operator != Equals {
		c.complain(n.Left.Span(), "InvalidLeftHandSide", "The assignment expression is not valid. The input to an assignment operator must be an object that is able to accept assignments, such as a variable or a property.")
	}
}

// assignable: variables, properties and elements; also typed, in parentheses and
// in lists. A call stands for a property with parameters.
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

// keys complains about constant keys that are there twice.
func (c *checker) keys(table *Hashtable) {
	seen := map[string]bool{}
	for _, entry := range table.Entries {
		var key, shown string
		switch k := entry.Key.(type) {
		case *StringConstantExpression:
			key, shown = "text "+strings.ToLower(k.Value), k.Value
		case *ConstantExpression:
			shown = fmt.Sprint(k.Value)
			key = fmt.Sprintf("%T %v", k.Value, k.Value)
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

// catches complains about a catch behind one that catches all.
func (c *checker) catches(n *TryStatement) {
	for i, clause := range n.Catches[:max(0, len(n.Catches)-1)] {
		if len(clause.Types) == 0 {
			c.complain(n.Catches[i+1].Extent, "EmptyCatchNotLast", "Catch block must be the last catch block.")
			return
		}
	}
}
