package syntax

import "strings"

// ScriptBlock is a script, the body of a function or the text between braces.
// Blocks that are not written are nil. In a script without named blocks, End holds the
// statements.
type ScriptBlock struct {
	Extent
	Usings       []*UsingStatement
	Requirements []Requirement // #Requires lines, in order
	Attributes   []AttributeNode
	Params       *ParamBlock
	DynamicParam *NamedBlock
	Begin        *NamedBlock
	Process      *NamedBlock
	End          *NamedBlock
}

// String is the text that ScriptBlock.ToString() gives: the source without the braces.
func (b *ScriptBlock) String() string {
	text := b.Text()
	if inner, ok := strings.CutPrefix(text, "{"); ok {
		return strings.TrimSuffix(inner, "}")
	}
	return text
}

// Requirement is one #Requires comment. Clause is the text behind the word #Requires.
type Requirement struct {
	Extent
	Clause string
}

// BlockKind is the kind of a named block.
type BlockKind int

// The named blocks of a script block.
const (
	EndBlock BlockKind = iota
	BeginBlock
	ProcessBlock
	DynamicParamBlock
)

// String is the block's name as the engine writes it.
func (k BlockKind) String() string {
	return [...]string{"End", "Begin", "Process", "DynamicParam"}[k]
}

// NamedBlock is a begin, process, end or dynamicparam block. With Unnamed set it was
// written without keyword and braces.
type NamedBlock struct {
	Extent
	Kind       BlockKind
	Unnamed    bool
	Traps      []*TrapStatement
	Statements []Statement
}

// StatementBlock is a list of statements. Most of them are written between braces.
type StatementBlock struct {
	Extent
	Traps      []*TrapStatement
	Statements []Statement
}

// ParamBlock is param(…) with the attributes written before it. These attributes, such
// as [CmdletBinding()], belong to the script block.
type ParamBlock struct {
	Extent
	Attributes []AttributeNode
	Parameters []*Parameter
}

// Parameter is one parameter of a script block or function. Attributes holds its
// attributes and type constraints in the order written; Default may be nil.
type Parameter struct {
	Extent
	Attributes []AttributeNode
	Name       *VariableExpression
	Default    Expression
}

// Type is the parameter's type: the last type constraint, or nil.
func (p *Parameter) Type() *TypeConstraint {
	for i := len(p.Attributes) - 1; i >= 0; i-- {
		if constraint, ok := p.Attributes[i].(*TypeConstraint); ok {
			return constraint
		}
	}
	return nil
}

// Attribute is [Name(positional, Named = value)].
type Attribute struct {
	Extent
	Name       *TypeName
	Positional []Expression
	Named      []*NamedAttributeArgument
}

// NamedAttributeArgument is Name = Value. When only the name is written, Value is the
// constant true and Omitted is set.
type NamedAttributeArgument struct {
	Extent
	Name    string
	Value   Expression
	Omitted bool
}

// TypeConstraint is [type] before a variable, a parameter or an operand, or one type
// of a catch.
type TypeConstraint struct {
	Extent
	Type *TypeName
}

func (*Attribute) attributeNode()      {}
func (*TypeConstraint) attributeNode() {}
