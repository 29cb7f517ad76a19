package syntax

// ConstantExpression is a number, or the constant true that an attribute argument
// without value stands for. Value is an int32, int64, float64, Decimal or bool.
type ConstantExpression struct {
	expressionNode
	Value any
}

// Decimal is the exact decimal digits of a System.Decimal, e.g. "1.50".
type Decimal string

// StringConstantExpression is text without expansion, quotes and escapes removed.
type StringConstantExpression struct {
	expressionNode
	Quote QuoteKind
	Value string
}

// ExpandableStringExpression is text with variables or $(…) in it. Value is the text
// with escapes resolved and the expressions as written. Parts holds the pieces of the
// text in order. The string's value is made by evaluating and joining them.
type ExpandableStringExpression struct {
	expressionNode
	Quote QuoteKind
	Value string
	Parts []StringPart
}

// StringPart is a piece of a string. With Expression set it is a variable or
// subexpression, whose value stands in the string. Otherwise it is literal text.
type StringPart struct {
	Literal    string
	Expression Expression
}

// QuoteKind is the way in which a string was written.
type QuoteKind int

// The ways to write a string.
const (
	BareWord QuoteKind = iota
	SingleQuoted
	SingleQuotedHereString
	DoubleQuoted
	DoubleQuotedHereString
)

// String is the engine's name of the quoting.
func (k QuoteKind) String() string {
	return [...]string{"BareWord", "SingleQuoted", "SingleQuotedHereString", "DoubleQuoted", "DoubleQuotedHereString"}[k]
}

// BinaryExpression is Left op Right. Sign is the place of the operator.
type BinaryExpression struct {
	expressionNode
	Operator    Operator
	Left, Right Expression
	Sign        Extent
}

// UnaryExpression is an operator before (or, for PostfixPlusPlus and
// PostfixMinusMinus, behind) its operand.
type UnaryExpression struct {
	expressionNode
	Operator Operator
	Operand  Expression
}

// ConvertExpression is [type]operand.
type ConvertExpression struct {
	expressionNode
	Type    *TypeConstraint
	Operand Expression
}

// AttributedExpression is [Attribute()]operand, e.g. [ValidateRange(1,5)]$x = 1.
type AttributedExpression struct {
	expressionNode
	Attribute *Attribute
	Operand   Expression
}

// TypeExpression is [type] as a value.
type TypeExpression struct {
	expressionNode
	Type *TypeName
}

// MemberExpression is Target.Member, or Target::Member with Static. Member is a
// StringConstantExpression for a plain name.
type MemberExpression struct {
	expressionNode
	Target Expression
	Member Expression
	Static bool
}

// InvokeMemberExpression is a method call.
type InvokeMemberExpression struct {
	expressionNode
	Target    Expression
	Member    Expression
	Static    bool
	Arguments []Expression
}

// IndexExpression is Target[Index].
type IndexExpression struct {
	expressionNode
	Target Expression
	Index  Expression
}

// ArrayLiteral is values joined by commas.
type ArrayLiteral struct {
	expressionNode
	Elements []Expression
}

// ArrayExpression is @(…).
type ArrayExpression struct {
	expressionNode
	Body *StatementBlock
}

// SubExpression is $(…).
type SubExpression struct {
	expressionNode
	Body *StatementBlock
}

// ParenExpression is (…) around a pipeline or an assignment.
type ParenExpression struct {
	expressionNode
	Pipeline Statement
}

// Hashtable is @{…}, in the order written.
type Hashtable struct {
	expressionNode
	Entries []HashtableEntry
}

// HashtableEntry is Key = Value.
type HashtableEntry struct {
	Key   Expression
	Value Statement
}

// ScriptBlockExpression is {…} as a value.
type ScriptBlockExpression struct {
	expressionNode
	Body *ScriptBlock
}
