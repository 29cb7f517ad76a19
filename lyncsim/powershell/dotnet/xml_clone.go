package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// xmlClone are the methods that copy elements. Clone copies an element with its content.
// CloneNode copies it with or without its content.
func xmlClone() Members {
	return members(
		Member{Name: "Clone", Call: func(self any, _ *Args) (any, error) { return cloneElement(self, true) }},
		Member{Name: "CloneNode", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			return cloneElement(self, value.Truth(a.At(0)))
		}})
}

// cloneElement gives a copy of an element that is not in the document. The copy declares
// its namespace itself, until it is put at a place where the namespace is declared.
func cloneElement(self any, deep bool) (any, error) {
	n, ok := self.(XMLNode)
	if !ok || n.attr != "" || n.tok != nil {
		return nil, Refuse("copying a %s", value.TypeName(self))
	}
	d, e := elementOfNode(self)
	c := e.Copy()
	for !deep && len(c.Child) > 0 {
		c.RemoveChildAt(0)
	}
	if uri := namespaceURI(e); uri != "" {
		c.CreateAttr(namespaceAttribute(e), uri)
	}
	return d.node(c), nil
}
