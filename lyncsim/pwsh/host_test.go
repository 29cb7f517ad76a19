package pwsh_test

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/pwsh"
	"github.com/fedroute/fedroute/lyncsim/pwsh/standin"
)

func TestMain(m *testing.M) {
	standin.Main()
	os.Exit(m.Run())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site is a host for the machines of a farm, and a seat on its first Front End.
type site struct {
	*pwsh.Host
	farm *farm.Farm
	seat pwsh.Seat
}

// newSite starts shells with the program, or with the stand-in when it is empty.
func newSite(t *testing.T, program string) site {
	t.Helper()
	spec, err := farm.Load("../samples/one-site-two-pools.yaml")
	must(t, err)
	_, err = spec.Allocate(netip.MustParsePrefix("127.9.9.0/24"))
	must(t, err)
	spec.NetBIOSDomain = "CONTOSO"
	f, err := farm.New(spec, farm.Options{})
	must(t, err)
	session := &cmdlets.Session{Farm: f, Machine: "fe1.contoso.com", Who: farm.AtConsole(`CONTOSO\anna`)}
	product, err := session.Module()
	must(t, err)
	if program == "" {
		program, err = standin.Install(t.TempDir())
		must(t, err)
	}
	h, err := pwsh.Open(pwsh.Config{Program: program, Address: netip.MustParseAddr("127.0.0.1")})
	must(t, err)
	t.Cleanup(h.Close)
	return site{h, f, pwsh.Seat{
		Name: "fe1.contoso.com", Machine: dotnet.NewLoneMachine("FE1", "fe1.contoso.com"), Clock: f.Clock(),
		Product: product, Setup: session.Bootstrapper, SetupPath: f.Product().Bootstrapper(),
	}}
}

// answer is the result of a process: output and errors line by line, and the exit code.
type answer struct {
	Out, Errors []string
	Code        int
}

// run runs a script whose output and errors are text.
func (s site) run(t *testing.T, script string) answer {
	t.Helper()
	return s.invoke(t.Context(), console.Invocation{Script: script, Stdin: strings.NewReader("")})
}

func (s site) invoke(ctx context.Context, in console.Invocation) answer {
	var out, errs bytes.Buffer
	in.Stdout, in.Stderr = &out, &errs
	code := s.Run(ctx, s.seat, in)
	return answer{lines(out.String()), lines(errs.String()), code}
}

func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		out = append(out, strings.TrimRight(line, "\r\n"))
	}
	return out
}

