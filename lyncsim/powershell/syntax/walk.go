package syntax

import "iter"

// Inspect visits node and all nodes below it, parents first, in the order of the
// engine's tree. When visit gives false for a node, the nodes below it are left out.
func Inspect(node Node, visit func(Node) bool) {
	if node == nil || !visit(node) {
		return
	}
	for child := range children(node) {
		Inspect(child, visit)
	}
}

// Walk yields node and all nodes below it, parents first.
func Walk(node Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		going := true
		Inspect(node, func(n Node) bool {
			going = going && yield(n)
			return going
		})
	}
}

// children yields the nodes right below a node.
func children(node Node) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for _, child := range childList(node) {
			if !yield(child) {
				return
			}
		}
	}
}

// family is a list of child nodes. Parts that a node does not have are left out of it.
type family []Node

// all adds the nodes of a list.
func all[T Node](f family, nodes []T) family {
	for _, node := range nodes {
		f = append(f, node)
	}
	return f
}

// one adds a node that may be nil.
func one[T any, P interface {
	*T
	Node
}](f family, node P) family {
	if node == nil {
		return f
	}
	return append(f, node)
}

// some adds nodes held as interfaces, any of which may be nil.
func some(f family, nodes ...Node) family {
	for _, node := range nodes {
		if node != nil {
			f = append(f, node)
		}
	}
	return f
}

func childList(node Node) family {
	if list, ok := blockChildren(node); ok {
		return list
	}
	if list, ok := statementChildren(node); ok {
		return list
	}
	if list, ok := flowChildren(node); ok {
		return list
	}
	return expressionChildren(node)
}
