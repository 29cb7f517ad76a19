package syntax

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Outline writes a tree in the notation of test/data/powershell/syntax.tsv:
// (Kind details child…). The kinds have the names that the engine gives them.
func Outline(node Node) string {
	var text strings.Builder
	outline(&text, node)
	return text.String()
}

func outline(text *strings.Builder, node Node) {
	text.WriteString("(" + reflect.TypeOf(node).Elem().Name())
	for _, detail := range details(node) {
		if detail != "" {
			text.WriteString(" " + detail)
		}
	}
	for child := range children(node) {
		text.WriteByte(' ')
		outline(text, child)
	}
	text.WriteByte(')')
}

// details are the words behind a node's kind. Empty words are left out.
func details(node Node) []string {
	switch n := node.(type) {
	case *NamedBlock:
		return []string{n.Kind.String()}
	case *TypeConstraint:
		return []string{n.Type.String()}
	case *Attribute:
		return []string{n.Name.String()}
	case *NamedAttributeArgument:
		return []string{n.Name}
	case *FunctionDefinition:
		return []string{when(n.Filter, "filter"), n.Name}
	case *UsingStatement:
		return []string{n.Kind, n.Name}
	case *Command:
		return []string{[...]string{"", "Ampersand", "Dot"}[n.Invocation]}
	case *CommandParameter:
		return []string{n.Name}
	case *FileRedirection:
		return []string{n.From.String(), when(n.Append, "append")}
	case *MergingRedirection:
		return []string{n.From.String() + "->" + n.To.String()}
	case *AssignmentStatement:
		return []string{string(n.Operator)}
	}
	if label, ok := loopLabel(node); ok {
		return loopDetails(node, label)
	}
	return expressionDetails(node)
}

func when(holds bool, word string) string {
	if holds {
		return word
	}
	return ""
}

func loopDetails(node Node, label string) []string {
	var list []string
	if label != "" {
		list = append(list, ":"+label)
	}
	if n, ok := node.(*SwitchStatement); ok {
		list = append(list, n.Flags.String())
	}
	return list
}

func expressionDetails(node Node) []string {
	switch n := node.(type) {
	case *ConstantExpression:
		return constantDetails(n.Value)
	case *StringConstantExpression:
		return []string{n.Quote.String(), quoted(n.Value)}
	case *ExpandableStringExpression:
		return []string{n.Quote.String(), quoted(n.Value)}
	case *VariableExpression:
		if n.Splatted {
			return []string{"@" + n.Name}
		}
		return []string{"$" + n.Name}
	case *BinaryExpression:
		return []string{string(n.Operator)}
	case *UnaryExpression:
		return []string{string(n.Operator)}
	case *TypeExpression:
		return []string{n.Type.String()}
	case *MemberExpression:
		return []string{when(n.Static, "static")}
	case *InvokeMemberExpression:
		return []string{when(n.Static, "static")}
	}
	return nil
}

var quoteEscapes = strings.NewReplacer("'", "''", "\n", `\n`, "\r", `\r`, "\t", `\t`)

func quoted(text string) string { return "'" + quoteEscapes.Replace(text) + "'" }

func constantDetails(value any) []string {
	switch v := value.(type) {
	case int32:
		return []string{"Int32", strconv.Itoa(int(v))}
	case int64:
		return []string{"Int64", strconv.FormatInt(v, 10)}
	case float64:
		return []string{"Double", strings.ToUpper(strconv.FormatFloat(v, 'g', -1, 64))}
	case Decimal:
		return []string{"Decimal", string(v)}
	case bool:
		return []string{"Boolean", map[bool]string{true: "True", false: "False"}[v]}
	}
	return []string{fmt.Sprintf("%T %v", value, value)}
}
