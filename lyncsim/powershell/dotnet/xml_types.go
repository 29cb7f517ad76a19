package dotnet

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// xmlTypes declares [xml] documents, their nodes and the namespace manager.
func xmlTypes() []*Type {
	document := &Type{Name: "System.Xml.XmlDocument", Base: "System.Xml.XmlNode", Members: documentMembers(),
		New: func(*Args) (any, error) { return NewXMLDocument(), nil }}
	document.Convert = func(_ *Env, v any) (any, error) {
		if node, ok := v.(XMLNode); ok {
			v = OuterXML(node)
		}
		s := text(v)
		if items, ok := value.Items(v); ok {
			s = value.TextWith(items, "\n")
		}
		d := NewXMLDocument()
		if s == "" {
			return d, nil
		}
		if err := d.Load(s); err != nil {
			return nil, &CastError{ID: "InvalidCastToXmlDocument", Message: "Cannot convert value \"" + s +
				"\" to type \"System.Xml.XmlDocument\". Error: \"" + err.Error() + "\""}
		}
		return d, nil
	}
	return []*Type{document,
		{Name: "System.Xml.XmlNode", Members: nodeMembers().with(xmlSearch()).with(xmlChange()).with(xmlClone()), Refused: []string{"Normalize",
			"CreateNavigator", "Supports", "WriteTo", "WriteContentTo", "Validate", "BaseURI", "SchemaInfo", "GetNamespaceOfPrefix",
			"GetPrefixOfNamespace", "ReplaceChild", "InsertBefore", "InsertAfter", "CreateNode"}},
		{Name: "System.Xml.XmlElement", Base: "System.Xml.XmlNode", Members: elementMembers()},
		{Name: "System.Xml.XmlAttribute", Base: "System.Xml.XmlNode"},
		{Name: "System.Xml.XmlText", Base: "System.Xml.XmlNode"}, {Name: "System.Xml.XmlComment", Base: "System.Xml.XmlNode"},
		{Name: "System.Xml.XmlDeclaration", Base: "System.Xml.XmlNode"},
		{Name: "System.Xml.XPathNodeList", Members: itemsMembers()}, {Name: "System.Xml.XmlNodeList", Base: "System.Xml.XPathNodeList"},
		namespaceManager(),
	}
}

// Member gives the member that PowerShell adds to a document: the root element by its
// name.
func (d *XMLDocument) Member(name string) (Member, bool) { return adapted(d, name) }

// Member gives the members that PowerShell adds to an element: its attributes and its
// child elements by their names.
func (n XMLNode) Member(name string) (Member, bool) { return adapted(n, name) }

func adapted(node any, name string) (Member, bool) {
	d, e := elementOfNode(node)
	if n, ok := node.(XMLNode); ok && (n.attr != "" || n.tok != nil) {
		if strings.EqualFold(name, "#text") {
			return constant(name, n.value()), true
		}
		return Member{}, false
	}
	found := adaptedValues(d, e, name)
	if len(found) == 0 {
		return Member{}, false
	}
	var v any = found
	if len(found) == 1 {
		v = found[0]
	}
	return Member{Name: name, Get: func(*Env, any) (any, error) { return v, nil },
		Set: func(_ *Env, _, v any) error { return setAdapted(e, name, text(v)) }}, true
}

func adaptedValues(d *XMLDocument, e *etree.Element, name string) []any {
	var found []any
	for _, a := range e.Attr {
		if strings.EqualFold(a.FullKey(), name) || strings.EqualFold(a.Key, name) {
			found = append(found, a.Value)
		}
	}
	for _, c := range e.ChildElements() {
		if strings.EqualFold(c.Tag, name) || strings.EqualFold(c.FullTag(), name) {
			found = append(found, simplified(d, c))
		}
	}
	if strings.EqualFold(name, "#text") {
		for _, t := range e.Child {
			if data, ok := t.(*etree.CharData); ok {
				found = append(found, data.Data)
			}
		}
	}
	return found
}

// simplified is an element as PowerShell shows it. An element without attributes and
// child elements is shown as its text.
func simplified(d *XMLDocument, e *etree.Element) any {
	if len(e.Attr) > 0 || len(e.ChildElements()) > 0 {
		return d.node(e)
	}
	return innerText(e)
}

