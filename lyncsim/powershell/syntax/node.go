package syntax

// Node is one piece of the tree.
type Node interface {
	// Span is the node's stretch of source.
	Span() Extent
}

// Statement is a node that can stand in a block. Pipelines are statements, and so
// are a lone Command or CommandExpression: the right side of an assignment has
// them without a Pipeline around.
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

// expressionNode is embedded by every expression: an extent with the markers.
type expressionNode struct{ Extent }

func (expressionNode) expression()     {}
func (expressionNode) commandElement() {}

// statementNode is embedded by every statement.
type statementNode struct{ Extent }

func (statementNode) statement() {}
