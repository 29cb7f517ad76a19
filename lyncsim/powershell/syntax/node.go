package syntax

// Node is one node of the tree.
type Node interface {
	// Span is the part of the source that the node was made of.
	Span() Extent
}

// Statement is a node that can stand in a block. A Pipeline is a statement. A Command or
// CommandExpression is a statement too, because on the right side of an assignment it
// stands without a Pipeline around it.
type Statement interface {
	Node
	statement()
}

// Expression is a node that has a value. It can be an element of a command.
type Expression interface {
	CommandElement
	expression()
}

// PipelineElement is a *Command or a *CommandExpression.
type PipelineElement interface {
	Statement
	pipelineElement()
}

// CommandElement is an Expression or a *CommandParameter.
type CommandElement interface {
	Node
	commandElement()
}

// Redirection is a *FileRedirection or a *MergingRedirection.
type Redirection interface {
	Node
	redirection()
}

// AttributeNode is an *Attribute or a *TypeConstraint.
type AttributeNode interface {
	Node
	attributeNode()
}

// expressionNode is embedded by every expression. It is an Extent with the methods that
// mark a node as an expression.
type expressionNode struct{ Extent }

func (expressionNode) expression()     {}
func (expressionNode) commandElement() {}

// statementNode is embedded by every statement.
type statementNode struct{ Extent }

func (statementNode) statement() {}