func TestScripts(t *testing.T) {
	const catch = `try { %s } catch { $_.FullyQualifiedErrorId; $_.CategoryInfo.Category; $_.Exception.GetType().Name; $_.Exception.Message }`
	cases := map[string]struct {
		reason, script string
		want           answer
	}{
		"objects": {"objects keep types, properties and text", `$r = Get-CsService -EdgeServer; $r.Count; $r[0].PoolFqdn; (Get-CsTopology -AsXml).ToString().Substring(0, 9)`,
			answer{Out: []string{"2", "edge1.contoso.com", "<Topology"}}},
		"import": {"the module is found as on a server", `(Get-Module -ListAvailable -Name Lync, SkypeForBusiness).Name; Import-Module Lync; (Get-Module Lync).Version.Major; (Get-Command Set-CsSite).Parameters.ContainsKey('XmppFederationRoute')`,
			answer{Out: []string{"Lync", "5", "True"}}},
		"enum": {"an enum's value is its name", `(Get-CsWindowsService -Name RTCSRV).Status -eq 'Running'`, answer{Out: []string{"True"}}},
		"pipeline": {"parameters bind from the pipeline", `Import-Module Lync; 'Redmond' | ForEach-Object { Get-CsSite -Identity $_ } | ForEach-Object { $_.Identity.ToString() }`,
			answer{Out: []string{"Site:Redmond"}}},
		"what if": {"-WhatIf tells and changes nothing", `Set-CsSite -Identity Redmond -FederationRoute EdgeServer:edge2.contoso.com -WhatIf; (Get-CsSite).FederationRoute`,
			answer{Out: []string{`What if: Performing the operation "Set-CsSite" on target "Site:Redmond".`, "EdgeServer:edge1.contoso.com"}}},
		"preference": {"so does the preference variable", `$WhatIfPreference = $true; Set-CsSite -Identity Redmond -FederationRoute EdgeServer:edge2.contoso.com; (Get-CsSite).FederationRoute`,
			answer{Out: []string{`What if: Performing the operation "Set-CsSite" on target "Site:Redmond".`, "EdgeServer:edge1.contoso.com"}}},
		"stop": {"-ErrorAction Stop makes an error terminating", strings.Replace(catch, "%s", "Get-CsSite -Identity Nowhere -ErrorAction Stop", 1),
			answer{Out: []string{"ItemNotFound,Get-CsSite", "ObjectNotFound", "ItemNotFoundException", "find site Nowhere: there is no site with this identity"}}},
		"goes on": {"an error of a cmdlet does not end the script", `Import-Module Lync; Get-CsSite -Identity Nowhere -ErrorAction SilentlyContinue -ErrorVariable e; $e.Count; 'after'`,
			answer{Out: []string{"1", "after"}}},
		"unknown parameter": {"what does not bind never leaves the process", strings.Replace(catch, "%s", "Set-CsSite -Identity Redmond -Nonsense 1", 1),
			answer{Out: []string{"NamedParameterNotFound,Set-CsSite", "InvalidArgument", "ParameterBindingException", "A parameter cannot be found that matches parameter name 'Nonsense'."}}},
		"refusal": {"what the simulator refuses is a terminating error", strings.Replace(catch, "%s", "Test-CsFederatedPartner -TargetFqdn x -Domain y", 1),
			answer{Out: []string{"NotSimulated,Test-CsFederatedPartner", "NotImplemented", "NotSupportedException", "not supported by the simulator: Test-CsFederatedPartner -TargetFqdn"}}},
		"tables": {"objects go out and come back as arguments", `$u = New-CsSimpleUrl -Component Meet -Domain * -ActiveUrl https://m.contoso.com -SimpleUrlEntry (New-CsSimpleUrlEntry -Url https://m.contoso.com)
Set-CsSimpleUrlConfiguration -Identity Global -SimpleUrl @{Replace = $u}
(Get-CsSimpleUrlConfiguration).SimpleUrl | ForEach-Object { $_.Component + ' ' + $_.SimpleUrlEntry[0].Url }`,
			answer{Out: []string{"Meet https://m.contoso.com"}}},
		"confirm": {"nobody can be asked", strings.Replace(catch, "%s", "Disable-CsComputer", 1),
			answer{Out: []string{"InvalidOperation,Disable-CsComputer", "InvalidOperation", "PSInvalidOperationException",
				"Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available."}}},
		"confirmed": {"unless the caller says that nobody need be", `$ConfirmPreference = 'None'; Disable-CsComputer; 'done'`, answer{Out: []string{"done"}}},
		"verbose": {"verbose text is there for those who ask", `Set-CsSite -Identity Redmond -FederationRoute EdgeServer:edge1.contoso.com -Verbose; Set-CsSite -Identity Redmond -FederationRoute EdgeServer:edge1.contoso.com`,
			answer{Out: []string{`VERBOSE: Performing the operation "Set-CsSite" on target "Site:Redmond".`}}},
		"exit code": {"the exit code is the program's", `exit 7`, answer{Code: 7}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, newSite(t, "").run(t, tc.script)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestWritesReachTheFarm(t *testing.T) {
	s := newSite(t, "")
	got := s.run(t, `Set-CsSite -Identity Redmond -FederationRoute EdgeServer:edge2.contoso.com -Verbose 4>$null`)
	if len(got.Errors) > 0 || got.Code != 0 {
		t.Errorf("%+v", got)
	}
	journal := s.farm.Journal()
	if len(journal) == 0 {
		t.Fatal("the journal has no write")
	}
	last := journal[len(journal)-1]
	if last.Actor.User != `CONTOSO\anna` || last.Actor.Command != "Set-CsSite" || last.Actor.Machine != "fe1.contoso.com" {
		t.Errorf("the write was recorded as %+v", last)
	}
}

func TestStreamsOfTheProcess(t *testing.T) {
	s := newSite(t, "")
	in := console.Invocation{Script: `while ($null -ne ($l = [Console]::In.ReadLine())) { "got $l" }; [Console]::Error.WriteLine('bad')`,
		Stdin: strings.NewReader("one\ntwo\n")}
	want := answer{Out: []string{"got one", "got two"}, Errors: []string{"bad"}}
	if diff := cmp.Diff(want, s.invoke(t.Context(), in)); diff != "" {
		t.Errorf("stdin is a pipe, stdout and stderr are handed on (-want +got):\n%s", diff)
	}
}

func TestLongScriptsAndArguments(t *testing.T) {
	s := newSite(t, "")
	long := "# " + strings.Repeat("x", 200_000) + "\n'ran'"
	if diff := cmp.Diff(answer{Out: []string{"ran"}}, s.run(t, long)); diff != "" {
		t.Errorf("a script that no command line takes (-want +got):\n%s", diff)
	}
	in := console.Invocation{Script: `[CmdletBinding()] param([string]$Name) "[$Name]"`, Arguments: []string{"-Name", "it's; exit 3"}, Stdin: strings.NewReader("")}
	if diff := cmp.Diff(answer{Out: []string{"[it's; exit 3]"}}, s.invoke(t.Context(), in)); diff != "" {
		t.Errorf("a script file's arguments (-want +got):\n%s", diff)
	}
}

func TestMissingProgram(t *testing.T) {
	_, err := pwsh.Open(pwsh.Config{Program: "no-such-powershell"})
	if err == nil || !strings.Contains(err.Error(), "no-such-powershell") {
		t.Errorf("the error does not name the program: %v", err)
	}
}

// TestBarriersKeepTheirNumbers checks that a real PowerShell sees the classes and numbers of
// exceptions that it does not have itself.
func TestBarriersKeepTheirNumbers(t *testing.T) {
	program := os.Getenv("FEDROUTE_POWERSHELL")
	if program == "" {
		t.Log("NOT JUDGED by a real PowerShell: FEDROUTE_POWERSHELL names none")
		return
	}
	const script = `try { %s } catch { for ($e = $_.Exception; $e; $e = $e.InnerException) { '{0} {1} {2}' -f $e.GetType().FullName, $e.HResult, ([string]$e.Number + $e.NativeErrorCode) }; $_.FullyQualifiedErrorId }`
	cases := map[string]struct {
		reason  string
		who     identity.Identity
		command string
		want    []string
	}{
		"SQL Server": {"numbers tell one refusal from another", identity.Identity{Account: `CONTOSO\anna`, SignIn: identity.Console}, "Get-CsSite -ErrorAction Stop",
			[]string{"System.Data.SqlClient.SqlException -2146232060 18456", "System.Data.SqlClient.SqlException,Get-CsSite"}},
		"services": {"the reason is inside", identity.Identity{Account: `CONTOSO\anna`}, "Get-CsWindowsService -ErrorAction Stop",
			[]string{"System.InvalidOperationException -2146233079 ", "System.ComponentModel.Win32Exception -2147467259 5", "System.InvalidOperationException,Get-CsWindowsService"}},
		"share": {"a class that the process has is its own", identity.Identity{Account: `CONTOSO\anna`, SignIn: identity.Console, Groups: farm.Token(farm.ServerAdmins)}, "Enable-CsTopology -ErrorAction Stop",
			[]string{"System.UnauthorizedAccessException -2147024891 ", "System.UnauthorizedAccessException,Enable-CsTopology"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, program)
			session := &cmdlets.Session{Farm: s.farm, Machine: "fe1.contoso.com", Who: c.who}
			product, err := session.Module()
			must(t, err)
			s.seat.Product = product
			got := s.run(t, strings.Replace(script, "%s", c.command, 1))
			if diff := cmp.Diff(answer{Out: c.want}, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}
