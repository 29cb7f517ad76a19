package pwsh

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// plain makes of a value what arrives in another process as it left: an enum
// becomes its name, because the other process has no such type; a collection
// becomes an array, anything else without a form in CLIXML its text.
func plain(v any) any {
	switch v := v.(type) {
	case nil, string, []byte:
		return v
	case value.Enum:
		return v.String()
	case *value.Hashtable:
		table := value.NewHashtable()
		for _, k := range v.Keys() {
			entry, _ := v.Get(k)
			table.Set(value.Text(k), plain(entry))
		}
		return table
	case *value.Object:
		copied := &value.Object{TypeNames: v.TypeNames, Text: v.Text}
		for _, p := range v.Properties() {
			copied.Set(p.Name, plain(p.Value))
		}
		return copied
	}
	if items, ok := value.Items(v); ok {
		list := make([]any, len(items))
		for i, item := range items {
			list[i] = plain(item)
		}
		return list
	}
	if _, err := dotnet.Serialize(v); err != nil {
		return value.Text(v)
	}
	return v
}

// arrived undoes what the way through CLIXML did to the types' names, so that an
// object which went out and comes back as an argument is what it was.
func arrived(v any) any {
	switch v := v.(type) {
	case *value.Object:
		for i, name := range v.TypeNames {
			for strings.HasPrefix(name, "Deserialized.") {
				name = strings.TrimPrefix(name, "Deserialized.")
			}
			v.TypeNames[i] = name
		}
		for _, p := range v.Properties() {
			v.Set(p.Name, arrived(p.Value))
		}
	case *value.Hashtable:
		for _, k := range v.Keys() {
			entry, _ := v.Get(k)
			v.Set(k, arrived(entry))
		}
	case *value.List:
		list := make([]any, v.Len())
		for i, item := range v.Items() {
			list[i] = arrived(item)
		}
		return list
	}
	return v
}
