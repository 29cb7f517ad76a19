package utility

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// jsonReader reads JSON into the values that ConvertFrom-Json makes.
type jsonReader struct {
	core   bool // PowerShell 7
	tables bool // hashtables in place of objects
	depth  int  // greatest number of levels that are read
}

// document reads one JSON value. Text behind the value is an error.
func (r jsonReader) document(text string) (any, error) {
	plain := text
	if r.core {
		plain = withoutComments(text)
	}
	d := json.NewDecoder(strings.NewReader(plain))
	d.UseNumber()
	v, err := r.value(d, 0)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("additional text after the value")
		}
	}
	if _, refused := errors.AsType[*dotnet.Unsupported](err); refused || isRecord(err) {
		return nil, err
	}
	if err != nil {
		return nil, r.invalid(text, err)
	}
	return v, nil
}

func (r jsonReader) invalid(text string, err error) error {
	message := "Conversion from JSON failed with error: " + err.Error()
	if !r.core {
		message = "Invalid JSON primitive: " + strings.Trim(firstWord.FindString(text), `"'`) + "."
	}
	return powershell.NewErrorRecord("System.ArgumentException", "System.ArgumentException", "NotSpecified", nil, message)
}

var firstWord = regexp.MustCompile(`[^\s{}\[\],:]+`)

func (r jsonReader) value(d *json.Decoder, level int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if level > r.depth {
		return nil, errors.New("the text is nested too deeply")
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return r.object(d, level)
		}
		return r.array(d, level)
	case json.Number:
		return r.number(string(t))
	case string:
		return r.text(t), nil
	}
	return token, nil
}

func (r jsonReader) array(d *json.Decoder, level int) (any, error) {
	items := []any{}
	for d.More() {
		v, err := r.value(d, level+1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	_, err := d.Token()
	return items, err
}

func (r jsonReader) object(d *json.Decoder, level int) (any, error) {
	o, h := value.NewObject(), value.NewHashtable()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := value.Text(key)
		v, err := r.value(d, level+1)
		if err != nil {
			return nil, err
		}
		h.Set(name, v)
		if r.tables {
			continue
		}
		if err := r.property(o, name, v); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if r.tables {
		return h, nil
	}
	return o, nil
}

// property adds a property. It fails for a name that an object cannot have.
func (r jsonReader) property(o *value.Object, name string, v any) error {
	if name == "" {
		return powershell.NewErrorRecord("System.InvalidOperationException", "EmptyKeyInJsonString", "InvalidOperation", nil,
			"The provided JSON includes a property whose name is an empty string.")
	}
	if _, exists := o.Get(name); !exists {
		o.Set(name, v)
		return nil
	}
	at := slices.IndexFunc(o.Properties(), func(p value.Property) bool { return strings.EqualFold(p.Name, name) })
	if have := o.Properties()[at].Name; have != name {
		return r.likeAnother(have, name)
	}
	o.Set(name, v)
	return nil
}

// likeAnother is the error of two keys that differ in their case only.
func (r jsonReader) likeAnother(have, name string) error {
	id, format := "DuplicateKeysInJsonString",
		"Cannot convert the JSON string because a dictionary that was converted from the string contains the duplicated keys '%s' and '%s'."
	if r.core {
		id, format = "KeysWithDifferentCasingInJsonString", "Cannot convert the JSON string because it contains keys with different casing: '%s' and '%s'."
	}
	return powershell.NewErrorRecord("System.InvalidOperationException", id, "InvalidOperation", nil, fmt.Sprintf(format, have, name))
}

// number reads a number. In PowerShell 5.1 it is the first of Int32, Int64, Decimal and
// Double that fits. In PowerShell 7 it is an Int64 or a Double.
func (r jsonReader) number(text string) (any, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && r.core {
		return n, nil
	}
	if err == nil {
		return value.From(int(n)), nil
	}
	exact := !strings.ContainsAny(text, "eE")
	if r.core && exact && !strings.Contains(text, ".") {
		return nil, dotnet.Refuse("the JSON number %s", text)
	}
	if !r.core && exact && len(strings.Trim(text, "-.0")) <= 28 {
		if d, ok := value.NewDecimal(text); ok {
			return d, nil
		}
	}
	return strconv.ParseFloat(text, 64)
}

var (
	scriptDate = regexp.MustCompile(`^/Date\((-?[0-9]{1,15})\)/$`)
	isoDate    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?$`)
)

// text reads a string. A string in the form of a date becomes a date: \/Date(ms)\/, and
// in PowerShell 7 also ISO 8601.
func (r jsonReader) text(s string) any {
	if m := scriptDate.FindStringSubmatch(s); m != nil {
		ms, _ := strconv.ParseInt(m[1], 10, 64)
		return value.NewDateTime(time.UnixMilli(ms))
	}
	m := isoDate.FindStringSubmatch(s)
	if !r.core || m == nil {
		return s
	}
	d, ok := dotnet.ParseDate(s)
	if !ok {
		return s
	}
	if m[2] == "Z" {
		d.Kind = value.UTC
	}
	return d
}
