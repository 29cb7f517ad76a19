package dotnet

import (
	"github.com/antchfx/xpath"
	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// NamespaceManager is System.Xml.XmlNamespaceManager.
type NamespaceManager struct{ uris map[string]string }

// TypeName is the .NET name.
func (*NamespaceManager) TypeName() string { return "System.Xml.XmlNamespaceManager" }

func namespaceManager() *Type {
	return &Type{Name: "System.Xml.XmlNamespaceManager",
		New: func(*Args) (any, error) { return &NamespaceManager{uris: make(map[string]string)}, nil },
		Members: members(
			method("AddNamespace", 2, 2, func(m *NamespaceManager, a *Args) (any, error) {
				m.uris[a.Text(0)] = a.Text(1)
				return Void, nil
			}),
			method("LookupNamespace", 1, 1, func(m *NamespaceManager, a *Args) (any, error) {
				if uri, ok := m.uris[a.Text(0)]; ok {
					return uri, nil
				}
				return nil, nil
			}),
			method("HasNamespace", 1, 1, func(m *NamespaceManager, a *Args) (any, error) {
				_, ok := m.uris[a.Text(0)]
				return ok, nil
			})),
		Refused: []string{"*"}}
}

// xmlSearch are the methods that find nodes.
func xmlSearch() Members {
	return members(
		Member{Name: "SelectNodes", Min: 1, Max: 2, Call: func(self any, a *Args) (any, error) {
			nodes, err := selectNodes(self, a)
			return value.NewCollection("System.Xml.XPathNodeList", nodes...), err
		}},
		Member{Name: "SelectSingleNode", Min: 1, Max: 2, Call: func(self any, a *Args) (any, error) {
			nodes, err := selectNodes(self, a)
			return nth(nodes, 0), err
		}},
		Member{Name: "GetElementsByTagName", Min: 1, Max: 1, Call: func(self any, a *Args) (any, error) {
			d, e := elementOfNode(self)
			var nodes []any
			walk(e, func(c *etree.Element) {
				if a.Text(0) == "*" || c.FullTag() == a.Text(0) {
					nodes = append(nodes, d.node(c))
				}
			})
			return value.NewCollection("System.Xml.XmlNodeList", nodes...), nil
		}})
}

func walk(e *etree.Element, visit func(*etree.Element)) {
	for _, c := range e.ChildElements() {
		visit(c)
		walk(c, visit)
	}
}

// selectNodes evaluates an XPath 1.0 expression with the prefixes of a namespace manager.
func selectNodes(self any, a *Args) ([]any, error) {
	d, e := elementOfNode(self)
	uris := map[string]string{}
	if m, ok := a.At(1).(*NamespaceManager); ok {
		uris = m.uris
	}
	expr, err := xpath.CompileWithNS(a.Text(0), uris)
	if err != nil {
		return nil, value.NewException("System.Xml.XPath.XPathException", "'"+a.Text(0)+"' has an invalid token.")
	}
	found, ok := expr.Evaluate(&navigator{doc: d, elem: e, attr: -1}).(*xpath.NodeIterator)
	if !ok {
		return nil, value.NewException("System.Xml.XPath.XPathException", "Expression must evaluate to a node-set.")
	}
	var nodes []any
	for found.MoveNext() {
		nodes = append(nodes, found.Current().(*navigator).node())
	}
	return nodes, nil
}
