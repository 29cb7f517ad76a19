package dotnet

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/internal/sim/powershell/value"
)

// nodeMembers are the properties that every node has.
func nodeMembers() Members {
	of := func(name string, get func(d *XMLDocument, e *etree.Element, n XMLNode) any) Member {
		return Member{Name: name, Get: func(_ *Env, self any) (any, error) {
			d, e := elementOfNode(self)
			n, _ := self.(XMLNode)
			return get(d, e, n), nil
		}}
	}
	return members(
		of("Name", func(_ *XMLDocument, e *etree.Element, n XMLNode) any { return nodeName(e, n) }),
		of("LocalName", func(_ *XMLDocument, e *etree.Element, n XMLNode) any {
			name := nodeName(e, n)
			return name[strings.IndexByte(name, ':')+1:]
		}),
		of("NamespaceURI", func(_ *XMLDocument, e *etree.Element, n XMLNode) any {
			if n.attr != "" || n.tok != nil {
				return ""
			}
			return namespaceURI(e)
		}),
		of("Prefix", func(_ *XMLDocument, e *etree.Element, n XMLNode) any {
			prefix, _, _ := strings.Cut(nodeName(e, n)+":", ":")
			if !strings.Contains(nodeName(e, n), ":") {
				return ""
			}
			return prefix
		}),
		of("NodeType", func(_ *XMLDocument, e *etree.Element, n XMLNode) any { return nodeType(n, e) }),
		of("OwnerDocument", func(d *XMLDocument, _ *etree.Element, _ XMLNode) any { return d }),
		of("ParentNode", func(d *XMLDocument, e *etree.Element, n XMLNode) any { return parentNode(d, e, n) }),
		of("ChildNodes", func(d *XMLDocument, e *etree.Element, n XMLNode) any {
			return value.NewCollection("System.Xml.XmlNodeList", childNodes(d, e, n)...)
		}),
		of("FirstChild", func(d *XMLDocument, e *etree.Element, n XMLNode) any { return nth(childNodes(d, e, n), 0) }),
		of("LastChild", func(d *XMLDocument, e *etree.Element, n XMLNode) any {
			all := childNodes(d, e, n)
			return nth(all, len(all)-1)
		}),
		of("HasChildNodes", func(_ *XMLDocument, e *etree.Element, n XMLNode) any {
			return n.attr == "" && n.tok == nil && e != nil && len(e.Child) > 0
		}),
		of("Attributes", func(d *XMLDocument, e *etree.Element, n XMLNode) any { return attributesOf(d, e, n) }),
		of("NextSibling", func(d *XMLDocument, e *etree.Element, _ XMLNode) any { return sibling(d, e, 1) }),
		of("PreviousSibling", func(d *XMLDocument, e *etree.Element, _ XMLNode) any { return sibling(d, e, -1) }),
		Member{Name: "OuterXml", Get: func(_ *Env, self any) (any, error) { return OuterXML(self), nil }},
		textMember("InnerXml", InnerXML), textMember("InnerText", nodeText), textMember("Value", nodeText), textMember("#text", nodeText))
}

func nodeName(e *etree.Element, n XMLNode) string {
	switch {
	case n.attr != "":
		return n.attr
	case n.tok != nil:
		return map[string]string{"System.Xml.XmlText": "#text", "System.Xml.XmlComment": "#comment", "System.Xml.XmlDeclaration": "xml"}[n.TypeName()]
	case n.elem == nil:
		return "#document"
	}
	return e.FullTag()
}

func nodeType(n XMLNode, e *etree.Element) any {
	if n.elem == nil && n.tok == nil {
		return "Document"
	}
	return strings.TrimPrefix(value.ShortName(n.TypeName()), "Xml")
}

func parentNode(d *XMLDocument, e *etree.Element, n XMLNode) any {
	if n.tok != nil {
		return d.node(n.tok.Parent())
	}
	if n.elem == nil || n.attr != "" || e.Parent() == nil {
		return nil
	}
	if e.Parent() == &d.tree.Element {
		return d
	}
	return d.node(e.Parent())
}

