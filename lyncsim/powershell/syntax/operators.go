package syntax

// Operator is a unary or binary operator under the engine's name. In the names of
// comparisons, -replace and -split, a leading I means that case is ignored and a leading
// C that it is not. The spelling without a letter, such as -eq, is the I operator.
type Operator string

// Arithmetic, logical, bitwise and other operators for which case does not matter.
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
	Join     Operator = "Join" // both binary and unary
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

// Operators that do not ignore case.
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

// Unary operators. Plus, Minus, Join, Isplit and Csplit are unary as well. The comma is
// not among them: ,x is an ArrayLiteral.
const (
	Not               Operator = "Not"
	Exclaim           Operator = "Exclaim"
	Bnot              Operator = "Bnot"
	PlusPlus          Operator = "PlusPlus"
	MinusMinus        Operator = "MinusMinus"
	PostfixPlusPlus   Operator = "PostfixPlusPlus"
	PostfixMinusMinus Operator = "PostfixMinusMinus"
)

// AssignmentOperator is = or a compound such as +=, under the engine's name.
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

// Invocation is the operator with which a command is called.
type Invocation int

// Direct means no operator, CallOperator is & and DotSource is a dot.
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
