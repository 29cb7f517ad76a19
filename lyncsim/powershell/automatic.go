package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// defineGlobals sets the variables that every runspace starts with.
func (rs *Runspace) defineGlobals() {
	continued := dotnet.ActionPreference.Of("Continue")
	silent := dotnet.ActionPreference.Of("SilentlyContinue")
	for name, v := range map[string]any{
		"ErrorActionPreference": continued, "WarningPreference": continued, "ProgressPreference": continued,
		"VerbosePreference": silent, "DebugPreference": silent, "InformationPreference": silent,
		"ConfirmPreference": impacts.Of("High"), "WhatIfPreference": false,
		"Error": rs.errors, "PSVersionTable": rs.versionTable(), "ExecutionContext": executionContext("FullLanguage"), "Host": rs.hostObject(),
		"PID": int32(4242), "PSCulture": "en-US", "PSUICulture": "en-US", "ShellId": "Microsoft.PowerShell",
		"HOME": `C:\Users\Administrator`, "PWD": `C:\Windows\system32`, "PSScriptRoot": "", "PSCommandPath": "",
		"MaximumHistoryCount": int32(4096), "FormatEnumerationLimit": int32(4), "NestedPromptLevel": int32(0), "ErrorView": "NormalView",
		"PSHOME": `C:\Windows\System32\WindowsPowerShell\v1.0`, "PSEdition": "Desktop",
	} {
		rs.global.set(name, v)
	}
	if rs.constrained() {
		rs.global.set("ExecutionContext", executionContext("ConstrainedLanguage"))
	}
	if rs.Edition() == Windows51 {
		return
	}
	for name, v := range map[string]any{
		"IsWindows": true, "IsLinux": false, "IsMacOS": false, "IsCoreCLR": true, "PSEdition": "Core", "ErrorView": "ConciseView",
		"PSHOME": `C:\Program Files\PowerShell\7`,
	} {
		rs.global.set(name, v)
	}
}

// versionTable is $PSVersionTable with the keys that about_Automatic_Variables
// lists for the edition. In PowerShell 7 the keys that name a build are left out.
func (rs *Runspace) versionTable() *value.Hashtable {
	if rs.before(V51) {
		return rs.olderTable()
	}
	h := value.NewHashtable()
	if rs.Edition() == Core7 {
		h.Set("PSVersion", rs.version()).Set("PSEdition", "Core").Set("OS", "Microsoft Windows 10.0.17763").Set("Platform", "Win32NT")
	} else {
		h.Set("PSVersion", rs.version()).Set("PSEdition", "Desktop").
			Set("BuildVersion", value.Version{Major: 10, Minor: 0, Build: 17763, Revision: 5830}).
			Set("CLRVersion", value.Version{Major: 4, Minor: 0, Build: 30319, Revision: 42000})
	}
	return h.Set("WSManStackVersion", value.Version{Major: 3, Minor: 0, Build: -1, Revision: -1}).
		Set("PSRemotingProtocolVersion", value.Version{Major: 2, Minor: 3, Build: -1, Revision: -1}).
		Set("SerializationVersion", value.Version{Major: 1, Minor: 1, Build: 0, Revision: 1})
}

func (rs *Runspace) version() value.Version {
	if rs.Edition() == Core7 {
		return value.Version{Major: 7, Minor: 6, Build: 0, Revision: -1}
	}
	return value.Version{Major: 5, Minor: 1, Build: 17763, Revision: 5830}
}

func executionContext(mode string) *value.Object {
	state := value.NewObject("System.Management.Automation.SessionState").Set("LanguageMode", dotnet.LanguageMode.Of(mode))
	state.Adapted = true
	return value.NewObject("System.Management.Automation.EngineIntrinsics").Set("SessionState", state)
}

func (rs *Runspace) hostObject() *value.Object {
	v := rs.version()
	return value.NewObject("System.Management.Automation.Internal.Host.InternalHost").
		Set("Name", "ConsoleHost").Set("Version", v).Set("CurrentCulture", "en-US").Set("CurrentUICulture", "en-US")
}

// myInvocation is $MyInvocation of the function that runs.
func (f *frame) myInvocation() any {
	o := value.NewObject("System.Management.Automation.InvocationInfo")
	name, at := "", f.at
	if f.inv != nil {
		name, at = f.inv.name, f.inv.at
	}
	called := name
	if f.inv != nil && f.inv.called != "" {
		called = f.inv.called
	}
	position := positionOf(at)
	command := value.NewObject("System.Management.Automation.FunctionInfo").Set("Name", name)
	return o.Set("MyCommand", command).Set("InvocationName", called).Set("ScriptLineNumber", position.Line).
		Set("OffsetInLine", position.Char).Set("Line", position.Text).Set("BoundParameters", f.boundParameters()).
		Set("ScriptName", "").Set("PSScriptRoot", "").Set("PSCommandPath", "")
}

// cmdlet is $PSCmdlet of an advanced function, $null elsewhere.
func (f *frame) cmdlet() any {
	if f.inv == nil || f.inv.params == nil || !f.inv.params.advanced {
		return nil
	}
	return &psCmdlet{inv: f.inv, frame: f}
}
