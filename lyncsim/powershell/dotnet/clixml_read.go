package dotnet

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/beevik/etree"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Deserialize is PSSerializer.Deserialize. It gives one object or an array of objects.
func Deserialize(text string) (any, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil || doc.Root() == nil {
		return nil, value.NewException("System.Xml.XmlException", "The text is no CLIXML.")
	}
	var items []any
	d := &deserializer{types: make(map[string][]string), objects: make(map[string]any)}
	for _, e := range doc.Root().ChildElements() {
		items = append(items, d.value(e))
	}
	if len(items) == 1 {
		return items[0], nil
	}
	return items, nil
}

// deepest is how many objects a message may hold one in the other, as in the real
// engine.
const deepest = 50

// notXML are the references to characters that the real engine writes and that no XML
// may have.
var notXML = strings.NewReplacer("&#xFFFE;", "_xFFFE_", "&#xFFFF;", "_xFFFF_")

// DeserializeMessage reads the object in a message of PowerShell Remoting. Unlike
// Deserialize it refuses what the real engine refuses there: unknown elements, values
// that are none of their type, references to nothing, a DOCTYPE, and objects that are
// nested too deep.
func DeserializeMessage(text string) (any, error) {
	doc := etree.NewDocument()
	if !utf8.ValidString(text) {
		return nil, errors.New("the text is not UTF-8")
	}
	if err := doc.ReadFromString(notXML.Replace(text)); err != nil || doc.Root() == nil {
		return nil, fmt.Errorf("the text is no XML: %w", err)
	}
	for _, token := range doc.Child {
		if _, ok := token.(*etree.Directive); ok {
			return nil, errors.New("the text has a DOCTYPE")
		}
	}
	if doc.Root().Tag == "Nil" {
		return nil, errors.New("the element Nil cannot be a whole message")
	}
	d := &deserializer{types: make(map[string][]string), objects: make(map[string]any), strict: true}
	v := d.value(doc.Root())
	return v, d.err
}

// deserializer remembers the parts that later elements refer to by RefId.
type deserializer struct {
	types   map[string][]string
	objects map[string]any
	strict  bool
	depth   int
	err     error // the first refusal, when strict
}

func (d *deserializer) refuse(format string, args ...any) {
	if d.strict && d.err == nil {
		d.err = fmt.Errorf(format, args...)
	}
}

// readers turn the text of an element into a value.
var readers = map[string]string{
	"B": "bool", "I16": "int16", "I32": "int", "I64": "long", "By": "byte", "SB": "sbyte", "U16": "uint16", "U32": "uint32", "U64": "uint64",
	"Sg": "float", "Db": "double", "D": "decimal", "DT": "datetime", "G": "guid", "Version": "version", "URI": "uri",
}

func (d *deserializer) value(e *etree.Element) any {
	switch e.Tag {
	case "S":
		return unescapeCLIXML(e.Text())
	case "Nil":
		return nil
	case "B":
		return e.Text() == "true"
	case "C":
		n, _ := strconv.Atoi(e.Text())
		return value.Char(n)
	case "BA":
		b, err := base64.StdEncoding.DecodeString(e.Text())
		if err != nil {
			return nil
		}
		return b
	case "TS":
		span, _ := parseISODuration(e.Text())
		return span
	case "SBK":
		return unescapeCLIXML(e.Text())
	case "Ref":
		v, ok := d.objects[e.SelectAttrValue("RefId", "")]
		if !ok {
			d.refuse("there is no object %s to refer to", e.SelectAttrValue("RefId", ""))
		}
		return v
	case "Obj":
		if d.depth++; d.depth > deepest {
			d.refuse("objects are nested deeper than %d", deepest)
			return nil
		}
		v := d.object(e)
		d.depth--
		d.objects[e.SelectAttrValue("RefId", "")] = v
		return v
	case "XD", "SS", "ToString":
		return e.Text()
	}
	name, ok := readers[e.Tag]
	if ok {
		if v, err := Convert(&Env{Core: true}, e.Text(), MustLookup(name)); err == nil {
			return v
		}
	}
	d.refuse("the element %s cannot be read", e.Tag)
	return e.Text()
}

// object reads an <Obj>. It is a list, a table, an object with properties, or a plain
// value. A plain value is in an <Obj> when it had properties or, like a value of an
// enumeration, a name.
func (d *deserializer) object(e *etree.Element) any {
	names := d.typeNames(e)
	for _, part := range e.ChildElements() {
		if !structure[part.Tag] {
			return d.value(part)
		}
	}
	for _, tag := range []string{"LST", "STK", "QUE", "IE"} {
		if list := e.SelectElement(tag); list != nil {
			items := []any{}
			for _, item := range list.ChildElements() {
				items = append(items, d.value(item))
			}
			return value.NewArrayList(items...)
		}
	}
	if table := e.SelectElement("DCT"); table != nil {
		return d.table(table)
	}
	o := value.NewObject(names...)
	for _, tag := range []string{"Props", "MS"} {
		if properties := e.SelectElement(tag); properties != nil {
			for _, p := range properties.ChildElements() {
				o.Set(p.SelectAttrValue("N", ""), d.value(p))
			}
		}
	}
	if s := e.SelectElement("ToString"); s != nil {
		o.Text = func() string { return unescapeCLIXML(s.Text()) }
	}
	return o
}

// structure are the elements that describe an <Obj>. Any other element in an <Obj> is
// its plain value.
var structure = map[string]bool{"TN": true, "TNRef": true, "ToString": true, "Props": true, "MS": true,
	"LST": true, "STK": true, "QUE": true, "IE": true, "DCT": true}

func (d *deserializer) table(e *etree.Element) any {
	h := value.NewHashtable()
	for _, entry := range e.ChildElements() {
		var key, v any
		for _, part := range entry.ChildElements() {
			if part.SelectAttrValue("N", "") == "Key" {
				key = d.value(part)
			} else {
				v = d.value(part)
			}
		}
		h.Set(key, v)
	}
	return h
}

// typeNames are the names of an object's types. "Deserialized." is put before each name
// except that of custom objects.
func (d *deserializer) typeNames(e *etree.Element) []string {
	if ref := e.SelectElement("TNRef"); ref != nil {
		return d.types[ref.SelectAttrValue("RefId", "")]
	}
	list := e.SelectElement("TN")
	if list == nil {
		return nil
	}
	var names []string
	for _, t := range list.SelectElements("T") {
		name := t.Text()
		if name == "System.Object" {
			continue
		}
		if name != value.CustomObject {
			name = "Deserialized." + name
		}
		names = append(names, name)
	}
	d.types[list.SelectAttrValue("RefId", "")] = names
	return names
}

func unescapeCLIXML(s string) string {
	if !strings.Contains(s, "_x") && !strings.Contains(s, "_X") {
		return s
	}
	var u []uint16
	for i := 0; i < len(s); {
		if looksEscaped.MatchString(s[i:min(len(s), i+7)]) {
			n, _ := strconv.ParseUint(s[i+2:i+6], 16, 16)
			u = append(u, uint16(n))
			i += 7
			continue
		}
		r := []rune(s[i:min(len(s), i+4)])[0]
		u = append(u, utf16.Encode([]rune{r})...)
		i += len(string(r))
	}
	return string(utf16.Decode(u))
}
