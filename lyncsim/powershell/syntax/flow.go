package syntax

// IfStatement is if, elseif… and else. Else may be nil.
type IfStatement struct {
	statementNode
	Clauses []IfClause
	Else    *StatementBlock
}

// IfClause is one condition and the block that runs when it is true.
type IfClause struct {
	Condition Statement
	Body      *StatementBlock
}

// WhileStatement tests its condition before each round. Label is "" when none is written.
type WhileStatement struct {
	statementNode
	Label     string
	Condition Statement
	Body      *StatementBlock
}

// DoWhileStatement tests its condition after each round and goes on while it is true.
type DoWhileStatement struct {
	statementNode
	Label     string
	Condition Statement
	Body      *StatementBlock
}

// DoUntilStatement tests its condition after each round and goes on until it is true.
type DoUntilStatement struct {
	statementNode
	Label     string
	Condition Statement
	Body      *StatementBlock
}

// ForStatement is for (Initializer; Condition; Iterator). Each of the three may be nil.
type ForStatement struct {
	statementNode
	Label       string
	Initializer Statement
	Condition   Statement
	Iterator    Statement
	Body        *StatementBlock
}

// ForEachStatement is foreach (Variable in Collection).
type ForEachStatement struct {
	statementNode
	Label      string
	Variable   *VariableExpression
	Collection Statement
	Body       *StatementBlock
}

// SwitchStatement compares the values of Condition with each clause in turn. With the
// flag SwitchFile, Condition names a file and the values are its lines.
type SwitchStatement struct {
	statementNode
	Label     string
	Flags     SwitchFlags
	Condition Statement
	Clauses   []SwitchClause
	Default   *StatementBlock
}

// SwitchClause is one pattern and its block. A ScriptBlockExpression as pattern is run
// as a test. Every other pattern is compared with the value.
type SwitchClause struct {
	Pattern Expression
	Body    *StatementBlock
}

// SwitchFlags are the parameters of switch.
type SwitchFlags int

// The parameters of switch, as bits.
const (
	SwitchFile SwitchFlags = 1 << iota
	SwitchRegex
	SwitchWildcard
	SwitchExact
	SwitchCaseSensitive
)

var switchFlagNames = []string{"File", "Regex", "Wildcard", "Exact", "CaseSensitive"}

// String lists the flags as the engine writes them, "None" when there are none.
func (f SwitchFlags) String() string {
	text := ""
	for i, name := range switchFlagNames {
		if f&(1<<i) == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += name
	}
	if text == "" {
		return "None"
	}
	return text
}

// TryStatement is try with catches and finally. Finally may be nil.
type TryStatement struct {
	statementNode
	Body    *StatementBlock
	Catches []*CatchClause
	Finally *StatementBlock
}

// loopLabel is the label of a loop or switch statement, "" when it has none. The second
// result is false for every other statement: break and continue cannot end at it.
func loopLabel(node Node) (string, bool) {
	switch n := node.(type) {
	case *WhileStatement:
		return n.Label, true
	case *DoWhileStatement:
		return n.Label, true
	case *DoUntilStatement:
		return n.Label, true
	case *ForStatement:
		return n.Label, true
	case *ForEachStatement:
		return n.Label, true
	case *SwitchStatement:
		return n.Label, true
	}
	return "", false
}

// CatchClause catches the exceptions of the listed types, or without types every
// exception.
type CatchClause struct {
	Extent
	Types []*TypeConstraint
	Body  *StatementBlock
}
