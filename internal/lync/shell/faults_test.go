package shell_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

func TestFaultKinds(t *testing.T) {
	cases := map[string]struct {
		reason                string
		id, category, message string
		kind                  fault.Kind
		sentence              string // part of it
	}{
		"conflict":          {"ours", "fedroute.WorldChanged", "InvalidData", "the topology now carries another signature", fault.WorldChanged, "observe again"},
		"busy":              {"ours", "fedroute.Busy", "ResourceBusy", "another publish is still running", fault.Busy, "wait"},
		"invalid":           {"ours", "fedroute.Invalid", "ObjectNotFound", "no Edge pool", fault.Invalid, "correct the name"},
		"unsupported":       {"ours", "fedroute.Unsupported", "NotImplemented", "no parameter", fault.Unsupported, "version"},
		"failed":            {"ours", "fedroute.Failed", "InvalidResult", "exit code 5", fault.Failed, "exit code 5"},
		"with a command":    {"Write-Error adds the function it ran in", "fedroute.Invalid,Find-EdgeService", "ObjectNotFound", "no Edge pool", fault.Invalid, ""},
		"unknown cmdlet":    {"older version", "CommandNotFoundException", "ObjectNotFound", "The term is not recognized", fault.Unsupported, "this cmdlet"},
		"unknown parameter": {"older version", "NamedParameterNotFound,Set-CsSite", "InvalidArgument", "no parameter", fault.Unsupported, ""},
		"no module":         {"wrong machine", "Modules_ModuleNotFound,Import-Module", "ResourceUnavailable", "not loaded", fault.Unsupported, "management shell"},
		"denied":            {"RBAC", "UnauthorizedAccess,Set-CsSite", "NotSpecified", "Access is denied.", fault.RightsMissing, "RTC groups"},
		"security":          {"RBAC", "X", "SecurityError", "not allowed", fault.RightsMissing, "RTC groups"},
		"no such object":    {"typing error", "ManagementObjectNotFound,Set-CsSite", "ObjectNotFound", "Cannot find site", fault.Invalid, "correct the name"},
		"other":             {"nobody knows it", "ProcessingFailed", "NotSpecified", "It broke", fault.Failed, "It broke"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[first] = fails(throws(c.id, c.category, c.message))
			_, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(context.Background())
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Sentence(err), c.sentence) {
				t.Errorf("%s: got %s, %q; want %s with %q", c.reason, fault.KindOf(err), fault.Sentence(err), c.kind, c.sentence)
			}
			if want := c.kind == fault.Busy; errors.Is(err, lync.ErrAtWork) != want {
				t.Errorf("%s: %v tells of an operation at work: %t, want %t", c.reason, err, !want, want)
			}
			if len(w.asked) != 1 {
				t.Errorf("what a script threw is not asked for again: asked %v", w.asked)
			}
		})
	}
}

// TestBarriers: what stands behind the host is recognized by numbers, whatever the language
// of the message.
func TestBarriers(t *testing.T) {
	const sql, directory, access, win32 = "System.Data.SqlClient.SqlException", "System.DirectoryServices.DirectoryServicesCOMException", "System.UnauthorizedAccessException", "System.ComponentModel.Win32Exception"
	plain, kit, forwarded := remote.Endpoint{URL: first}, remote.Endpoint{URL: first, Configuration: "FedRoute"}, remote.Endpoint{URL: first, Delegate: true}
	cases := []struct {
		reason, message string
		at              remote.Endpoint
		causes          []remote.Cause
		kind            fault.Kind
		says            string
	}{
		{"SQL Server sees nobody", `Fehler bei der Anmeldung für den Benutzer 'NT-AUTORITÄT\ANONYMOUS-ANMELDUNG'.`, plain, []remote.Cause{{Type: sql, Number: 18456}}, fault.SecondHop, "install the endpoint kit"},
		{"behind another exception", "x", plain, []remote.Cause{{Type: "Microsoft.Rtc.X"}, {Type: sql, Number: 18456}}, fault.SecondHop, "install the endpoint kit"},
		{"SQL Server names the account, so it knows who asks", `Login failed for user 'CONTOSO\admin'.`, plain, []remote.Cause{{Type: sql, Number: 18456}}, fault.RightsMissing, "RTC groups"},
		{"the run-as account goes on, and has no login", "x", kit, []remote.Cause{{Type: sql, Number: 18456}}, fault.RightsMissing, "RTC groups"},
		{"a forwarded ticket goes on, too", "x", forwarded, []remote.Cause{{Type: sql, Number: 18456}}, fault.RightsMissing, "RTC groups"},
		{"an untrusted domain", "x", plain, []remote.Cause{{Type: sql, Number: 18452}}, fault.SecondHop, "install the endpoint kit"},
		{"a statement that the login may not run", "x", plain, []remote.Cause{{Type: sql, Number: 229}}, fault.RightsMissing, "RTC groups"},
		{"another error of SQL Server", "x", plain, []remote.Cause{{Type: sql, Number: 1205}}, fault.Failed, "x"},
		{"the number of another class", "x", plain, []remote.Cause{{Type: "System.Exception", Number: 18456}}, fault.Failed, "x"},
		{"nobody is bound to the domain controller", "Ein Vorgangsfehler ist aufgetreten.", plain, []remote.Cause{{Type: directory, HResult: -2147016672, Number: 1244}}, fault.SecondHop, "install the endpoint kit"},
		{"the domain does not know the account", "x", plain, []remote.Cause{{Type: directory, HResult: -2147023570}}, fault.RightsMissing, "account of the domain"},
		{"access is denied", "Zugriff verweigert", plain, []remote.Cause{{Type: access, HResult: -2147024891}}, fault.RightsMissing, "RTC groups"},
		{"Windows does not find it", "x", plain, []remote.Cause{{Type: win32, HResult: -2147467259, Number: 2}}, fault.Failed, "x"},
		{"the number of Windows in another class", "x", plain, []remote.Cause{{Type: "System.Exception", Number: 5}}, fault.Failed, "x"},
		{"Windows denies it", "x", plain, []remote.Cause{{Type: "System.InvalidOperationException", HResult: -2146233079}, {Type: win32, HResult: -2147467259, Number: 5}}, fault.RightsMissing, "RTC groups"},
	}
	for _, c := range cases {
		w := newWorld()
		thrown := throws("X", "NotSpecified", c.message)
		script, _ := errors.AsType[*remote.ScriptError](thrown)
		script.Causes = c.causes
		w.answers[first] = fails(thrown)
		fleet := w.fleetAt(t, c.at)
		_, _, err := shell.NewObserver(fleet).ReadTopology(t.Context())
		if fault.KindOf(err) != c.kind || !strings.Contains(fault.Sentence(err), c.says) {
			t.Errorf("%s: %s %q, want %s saying %q", c.reason, fault.KindOf(err), fault.Sentence(err), c.kind, c.says)
		}
	}
}

func TestFaultCauseIsBounded(t *testing.T) {
	w := newWorld()
	w.answers[first] = fails(throws("X", "NotSpecified", strings.Repeat("zu lang:\r\n ö ", 500)))
	_, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(context.Background())
	if text := err.Error(); len(text) > 700 || !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n") {
		t.Errorf("got %d bytes: %q", len(text), text)
	}
}
