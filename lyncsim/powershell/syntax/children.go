package syntax

func blockChildren(node Node) (family, bool) {
	var f family
	switch n := node.(type) {
	case *ScriptBlock:
		f = one(all(f, n.Usings), n.Params)
		f = one(one(f, n.DynamicParam), n.Begin)
		f = one(one(f, n.Process), n.End)
	case *NamedBlock:
		f = all(all(f, n.Traps), n.Statements)
	case *StatementBlock:
		f = all(all(f, n.Traps), n.Statements)
	case *ParamBlock:
		f = all(all(f, n.Attributes), n.Parameters)
	case *Parameter:
		f = some(one(all(f, n.Attributes), n.Name), n.Default)
	case *Attribute:
		f = all(all(f, n.Positional), n.Named)
	case *NamedAttributeArgument:
		f = some(f, n.Value)
	case *TypeConstraint, *UsingStatement, *MergingRedirection:
	default:
		return nil, false
	}
	return f, true
}

func statementChildren(node Node) (family, bool) {
	var f family
	switch n := node.(type) {
	case *Pipeline:
		f = all(f, n.Elements)
	case *Command:
		f = all(all(f, n.Elements), n.Redirections)
	case *CommandExpression:
		f = all(some(f, n.Expression), n.Redirections)
	case *CommandParameter:
		f = some(f, n.Argument)
	case *FileRedirection:
		f = some(f, n.Target)
	case *AssignmentStatement:
		f = some(f, n.Left, n.Right)
	case *TrapStatement:
		f = one(one(f, n.Type), n.Body)
	case *ReturnStatement:
		f = some(f, n.Value)
	case *ExitStatement:
		f = some(f, n.Value)
	case *ThrowStatement:
		f = some(f, n.Value)
	case *BreakStatement:
		f = some(f, n.Label)
	case *ContinueStatement:
		f = some(f, n.Label)
	case *FunctionDefinition:
		f = one(all(f, n.Parameters), n.Body)
	default:
		return nil, false
	}
	return f, true
}

func flowChildren(node Node) (family, bool) {
	var f family
	switch n := node.(type) {
	case *IfStatement:
		for _, clause := range n.Clauses {
			f = one(some(f, clause.Condition), clause.Body)
		}
		f = one(f, n.Else)
	case *WhileStatement:
		f = one(some(f, n.Condition), n.Body)
	case *DoWhileStatement:
		f = one(some(f, n.Condition), n.Body)
	case *DoUntilStatement:
		f = one(some(f, n.Condition), n.Body)
	case *ForStatement:
		f = one(some(f, n.Initializer, n.Condition, n.Iterator), n.Body)
	case *ForEachStatement:
		f = one(some(one(f, n.Variable), n.Collection), n.Body)
	case *SwitchStatement:
		f = some(f, n.Condition)
		for _, clause := range n.Clauses {
			f = one(some(f, clause.Pattern), clause.Body)
		}
		f = one(f, n.Default)
	case *TryStatement:
		f = one(all(one(f, n.Body), n.Catches), n.Finally)
	case *CatchClause:
		f = one(all(f, n.Types), n.Body)
	default:
		return nil, false
	}
	return f, true
}

func expressionChildren(node Node) family {
	var f family
	switch n := node.(type) {
	case *ExpandableStringExpression:
		for _, part := range n.Parts {
			f = some(f, part.Expression)
		}
	case *BinaryExpression:
		f = some(f, n.Left, n.Right)
	case *UnaryExpression:
		f = some(f, n.Operand)
	case *ConvertExpression:
		f = some(one(f, n.Type), n.Operand)
	case *AttributedExpression:
		f = some(one(f, n.Attribute), n.Operand)
	case *MemberExpression:
		f = some(f, n.Target, n.Member)
	case *InvokeMemberExpression:
		f = all(some(f, n.Target, n.Member), n.Arguments)
	case *IndexExpression:
		f = some(f, n.Target, n.Index)
	case *ArrayLiteral:
		f = all(f, n.Elements)
	case *ArrayExpression:
		f = one(f, n.Body)
	case *SubExpression:
		f = one(f, n.Body)
	case *ParenExpression:
		f = some(f, n.Pipeline)
	case *Hashtable:
		for _, entry := range n.Entries {
			f = some(f, entry.Key, entry.Value)
		}
	case *ScriptBlockExpression:
		f = one(f, n.Body)
	}
	return f
}
