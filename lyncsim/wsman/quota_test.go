package wsman_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

func withQuotas(t *testing.T, q wsman.Quotas) *lab {
	t.Helper()
	return newLab(t, func(c *wsman.Config, _ *pki.CA) { c.Quotas, c.Program = q, wait })
}

func TestShellQuotaIsPerUser(t *testing.T) {
	l := withQuotas(t, wsman.Quotas{})
	c := l.client(t)
	for i := range 30 {
		if a := c.create(); a.Status != http.StatusOK {
			t.Fatalf("shell %d: %s", i, a.Raw)
		}
	}
	if a := c.create(); a.code() != wsman.CodeTooManyShells || a.Body.Fault.Subcode != "w:QuotaLimit" {
		t.Errorf("shell 31: %s", a.Raw)
	}
	if a := l.client(t).basic("other", "other").create(); a.Status != http.StatusOK {
		t.Errorf("another user: %s", a.Raw)
	}
	c.delete()
	if a := c.create(); a.Status != http.StatusOK {
		t.Errorf("after a Delete: %s", a.Raw)
	}
}

func TestProcessQuotaCountsTheLiving(t *testing.T) {
	l := withQuotas(t, wsman.Quotas{MaxProcessesPerShell: 2})
	c := l.client(t)
	id := c.run("a")
	c.run("b")
	if a := c.command("c"); a.code() != wsman.CodeTooManyCommands {
		t.Errorf("third process: %s", a.Raw)
	}
	c.signal(id, "terminate")
	if a := c.command("c"); a.Status != http.StatusOK {
		t.Errorf("after one ended: %s", a.Raw)
	}
}

func TestOperationQuotaIsNotGivenBackBySignal(t *testing.T) {
	l := withQuotas(t, wsman.Quotas{MaxConcurrentOperationsPerUser: 5})
	c := l.client(t)
	for range 5 {
		c.signal(c.run("x"), "terminate")
		if a := c.signal("x", "terminate"); a.code() == wsman.CodeTooManyOperations {
			break
		}
	}
	if a := c.command("x"); a.code() != wsman.CodeTooManyOperations {
		t.Errorf("the sixth operation: %s", a.Raw)
	}
	l.DeleteShells()
	c.shell = ""
	if a := c.create(); a.Status != http.StatusOK {
		t.Errorf("after the shell ended: %s", a.Raw)
	}
}

func TestShellsCanBeListedAndDescribed(t *testing.T) {
	l := withQuotas(t, wsman.Quotas{})
	c := l.client(t)
	a := c.do(transfer+"/Create", `<sh:Shell><sh:WorkingDirectory>C:\a&amp;b</sh:WorkingDirectory><sh:IdleTimeOut>PT90S</sh:IdleTimeOut></sh:Shell>`)
	c.shell = a.Body.Shells[0].ID
	for _, want := range []string{`C:\a&amp;b`, "PT90.000S", "<rsp:Owner>admin</rsp:Owner>", "<rsp:ClientIP>127.0.0.1</rsp:ClientIP>"} {
		if got := c.do(transfer+"/Get", ""); !strings.Contains(got.Raw, want) {
			t.Errorf("get lacks %s: %s", want, got.Raw)
		}
	}
	c.create()
	list := c.do("http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate",
		`<e:Enumerate xmlns:e="http://schemas.xmlsoap.org/ws/2004/09/enumeration"><m:OptimizeEnumeration/><m:MaxElements>32000</m:MaxElements></e:Enumerate>`)
	if n := strings.Count(list.Raw, "<rsp:ShellId>"); n != 2 || !strings.Contains(list.Raw, "<w:EndOfSequence/>") {
		t.Errorf("list: %s", list.Raw)
	}
}

// TestAdministratorsReadTheConfiguration: the quotas stand in winrm/config, and whoever may
// only open shells does not read it.
func TestAdministratorsReadTheConfiguration(t *testing.T) {
	l := newLab(t, func(c *wsman.Config, _ *pki.CA) {
		c.Quotas = wsman.Quotas{MaxEnvelopeSize: 150 << 10, MaxShellsPerUser: 7}
		c.Accounts = accounts{
			{Name: "admin", Password: "p@ss wörd", Groups: []identity.Group{{SID: identity.Administrators}}},
			{Name: "other", Password: "other", Groups: []identity.Group{{SID: identity.RemoteManagementUsers}}},
		}
	})
	c := l.client(t)
	ask := strings.Replace(c.envelope(transfer+"/Get", ""), nsShell+"/cmd", "http://schemas.microsoft.com/wbem/wsman/1/config", 1)
	for _, want := range []string{"<cfg:MaxEnvelopeSizekb>150<", "<cfg:MaxShellsPerUser>7<", "<cfg:CbtHardeningLevel>Relaxed<", "<cfg:Kerberos>false<"} {
		if a := mustPost(c, ask); !strings.Contains(a.Raw, want) {
			t.Errorf("the configuration lacks %s: %s", want, a.Raw)
		}
	}
	c.basic("other", "other")
	if a := mustPost(c, ask); a.code() != wsman.CodeAccessDenied {
		t.Errorf("somebody else gets %s", a.Raw)
	}
}

func TestProcessSeesItsShell(t *testing.T) {
	seen := make(chan wsman.Process, 1)
	l := running(t, program(func(ctx context.Context, p wsman.Process) int { seen <- p; return 0 }))
	c := l.client(t)
	c.headers = `<m:OptionSet><m:Option Name="WINRS_CODEPAGE">65001</m:Option></m:OptionSet>`
	a := c.do(transfer+"/Create", `<sh:Shell><sh:WorkingDirectory>C:\x</sh:WorkingDirectory><sh:Environment><sh:Variable Name="A">1 2</sh:Variable></sh:Environment></sh:Shell>`)
	c.shell = a.Body.Shells[0].ID
	c.headers = `<m:OptionSet><m:Option Name="WINRS_SKIP_CMD_SHELL">TRUE</m:Option></m:OptionSet>`
	c.do(nsShell+"/Command", `<sh:CommandLine><sh:Command>a.exe</sh:Command><sh:Arguments>-x</sh:Arguments><sh:Arguments>"y z"</sh:Arguments></sh:CommandLine>`)
	p := <-seen
	if p.CommandLine != `a.exe -x "y z"` || !p.SkipShell || p.CodePage != 65001 || p.WorkingDirectory != `C:\x` || p.Environment["A"] != "1 2" || p.Who.Account != "admin" {
		t.Errorf("%+v", p)
	}
}

// TestALaterWindowsStartsByCmd: the option to do without cmd.exe is passed over.
func TestALaterWindowsStartsByCmd(t *testing.T) {
	seen := make(chan wsman.Process, 1)
	l := newLab(t, func(c *wsman.Config, _ *pki.CA) {
		c.StartsByCmd, c.Program = true, program(func(_ context.Context, p wsman.Process) int { seen <- p; return 0 })
	})
	c := l.client(t)
	c.create()
	c.headers = `<m:OptionSet><m:Option Name="WINRS_SKIP_CMD_SHELL">TRUE</m:Option></m:OptionSet>`
	c.command("a.exe")
	if p := <-seen; p.SkipShell {
		t.Errorf("it was started without cmd.exe: %+v", p)
	}
}
