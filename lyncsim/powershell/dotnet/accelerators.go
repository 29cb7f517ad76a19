package dotnet

import "strings"

// accelerators are the short names that PowerShell has for types, such as [xml]. They
// are called type accelerators.
var accelerators = map[string]string{
	"int": "System.Int32", "long": "System.Int64", "short": "System.Int16", "sbyte": "System.SByte",
	"byte": "System.Byte", "uint16": "System.UInt16", "uint32": "System.UInt32", "uint64": "System.UInt64",
	"ushort": "System.UInt16", "uint": "System.UInt32", "ulong": "System.UInt64",
	"int16": "System.Int16", "int32": "System.Int32", "int64": "System.Int64",
	"float": "System.Single", "single": "System.Single", "double": "System.Double", "decimal": "System.Decimal",
	"bool": "System.Boolean", "char": "System.Char", "string": "System.String", "object": "System.Object",
	"array": "System.Array", "void": "System.Void", "type": "System.Type",
	"hashtable": "System.Collections.Hashtable", "ordered": "System.Collections.Specialized.OrderedDictionary",
	"datetime": "System.DateTime", "timespan": "System.TimeSpan", "guid": "System.Guid",
	"version": "System.Version", "uri": "System.Uri", "ipaddress": "System.Net.IPAddress",
	"regex": "System.Text.RegularExpressions.Regex", "xml": "System.Xml.XmlDocument",
	"math": "System.Math", "convert": "System.Convert", "cultureinfo": "System.Globalization.CultureInfo",
	"scriptblock": "System.Management.Automation.ScriptBlock", "switch": "System.Management.Automation.SwitchParameter",
	"switchparameter": "System.Management.Automation.SwitchParameter",
	"pscustomobject":  "System.Management.Automation.PSCustomObject", "psobject": "System.Management.Automation.PSObject",
	"actionpreference": "System.Management.Automation.ActionPreference",
	"errorrecord":      "System.Management.Automation.ErrorRecord",
	"psserializer":     "System.Management.Automation.PSSerializer",
	"psnoteproperty":   "System.Management.Automation.PSNoteProperty",
	"ref":              "System.Management.Automation.PSReference",
	"system.int":       "System.Int32",
}

// shortNames are the short names that a type gives when it is turned into text.
var shortNames = map[string]string{
	"System.Int32": "int", "System.Int64": "long", "System.Int16": "short", "System.SByte": "sbyte", "System.Byte": "byte",
	"System.UInt16": "ushort", "System.UInt32": "uint", "System.UInt64": "ulong", "System.Single": "float", "System.Double": "double",
	"System.Decimal": "decimal", "System.Boolean": "bool", "System.Char": "char", "System.String": "string", "System.Array": "array",
	"System.Void": "void", "System.Type": "type", "System.Collections.Hashtable": "hashtable",
	"System.Collections.Specialized.OrderedDictionary": "ordered", "System.DateTime": "datetime", "System.TimeSpan": "timespan",
	"System.Guid": "guid", "System.Version": "version", "System.Uri": "uri", "System.Net.IPAddress": "ipaddress",
	"System.Text.RegularExpressions.Regex": "regex", "System.Xml.XmlDocument": "xml", "System.Globalization.CultureInfo": "cultureinfo",
	"System.Management.Automation.ScriptBlock": "scriptblock", "System.Management.Automation.SwitchParameter": "switch",
	"System.Management.Automation.PSCustomObject": "psobject", "System.Management.Automation.PSObject": "psobject",
	"System.Management.Automation.PSReference": "ref",
}

// realAccelerators are short names that PowerShell knows and that the simulator refuses.
var realAccelerators = strings.Fields(`adsi adsisearcher wmi wmiclass wmisearcher ciminstance cimclass cimtype cimconverter
	mailaddress securestring pscredential psmoduleinfo psvariable psaliasproperty psscriptproperty psscriptmethod
	psprimitivedictionary pslistmodifier powershell runspace runspacefactory initialsessionstate ipendpoint x500distinguishedname
	x509certificate bigint alias allowemptycollection allownull allowemptystring cmdletbinding parameter outputtype
	supportswildcards validateset validaterange validatepattern validatescript validatelength validatecount validatenotnull
	validatenotnullorempty dscresource dscproperty noruntime pstypenameattribute containerattribute`)

// namespaces are the first words of full .NET names, also of names that are written
// without the leading "System.".
var namespaces = strings.Fields(`system microsoft net io text collections diagnostics management security threading xml globalization
	reflection runtime linq data configuration web windows componentmodel timers drawing directoryservices servicemodel
	serviceprocess transactions resources media numerics codedom`)

// systemTypes are classes directly in the namespace System that the registry lacks.
var systemTypes = strings.Fields(`activator appdomain arraysegment buffer delegate environment func action gc
	intptr uintptr lazy nullable random stringcomparer stringcomparison timezone timezoneinfo tuple valuetuple weakreference
	attribute eventargs eventhandler predicate comparison converter marshalbyrefobject datetimeoffset half index range uribuilder
	consolecolor consolekey progress dbnull idisposable icomparable iformattable`)

// Known reports whether .NET or PowerShell has, or may have, a type that the simulator
// does not know. Such a type is refused. It is not reported as missing.
func Known(name string) bool {
	key := strings.ToLower(name)
	key, _, _ = strings.Cut(key, "[")
	first, _, dotted := strings.Cut(key, ".")
	if dotted {
		return contains(namespaces, first)
	}
	return contains(realAccelerators, key) || contains(systemTypes, key)
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
