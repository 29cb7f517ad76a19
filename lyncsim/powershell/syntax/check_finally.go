package syntax

import "strings"

// leaving complains about statements that would jump out of a finally block. Labels
// lists the labels of the loops between the block and the node, "" for a loop without
// label.
func (c *checker) leaving(node Node, labels []string) {
	switch n := node.(type) {
	case *ScriptBlock, *TrapStatement:
		return
	case *ReturnStatement:
		c.leaves(n.Extent)
	case *BreakStatement:
		if !stays(n.Label, labels) {
			c.leaves(n.Extent)
		}
	case *ContinueStatement:
		if !stays(n.Label, labels) {
			c.leaves(n.Extent)
		}
	}
	if label, isLoop := loopLabel(node); isLoop {
		labels = append(labels[:len(labels):len(labels)], label)
	}
	inner, isTry := node.(*TryStatement)
	for child := range children(node) {
		if isTry && child == Node(inner.Finally) {
			continue // check visits this finally block separately
		}
		c.leaving(child, labels)
	}
}

func (c *checker) leaves(where Extent) {
	c.complain(where, "ControlLeavingFinally", "Flow of control cannot leave a Finally block.")
}

// stays reports whether a jump to the label ends at one of the loops.
func stays(label Expression, loops []string) bool {
	if label == nil {
		return len(loops) > 0
	}
	name, ok := label.(*StringConstantExpression)
	if !ok {
		return false
	}
	for _, loop := range loops {
		if strings.EqualFold(loop, name.Value) {
			return true
		}
	}
	return false
}
