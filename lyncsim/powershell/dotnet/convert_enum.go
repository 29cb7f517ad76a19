package dotnet

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func convertEnum(v any, t *Type) (any, error) {
	if n, ok := value.ToInt(v); ok && value.IsInteger(v) {
		if !t.Enum.Has(n) {
			return nil, castReason("UndefinedIntegerToEnum", v, t, "The enumeration has no such value")
		}
		return value.Enum{Type: t.Enum, Value: n}, nil
	}
	var names []string
	for _, item := range value.Unroll(v) {
		names = append(names, text(item))
	}
	name := strings.Join(names, ",")
	if found, ok := t.Enum.Parse(name); ok {
		if !t.Enum.Has(found.Value) {
			return nil, castReason("EnumParseUndefined", v, t, "The enumeration has no such value")
		}
		return found, nil
	}
	if found, ok := enumPrefix(name, t.Enum); ok {
		return found, nil
	}
	return nil, castReason("SubstringDisambiguationEnumParseThrewAnException", v, t, fmt.Sprintf(
		"Unable to match the identifier name %s to a valid enumerator name. Specify one of the following enumerator names and try again:%s",
		name, "\n"+enumNames(t.Enum)))
}

// enumPrefix finds the value whose name begins with the text, if there is only one.
func enumPrefix(name string, t *value.EnumType) (value.Enum, bool) {
	var found []value.EnumValue
	for _, v := range t.Values {
		if name != "" && len(v.Name) >= len(name) && strings.EqualFold(v.Name[:len(name)], name) {
			found = append(found, v)
		}
	}
	if len(found) != 1 {
		return value.Enum{}, false
	}
	return value.Enum{Type: t, Value: found[0].Value}, true
}

func enumNames(t *value.EnumType) string {
	names := make([]string, len(t.Values))
	for i, v := range t.Values {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}
