package powershell_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// site is an object as a cmdlet of the product returns it.
func site(name string, more ...string) *value.Object {
	o := value.NewObject("Microsoft.Rtc.Site").Set("Identity", "Site:"+name).Set("Pools", []string{"p1", "p2"})
	for _, m := range more {
		o.Set(m, "")
	}
	return o
}

// playIn runs a script in a notation for people. It returns what the script wrote to
// both streams and its exit code.
func playIn(t *testing.T, n powershell.Notation, script string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	sites := cmdlet("Get-Site", func(_ context.Context, c *powershell.Call) error {
		if c.On("Long") {
			return c.Emit(site("Redmond", "Name", "Route", "XmppRoute"))
		}
		return c.Emit([]*value.Object{site("Redmond"), site("Dublin")})
	}, powershell.Parameter{Name: "Long", Type: "SwitchParameter"})
	talk := cmdlet("Publish-It", func(_ context.Context, c *powershell.Call) error {
		if err := c.Progress("Publishing", "50 % done"); err != nil {
			return err
		}
		if err := c.Warn("careful <%d>", 1); err != nil {
			return err
		}
		return c.WriteError(powershell.NewErrorRecord("System.Exception", "NotThere", "ObjectNotFound", "x", "no x"))
	})
	rs := powershell.New(powershell.Options{Notation: n, Stdout: &out, Stderr: &errs,
		Loaded: append(utility.Modules(), module(sites, talk))})
	defer rs.Close()
	code = rs.Run(t.Context(), script)
	return out.String(), errs.String(), code
}

// TestConsole checks what an administrator sees: a text is a line, an object with few
// properties is a table row, an object with many properties is a list.
func TestConsole(t *testing.T) {
	cases := map[string]struct {
		script string
		want   []string
	}{
		"texts":   {`'a'; 1.5; $null; @(1, 2)`, []string{"a", "1.5", "1", "2", ""}},
		"lines":   {`"a` + "`r`n" + `b` + "`n" + `c"`, []string{"a", "b", "c", ""}},
		"matches": {`'', 'ab' | Select-String b`, []string{"", "ab", "", "", ""}},
		"table":   {`Get-Site`, []string{"", "Identity     Pools", "--------     -----", "Site:Redmond {p1, p2}", "Site:Dublin  {p1, p2}", "", "", ""}},
		"list":    {`Get-Site -Long`, []string{"", "", "Identity  : Site:Redmond", "Pools     : {p1, p2}", "Name      : ", "Route     : ", "XmppRoute : ", "", "", "", ""}},
		"entries": {`@{ k = 'v' }`, []string{"", "Name Value", "---- -----", "k    v", "", "", ""}},
		"order":   {`'before'; Get-Site -Long | Out-Null; [Console]::Out.WriteLine('direct'); 'after'`, []string{"before", "direct", "after", ""}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, stderr, _ := playIn(t, powershell.Console, tc.script)
			if diff := cmp.Diff(tc.want, strings.Split(out, "\r\n")); diff != "" || stderr != "" {
				t.Errorf("-want +got\n%s%s", diff, stderr)
			}
		})
	}
}

