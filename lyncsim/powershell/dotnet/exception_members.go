package dotnet

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// nameArgument adds the name of a parameter to an ArgumentException. The two exceptions
// derived from it take the name as their first argument and the message as their second.
// ArgumentException takes them the other way round.
func nameArgument(e *Env, x *value.Exception, second string) {
	name := second
	switch x.Type {
	case "System.ArgumentException":
	case "System.ArgumentNullException", "System.ArgumentOutOfRangeException":
		name, x.Message = x.Message, second
	default:
		return
	}
	x.Props = value.NewObject(x.Type).Set("ParamName", name)
	if e.Core {
		x.Message += " (Parameter '" + name + "')"
		return
	}
	x.Message += "\r\nParameter name: " + name
}

func exceptionMembers() Members {
	return members(
		prop("Message", func(e *value.Exception) any { return e.Message }),
		prop("InnerException", func(e *value.Exception) any {
			if e.Inner == nil {
				return nil
			}
			return e.Inner
		}),
		prop("ErrorRecord", func(e *value.Exception) any {
			if e.Record == nil {
				return nil
			}
			return e.Record
		}),
		prop("StackTrace", func(*value.Exception) any { return "" }),
		prop("Source", func(*value.Exception) any { return "System.Management.Automation" }),
		prop("HResult", hresult),
		prop("Data", func(*value.Exception) any { return value.NewDictionary("System.Collections.ListDictionaryInternal") }),
		prop("ParameterName", func(e *value.Exception) any { return extra(e, "ParameterName") }),
		prop("ParamName", func(e *value.Exception) any { return extra(e, "ParamName") }),
		prop("ErrorId", func(e *value.Exception) any { return extra(e, "ErrorId") }),
		prop("CommandName", func(e *value.Exception) any { return extra(e, "CommandName") }),
		method("GetBaseException", 0, 0, func(e *value.Exception, _ *Args) (any, error) {
			for e.Inner != nil {
				e = e.Inner
			}
			return e, nil
		}),
		method("ToString", 0, 0, func(e *value.Exception, _ *Args) (any, error) { return value.Text(e), nil }))
}

// ownMembers are the properties of exception classes that hold numbers, by which a
// script recognizes an error in every language.
var ownMembers = map[string]Members{
	"System.Data.SqlClient.SqlException":                     extras("Number", "Class", "State"),
	"System.ComponentModel.Win32Exception":                   extras("NativeErrorCode"),
	"System.Runtime.InteropServices.COMException":            extras("ErrorCode"),
	"System.DirectoryServices.DirectoryServicesCOMException": extras("ErrorCode", "ExtendedError", "ExtendedErrorMessage"),
}

func extras(names ...string) Members {
	table := Members{}
	for _, name := range names {
		table = table.with(members(prop(name, func(e *value.Exception) any { return extra(e, name) })))
	}
	return table
}

func extra(e *value.Exception, name string) any {
	if e.Props == nil {
		return nil
	}
	v, _ := e.Props.Get(name)
	return v
}