func childNodes(d *XMLDocument, e *etree.Element, n XMLNode) []any {
	if e == nil || n.attr != "" || n.tok != nil {
		return nil
	}
	var nodes []any
	for _, t := range e.Child {
		if child, ok := t.(*etree.Element); ok {
			nodes = append(nodes, d.node(child))
			continue
		}
		nodes = append(nodes, XMLNode{doc: d, tok: t})
	}
	return nodes
}

func nth(nodes []any, i int) any {
	if i < 0 || i >= len(nodes) {
		return nil
	}
	return nodes[i]
}

func sibling(d *XMLDocument, e *etree.Element, by int) any {
	if e == nil || e.Parent() == nil {
		return nil
	}
	all := childNodes(d, e.Parent(), XMLNode{})
	return nth(all, e.Index()+by)
}

// textMember is a property that is text and can be replaced.
func textMember(name string, get func(v any) string) Member {
	return Member{Name: name,
		Get: func(_ *Env, self any) (any, error) {
			if n, ok := self.(XMLNode); ok && name == "Value" && n.attr == "" && n.tok == nil {
				return nil, nil
			}
			return get(self), nil
		},
		Set: func(_ *Env, self, v any) error { return setNodeText(self, name, text(v)) }}
}

func nodeText(v any) string {
	if n, ok := v.(XMLNode); ok && (n.attr != "" || n.tok != nil) {
		return n.value()
	}
	_, e := elementOfNode(v)
	return innerText(e)
}

func setNodeText(v any, name, s string) error {
	n, ok := v.(XMLNode)
	if !ok || n.tok != nil {
		return Refuse("setting %s of a %s", name, value.TypeName(v))
	}
	if n.attr != "" {
		n.elem.CreateAttr(n.attr, s)
		return nil
	}
	var tokens []etree.Token
	if name == "InnerXml" {
		fragment := etree.NewDocument()
		if err := fragment.ReadFromString("<x>" + s + "</x>"); err != nil {
			return value.NewException("System.Xml.XmlException", err.Error())
		}
		tokens = append(tokens, fragment.Root().Child...)
	}
	for len(n.elem.Child) > 0 {
		n.elem.RemoveChildAt(0)
	}
	if name != "InnerXml" {
		n.elem.SetText(s)
	}
	for _, t := range tokens {
		n.elem.AddChild(t)
	}
	return nil
}

// attributes are the attributes of an element, by number or name.
type attributes struct {
	*value.List
	doc  *XMLDocument
	elem *etree.Element
}

// Item is Attributes['name'].
func (a *attributes) Item(key any) (any, bool) {
	name, ok := key.(string)
	if !ok {
		return nil, false
	}
	if a.elem.SelectAttr(name) == nil {
		return nil, true
	}
	return XMLNode{doc: a.doc, elem: a.elem, attr: name}, true
}

// Member gives the methods and the attributes by name.
func (a *attributes) Member(name string) (Member, bool) {
	switch strings.ToLower(name) {
	case "append", "setnameditem":
		return Member{Name: name, Min: 1, Max: 1, Call: func(_ any, args *Args) (any, error) {
			n, ok := args.At(0).(XMLNode)
			if !ok || n.attr == "" {
				return nil, Refuse("appending a %s to attributes", value.TypeName(args.At(0)))
			}
			a.elem.CreateAttr(n.attr, n.value())
			return XMLNode{doc: a.doc, elem: a.elem, attr: n.attr}, nil
		}}, true
	case "getnameditem":
		return Member{Name: name, Min: 1, Max: 1, Call: func(_ any, args *Args) (any, error) {
			v, _ := a.Item(args.Text(0))
			return v, nil
		}}, true
	case "removenameditem":
		return Member{Name: name, Min: 1, Max: 1, Call: func(_ any, args *Args) (any, error) {
			a.elem.RemoveAttr(args.Text(0))
			return Void, nil
		}}, true
	}
	if attr := a.elem.SelectAttr(name); attr != nil {
		return constant(name, attr.Value), true
	}
	m, ok := itemsMembers()[strings.ToLower(name)]
	return m, ok
}

