package dotnet

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Enumerations that the simulated PowerShell itself uses.
var (
	ActionPreference = value.NewEnumType("System.Management.Automation.ActionPreference",
		"SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend", "Break")
	LanguageMode = value.NewEnumType("System.Management.Automation.PSLanguageMode",
		"FullLanguage", "RestrictedLanguage", "NoLanguage", "ConstrainedLanguage")
)

func enumTypes() []*Type {
	list := []*value.EnumType{
		ActionPreference, LanguageMode, value.Category, value.DateTimeKind,
		value.NewEnumType("System.DayOfWeek", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
		value.NewEnumType("System.StringComparison", "CurrentCulture", "CurrentCultureIgnoreCase", "InvariantCulture",
			"InvariantCultureIgnoreCase", "Ordinal", "OrdinalIgnoreCase"),
		value.NewEnumType("System.Management.Automation.ConfirmImpact", "None", "Low", "Medium", "High"),
		value.NewEnumType("System.MidpointRounding", "ToEven", "AwayFromZero"),
		flags("System.StringSplitOptions", value.EnumValue{Name: "None"}, value.EnumValue{Name: "RemoveEmptyEntries", Value: 1}, value.EnumValue{Name: "TrimEntries", Value: 2}),
		flags("System.Text.RegularExpressions.RegexOptions", value.EnumValue{Name: "None"}, value.EnumValue{Name: "IgnoreCase", Value: 1},
			value.EnumValue{Name: "Multiline", Value: 2}, value.EnumValue{Name: "ExplicitCapture", Value: 4}, value.EnumValue{Name: "Compiled", Value: 8},
			value.EnumValue{Name: "Singleline", Value: 16}, value.EnumValue{Name: "IgnorePatternWhitespace", Value: 32},
			value.EnumValue{Name: "RightToLeft", Value: 64}, value.EnumValue{Name: "CultureInvariant", Value: 512}),
		flags("System.Globalization.DateTimeStyles", value.EnumValue{Name: "None"}, value.EnumValue{Name: "AllowLeadingWhite", Value: 1},
			value.EnumValue{Name: "AllowTrailingWhite", Value: 2}, value.EnumValue{Name: "AllowInnerWhite", Value: 4},
			value.EnumValue{Name: "AllowWhiteSpaces", Value: 7}, value.EnumValue{Name: "NoCurrentDateDefault", Value: 8},
			value.EnumValue{Name: "AdjustToUniversal", Value: 16}, value.EnumValue{Name: "AssumeLocal", Value: 32},
			value.EnumValue{Name: "AssumeUniversal", Value: 64}, value.EnumValue{Name: "RoundtripKind", Value: 128}),
	}
	types := []*Type{{Name: "System.Enum", Base: "System.ValueType", Static: members(
		static("GetNames", 1, 1, enumNamesOf), static("GetValues", 1, 1, enumValuesOf), static("IsDefined", 2, 2, enumIsDefined),
		static("Parse", 2, 3, func(a *Args) (any, error) {
			t, ok := a.At(0).(*Type)
			if !ok {
				return nil, Refuse("[Enum]::Parse of a %s", value.TypeName(a.At(0)))
			}
			if e, ok := t.Enum.Parse(a.Text(1)); ok {
				return e, nil
			}
			return nil, value.NewException("System.ArgumentException", "Requested value '"+a.Text(1)+"' was not found.")
		}))}}
	for _, e := range list {
		types = append(types, enumType(e))
	}
	return types
}

func flags(name string, values ...value.EnumValue) *value.EnumType {
	return &value.EnumType{Name: name, Flags: true, Values: values}
}

// enumText is the text of a value of an enumeration in one of the formats G, F, D and X.
func enumText(e value.Enum, format string) (string, error) {
	switch strings.ToUpper(format) {
	case "", "G", "F":
		return e.String(), nil
	case "D":
		return strconv.FormatInt(e.Value, 10), nil
	case "X":
		return fmt.Sprintf("%08X", uint32(e.Value)), nil
	}
	return "", value.NewException("System.FormatException",
		"Format string can be only \"G\", \"g\", \"X\", \"x\", \"F\", \"f\", \"D\" or \"d\".")
}

func enumType(e *value.EnumType) *Type {
	return &Type{Name: e.Name, Base: "System.Enum", Enum: e, Members: members(
		Member{Name: "value__", Get: func(_ *Env, self any) (any, error) { return int32(self.(value.Enum).Value), nil }},
		method("HasFlag", 1, 1, func(x value.Enum, a *Args) (any, error) {
			y, err := Convert(a.Env, a.At(0), TypeOf(x))
			if err != nil {
				return nil, err
			}
			return x.Value&y.(value.Enum).Value == y.(value.Enum).Value, nil
		}),
		method("ToString", 0, 1, func(x value.Enum, a *Args) (any, error) { return enumText(x, a.Text(0)) }))}
}

func enumNamesOf(a *Args) (any, error) {
	t, ok := a.At(0).(*Type)
	if !ok || t.Enum == nil {
		return nil, Refuse("[Enum]::GetNames of a %s", value.TypeName(a.At(0)))
	}
	names := make([]string, len(t.Enum.Values))
	for i, v := range t.Enum.Values {
		names[i] = v.Name
	}
	return value.From(names), nil
}

func enumValuesOf(a *Args) (any, error) {
	t, ok := a.At(0).(*Type)
	if !ok || t.Enum == nil {
		return nil, Refuse("[Enum]::GetValues of a %s", value.TypeName(a.At(0)))
	}
	values := make([]any, len(t.Enum.Values))
	for i, v := range t.Enum.Values {
		values[i] = value.Enum{Type: t.Enum, Value: v.Value}
	}
	return value.NewArray(t.Name, values...), nil
}

func enumIsDefined(a *Args) (any, error) {
	t, ok := a.At(0).(*Type)
	if !ok || t.Enum == nil {
		return nil, Refuse("[Enum]::IsDefined of a %s", value.TypeName(a.At(0)))
	}
	for _, v := range t.Enum.Values {
		if v.Name == a.Text(1) {
			return true, nil
		}
	}
	return false, nil
}
