package powershell_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// on runs a script in a new process and gives its output and the ids of its errors.
func on(o powershell.Options, script string) string {
	var out, errs bytes.Buffer
	o.Notation, o.Stdout, o.Stderr, o.Loaded = powershell.Recorded, &out, &errs, utility.Modules()
	rs := powershell.New(o)
	defer rs.Close()
	rs.Run(context.Background(), script)
	got := strings.Fields(out.String())
	for line := range strings.Lines(errs.String()) {
		id, _, _ := strings.Cut(line, "\t")
		got = append(got, id)
	}
	return strings.Join(got, " ")
}

func TestOlderVersions(t *testing.T) {
	const noMethod, noCommand = "MethodNotFound", "CommandNotFoundException"
	cases := map[string]struct {
		reason, script string
		v30, v40, v51  string
	}{
		"version":  {"a script can ask", `[string]$PSVersionTable.PSVersion`, "3.0", "4.0", "5.1.17763.5830"},
		"edition":  {"the table has the edition since 5.1", `$PSVersionTable.ContainsKey('PSEdition')`, "False", "False", "True"},
		"new":      {"constructors are methods since 5.0", `[Text.StringBuilder]::new('x').ToString()`, noMethod, noMethod, "x"},
		"where":    {"collections filter since 4.0", `(1..3).Where({ $_ -gt 2 })`, noMethod, "3", "3"},
		"guid":     {"New-Guid is there since 5.0", `(New-Guid).ToString().Length`, noCommand, noCommand, "36"},
		"using":    {"using is kept for later before 5.0", "using namespace System.Text\n[StringBuilder].Name", "ReservedKeywordNotAllowed", "ReservedKeywordNotAllowed", "StringBuilder"},
		"old ways": {"what 3.0 has works everywhere", `[pscustomobject]@{ A = 1 } | ForEach-Object { $_.A } | Where-Object { $_ -in 1, 2 }`, "1", "1", "1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for version, want := range map[powershell.Version]string{powershell.V30: c.v30, powershell.V40: c.v40, powershell.V51: c.v51, "": c.v51} {
				if diff := cmp.Diff(want, on(powershell.Options{Version: version}, c.script)); diff != "" {
					t.Errorf("%s, in %q (-want +got):\n%s", c.reason, version, diff)
				}
			}
		})
	}
}

func TestConstrainedLanguage(t *testing.T) {
	const refused = "MethodInvocationNotSupportedInConstrainedLanguage"
	cases := map[string]struct{ reason, script, full, constrained string }{
		"mode":       {"a script can ask", `[string]$ExecutionContext.SessionState.LanguageMode`, "FullLanguage", "ConstrainedLanguage"},
		"core type":  {"methods of core types work", `'ab'.ToUpper(); [Guid]::Empty.ToString().Length`, "AB 36", "AB 36"},
		"other type": {"those of others do not", `[Convert]::ToBase64String([byte[]](1, 2))`, "AQI=", refused},
		"console":    {"nor those of the console", `[Console]::Out.Flush(); 'x'`, "x", "x " + refused},
		"object":     {"New-Object makes core types only", `(New-Object Text.StringBuilder 'x').Length`, "1", "CannotCreateTypeConstrainedLanguage,Microsoft.PowerShell.Commands.NewObjectCommand"},
		"core":       {"of which a version is one", `(New-Object Version '1.2').Major`, "1", "1"},
		"cmdlets":    {"cmdlets work", `1..3 | Measure-Object | ForEach-Object { $_.Count }`, "3", "3"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for mode, want := range map[string]string{"": c.full, "FullLanguage": c.full, "ConstrainedLanguage": c.constrained} {
				if diff := cmp.Diff(want, on(powershell.Options{LanguageMode: mode}, c.script)); diff != "" {
					t.Errorf("%s, in %q (-want +got):\n%s", c.reason, mode, diff)
				}
			}
		})
	}
}
