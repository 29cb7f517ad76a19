package configuration_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/configuration"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

const restricted = `SessionType = 'RestrictedRemoteServer'; LanguageMode = 'NoLanguage'; `

// folder is a folder with the configuration Demo, whose file has the given keys, and with
// the module Tools.
func folder(keys string, more map[string]string) fstest.MapFS {
	files := map[string]string{
		"Demo.pssc":                       "@{ SchemaVersion = '2.0.0.0'; " + keys + " }",
		"Tools/Tools.psd1":                "@{ RootModule = 'Tools.psm1'; ModuleVersion = '1.0'; FunctionsToExport = 'Get-One', 'Get-Two' }",
		"Tools/Tools.psm1":                "function Get-One { [CmdletBinding()] param() 'one' }\nfunction Get-Two { [CmdletBinding()] param() 'two' }\nfunction Get-Hidden { 'hidden' }",
		"Tools/RoleCapabilities/One.psrc": "@{ ModulesToImport = 'Tools'; VisibleFunctions = 'Get-One' }",
		"Tools/RoleCapabilities/Two.psrc": "@{ ModulesToImport = 'Tools'; VisibleFunctions = 'Get-Two' }",
	}
	maps.Copy(files, more)
	made := fstest.MapFS{}
	for name, text := range files {
		made[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return made
}

// outputs gathers what a pipeline puts out.
type outputs struct{ texts []string }

func (o *outputs) Output(v any) error {
	o.texts = append(o.texts, value.Text(v))
	return nil
}
func (o *outputs) Record(_ syntax.Stream, v any) error {
	if r, ok := v.(*value.ErrorRecord); ok {
		o.texts = append(o.texts, "! "+r.FullID())
	}
	return nil
}
func (o *outputs) Progress(string, string) error { return nil }

// answer runs one command as a caller of a configuration does.
func answer(t *testing.T, c *configuration.Configuration, caller identity.Identity, command powershell.RemoteCommand) string {
	t.Helper()
	rs, err := c.Open(t.Context(), powershell.New(powershell.Options{Loaded: utility.Modules()}), configuration.Opening{Caller: caller, As: caller})
	if err != nil {
		return "not opened: " + err.Error()
	}
	defer rs.Close()
	out := &outputs{}
	err = rs.Invoke(context.Background(), powershell.Pipeline{Statements: [][]powershell.RemoteCommand{{command}}}, out)
	if r, ok := errors.AsType[*value.ErrorRecord](err); ok {
		out.texts = append(out.texts, "!! "+r.FullID())
	} else if err != nil {
		out.texts = append(out.texts, "!! "+err.Error())
	}
	return strings.Join(out.texts, " ")
}

func TestCallersGetTheirRoles(t *testing.T) {
	set, err := configuration.Load(folder(restricted+`RoleDefinitions = @{ 'CONTOSO\Ones' = @{ RoleCapabilities = 'One' }; 'CONTOSO\ada' = @{ RoleCapabilities = 'Two' } }`, nil))
	if err != nil {
		t.Fatal(err)
	}
	c, ones := set.Find("demo"), []identity.Group{{SID: identity.Of(identity.Domain, "Ones"), Name: "ones"}}
	for _, tc := range []struct {
		reason   string
		caller   identity.Identity
		admitted bool
		one, two string
	}{
		{"a member of the group", identity.Identity{Account: `CONTOSO\bob`, Groups: ones}, true, "one", "!! CommandNotFoundException"},
		{"the account itself", identity.Identity{Account: `CONTOSO\ADA`}, true, "!! CommandNotFoundException", "two"},
		{"both", identity.Identity{Account: `CONTOSO\ada`, Groups: ones}, true, "one", "two"},
		{"an administrator without a role", identity.Identity{Account: `CONTOSO\root`, Groups: []identity.Group{{SID: identity.Administrators}}}, false,
			"!! CommandNotFoundException", "!! CommandNotFoundException"},
	} {
		got := []any{c.Admits(tc.caller), answer(t, c, tc.caller, powershell.RemoteCommand{Text: "Get-One"}), answer(t, c, tc.caller, powershell.RemoteCommand{Text: "Get-Two"})}
		if diff := cmp.Diff([]any{tc.admitted, tc.one, tc.two}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
		}
	}
}

func TestRestrictedSessions(t *testing.T) {
	visible := restricted + `ModulesToImport = 'Tools'; VisibleFunctions = 'Get-One', 'Get-Defined'; VisibleCmdlets = 'Get-Date'; FunctionDefinitions = @{ Name = 'Get-Defined'; ScriptBlock = { param($A) "defined $A" } }`
	for _, tc := range []struct {
		reason, keys string
		more         map[string]string
		command      powershell.RemoteCommand
		want         string
	}{
		{reason: "a function of a module", keys: visible, command: powershell.RemoteCommand{Text: "Get-One"}, want: "one"},
		{reason: "a function of the file, with a positional value that is never evaluated", keys: visible,
			command: powershell.RemoteCommand{Text: "Get-Defined", Arguments: []powershell.RemoteArgument{{Value: "$(1)", HasValue: true}}}, want: "defined $(1)"},
		{reason: "a function that the module does not export", keys: visible, command: powershell.RemoteCommand{Text: "Get-Hidden"}, want: "!! CommandNotFoundException"},
		{reason: "a function that is exported and not visible", keys: visible, command: powershell.RemoteCommand{Text: "Get-Two"}, want: "!! CommandNotFoundException"},
		{reason: "an invisible cmdlet", keys: visible, command: powershell.RemoteCommand{Text: "Get-Content"}, want: "!! CommandNotFoundException"},
		{reason: "an alias of an invisible cmdlet", keys: visible, command: powershell.RemoteCommand{Text: "gc"}, want: "!! CommandNotFoundException"},
		{reason: "an alias of a proxy", keys: visible, command: powershell.RemoteCommand{Text: "select", Arguments: []powershell.RemoteArgument{{Name: "First", Value: int32(1), HasValue: true}}},
			want: "!! NamedParameterNotFound,Select-Object"},
		{reason: "script text", keys: visible, command: powershell.RemoteCommand{Text: "Get-One", Script: true}, want: "!! ScriptsNotAllowed"},
		{reason: "empty script text", keys: visible, command: powershell.RemoteCommand{Script: true}, want: "!! ScriptsNotAllowed"},
		{reason: "no name", keys: visible, command: powershell.RemoteCommand{}, want: "!! RuntimeException"},
		{reason: "one name that no module has hides all functions", keys: restricted + `ModulesToImport = 'Tools'; VisibleFunctions = 'Get-One', 'Get-Lost'`,
			command: powershell.RemoteCommand{Text: "Get-One"}, want: "!! CommandNotFoundException"},
		{reason: "without a session type nothing is restricted", keys: `ModulesToImport = 'Tools'`, command: powershell.RemoteCommand{Text: "1 + 1", Script: true}, want: "2"},
		{reason: "a module that is not there", keys: restricted + `ModulesToImport = 'Lost'`, command: powershell.RemoteCommand{Text: "Get-Command"},
			want: "not opened: the specified module 'Lost' was not loaded because no valid module file was found in any module directory"},
		{reason: "a module that does not parse", keys: visible, more: map[string]string{"Tools/Tools.psm1": "function {"}, command: powershell.RemoteCommand{Text: "Get-One"}, want: "not opened: "},
	} {
		set, err := configuration.Load(folder(tc.keys, tc.more))
		if err != nil {
			t.Fatalf("%s: %v", tc.reason, err)
		}
		got := answer(t, set.Find("Demo"), identity.Identity{}, tc.command)
		if got != tc.want && (!strings.HasSuffix(tc.want, ": ") || !strings.HasPrefix(got, tc.want)) {
			t.Errorf("%s: %q, want %q", tc.reason, got, tc.want)
		}
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ reason, keys, want string }{
		{"a key that no such file has", restricted + "VisibleFunction = 'a'", "Demo.pssc: the key VisibleFunction is not valid in such a file"},
		{"a key that is not simulated", restricted + "MountUserDrive = $true", "Demo.pssc: not supported by the simulator: the key MountUserDrive"},
		{"another session type", "SessionType = 'Empty'", "Demo.pssc: not supported by the simulator: SessionType Empty with LanguageMode "},
		{"both run-as accounts", restricted + `RunAsVirtualAccount = $true; GroupManagedServiceAccount = 'A\b$'`, "Demo.pssc: RunAsVirtualAccount and GroupManagedServiceAccount exclude each other"},
		{"a role capability that no module has", restricted + `RoleDefinitions = @{ 'A\b' = @{ RoleCapabilities = 'Lost' } }`, "Demo.pssc: no module has the role capability Lost"},
		{"visible functions that are no strings", restricted + "VisibleFunctions = @{ Name = 'a' }", "Demo.pssc: not supported by the simulator: a System.Collections.Hashtable in VisibleFunctions that is no string"},
	} {
		_, err := configuration.Load(folder(tc.keys, nil))
		if err == nil || err.Error() != tc.want {
			t.Errorf("%s: %v, want %s", tc.reason, err, tc.want)
		}
	}
}

func TestFilesAreReadInBothEncodings(t *testing.T) {
	text := "@{ " + restricted + "Description = 'Prüfung' }"
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for reason, raw := range map[string][]byte{"UTF-16 with a mark": wide, "UTF-16": wide[2:], "UTF-8": []byte(text), "UTF-8 with a mark": []byte("\uFEFF" + text)} {
		if _, err := configuration.Load(fstest.MapFS{"Demo.pssc": {Data: raw}}); err != nil {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
