package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// hierarchy lists exception classes with their base: "Derived Base".
const hierarchy = `
System.SystemException System.Exception
System.ApplicationException System.Exception
Microsoft.Management.Infrastructure.CimException System.Exception
System.ArgumentException System.SystemException
System.ArgumentNullException System.ArgumentException
System.ArgumentOutOfRangeException System.ArgumentException
System.InvalidOperationException System.SystemException
System.ObjectDisposedException System.InvalidOperationException
System.NotSupportedException System.SystemException
System.NotImplementedException System.SystemException
System.FormatException System.SystemException
System.UriFormatException System.FormatException
System.ArithmeticException System.SystemException
System.DivideByZeroException System.ArithmeticException
System.OverflowException System.ArithmeticException
System.InvalidCastException System.SystemException
System.NullReferenceException System.SystemException
System.IndexOutOfRangeException System.SystemException
System.TimeoutException System.SystemException
System.OperationCanceledException System.SystemException
System.UnauthorizedAccessException System.SystemException
System.OutOfMemoryException System.SystemException
System.Security.SecurityException System.SystemException
System.Security.Authentication.AuthenticationException System.SystemException
System.Threading.AbandonedMutexException System.SystemException
System.Threading.WaitHandleCannotBeOpenedException System.ApplicationException
System.Collections.Generic.KeyNotFoundException System.SystemException
System.IO.IOException System.SystemException
System.IO.FileNotFoundException System.IO.IOException
System.IO.DirectoryNotFoundException System.IO.IOException
System.IO.EndOfStreamException System.IO.IOException
System.ComponentModel.Win32Exception System.Runtime.InteropServices.ExternalException
System.Net.Sockets.SocketException System.ComponentModel.Win32Exception
System.Net.WebException System.InvalidOperationException
System.Runtime.InteropServices.ExternalException System.SystemException
System.Data.Common.DbException System.Runtime.InteropServices.ExternalException
System.Data.SqlClient.SqlException System.Data.Common.DbException
System.Runtime.InteropServices.COMException System.Runtime.InteropServices.ExternalException
System.DirectoryServices.DirectoryServicesCOMException System.Runtime.InteropServices.COMException
System.Xml.XmlException System.SystemException
System.Xml.XPath.XPathException System.SystemException
System.Management.Automation.RuntimeException System.SystemException
System.Management.Automation.CmdletInvocationException System.Management.Automation.RuntimeException
System.Management.Automation.ParameterBindingException System.Management.Automation.RuntimeException
System.Management.Automation.ParameterBindingValidationException System.Management.Automation.ParameterBindingException
System.Management.Automation.ParameterBindingArgumentTransformationException System.Management.Automation.ParameterBindingException
System.Management.Automation.CommandNotFoundException System.Management.Automation.RuntimeException
System.Management.Automation.ActionPreferenceStopException System.Management.Automation.RuntimeException
System.Management.Automation.MethodException System.Management.Automation.ExtendedTypeSystemException
System.Management.Automation.MethodInvocationException System.Management.Automation.MethodException
System.Management.Automation.ExtendedTypeSystemException System.Management.Automation.RuntimeException
System.Management.Automation.SetValueException System.Management.Automation.ExtendedTypeSystemException
System.Management.Automation.SetValueInvocationException System.Management.Automation.SetValueException
System.Management.Automation.PropertyNotFoundException System.Management.Automation.ExtendedTypeSystemException
System.Management.Automation.ParseException System.Management.Automation.RuntimeException
System.Management.Automation.ScriptCallDepthException System.SystemException
System.Management.Automation.PipelineStoppedException System.Management.Automation.RuntimeException
System.Management.Automation.MetadataException System.Management.Automation.RuntimeException
System.Management.Automation.ArgumentTransformationMetadataException System.Management.Automation.MetadataException
System.Management.Automation.ValidationMetadataException System.Management.Automation.MetadataException
System.Management.Automation.PSInvalidCastException System.InvalidCastException
System.Management.Automation.PSInvalidOperationException System.InvalidOperationException
System.Management.Automation.PSArgumentException System.ArgumentException
System.Management.Automation.PSNotSupportedException System.NotSupportedException
System.Management.Automation.SessionStateException System.Management.Automation.RuntimeException
System.Management.Automation.SessionStateUnauthorizedAccessException System.Management.Automation.SessionStateException
System.Management.Automation.ItemNotFoundException System.Management.Automation.SessionStateException
System.Management.Automation.DriveNotFoundException System.Management.Automation.SessionStateException
System.Management.Automation.PSSecurityException System.Management.Automation.RuntimeException
System.Management.Automation.RemoteException System.Management.Automation.RuntimeException
Microsoft.PowerShell.Commands.WriteErrorException System.SystemException
`

func exceptionTypes() []*Type {
	types := []*Type{exceptionType("System.Exception", "")}
	for _, line := range strings.Split(strings.TrimSpace(hierarchy), "\n") {
		name, base, _ := strings.Cut(line, " ")
		types = append(types, exceptionType(name, base))
	}
	types[0].Members = exceptionMembers()
	for _, t := range types[1:] {
		t.Members = ownMembers[t.Name]
	}
	return types
}

// exceptionType declares an exception class with new(), new(message),
// new(message, inner) and casts from text.
func exceptionType(name, base string) *Type {
	return &Type{Name: name, Base: base,
		New: func(a *Args) (any, error) {
			e := value.NewException(name, "Exception of type '"+name+"' was thrown.")
			if a.Len() > 0 {
				e.Message = a.Text(0)
			}
			for _, x := range a.From(1) {
				switch x := x.(type) {
				case *value.Exception:
					e.Inner = x
				case string:
					nameArgument(a.Env, e, x)
				}
			}
			return e, nil
		},
		Convert: func(_ *Env, v any) (any, error) { return value.NewException(name, text(v)), nil }}
}
