package dotnet

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// XMLNode is a node of an [xml] document: the document itself, an element, an attribute,
// a text, a comment or other content. Two values for the same node are equal.
type XMLNode struct {
	doc  *XMLDocument
	elem *etree.Element // the element, or the element that has the attribute
	attr string         // the attribute's full name, "" for other nodes
	tok  etree.Token    // the text, comment or other content, nil for other nodes
}

// XMLDocument is System.Xml.XmlDocument.
type XMLDocument struct {
	tree *etree.Document
	// PreserveWhitespace makes Load keep the blanks between elements.
	PreserveWhitespace bool
}

// TypeName is the .NET name.
func (d *XMLDocument) TypeName() string { return "System.Xml.XmlDocument" }

// MethodText is the text that the ToString method of a document gives. Inside a string a
// document gives its class name instead.
func (d *XMLDocument) MethodText() string { return "#document" }

// TypeName is the .NET name.
func (n XMLNode) TypeName() string {
	switch n.tok.(type) {
	case *etree.CharData:
		return "System.Xml.XmlText"
	case *etree.Comment:
		return "System.Xml.XmlComment"
	case *etree.ProcInst:
		return "System.Xml.XmlDeclaration"
	}
	if n.attr != "" {
		return "System.Xml.XmlAttribute"
	}
	return "System.Xml.XmlElement"
}

// NewXMLDocument makes an empty document.
func NewXMLDocument() *XMLDocument { return &XMLDocument{tree: etree.NewDocument()} }

// Load reads a text. The error is an XmlException.
func (d *XMLDocument) Load(text string) error {
	tree := etree.NewDocument()
	tree.ReadSettings.PreserveCData = true
	if err := tree.ReadFromString(strings.TrimPrefix(text, "\ufeff")); err != nil {
		return value.NewException("System.Xml.XmlException", err.Error())
	}
	if tree.Root() == nil {
		return value.NewException("System.Xml.XmlException", "Root element is missing.")
	}
	if !d.PreserveWhitespace {
		dropBlanks(&tree.Element)
	}
	d.tree = tree
	return nil
}

// dropBlanks removes text that consists of blanks, as XmlDocument does on reading.
func dropBlanks(e *etree.Element) {
	var kept []etree.Token
	for _, t := range e.Child {
		if data, ok := t.(*etree.CharData); ok && !data.IsCData() && strings.TrimSpace(data.Data) == "" {
			continue
		}
		if child, ok := t.(*etree.Element); ok {
			dropBlanks(child)
		}
		kept = append(kept, t)
	}
	for len(e.Child) > 0 {
		e.RemoveChildAt(0)
	}
	for _, t := range kept {
		e.AddChild(t)
	}
}

func (d *XMLDocument) node(e *etree.Element) any {
	if e == nil {
		return nil
	}
	return XMLNode{doc: d, elem: e}
}

// elementOfNode gives the element that a node stands for. For a document it is the
// element that holds the whole document.
func elementOfNode(v any) (*XMLDocument, *etree.Element) {
	switch n := v.(type) {
	case *XMLDocument:
		return n, &n.tree.Element
	case XMLNode:
		return n.doc, n.elem
	}
	return nil, nil
}

// OuterXML writes a node as .NET does, with empty elements written as <a />.
func OuterXML(v any) string {
	switch n := v.(type) {
	case *XMLDocument:
		return writeTokens(n.tree.Child)
	case XMLNode:
		if n.attr != "" {
			return n.attr + `="` + xmlValue.Replace(n.value()) + `"`
		}
		if n.tok != nil {
			return writeTokens([]etree.Token{n.tok})
		}
		return writeTokens([]etree.Token{n.elem})
	}
	return ""
}

// InnerXML writes the content of a node.
func InnerXML(v any) string {
	_, e := elementOfNode(v)
	if e == nil {
		return ""
	}
	return writeTokens(e.Child)
}

// value is the text of an attribute or of other content.
func (n XMLNode) value() string {
	if n.attr != "" {
		return n.elem.SelectAttrValue(n.attr, "")
	}
	switch t := n.tok.(type) {
	case *etree.CharData:
		return t.Data
	case *etree.Comment:
		return t.Data
	case *etree.ProcInst:
		return t.Inst
	}
	return ""
}

// innerText is the text of an element and of all elements below it.
func innerText(e *etree.Element) string {
	var b strings.Builder
	for _, t := range e.Child {
		switch t := t.(type) {
		case *etree.CharData:
			b.WriteString(t.Data)
		case *etree.Element:
			b.WriteString(innerText(t))
		}
	}
	return b.String()
}

// MethodText is the text that the ToString method of a node gives. For an element it is
// the name, and for every other node its value.
func (n XMLNode) MethodText() string {
	if n.attr != "" || n.tok != nil {
		return n.value()
	}
	return n.elem.Tag
}
