package configuration

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// table is the content of a .pssc, .psrc or .psd1 file.
type table struct {
	file string
	*value.Hashtable
}

// readTable reads a file that is one hashtable. The file is code, as for the real
// engine: a command in it runs.
func readTable(files fs.FS, name string) (table, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return table{}, err
	}
	rs := powershell.New(powershell.Options{Loaded: utility.Modules()})
	defer rs.Close()
	out, err := rs.Eval(context.Background(), decoded(raw))
	if err != nil {
		return table{}, fmt.Errorf("%s: %w", name, err)
	}
	if len(out) == 1 {
		if h, ok := out[0].(*value.Hashtable); ok {
			return table{name, h}, nil
		}
	}
	return table{}, fmt.Errorf("%s: it is no hashtable", name)
}

// decoded reads UTF-16, which New-PSSessionConfigurationFile writes, or UTF-8, each with
// or without a byte order mark.
func decoded(raw []byte) string {
	if len(raw) >= 2 && (raw[0] == 0xff && raw[1] == 0xfe || raw[1] == 0) {
		units := make([]uint16, 0, len(raw)/2)
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])|uint16(raw[i+1])<<8)
		}
		return strings.TrimPrefix(string(utf16.Decode(units)), "\uFEFF")
	}
	return strings.TrimPrefix(string(raw), "\uFEFF")
}

// check refuses keys that no such file has, and keys that are not simulated. ignored are
// keys without an effect on a simulated session.
func (t table) check(simulated, ignored, refused string) error {
	for _, k := range t.Keys() {
		key := value.Text(k)
		known := func(list string) bool {
			return slices.ContainsFunc(strings.Fields(list), func(s string) bool { return strings.EqualFold(s, key) })
		}
		switch {
		case known(simulated), known(ignored):
		case known(refused):
			return fmt.Errorf("%s: not supported by the simulator: the key %s", t.file, key)
		default:
			return fmt.Errorf("%s: the key %s is not valid in such a file", t.file, key)
		}
	}
	return nil
}

func (t table) text(key string) string {
	v, _ := t.Get(key)
	return value.Text(v)
}

// texts reads a key whose value is one string or several.
func (t table) texts(key string) ([]string, error) {
	v, ok := t.Get(key)
	if !ok || v == nil {
		return nil, nil
	}
	var all []string
	for _, item := range value.Unroll(v) {
		s, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("%s: not supported by the simulator: a %s in %s that is no string", t.file, value.TypeName(item), key)
		}
		all = append(all, s)
	}
	return all, nil
}

// tables reads a key whose value is one hashtable or several.
func (t table) tables(key string) ([]table, error) {
	v, ok := t.Get(key)
	if !ok || v == nil {
		return nil, nil
	}
	items, isList := value.Items(v)
	if _, single := v.(*value.Hashtable); single || !isList {
		items = []any{v}
	}
	var all []table
	for _, item := range items {
		h, ok := item.(*value.Hashtable)
		if !ok {
			return nil, fmt.Errorf("%s: %s must be a hashtable, or several", t.file, key)
		}
		all = append(all, table{t.file, h})
	}
	return all, nil
}
