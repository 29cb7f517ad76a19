package dotnet

import (
	"maps"
	"strings"

	"github.com/beevik/etree"
)

// xmlWriter writes nodes as .NET does. When a namespace is declared outside of the nodes
// that are written, xmlWriter declares it at the first element that needs it.
type xmlWriter struct{ strings.Builder }

func writeTokens(tokens []etree.Token) string {
	var w xmlWriter
	for _, t := range tokens {
		w.token(t, map[string]string{})
	}
	return w.String()
}

// token writes one node. scope holds, by prefix, the namespaces that are declared around
// the node.
func (w *xmlWriter) token(t etree.Token, scope map[string]string) {
	switch t := t.(type) {
	case *etree.Element:
		w.element(t, scope)
	case *etree.CharData:
		if t.IsCData() {
			w.WriteString("<![CDATA[" + t.Data + "]]>")
			return
		}
		w.WriteString(xmlText.Replace(t.Data))
	case *etree.ProcInst:
		w.WriteString("<?" + t.Target + " " + t.Inst + "?>")
	case *etree.Comment:
		w.WriteString("<!--" + t.Data + "-->")
	case *etree.Directive:
		w.WriteString("<!" + t.Data + ">")
	}
}

func (w *xmlWriter) element(e *etree.Element, scope map[string]string) {
	inner := maps.Clone(scope)
	w.WriteString("<" + e.FullTag())
	for _, a := range e.Attr {
		if prefix, declares := declaredPrefix(a); declares {
			if a.Value == "" && inner[prefix] == "" {
				continue // xmlns="" says nothing where no namespace is declared around
			}
			inner[prefix] = a.Value
		}
		w.attribute(a.FullKey(), a.Value)
	}
	w.declare(e, e.Space, inner)
	for _, a := range e.Attr {
		if a.Space != "" && a.Space != "xmlns" && a.Space != "xml" {
			w.declare(e, a.Space, inner)
		}
	}
	if len(e.Child) == 0 {
		w.WriteString(" />")
		return
	}
	w.WriteString(">")
	for _, c := range e.Child {
		w.token(c, inner)
	}
	w.WriteString("</" + e.FullTag() + ">")
}

func (w *xmlWriter) attribute(name, value string) {
	w.WriteString(" " + name + `="` + xmlValue.Replace(value) + `"`)
}

// declare writes the namespace of a prefix unless the output declares it already.
func (w *xmlWriter) declare(e *etree.Element, prefix string, scope map[string]string) {
	uri := namespaceOfPrefix(e, prefix)
	if scope[prefix] == uri {
		return
	}
	scope[prefix] = uri
	w.attribute(strings.TrimSuffix("xmlns:"+prefix, ":"), uri)
}

// declaredPrefix is the prefix that an attribute declares a namespace for. The second
// result is false when the attribute is no namespace declaration.
func declaredPrefix(a etree.Attr) (string, bool) {
	switch {
	case a.Space == "xmlns":
		return a.Key, true
	case a.FullKey() == "xmlns":
		return "", true
	}
	return "", false
}
