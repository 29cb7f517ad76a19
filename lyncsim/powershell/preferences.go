package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// action is a value of ActionPreference. It decides what becomes of a record.
type action int64

// The values of ActionPreference.
const (
	actionSilent   action = 0
	actionStop     action = 1
	actionContinue action = 2
	actionInquire  action = 3
	actionIgnore   action = 4
)

// preference reads a preference variable. Continue stands for a variable that is not
// set or whose value is no ActionPreference.
func (f *frame) preference(name string) action {
	v, ok := f.scope.find(name)
	if !ok {
		return actionContinue
	}
	return parseAction(plain(v.value))
}

func parseAction(v any) action {
	if e, ok := dotnet.ActionPreference.Parse(value.Text(v)); ok {
		return action(e.Value)
	}
	return actionContinue
}

// preference is the action of a call: its parameter, else the variable.
func (inv *invocation) preference(parameter, variable string) action {
	if v, ok := inv.bound.get(parameter); ok && inv.params.advanced {
		switch parameter {
		case "Verbose", "Debug":
			if value.Truth(v) {
				return actionContinue
			}
			return actionSilent
		}
		return parseAction(v)
	}
	f := *inv.frame
	f.scope = inv.preferenceScope()
	return f.preference(variable)
}

// inherit sets the preference variables in a function's scope to the values that the
// call's common parameters ask for. The commands that the function calls inherit them.
func (inv *invocation) inherit(s *scope) {
	for parameter, variable := range map[string]string{
		"ErrorAction": "ErrorActionPreference", "WarningAction": "WarningPreference", "InformationAction": "InformationPreference",
	} {
		if v, ok := inv.bound.get(parameter); ok {
			s.set(variable, v)
		}
	}
	for parameter, variable := range map[string]string{"Verbose": "VerbosePreference", "Debug": "DebugPreference"} {
		if v, ok := inv.bound.get(parameter); ok {
			s.set(variable, preferenceOf(value.Truth(v)))
		}
	}
	if v, ok := inv.bound.get("WhatIf"); ok {
		s.set("WhatIfPreference", v)
	}
	if v, ok := inv.bound.get("Confirm"); ok {
		level := "None"
		if value.Truth(v) {
			level = "Low"
		}
		s.set("ConfirmPreference", impacts.Of(level))
	}
}

func preferenceOf(on bool) value.Enum {
	if on {
		return dotnet.ActionPreference.Of("Continue")
	}
	return dotnet.ActionPreference.Of("SilentlyContinue")
}