func setAdapted(e *etree.Element, name, v string) error {
	for i := range e.Attr {
		if strings.EqualFold(e.Attr[i].FullKey(), name) {
			e.Attr[i].Value = v
			return nil
		}
	}
	var found []*etree.Element
	for _, c := range e.ChildElements() {
		if strings.EqualFold(c.Tag, name) {
			found = append(found, c)
		}
	}
	if len(found) != 1 || len(found[0].ChildElements()) > 0 {
		return value.NewException("System.Management.Automation.SetValueException",
			"Cannot set \""+name+"\" because only strings can be used as values to set XmlNode properties.")
	}
	found[0].SetText(v)
	return nil
}

func documentMembers() Members {
	return members(
		prop("DocumentElement", func(d *XMLDocument) any { return d.node(d.tree.Root()) }),
		prop("NameTable", func(d *XMLDocument) any { return value.NewObject("System.Xml.NameTable") }),
		Member{Name: "PreserveWhitespace", Get: func(_ *Env, self any) (any, error) { return self.(*XMLDocument).PreserveWhitespace, nil },
			Set: func(_ *Env, self, v any) error {
				self.(*XMLDocument).PreserveWhitespace = value.Truth(v)
				return nil
			}},
		method("LoadXml", 1, 1, func(d *XMLDocument, a *Args) (any, error) { return Void, d.Load(a.Text(0)) }),
		method("Load", 1, 1, func(d *XMLDocument, a *Args) (any, error) {
			s, err := ReadText(a.Env.Files, a.Text(0))
			if err != nil {
				return nil, FileError(err, a.Text(0))
			}
			return Void, d.Load(s)
		}),
		method("Save", 1, 1, saveXML),
	).with(documentFactory())
}

// documentFactory are the members that make nodes of the document.
func documentFactory() Members {
	create := func(name string, call func(d *XMLDocument, a *Args) (any, error)) Member {
		return method(name, 1, 3, call)
	}
	return members(
		create("CreateElement", func(d *XMLDocument, a *Args) (any, error) {
			name, uri := a.Text(0), a.Text(1)
			if a.Len() == 3 {
				name, uri = a.Text(1), a.Text(2)
				if a.Text(0) != "" {
					name = a.Text(0) + ":" + name
				}
			}
			e := etree.NewElement(name)
			e.CreateAttr(namespaceAttribute(e), uri)
			return d.node(e), nil
		}),
		create("CreateAttribute", func(d *XMLDocument, a *Args) (any, error) {
			if a.Len() > 1 {
				return nil, Refuse("CreateAttribute with a namespace")
			}
			owner := etree.NewElement("unattached")
			owner.CreateAttr(a.Text(0), "")
			return XMLNode{doc: d, elem: owner, attr: a.Text(0)}, nil
		}),
		create("CreateTextNode", func(d *XMLDocument, a *Args) (any, error) { return XMLNode{doc: d, tok: etree.NewText(a.Text(0))}, nil }),
		create("CreateComment", func(d *XMLDocument, a *Args) (any, error) {
			return XMLNode{doc: d, tok: etree.NewComment(a.Text(0))}, nil
		}),
		method("CreateXmlDeclaration", 1, 3, func(d *XMLDocument, a *Args) (any, error) {
			inst := `version="` + a.Text(0) + `"`
			if a.Text(1) != "" {
				inst += ` encoding="` + a.Text(1) + `"`
			}
			return XMLNode{doc: d, tok: etree.NewProcInst("xml", inst)}, nil
		}),
		method("ImportNode", 2, 2, func(d *XMLDocument, a *Args) (any, error) {
			n, ok := a.At(0).(XMLNode)
			if !ok || n.elem == nil {
				return nil, Refuse("ImportNode of a %s", value.TypeName(a.At(0)))
			}
			return d.node(n.elem.Copy()), nil
		}))
}

// saveXML writes the document with an indent of two blanks, as XmlDocument.Save does. It
// writes to a file, to a builder that works like a StringWriter, or to the console.
func saveXML(d *XMLDocument, a *Args) (any, error) {
	path, ok := a.At(0).(string)
	if !ok {
		return nil, Refuse("XmlDocument.Save to a %s", value.TypeName(a.At(0)))
	}
	copied := d.tree.Copy()
	if !d.PreserveWhitespace {
		copied.Indent(2)
	}
	settings := &XMLDocument{tree: copied}
	return Void, FileError(a.Env.Files.WriteFile(path, []byte(strings.TrimSuffix(OuterXML(settings), "\n"))), path)
}
