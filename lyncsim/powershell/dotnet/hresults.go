package dotnet

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// hresults are the HRESULTs of exception classes, as PowerShell 7.6 tells them. A class
// that is not here has that of its base.
var hresults = map[string]int32{
	"System.Exception":                                   -2146233088,
	"System.SystemException":                             -2146233087,
	"System.ApplicationException":                        -2146232832,
	"System.ArgumentException":                           -2147024809,
	"System.ArgumentNullException":                       -2147467261,
	"System.ArgumentOutOfRangeException":                 -2146233086,
	"System.InvalidOperationException":                   -2146233079,
	"System.ObjectDisposedException":                     -2146232798,
	"System.NotSupportedException":                       -2146233067,
	"System.NotImplementedException":                     -2147467263,
	"System.FormatException":                             -2146233033,
	"System.ArithmeticException":                         -2147024362,
	"System.DivideByZeroException":                       -2147352558,
	"System.OverflowException":                           -2146233066,
	"System.InvalidCastException":                        -2147467262,
	"System.NullReferenceException":                      -2147467261,
	"System.IndexOutOfRangeException":                    -2146233080,
	"System.TimeoutException":                            -2146233083,
	"System.OperationCanceledException":                  -2146233029,
	"System.UnauthorizedAccessException":                 -2147024891,
	"System.OutOfMemoryException":                        -2147024882,
	"System.Security.SecurityException":                  -2146233078,
	"System.Threading.AbandonedMutexException":           -2146233043,
	"System.Threading.WaitHandleCannotBeOpenedException": -2146233044,
	"System.Collections.Generic.KeyNotFoundException":    -2146232969,
	"System.IO.IOException":                              -2146232800,
	"System.IO.FileNotFoundException":                    -2147024894,
	"System.IO.DirectoryNotFoundException":               -2147024893,
	"System.IO.EndOfStreamException":                     -2147024858,
	"System.Runtime.InteropServices.ExternalException":   -2147467259,
	"System.Xml.XmlException":                            -2146232000,
	"System.Xml.XPath.XPathException":                    -2146231997,
}

// bases are the base classes of exceptions by class.
var bases = make(map[string]string)

func init() {
	for line := range strings.Lines(strings.TrimSpace(hierarchy)) {
		name, base, _ := strings.Cut(strings.TrimSpace(line), " ")
		bases[name] = base
	}
}

// hresult is an exception's HResult: its own, or that of its class.
func hresult(e *value.Exception) any {
	if own := extra(e, "HResult"); own != nil {
		return own
	}
	for class := e.Type; class != ""; class = bases[class] {
		if h, ok := hresults[class]; ok {
			return h
		}
	}
	return hresults["System.Exception"]
}
