package dotnet

import (
	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// textMember declares a property that is text and that a script can set.
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

// xmlChange are the methods that change the place of nodes in a document.
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

// declare drops the namespace declaration of a new element when the parent that it is
// put under already has the same declaration.
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
