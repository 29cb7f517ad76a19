package shell_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
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
		"denied":            {"RBAC", "UnauthorizedAccess,Set-CsSite", "NotSpecified", "Access is denied.", fault.Denied, "second hop"},
		"security":          {"RBAC", "X", "SecurityError", "not allowed", fault.Denied, "RBAC"},
		"anonymous":         {"a session without credentials to pass on", "SqlException", "NotSpecified", "Login failed for user 'NT AUTHORITY\\ANONYMOUS LOGON'.", fault.Denied, "second hop"},
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
			if len(w.asked) != 1 {
				t.Errorf("what a script threw is not asked for again: asked %v", w.asked)
			}
		})
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