func attributesOf(d *XMLDocument, e *etree.Element, n XMLNode) any {
	if n.elem == nil || n.attr != "" || n.tok != nil {
		return nil
	}
	var items []any
	for _, a := range e.Attr {
		items = append(items, XMLNode{doc: d, elem: e, attr: a.FullKey()})
	}
	return &attributes{List: value.NewCollection("System.Xml.XmlAttributeCollection", items...), doc: d, elem: e}
}

// elementMembers are the methods of elements about their attributes.
func elementMembers() Members {
	return members(
		method("GetAttribute", 1, 1, func(n XMLNode, a *Args) (any, error) { return n.elem.SelectAttrValue(a.Text(0), ""), nil }),
		method("HasAttribute", 1, 1, func(n XMLNode, a *Args) (any, error) { return n.elem.SelectAttr(a.Text(0)) != nil, nil }),
		prop("HasAttributes", func(n XMLNode) any { return len(n.elem.Attr) > 0 }),
		prop("IsEmpty", func(n XMLNode) any { return len(n.elem.Child) == 0 }),
		method("SetAttribute", 2, 2, func(n XMLNode, a *Args) (any, error) {
			n.elem.CreateAttr(a.Text(0), a.Text(1))
			return Void, nil
		}),
		method("RemoveAttribute", 1, 1, func(n XMLNode, a *Args) (any, error) {
			n.elem.RemoveAttr(a.Text(0))
			return Void, nil
		}))
}

// xmlChange are the methods that move nodes.
func xmlChange() Members {
	put := func(name string, at func(e *etree.Element) int) Member {
		return Member{Name: name, Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			_, parent := elementOfNode(self)
			child, ok := a.At(0).(XMLNode)
			if parent == nil || !ok || child.attr != "" {
				return nil, Refuse("%s of a %s", name, value.TypeName(a.At(0)))
			}
			token := child.tok
			if token == nil {
				token = child.elem
				declare(child.elem, parent)
			}
			parent.InsertChildAt(at(parent), token)
			return child, nil
		}}
	}
	return members(
		put("AppendChild", func(e *etree.Element) int { return len(e.Child) }), put("PrependChild", func(*etree.Element) int { return 0 }),
		Member{Name: "RemoveChild", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			_, parent := elementOfNode(self)
			child, ok := a.At(0).(XMLNode)
			if !ok || parent == nil {
				return nil, Refuse("RemoveChild of a %s", value.TypeName(a.At(0)))
			}
			token := child.tok
			if token == nil {
				token = child.elem
			}
			if parent.RemoveChild(token) == nil {
				return nil, value.NewException("System.ArgumentException", "The node to be removed is not a child of this node.")
			}
			return child, nil
		}},
		Member{Name: "RemoveAll", Call: func(self any, _ *Args) (any, error) {
			_, e := elementOfNode(self)
			for len(e.Child) > 0 {
				e.RemoveChildAt(0)
			}
			e.Attr = nil
			return Void, nil
		}})
}

// declare drops the namespace declaration of a created element where its new
// parent has the same.
func declare(child, parent *etree.Element) {
	name := namespaceAttribute(child)
	if attr := child.SelectAttr(name); attr != nil && child.Parent() == nil && namespaceOfPrefix(parent, child.Space) == attr.Value {
		child.RemoveAttr(name)
	}
}

// namespaceAttribute is the attribute that declares an element's namespace.
func namespaceAttribute(e *etree.Element) string {
	if e.Space == "" {
		return "xmlns"
	}
	return "xmlns:" + e.Space
}

func namespaceOfPrefix(e *etree.Element, prefix string) string {
	for at := e; at != nil; at = at.Parent() {
		for _, a := range at.Attr {
			if prefix == "" && a.Space == "" && a.Key == "xmlns" || prefix != "" && a.Space == "xmlns" && a.Key == prefix {
				return a.Value
			}
		}
	}
	return ""
}

func namespaceURI(e *etree.Element) string {
	if e == nil {
		return ""
	}
	return namespaceOfPrefix(e, e.Space)
}
