package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func boolType() *Type {
	return &Type{Name: "System.Boolean", Zero: false,
		Convert: func(_ *Env, v any) (any, error) { return value.Truth(v), nil },
		Members: members(method("ToString", 0, 1, func(b bool, _ *Args) (any, error) { return value.Text(b), nil })),
		Static: members(static("TryParse", 2, 2, func(a *Args) (any, error) {
			b, ok := parseBool(a.Text(0))
			return ok, a.output(1, b)
		}), constant("TrueString", "True"), constant("FalseString", "False"),
			static("Parse", 1, 1, func(a *Args) (any, error) {
				b, ok := parseBool(a.Text(0))
				if !ok {
					return nil, value.NewException("System.FormatException", boolMessage(a.Env, a.Text(0)))
				}
				return b, nil
			}))}
}

func boolMessage(e *Env, s string) string {
	if e.Core {
		return "String '" + s + "' was not recognized as a valid Boolean."
	}
	return "String was not recognized as a valid Boolean."
}

func parseBool(s string) (bool, bool) {
	switch {
	case equalFoldTrim(s, "true"):
		return true, true
	case equalFoldTrim(s, "false"):
		return false, true
	}
	return false, false
}

func switchType() *Type {
	t := &Type{Name: "System.Management.Automation.SwitchParameter", Zero: value.Switch(false),
		Members: members(
			prop("IsPresent", func(s value.Switch) any { return bool(s) }),
			method("ToBool", 0, 0, func(s value.Switch, _ *Args) (any, error) { return bool(s), nil })),
		Static: members(constant("Present", value.Switch(true)))}
	t.Convert = func(_ *Env, v any) (any, error) {
		if b, ok := v.(bool); ok {
			return value.Switch(b), nil
		}
		return nil, castNever(v, t)
	}
	return t
}
