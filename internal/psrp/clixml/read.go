package clixml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/fedroute/fedroute/internal/remote"
)

// These limits bound what one message may hold. The real engine was seen to nest at
// most 5 deep, and an error record has about 60 elements.
const (
	maxDepth = 64
	maxNodes = 100_000 // elements and attributes
)

// Read gives the value of one message's XML. Read bounds the depth and the number of
// elements and attributes; the code that received the message has bounded its size.
func Read(text string) (*Value, error) {
	if err := (&remote.XMLBounds{Nodes: maxNodes, Depth: maxDepth}).Take(text); err != nil {
		return nil, err
	}
	r := &reader{
		decoder: xml.NewDecoder(strings.NewReader(admit(text))),
		objects: map[string]*Value{}, open: map[*Value]bool{}, types: map[string][]string{},
	}
	start, err := r.next()
	if err != nil {
		return nil, err
	}
	if start == nil {
		return nil, errors.New("there is no element")
	}
	v, err := r.value(*start)
	if err != nil {
		return nil, err
	}
	if _, err := r.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind the value")
	}
	return v, nil
}

type reader struct {
	decoder *xml.Decoder
	objects map[string]*Value
	open    map[*Value]bool // objects whose end has not come yet
	types   map[string][]string
}

// next gives the next element inside the open one, or nil at its end. It skips
// everything between elements and refuses a DOCTYPE.
func (r *reader) next() (*xml.StartElement, error) {
	for {
		token, err := r.decoder.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return &t, nil
		case xml.EndElement:
			return nil, nil
		case xml.Directive:
			return nil, errors.New("a document type is not allowed")
		}
	}
}

// each calls inside for every element within the open one.
func (r *reader) each(inside func(xml.StartElement) error) error {
	for {
		start, err := r.next()
		if err != nil || start == nil {
			return err
		}
		if err := inside(*start); err != nil {
			return err
		}
	}
}

// value reads one value (MS-PSRP 2.2.5).
func (r *reader) value(start xml.StartElement) (*Value, error) {
	switch start.Name.Local {
	case "Nil":
		return nil, r.empty()
	case "Ref":
		known, there := r.objects[attribute(start, "RefId")]
		if !there {
			return nil, errors.New("a Ref names no object")
		}
		return known, r.empty()
	case "Obj":
		return r.object(start)
	}
	if !primitive(start.Name.Local) {
		return nil, fmt.Errorf("%.40s is no kind of value", start.Name.Local)
	}
	text, err := r.text()
	if err != nil {
		return nil, err
	}
	v := &Value{Kind: start.Name.Local, Text: text}
	return v, v.check()
}

func (r *reader) object(start xml.StartElement) (*Value, error) {
	v := &Value{Kind: "Obj"}
	if id := attribute(start, "RefId"); id != "" {
		r.objects[id] = v // before its parts, which may refer to it
	}
	r.open[v] = true
	defer delete(r.open, v)
	return v, r.each(func(part xml.StartElement) (err error) {
		switch name := part.Name.Local; name {
		case "TN":
			v.TypeNames, err = r.typeNames(part)
		case "TNRef":
			names, there := r.types[attribute(part, "RefId")]
			if !there {
				return errors.New("a TNRef names no list of types")
			}
			v.TypeNames, err = names, r.empty()
		case "ToString":
			v.ToString, err = r.text()
		case "Props", "MS":
			err = r.properties(v)
		case "LST", "STK", "QUE", "IE":
			v.List, v.Items = name, []*Value{}
			err = r.each(func(item xml.StartElement) error {
				one, err := r.value(item)
				v.Items = append(v.Items, one)
				return err
			})
		case "DCT":
			v.List, v.Entries = name, []Entry{}
			err = r.each(func(pair xml.StartElement) error { return r.entry(v, pair) })
		default:
			if v.Base, err = r.value(part); r.open[v.Base] {
				return errors.New("an object is made of itself")
			}
		}
		return err
	})
}

func (r *reader) properties(v *Value) error {
	if v.Properties == nil {
		v.Properties = []Property{}
	}
	return r.each(func(part xml.StartElement) error {
		one, err := r.value(part)
		v.Properties = append(v.Properties, Property{Name: unescape(attribute(part, "N")), Value: one})
		return err
	})
}

func (r *reader) entry(v *Value, pair xml.StartElement) error {
	if pair.Name.Local != "En" {
		return fmt.Errorf("a dictionary holds a %.40s", pair.Name.Local)
	}
	var e Entry
	err := r.each(func(part xml.StartElement) error {
		one, err := r.value(part)
		switch attribute(part, "N") {
		case "Key":
			e.Key = one
		case "Value":
			e.Value = one
		}
		return err
	})
	v.Entries = append(v.Entries, e)
	return err
}

func (r *reader) typeNames(start xml.StartElement) ([]string, error) {
	names := []string{}
	err := r.each(func(xml.StartElement) error {
		name, err := r.text()
		names = append(names, name)
		return err
	})
	r.types[attribute(start, "RefId")] = names
	return names, err
}

// text reads an element that holds nothing but text.
func (r *reader) text() (string, error) {
	var b strings.Builder
	for {
		token, err := r.decoder.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.EndElement:
			return unescape(fromStandIn.Replace(b.String())), nil
		case xml.StartElement:
			return "", fmt.Errorf("a text holds a %.40s", t.Name.Local)
		}
	}
}

func (r *reader) empty() error {
	return r.each(func(part xml.StartElement) error {
		return fmt.Errorf("an empty element holds a %.40s", part.Name.Local)
	})
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return fromStandIn.Replace(a.Value)
		}
	}
	return ""
}
