package pwsh

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// plain converts a value to one that another process receives unchanged. An enum
// becomes its name, because the other process does not have its type. A collection
// becomes an array. Any other value without a CLIXML form becomes its text.
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

// arrived undoes the changes that CLIXML makes to type names, so that an object
// which was output and comes back as an argument is the same again.
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
