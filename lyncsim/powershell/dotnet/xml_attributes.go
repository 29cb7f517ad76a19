package dotnet

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// attributes are the attributes of an element. A script reads them by number or by name.
type attributes struct {
	*value.List
	doc  *XMLDocument
	elem *etree.Element
}

// Item is the attribute that Attributes['name'] gives.
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

// elementMembers are the methods with which elements read and change their attributes.
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
