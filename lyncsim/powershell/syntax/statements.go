package syntax

// Pipeline is elements joined by |. Only the first can be a CommandExpression.
type Pipeline struct {
	statementNode
	Elements []PipelineElement
}

// Command is the call of a command. Elements[0] is the command's name, or the expression
// that gives it. The rest are parameters and arguments in the order written.
type Command struct {
	statementNode
	Invocation   Invocation
	Elements     []CommandElement
	Redirections []Redirection
}

// Name is the command's name when it is written as plain text, else "".
func (c *Command) Name() string {
	if len(c.Elements) == 0 {
		return ""
	}
	if name, ok := c.Elements[0].(*StringConstantExpression); ok {
		return name.Value
	}
	return ""
}

// CommandParameter is -Name or -Name:Argument. Argument is nil when no colon is written.
// In that case a parameter that takes a value takes the next element of the command. The
// parameter -- has the name "-".
type CommandParameter struct {
	Extent
	Name     string
	Argument Expression
}

// CommandExpression is an expression as the first element of a pipeline.
type CommandExpression struct {
	statementNode
	Expression   Expression
	Redirections []Redirection
}

// FileRedirection is stream > file, or >> with Append.
type FileRedirection struct {
	Extent
	From   Stream
	Append bool
	Target Expression
}

// MergingRedirection sends one stream into another. It is written from>&to, e.g. 2>&1.
type MergingRedirection struct {
	Extent
	From, To Stream
}

// AssignmentStatement is Left op Right. Right is a CommandExpression when the value is
// a single expression. Otherwise it is a Pipeline or another statement.
type AssignmentStatement struct {
	statementNode
	Operator AssignmentOperator
	Left     Expression
	Right    Statement
}

// TrapStatement catches errors of its block. With a nil Type it catches every error.
type TrapStatement struct {
	statementNode
	Type *TypeConstraint
	Body *StatementBlock
}

// ReturnStatement is return [value]. Value is nil when none is written, also in
// ExitStatement and ThrowStatement.
type ReturnStatement struct {
	statementNode
	Value Statement
}

// ExitStatement is exit [value].
type ExitStatement struct {
	statementNode
	Value Statement
}

// ThrowStatement is throw [value].
type ThrowStatement struct {
	statementNode
	Value Statement
}

// BreakStatement is break [label]. The label is an expression, or nil when none is
// written.
type BreakStatement struct {
	statementNode
	Label Expression
}

// ContinueStatement is continue [label].
type ContinueStatement struct {
	statementNode
	Label Expression
}

// FunctionDefinition is function or filter. Parameters holds the parameters in
// parentheses after the name. It is nil without these parentheses. Body.Params may hold
// parameters then.
type FunctionDefinition struct {
	statementNode
	Name       string
	Filter     bool
	Parameters []*Parameter
	Body       *ScriptBlock
}

// UsingStatement is using namespace, module or assembly.
type UsingStatement struct {
	statementNode
	Kind string // namespace, module or assembly
	Name string
}

func (*Command) pipelineElement()           {}
func (*CommandExpression) pipelineElement() {}

func (*CommandParameter) commandElement() {}

func (*FileRedirection) redirection()    {}
func (*MergingRedirection) redirection() {}
