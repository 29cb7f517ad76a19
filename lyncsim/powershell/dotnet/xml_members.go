package dotnet

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
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
		of("NodeType", func(_ *XMLDocument, _ *etree.Element, n XMLNode) any { return nodeType(n) }),
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

func nodeType(n XMLNode) any {
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
