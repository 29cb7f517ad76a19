package clixml

import (
	"fmt"
	"slices"
	"strings"
)

// Write gives the XML of one value. A value that contains itself cannot be written;
// this client makes none.
func Write(v *Value) string {
	w := &writer{}
	w.value("", v)
	return w.out.String()
}

type writer struct {
	out     strings.Builder
	objects int        // RefIds of objects
	types   [][]string // lists of type names; the place of one is its RefId
}

// value writes an element; name is the property whose value it is, "" when it is no
// property.
func (w *writer) value(name string, v *Value) {
	attribute := ""
	if name != "" {
		attribute = fmt.Sprintf(` N="%s"`, escape(name))
	}
	switch {
	case v == nil:
		fmt.Fprintf(&w.out, "<Nil%s />", attribute)
	case v.Kind != "Obj":
		fmt.Fprintf(&w.out, "<%s%s>%s</%s>", v.Kind, attribute, escape(v.Text), v.Kind)
	default:
		fmt.Fprintf(&w.out, `<Obj%s RefId="%d">`, attribute, w.objects)
		w.objects++
		w.object(v)
		w.out.WriteString("</Obj>")
	}
}

func (w *writer) object(v *Value) {
	w.typeNames(v.TypeNames)
	if v.ToString != "" {
		fmt.Fprintf(&w.out, "<ToString>%s</ToString>", escape(v.ToString))
	}
	if v.Base != nil {
		w.value("", v.Base)
	}
	switch v.List {
	case "":
	case "DCT":
		w.out.WriteString("<DCT>")
		for _, e := range v.Entries {
			w.out.WriteString("<En>")
			w.value("Key", e.Key)
			w.value("Value", e.Value)
			w.out.WriteString("</En>")
		}
		w.out.WriteString("</DCT>")
	default:
		fmt.Fprintf(&w.out, "<%s>", v.List)
		for _, item := range v.Items {
			w.value("", item)
		}
		fmt.Fprintf(&w.out, "</%s>", v.List)
	}
	if v.Properties == nil {
		return
	}
	w.out.WriteString("<MS>")
	for _, p := range v.Properties {
		w.value(p.Name, p.Value)
	}
	w.out.WriteString("</MS>")
}

// typeNames writes a list of type names once and afterwards a reference to it
// (MS-PSRP 2.2.5.2.3).
func (w *writer) typeNames(names []string) {
	if names == nil {
		return
	}
	if known := slices.IndexFunc(w.types, func(k []string) bool { return slices.Equal(k, names) }); known >= 0 {
		fmt.Fprintf(&w.out, `<TNRef RefId="%d" />`, known)
		return
	}
	fmt.Fprintf(&w.out, `<TN RefId="%d">`, len(w.types))
	w.types = append(w.types, names)
	for _, name := range names {
		fmt.Fprintf(&w.out, "<T>%s</T>", escape(name))
	}
	w.out.WriteString("</TN>")
}
