package utility

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// jsonWriter writes JSON as ConvertTo-Json does. PowerShell 5.1 indents below the
// value's column and escapes for HTML. PowerShell 7 indents by two.
type jsonWriter struct {
	b        strings.Builder
	env      *dotnet.Env
	core     bool // PowerShell 7
	compress bool
	names    bool   // enums as their names
	escape   string // -EscapeHandling of PowerShell 7, in lower case
	wraps    bool   // PowerShell 5.1 that still has the type data of arrays
	depth    int    // levels that are written as JSON; a deeper value is written as its text
	cut      bool   // a value lay deeper than depth
}

// field is a name with its value.
type field = value.Property

// write writes one value that stands at a level. Each further line begins with pad.
func (w *jsonWriter) write(v any, level int, pad string) error {
	if text, ok := w.scalar(v); ok {
		w.b.WriteString(text)
		return nil
	}
	if level > w.depth {
		w.cut = true
		w.b.WriteString(w.quote(value.Text(v)))
		return nil
	}
	if items, ok := value.Items(v); ok {
		return w.list(v, items, level, pad)
	}
	fields, err := w.fields(v)
	if err != nil {
		return err
	}
	return w.object(fields, level, pad)
}

// list writes an array. In PowerShell 5.1 an array that went down a pipeline as one
// object is written as an object with the properties value and Count. Count comes from
// the type data of arrays.
func (w *jsonWriter) list(v any, items []any, level int, pad string) error {
	l, wrapped := v.(*value.List)
	if w.wraps && wrapped && l.Type == wrappedArray {
		return w.object([]field{{Name: "value", Value: items}, {Name: "Count", Value: int32(len(items))}}, level, pad)
	}
	inner := w.inner(pad)
	w.b.WriteByte('[')
	for i, item := range items {
		w.separate(i, inner)
		if err := w.write(item, level+1, inner); err != nil {
			return err
		}
	}
	w.close(']', len(items), pad)
	return nil
}

func (w *jsonWriter) object(fields []field, level int, pad string) error {
	inner := w.inner(pad)
	w.b.WriteByte('{')
	for i, f := range fields {
		w.separate(i, inner)
		name := w.quote(f.Name)
		w.b.WriteString(name + ":" + w.gap())
		below := inner
		if !w.core {
			below += strings.Repeat(" ", len([]rune(name))+len(":  "))
		}
		if err := w.write(f.Value, level+1, below); err != nil {
			return err
		}
	}
	w.close('}', len(fields), pad)
	return nil
}

func (w *jsonWriter) inner(pad string) string {
	if w.core {
		return pad + "  "
	}
	return pad + "    "
}

func (w *jsonWriter) gap() string {
	switch {
	case w.compress:
		return ""
	case w.core:
		return " "
	}
	return "  "
}

// separate begins the element with number i.
func (w *jsonWriter) separate(i int, pad string) {
	if i > 0 {
		w.b.WriteByte(',')
	}
	if !w.compress {
		w.b.WriteString("\r\n" + pad)
	}
}

// close ends an array or object of n elements. PowerShell 5.1 leaves an empty line in an
// empty array or object.
func (w *jsonWriter) close(bracket byte, n int, pad string) {
	if !w.compress && (n > 0 || !w.core) {
		if n == 0 {
			w.b.WriteString("\r\n")
		}
		w.b.WriteString("\r\n" + pad)
	}
	w.b.WriteByte(bracket)
}

// fields lists the names and values that are written for an object.
func (w *jsonWriter) fields(v any) ([]field, error) {
	switch v := v.(type) {
	case *value.Object:
		return v.Properties(), nil
	case *value.Hashtable:
		return entries(v)
	case value.Entry:
		return []field{{Name: "Name", Value: v.Key}, {Name: "Key", Value: v.Key}, {Name: "Value", Value: v.Value}}, nil
	case value.Switch:
		return []field{{Name: "IsPresent", Value: bool(v)}}, nil
	case value.Version:
		return []field{{Name: "Major", Value: v.Major}, {Name: "Minor", Value: v.Minor}, {Name: "Build", Value: v.Build},
			{Name: "Revision", Value: v.Revision}, {Name: "MajorRevision", Value: int16(v.Revision >> 16)},
			{Name: "MinorRevision", Value: int16(v.Revision)}}, nil
	}
	return nil, dotnet.Refuse("ConvertTo-Json of a %s", value.TypeName(v))
}

func entries(h *value.Hashtable) ([]field, error) {
	var list []field
	for _, k := range h.Keys() {
		name, ok := k.(string)
		if !ok {
			return nil, powershell.NewErrorRecord("System.InvalidOperationException", "NonStringKeyInDictionary", "InvalidOperation", h,
				"The type '"+h.Type+"' is not supported for serialization or deserialization of a dictionary. Keys must be strings.")
		}
		v, _ := h.Get(k)
		list = append(list, field{Name: name, Value: v})
	}
	return list, nil
}
