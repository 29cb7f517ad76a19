//go:build interop

// Clients of other projects use the program lyncsim as they use Windows.
package clients_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// question is a command line to run in a remote shell.
type question struct {
	Line   string // for cmd.exe
	Script string // the same for PowerShell; empty when the question is for cmd.exe only
	Stdin  string
	// Deadline is the time after which the client gives up. 0 means never.
	Deadline time.Duration
}

type answer struct {
	Out, Err string
	Code     int
	// GaveUp: the client stopped waiting.
	GaveUp bool
}

// client is a program or library that runs command lines over WinRM. ask runs them one
// after the other in one session. Its error says why there was no session.
type client interface {
	ask(signIn, ...question) ([]answer, error)
}

// outsider is a client of another project with its abilities.
type outsider struct {
	with    string // the project's name, for the table
	methods string // the sign-in methods that it supports
	client  func(t *testing.T) client
	// scripts: command lines reach PowerShell and not cmd.exe, without stdin.
	scripts bool
}

var outsiders = map[string]outsider{
	"pywinrm":   {with: "python3-winrm", methods: "Basic NTLM Kerberos Certificate", client: newPywinrm},
	"Ansible":   {with: "ansible-core python3-winrm", methods: "Basic NTLM Kerberos Certificate", client: newAnsible, scripts: true},
	"masterzen": {with: "github.com/masterzen/winrm", methods: "Basic NTLM Kerberos Certificate", client: newMasterzen},
	"curl":      {with: "curl", methods: "Basic NTLM Kerberos Certificate", client: newCurl},
}

func TestClients(t *testing.T) {
	for name, o := range outsiders {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			c := o.client(t)
			o.answersRight(t, name, p.signIn(t, "NTLM"), c)
			for _, method := range strings.Fields(o.methods) {
				o.signsIn(t, name, p.signIn(t, method), c)
			}
			o.isRefused(t, name, p, c)
			o.waits(t, name, p, c)
			o.worksTwice(t, name, p, c)
		})
	}
}

// announce adds the case to the table of judged cases.
func (o outsider) announce(t *testing.T, name, what string) {
	t.Attr("case", name+" against lyncsim: "+what)
	t.Attr("with", o.with)
}

const unknown = "'nosuch' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"

// answersRight asks everything in one session and judges each answer.
func (o outsider) answersRight(t *testing.T, name string, s signIn, c client) {
	tests := map[string]struct {
		reason string
		ask    question
		want   answer
	}{
		"hostname":    {"a program by its name", question{Line: "hostname", Script: "hostname"}, answer{Out: "fe1\r\n"}},
		"echo":        {"a command of cmd.exe, with a variable", question{Line: "echo %USERNAME% on %COMPUTERNAME%"}, answer{Out: "lyncadmin on FE1\r\n"}},
		"no command":  {"the words and the exit code of cmd.exe", question{Line: "nosuch /x"}, answer{Err: unknown, Code: 1}},
		"or":          {"|| runs after a failure, && after a success", question{Line: "nosuch 2>nul || echo fallback&& echo next"}, answer{Out: "fallback\r\nnext\r\n"}},
		"error level": {"inside the line it is 9009", question{Line: "nosuch 2>nul & exit"}, answer{Code: 9009}},
		"quotes":      {"a block in double quotes", question{Line: `powershell -NoProfile -Command "& { param($a) \"[$a]\"; exit 3 } 'x y'"`}, answer{Out: "[x y]\r\n", Code: 3}},
		"streams": {"stdout, stderr and an exit code", question{
			Line:   `powershell -NoProfile -Command "[Console]::Out.Write('out'); [Console]::Error.Write('err'); exit 7"`,
			Script: "[Console]::Out.Write('out'); [Console]::Error.Write('err'); exit 7"}, answer{Out: "out", Err: "err", Code: 7}},
		"UTF-8": {"letters of many languages", question{Line: `powershell -NoProfile -Command "'Grüße aus Köln, 中文, Ελλάδα'"`, Script: "'Grüße aus Köln, 中文, Ελλάδα'"},
			answer{Out: "Grüße aus Köln, 中文, Ελλάδα\r\n"}},
		"1 MB":   {"output in many pieces", question{Line: `powershell -NoProfile -Command "'x' * 1MB"`, Script: "'x' * 1MB"}, answer{Out: strings.Repeat("x", 1<<20) + "\r\n"}},
		"stdin":  {"input until its end", question{Line: `powershell -NoProfile -Command "[Console]::In.ReadToEnd().ToUpper()"`, Stdin: "ähren\r\nund mehr"}, answer{Out: "ÄHREN\r\nUND MEHR\r\n"}},
		"cmdlet": {"cmdlets of the product", question{Line: `powershell -NoProfile -Command "(Get-CsSite).FederationRoute"`, Script: "(Get-CsSite).FederationRoute"}, answer{Out: "EdgeServer:edge1.contoso.com\r\n"}},
	}
	var names []string
	var asks []question
	for n, tc := range tests {
		if o.scripts && tc.ask.Script == "" {
			continue
		}
		names, asks = append(names, n), append(asks, tc.ask)
	}
	got, err := c.ask(s, asks...)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range names {
		t.Run(n, func(t *testing.T) {
			o.announce(t, name, n+": "+tests[n].reason)
			if d := cmp.Diff(tests[n].want, got[i]); d != "" {
				t.Errorf("%s: -want +got:\n%s", asks[i].Line, d)
			}
		})
	}
}

// signsIn asks which account the session has.
func (o outsider) signsIn(t *testing.T, name string, s signIn, c client) {
	t.Run("signs in by "+s.Method, func(t *testing.T) {
		o.announce(t, name, "signs in by "+s.Method)
		if s.Method == "Kerberos" {
			t.Attr("with", o.with+" krb5-kdc")
		}
		got, err := c.ask(s, question{Line: "whoami", Script: "whoami"})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]answer{{Out: s.Whoami + "\r\n"}}, got); d != "" {
			t.Errorf("-want +got:\n%s", d)
		}
	})
}
