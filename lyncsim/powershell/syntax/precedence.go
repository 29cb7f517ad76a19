package syntax

import "strings"

// precedence is the precedence of a binary operator. A higher one binds tighter. All
// binary operators are left-associative.
type precedence int

const (
	notBinary precedence = iota
	logical
	bitwise
	comparison
	additive
	multiplicative
	formatting
	ranging
)

// binary is an operator between two values.
type binary struct {
	operator   Operator
	precedence precedence
}

var signOperators = map[string]binary{
	"+": {Plus, additive}, "-": {Minus, additive},
	"–": {Minus, additive}, "—": {Minus, additive}, "―": {Minus, additive},
	"*": {Multiply, multiplicative}, "/": {Divide, multiplicative}, "%": {Rem, multiplicative},
	"..": {DotDot, ranging},
}

// dashOperators are the binary operators that are written as a dash and letters, by
// lower-case name.
var dashOperators = caseVariants(map[string]binary{
	"and": {And, logical}, "or": {Or, logical}, "xor": {Xor, logical},
	"band": {Band, bitwise}, "bor": {Bor, bitwise}, "bxor": {Bxor, bitwise},
	"shl": {Shl, comparison}, "shr": {Shr, comparison},
	"join": {Join, comparison}, "is": {Is, comparison}, "isnot": {IsNot, comparison}, "as": {As, comparison},
	"f": {Format, formatting},
})

// caseVariants adds the operators that come in three spellings: -eq and -ieq
// ignore case, -ceq does not.
func caseVariants(operators map[string]binary) map[string]binary {
	const names = "eq ne ge gt lt le like notlike match notmatch replace contains notcontains in notin split"
	for name := range strings.FieldsSeq(names) {
		ignoring := binary{Operator("I" + name), comparison}
		operators[name] = ignoring
		operators["i"+name] = ignoring
		operators["c"+name] = binary{Operator("C" + name), comparison}
	}
	return operators
}

// dashUnary are the unary operators that are written as a dash and letters.
var dashUnary = map[string]Operator{
	"not": Not, "bnot": Bnot, "join": Join, "split": Isplit, "isplit": Isplit, "csplit": Csplit,
}

var signUnary = map[string]Operator{
	"!": Exclaim, "+": Plus, "-": Minus, "–": Minus, "—": Minus, "―": Minus,
	"++": PlusPlus, "--": MinusMinus,
}

var assignments = map[string]AssignmentOperator{
	"=": Equals, "+=": PlusEquals, "-=": MinusEquals, "*=": MultiplyEquals, "/=": DivideEquals, "%=": RemainderEquals,
}

func isDashOperator(name string) bool {
	_, isBinary := dashOperators[name]
	_, isUnary := dashUnary[name]
	return isBinary || isUnary
}

// binary is the token's meaning between two values.
func (t token) binary() binary {
	switch t.kind {
	case dashToken:
		return dashOperators[t.value]
	case symbolToken:
		return signOperators[t.text]
	}
	return binary{}
}

// unary is the token's meaning before a value, "" if it has none.
func (t token) unary() Operator {
	switch t.kind {
	case dashToken:
		return dashUnary[t.value]
	case symbolToken:
		return signUnary[t.text]
	}
	return ""
}

// assignment is the token's meaning behind a value, "" if it assigns nothing.
func (t token) assignment() AssignmentOperator {
	if t.kind != symbolToken {
		return ""
	}
	return assignments[t.text]
}

// startsExpression reports whether a token read in operandMode begins a value.
func (t token) startsExpression() bool {
	switch t.kind {
	case numberToken, stringToken, expandableToken, variableToken, splatToken:
		return true
	case symbolToken:
		switch t.text {
		case "(", "$(", "@(", "@{", "{", "[", ",":
			return true
		}
	}
	return t.unary() != ""
}
