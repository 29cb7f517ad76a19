package dotnet

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// serializeDepth is the depth to which PSSerializer follows properties.
const serializeDepth = 2

// Serialize is PSSerializer.Serialize. It writes CLIXML, PowerShell's XML format for
// objects, with an indent of two blanks.
func Serialize(v any) (string, error) {
	return SerializeDepth(v, serializeDepth)
}

// SerializeDepth is Serialize with the given depth to which it follows properties.
func SerializeDepth(v any, depth int) (string, error) {
	s := &serializer{}
	s.line(0, `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">`)
	if err := s.value(1, "", v, depth); err != nil {
		return "", err
	}
	s.line(0, "</Objs>")
	return strings.TrimSuffix(s.b.String(), "\n"), nil
}

// SerializeMessage writes one object as PowerShell Remoting sends it: without
// <Objs>, without blanks, custom objects and collections to any depth, and the second
// mention of an object as a reference to the first.
func SerializeMessage(v any) (string, error) {
	s := &serializer{written: make(map[any]int)}
	if err := s.value(0, "", v, 1); err != nil {
		return "", err
	}
	return s.b.String(), nil
}

type serializer struct {
	b       strings.Builder
	refs    int
	types   map[string]int
	written map[any]int // RefIds of objects; nil: a file, which has no references
}

func (s *serializer) line(indent int, text string) {
	if s.written != nil {
		s.b.WriteString(text)
		return
	}
	s.b.WriteString(strings.Repeat("  ", indent) + text + "\n")
}

// inner is the depth for the members of an object whose own depth is given.
func (s *serializer) inner(v any, depth int) int {
	if o, ok := v.(*value.Object); s.written != nil && (!ok || o.IsCustom()) {
		return depth
	}
	return depth - 1
}

// known writes a reference to an object that is written already.
func (s *serializer) known(indent int, attribute string, v any) bool {
	switch v.(type) {
	case *value.Object, *value.Hashtable, *value.List:
	default:
		return false
	}
	ref, ok := s.written[v]
	if ok {
		s.line(indent, fmt.Sprintf(`<Ref%s RefId="%d" />`, attribute, ref))
	} else if s.written != nil {
		s.written[v] = s.refs
	}
	return ok
}

func (s *serializer) value(indent int, name string, v any, depth int) error {
	attribute := nameAttribute(name)
	if v == nil {
		s.line(indent, "<Nil"+attribute+" />")
		return nil
	}
	if tag, content, ok := primitive(v); ok {
		if content == "" {
			s.line(indent, fmt.Sprintf("<%s%s></%s>", tag, attribute, tag))
			return nil
		}
		s.line(indent, fmt.Sprintf("<%s%s>%s</%s>", tag, attribute, content, tag))
		return nil
	}
	if s.known(indent, attribute, v) {
		return nil
	}
	s.line(indent, fmt.Sprintf(`<Obj%s RefId="%d">`, attribute, s.refs))
	s.refs++
	switch x := v.(type) {
	case *value.ErrorRecord:
		v = recordInstance(x)
	case *value.Exception:
		v = exceptionInstance(x)
	case interface{ Instance() *Instance }:
		v = x.Instance()
	}
	s.typeNames(indent+1, v)
	if err := s.content(indent+1, v, depth); err != nil {
		return err
	}
	s.line(indent, "</Obj>")
	return nil
}

func (s *serializer) typeNames(indent int, v any) {
	names := Ancestors(v)
	if i, ok := v.(*Instance); ok {
		if names = i.Types; len(names) == 0 {
			return
		}
	}
	if _, isArray := v.([]any); isArray {
		names = []string{"System.Object[]", "System.Array", "System.Object"}
	}
	key := strings.Join(names, "|")
	if s.types == nil {
		s.types = make(map[string]int)
	}
	if ref, ok := s.types[key]; ok {
		s.line(indent, fmt.Sprintf(`<TNRef RefId="%d" />`, ref))
		return
	}
	s.types[key] = len(s.types)
	s.line(indent, fmt.Sprintf(`<TN RefId="%d">`, s.types[key]))
	for _, n := range names {
		s.line(indent+1, "<T>"+xmlText.Replace(n)+"</T>")
	}
	s.line(indent, "</TN>")
}

// content writes the content of an object. When depth is negative it writes only the
// object's text.
func (s *serializer) content(indent int, v any, depth int) error {
	if depth < 0 {
		s.line(indent, "<ToString>"+EscapeCLIXML(value.Text(v))+"</ToString>")
		return nil
	}
	switch x := v.(type) {
	case *Instance:
		return s.instance(indent, x, depth)
	case *value.Object:
		return s.object(indent, x, depth)
	case *value.Hashtable:
		return s.table(indent, x, depth)
	case value.Enum:
		s.line(indent, "<ToString>"+x.String()+"</ToString>")
		s.line(indent, fmt.Sprintf("<I32>%d</I32>", x.Value))
		return nil
	}
	items, ok := value.Items(v)
	if !ok || strings.Contains(value.TypeName(v), "`") {
		return Refuse("serializing a %s", value.TypeName(v))
	}
	s.line(indent, "<LST>")
	for _, item := range items {
		if err := s.value(indent+1, "", item, s.inner(v, depth)); err != nil {
			return err
		}
	}
	s.line(indent, "</LST>")
	return nil
}

func (s *serializer) object(indent int, o *value.Object, depth int) error {
	bag := "MS"
	if !o.IsCustom() {
		bag = "Props"
		s.line(indent, "<ToString>"+EscapeCLIXML(value.Text(o))+"</ToString>")
	}
	s.line(indent, "<"+bag+">")
	for _, p := range o.Properties() {
		if err := s.value(indent+1, p.Name, p.Value, s.inner(o, depth)); err != nil {
			return err
		}
	}
	s.line(indent, "</"+bag+">")
	return nil
}

func (s *serializer) table(indent int, h *value.Hashtable, depth int) error {
	s.line(indent, "<DCT>")
	for _, k := range h.Keys() {
		v, _ := h.Get(k)
		s.line(indent+1, "<En>")
		if err := s.value(indent+2, "Key", k, s.inner(h, depth)); err != nil {
			return err
		}
		if err := s.value(indent+2, "Value", v, s.inner(h, depth)); err != nil {
			return err
		}
		s.line(indent+1, "</En>")
	}
	s.line(indent, "</DCT>")
	return nil
}