// TestErrorText checks that an error shows its message, place, category and id as a
// console shows them.
func TestErrorText(t *testing.T) {
	_, stderr, code := playIn(t, powershell.Console, "'x'\n  Publish-It")
	want := []string{"Publish-It : no x", "At line:2 char:3", "+   Publish-It", "+   ~",
		"    + CategoryInfo          : ObjectNotFound: (x:String) [Publish-It], Exception", "    + FullyQualifiedErrorId : NotThere,Publish-It", " ", ""}
	if diff := cmp.Diff(want, strings.Split(stderr, "\r\n")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if code != 1 {
		t.Errorf("exit code %d: powershell.exe ends with 1 when its last command failed", code)
	}
}

// TestUnknownCommandText checks that the name of an unknown command stands before the
// message, as it does for a command that exists.
func TestUnknownCommandText(t *testing.T) {
	_, stderr, _ := playIn(t, powershell.Console, "Get-Nothing")
	if !strings.HasPrefix(stderr, "Get-Nothing : The term 'Get-Nothing' is not recognized as the name of a cmdlet, function, script file, or operable program.") {
		t.Errorf("stderr is %q", stderr)
	}
}

// TestErrorsAsCLIXML checks that stderr is written as powershell.exe -EncodedCommand
// writes it.
func TestErrorsAsCLIXML(t *testing.T) {
	out, stderr, _ := playIn(t, powershell.CLIXML, `'text'; Publish-It; 'end'`)
	if diff := cmp.Diff("text\r\nend\r\n", out); diff != "" {
		t.Errorf("stdout: -want +got\n%s", diff)
	}
	for _, part := range []string{
		"#< CLIXML\r\n<Objs Version=\"1.1.0.1\"", `<Obj S="progress" RefId="0">`, "<AV>Publishing</AV>",
		`<S S="warning">careful &lt;1&gt;</S>`, `<S S="Error">Publish-It : no x_x000D__x000A_</S>`, "</Objs>",
	} {
		if !strings.Contains(stderr, part) {
			t.Errorf("stderr lacks %s:\n%s", part, stderr)
		}
	}
	if _, quiet, _ := playIn(t, powershell.CLIXML, `$ProgressPreference = 'SilentlyContinue'; 'text'`); quiet != "" {
		t.Errorf("a script without errors wrote %q to stderr", quiet)
	}
}

// TestCommand checks what the engine offers to a cmdlet written in Go.
func TestCommand(t *testing.T) {
	set := &powershell.Command{Name: "Set-Site", ShouldProcess: true, ConfirmImpact: "High",
		Parameters: []powershell.Parameter{
			{Name: "Identity", Type: "String", Sets: []powershell.ParameterSet{{Mandatory: true, Position: 0, FromPipeline: true, FromProperty: true}}},
			{Name: "Port", Type: "UInt16", Aliases: []string{"P"}, Validators: []powershell.Validator{powershell.ValidateRange{Min: 1, Max: 6000}}},
			{Name: "Kind", Type: "String", Validators: []powershell.Validator{powershell.ValidateSet{Words: []string{"SIP", "XMPP"}}}},
		},
		Process: func(_ context.Context, c *powershell.Call) error {
			yes, err := c.ShouldProcess(c.Text("Identity"), "Set-Site")
			if err != nil || !yes {
				return err
			}
			if c.Text("Identity") == "bad" {
				return powershell.NewErrorRecord("System.InvalidOperationException", "Bad", "InvalidData", "bad", "it is bad")
			}
			return c.Emit(c.Text("Identity") + "/" + value.Text(c.Value("Port")) + "/" + strings.Join(c.Names(), ","))
		}}
	cases := map[string]struct {
		reason string
		script string
		want   answer
	}{
		"confirm":     {"nobody can answer", `Set-Site a`, answer{Errors: []string{"InvalidOperation,Set-Site"}}},
		"no confirm":  {"-Confirm:$false goes on", `Set-Site a -P 5061 -Confirm:$false`, answer{Out: []string{"a/5061/Port,Confirm,Identity"}}},
		"what if":     {"-WhatIf says and does nothing", `Set-Site a -WhatIf`, answer{Out: []string{`What if: Performing the operation "Set-Site" on target "a".`}}},
		"preference":  {"$ConfirmPreference decides", `$ConfirmPreference = 'None'; 'a', 'b' | Set-Site; [pscustomobject]@{ Identity = 'c' } | Set-Site`, answer{Out: []string{"a//Identity", "b//Identity", "c//Identity"}}},
		"terminating": {"an error record that is returned ends the statement", `$ConfirmPreference = 'None'; try { Set-Site bad } catch { "$($_.FullyQualifiedErrorId) $($_.TargetObject) $($_.CategoryInfo.Activity)" }`, answer{Out: []string{"Bad,Set-Site bad Set-Site"}}},
		"validation":  {"checks are the binder's", `Set-Site a -Port 7000; Set-Site a -Port x; Set-Site a -Kind H323`, answer{Errors: []string{"ParameterArgumentValidationError,Set-Site", "ParameterArgumentTransformationError,Set-Site", "ParameterArgumentValidationError,Set-Site"}}},
		"out":         {"-OutVariable keeps what is put out", `$null = Set-Site a -Confirm:$false -OutVariable o; $o`, answer{Out: []string{"a//Confirm,OutVariable,Identity"}}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := run(t, tc.script, func(o *powershell.Options) { o.Loaded = append(o.Loaded, module(set)) })
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", tc.reason, diff)
			}
		})
	}
}
