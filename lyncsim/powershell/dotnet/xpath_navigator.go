package dotnet

import (
	"github.com/antchfx/xpath"
	"github.com/beevik/etree"
)

// navigator moves over a document for XPath: to elements, their attributes and texts.
type navigator struct {
	doc  *XMLDocument
	elem *etree.Element
	attr int         // index of the attribute, -1 when not at an attribute
	tok  etree.Token // the text or comment, nil when not at one
}

func (n *navigator) node() any {
	switch {
	case n.tok != nil:
		return XMLNode{doc: n.doc, tok: n.tok}
	case n.attr >= 0:
		return XMLNode{doc: n.doc, elem: n.elem, attr: n.elem.Attr[n.attr].FullKey()}
	case n.elem == &n.doc.tree.Element:
		return n.doc
	}
	return n.doc.node(n.elem)
}

// NodeType implements xpath.NodeNavigator.
func (n *navigator) NodeType() xpath.NodeType {
	switch {
	case n.tok != nil:
		if _, ok := n.tok.(*etree.CharData); ok {
			return xpath.TextNode
		}
		return xpath.CommentNode
	case n.attr >= 0:
		return xpath.AttributeNode
	case n.elem == &n.doc.tree.Element:
		return xpath.RootNode
	}
	return xpath.ElementNode
}

// LocalName implements xpath.NodeNavigator.
func (n *navigator) LocalName() string {
	switch {
	case n.tok != nil:
		return ""
	case n.attr >= 0:
		return n.elem.Attr[n.attr].Key
	}
	return n.elem.Tag
}

// Prefix implements xpath.NodeNavigator. For an element in a namespace it is the
// namespace's URI, so that a name without prefix does not find the element.
func (n *navigator) Prefix() string { return n.NamespaceURL() }

// NamespaceURL is the namespace of an element or attribute.
func (n *navigator) NamespaceURL() string {
	switch {
	case n.tok != nil:
		return ""
	case n.attr >= 0:
		if space := n.elem.Attr[n.attr].Space; space != "" {
			return namespaceOfPrefix(n.elem, space)
		}
		return ""
	}
	return namespaceURI(n.elem)
}

// Value implements xpath.NodeNavigator.
func (n *navigator) Value() string {
	switch {
	case n.tok != nil:
		return XMLNode{tok: n.tok}.value()
	case n.attr >= 0:
		return n.elem.Attr[n.attr].Value
	}
	return innerText(n.elem)
}

// Copy implements xpath.NodeNavigator.
func (n *navigator) Copy() xpath.NodeNavigator {
	c := *n
	return &c
}

// MoveToRoot implements xpath.NodeNavigator.
func (n *navigator) MoveToRoot() { n.elem, n.attr, n.tok = &n.doc.tree.Element, -1, nil }

// MoveToParent implements xpath.NodeNavigator.
func (n *navigator) MoveToParent() bool {
	switch {
	case n.tok != nil:
		n.elem, n.tok = n.tok.Parent(), nil
		return n.elem != nil
	case n.attr >= 0:
		n.attr = -1
		return true
	case n.elem.Parent() == nil:
		return false
	}
	n.elem = n.elem.Parent()
	return true
}

// MoveToNextAttribute implements xpath.NodeNavigator. Namespace declarations are no attributes.
func (n *navigator) MoveToNextAttribute() bool {
	if n.tok != nil {
		return false
	}
	for i := n.attr + 1; i < len(n.elem.Attr); i++ {
		if a := n.elem.Attr[i]; a.Space != "xmlns" && a.FullKey() != "xmlns" {
			n.attr = i
			return true
		}
	}
	return false
}

// MoveToChild implements xpath.NodeNavigator.
func (n *navigator) MoveToChild() bool {
	return n.tok == nil && n.attr < 0 && n.moveTo(n.elem, 0, 1)
}

// MoveToFirst implements xpath.NodeNavigator.
func (n *navigator) MoveToFirst() bool { return n.attr < 0 && n.moveTo(n.parent(), 0, 1) }

// MoveToNext implements xpath.NodeNavigator.
func (n *navigator) MoveToNext() bool {
	return n.attr < 0 && n.moveTo(n.parent(), n.position()+1, 1)
}

// MoveToPrevious implements xpath.NodeNavigator.
func (n *navigator) MoveToPrevious() bool {
	return n.attr < 0 && n.moveTo(n.parent(), n.position()-1, -1)
}

// MoveTo implements xpath.NodeNavigator.
func (n *navigator) MoveTo(to xpath.NodeNavigator) bool {
	other, ok := to.(*navigator)
	if ok {
		*n = *other
	}
	return ok
}

func (n *navigator) parent() *etree.Element {
	if n.tok != nil {
		return n.tok.Parent()
	}
	return n.elem.Parent()
}

func (n *navigator) position() int {
	if n.tok != nil {
		return n.tok.Index()
	}
	return n.elem.Index()
}

// moveTo goes to the first element, text or comment among the children of a parent. It
// begins at the child number at and goes on in steps of by.
func (n *navigator) moveTo(parent *etree.Element, at, by int) bool {
	for ; parent != nil && at >= 0 && at < len(parent.Child); at += by {
		switch t := parent.Child[at].(type) {
		case *etree.Element:
			n.elem, n.tok = t, nil
			return true
		case *etree.CharData, *etree.Comment:
			n.tok, n.elem = t, parent
			return true
		}
	}
	return false
}
