package syntax

// Operator is a unary or binary operator under the engine's name. The I and C
// before comparison, -replace and -split ones say whether case is ignored; the
// forms without a letter (-eq) are the I ones.
type Operator string

// Arithmetic, logical, bitwise and other operators without a case.
const (
	Plus     Operator = "Plus"
	Minus    Operator = "Minus"
	Multiply Operator = "Multiply"
	Divide   Operator = "Divide"
	Rem      Operator = "Rem"
	DotDot   Operator = "DotDot"
	Format   Operator = "Format"
	And      Operator = "And"
	Or       Operator = "Or"
	Xor      Operator = "Xor"
	Band     Operator = "Band"
	Bor      Operator = "Bor"
	Bxor     Operator = "Bxor"
	Shl      Operator = "Shl"
	Shr      Operator = "Shr"
	Join     Operator = "Join" // binary and unary
	Is       Operator = "Is"
	IsNot    Operator = "IsNot"
	As       Operator = "As"
)

// Operators that ignore case.
const (
	Ieq          Operator = "Ieq"
	Ine          Operator = "Ine"
	Ige          Operator = "Ige"
	Igt          Operator = "Igt"
	Ilt          Operator = "Ilt"
	Ile          Operator = "Ile"
	Ilike        Operator = "Ilike"
	Inotlike     Operator = "Inotlike"
	Imatch       Operator = "Imatch"
	Inotmatch    Operator = "Inotmatch"
	Ireplace     Operator = "Ireplace"
	Icontains    Operator = "Icontains"
	Inotcontains Operator = "Inotcontains"
	Iin          Operator = "Iin"
	Inotin       Operator = "Inotin"
	Isplit       Operator = "Isplit" // binary and unary
)

// Operators that heed case.
const (
	Ceq          Operator = "Ceq"
	Cne          Operator = "Cne"
	Cge          Operator = "Cge"
	Cgt          Operator = "Cgt"
	Clt          Operator = "Clt"
	Cle          Operator = "Cle"
	Clike        Operator = "Clike"
	Cnotlike     Operator = "Cnotlike"
	Cmatch       Operator = "Cmatch"
	Cnotmatch    Operator = "Cnotmatch"
	Creplace     Operator = "Creplace"
	Ccontains    Operator = "Ccontains"
	Cnotcontains Operator = "Cnotcontains"
	Cin          Operator = "Cin"
	Cnotin       Operator = "Cnotin"
	Csplit       Operator = "Csplit" // binary and unary
)

// Unary operators. Plus, Minus, Join, Isplit and Csplit are unary as well.
// Array is not one: ,x is an ArrayLiteral.
const (
	Not               Operator = "Not"
	Exclaim           Operator = "Exclaim"
	Bnot              Operator = "Bnot"
	PlusPlus          Operator = "PlusPlus"
	MinusMinus        Operator = "MinusMinus"
	PostfixPlusPlus   Operator = "PostfixPlusPlus"
	PostfixMinusMinus Operator = "PostfixMinusMinus"
)

// AssignmentOperator is = or a compound of it, under the engine's name.
type AssignmentOperator string

// The assignment operators.
const (
	Equals          AssignmentOperator = "Equals"
	PlusEquals      AssignmentOperator = "PlusEquals"
	MinusEquals     AssignmentOperator = "MinusEquals"
	MultiplyEquals  AssignmentOperator = "MultiplyEquals"
	DivideEquals    AssignmentOperator = "DivideEquals"
	RemainderEquals AssignmentOperator = "RemainderEquals"
)

// Invocation is the operator before a command.
type Invocation int

// Direct has no operator, CallOperator is &, DotSource is a dot.
const (
	Direct Invocation = iota
	CallOperator
	DotSource
)

// Stream is an output stream by its number in redirections.
type Stream int

// The streams; AllStreams is written *.
const (
	AllStreams Stream = iota
	OutputStream
	ErrorStream
	WarningStream
	VerboseStream
	DebugStream
	InformationStream
)

// String is the engine's name of the stream.
func (s Stream) String() string {
	return [...]string{"All", "Output", "Error", "Warning", "Verbose", "Debug", "Information"}[s]
}
