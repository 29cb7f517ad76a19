package value

import (
	"net/netip"
	"strings"
	"time"
)

// TypeName is the full .NET name of a value's type, "" for nil.
func TypeName(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return "System.String"
	case bool:
		return "System.Boolean"
	case Switch:
		return "System.Management.Automation.SwitchParameter"
	case Char:
		return "System.Char"
	case []any:
		return "System.Object[]"
	case []byte:
		return "System.Byte[]"
	case DateTime:
		return "System.DateTime"
	case time.Duration:
		return "System.TimeSpan"
	case Guid:
		return "System.Guid"
	case Version:
		return "System.Version"
	case netip.Addr:
		return "System.Net.IPAddress"
	case Typed:
		return v.TypeName()
	}
	return numberTypeName(v)
}

func numberTypeName(v any) string {
	switch v.(type) {
	case int8:
		return "System.SByte"
	case int16:
		return "System.Int16"
	case int32:
		return "System.Int32"
	case int64:
		return "System.Int64"
	case uint8:
		return "System.Byte"
	case uint16:
		return "System.UInt16"
	case uint32:
		return "System.UInt32"
	case uint64:
		return "System.UInt64"
	case float32:
		return "System.Single"
	case float64:
		return "System.Double"
	}
	return "System.Object"
}

// ShortName is a full .NET name without its namespace. The names of generic arguments
// lose their namespaces too.
func ShortName(full string) string {
	name, arguments, generic := strings.Cut(full, "[")
	short := name[strings.LastIndex(name, ".")+1:]
	if generic && strings.HasPrefix(arguments, "]") {
		return short + "[" + arguments
	}
	return short
}
