package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// coreTypes are the types whose methods a script in ConstrainedLanguage may call, by
// their short names (about_Language_Modes). The others of that list do not exist here.
var coreTypes = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`Boolean Byte Char CultureInfo DateTime Decimal Double Single Guid Hashtable Int32 Int16 Int64
		PSCredential PSCustomObject PSObject Regex SByte SecureString String SwitchParameter TimeSpan UInt16 UInt32 UInt64 Uri Version
		Void XmlDocument ScriptBlock IPAddress Object BigInteger IntPtr`) {
		coreTypes[strings.ToLower(name)] = true
	}
}

func isCore(t *dotnet.Type) bool {
	name := strings.TrimSuffix(t.Short(), "[]")
	return coreTypes[strings.ToLower(name)]
}

func (rs *Runspace) constrained() bool {
	return strings.EqualFold(rs.options.LanguageMode, "ConstrainedLanguage")
}

// mayCall refuses a method of a type that is no core type, while a policy constrains
// the language.
func (f *frame) mayCall(t *dotnet.Type) error {
	if !f.rs.constrained() || isCore(t) {
		return nil
	}
	return f.fail(runtimeException, "MethodInvocationNotSupportedInConstrainedLanguage", "InvalidOperation", nil,
		"Cannot invoke method. Method invocation is supported only on core types in this language mode.")
}

// MayCreate refuses New-Object for such a type.
func (c *Call) MayCreate(t *dotnet.Type) error {
	f := c.inv.frame
	if !f.rs.constrained() || isCore(t) {
		return nil
	}
	return f.fail("System.Management.Automation.PSNotSupportedException", "CannotCreateTypeConstrainedLanguage", "PermissionDenied", nil,
		"Cannot create type. Only core types are supported in this language mode.")
}
