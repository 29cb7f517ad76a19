package psrp_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/psrp/outofprocess"
)

// engine is the environment variable that names a real PowerShell. The tests in this file run the
// client against it.
const engine = "FEDROUTE_POWERSHELL"

// serve starts a PowerShell that serves on its standard input and output, and opens a session with
// it.
func serve(t *testing.T, program string, arguments ...string) *psrp.Session {
	t.Helper()
	server := exec.Command(program, append([]string{"-s", "-NoLogo", "-NoProfile"}, arguments...)...)
	server.Env = append(os.Environ(), "POWERSHELL_TELEMETRY_OPTOUT=1", "LC_ALL=C.UTF-8")
	var said bytes.Buffer
	server.Stderr = &said
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = server.Wait()
		if t.Failed() {
			t.Logf("the server said: %s", said.String())
		}
	})
	s, err := psrp.Open(t.Context(), psrp.Target{
		Host: "the real engine", Transport: outofprocess.New(out, in), Room: outofprocess.Room,
	}, psrp.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// liveCase is one command and the parts of its outcome that are compared.
type liveCase struct {
	reason     string
	name       string
	parameters []psrp.Parameter
	want       []string
	errors     []string // ids
	failure    string   // id
	category   string
	warnings   []string
}

func runLive(t *testing.T, s *psrp.Session, cases []liveCase) {
	t.Helper()
	for _, c := range cases {
		outcome, err := s.Call(t.Context(), psrp.Command{Name: c.name, Parameters: c.parameters, Limit: time.Minute})
		got := liveCase{reason: c.reason, name: c.name, parameters: c.parameters, warnings: outcome.Warnings}
		for _, v := range outcome.Output {
			got.want = append(got.want, v.String())
		}
		for _, r := range outcome.Errors {
			got.errors = append(got.errors, r.ID)
		}
		if record, ok := errors.AsType[*psrp.ErrorRecord](err); ok {
			got.failure, got.category = record.ID, record.Category
		} else if err != nil {
			t.Errorf("%s: %v", c.reason, err)
		}
		if diff := cmp.Diff(c, got, cmp.AllowUnexported(liveCase{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

// program is the real PowerShell that judges what is said; empty where there is none.
func program(t *testing.T, judging string) string {
	t.Helper()
	path := os.Getenv(engine)
	if path == "" {
		t.Logf("NOT JUDGED by the real engine: %s names no PowerShell", engine)
		return ""
	}
	t.Attr("case", "The PowerShell Remoting client with a real engine: "+judging)
	t.Attr("with", "PowerShell")
	return path
}

func TestTheRealEngineRunsWhatTheClientSays(t *testing.T) {
	path := program(t, "commands with any text, lists, numbers, streams and errors")
	if path == "" {
		return
	}
	s := serve(t, path)
	long := strings.Repeat("ü€😀_x0041_<&>\"'\r\n\x01", 20_000) // about 500 kB: many fragments in both directions
	runLive(t, s, []liveCase{
		{reason: "a string goes there and back", name: "Write-Output", parameters: []psrp.Parameter{{Name: "InputObject", Value: "a b"}}, want: []string{"a b"}},
		{reason: "any character goes there and back, in many fragments", name: "Write-Output",
			parameters: []psrp.Parameter{{Name: "InputObject", Value: long}}, want: []string{long}},
		{reason: "what XML cannot carry goes there and back", name: "Write-Output",
			parameters: []psrp.Parameter{{Name: "InputObject", Value: "a\uFFFEb\uFFFF\U0010FFFE\x00"}}, want: []string{"a\uFFFEb\uFFFF\U0010FFFE\x00"}},
		{reason: "a list stays a list", name: "Write-Output", parameters: []psrp.Parameter{{Name: "InputObject", Value: []string{"a", "b"}}}, want: []string{"a", "b"}},
		{reason: "a switch and a number", name: "New-Guid", parameters: []psrp.Parameter{{Name: "Empty", Value: true}}, want: []string{"00000000-0000-0000-0000-000000000000"}},
		{reason: "a number is bound", name: "New-TimeSpan", parameters: []psrp.Parameter{{Name: "Seconds", Value: 90}}, want: []string{"PT1M30S"}},
		{reason: "what is written is never evaluated", name: "Write-Output",
			parameters: []psrp.Parameter{{Name: "InputObject", Value: "$(Get-Process); `n"}}, want: []string{"$(Get-Process); `n"}},
		{reason: "a warning", name: "Write-Warning", parameters: []psrp.Parameter{{Name: "Message", Value: "careful"}}, warnings: []string{"careful"}},
		{reason: "an error that ends nothing", name: "Write-Error", parameters: []psrp.Parameter{{Name: "Message", Value: "soft"}, {Name: "ErrorId", Value: "Demo.Soft"}},
			errors: []string{"Demo.Soft,Microsoft.PowerShell.Commands.WriteErrorCommand"}},
		{reason: "an error that ends the command", name: "Get-Item",
			parameters: []psrp.Parameter{{Name: "LiteralPath", Value: "/does/not/exist"}, {Name: "ErrorAction", Value: "Stop"}},
			failure:    "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand", category: "ObjectNotFound"},
		{reason: "an unknown command", name: "Get-Nothing", failure: "CommandNotFoundException", category: "ObjectNotFound"},
		{reason: "an unknown parameter", name: "Get-Date", parameters: []psrp.Parameter{{Name: "Nothing", Value: "x"}},
			failure: "NamedParameterNotFound,Microsoft.PowerShell.Commands.GetDateCommand", category: "InvalidArgument"},
		{reason: "a question to nobody", name: "Read-Host", errors: nil, failure: "HostFunctionNotImplemented,Microsoft.PowerShell.Commands.ReadHostCommand", category: "NotImplemented"},
		{reason: "a name that is a script is no command", name: "'x'; Get-Date", failure: "CommandNotFoundException", category: "ObjectNotFound"},
	})
}

func TestTheRealEngineStopsACommandAndGoesOn(t *testing.T) {
	path := program(t, "a command is stopped, and the session goes on")
	if path == "" {
		return
	}
	s := serve(t, path)
	p, err := s.Start(t.Context(), psrp.Command{Name: "Start-Sleep", Parameters: []psrp.Parameter{{Name: "Seconds", Value: 120}}})
	if err != nil {
		t.Fatal(err)
	}
	busy, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Call(busy, psrp.Command{Name: "Get-Date"}); !fault.Is(err, fault.Busy) {
		t.Errorf("a call meanwhile: %v, want Busy", err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	outcome, err := p.Wait(t.Context())
	// A command that is stopped before it ran leaves no error record.
	if !fault.Is(err, fault.Failed) || outcome.State != message.Stopped {
		t.Errorf("the stopped command: %+v, %v", outcome, err)
	}
	runLive(t, s, []liveCase{{reason: "the session still answers", name: "Write-Output",
		parameters: []psrp.Parameter{{Name: "InputObject", Value: clixml.String("here")}}, want: []string{"here"}}})
}

func TestTheRealEngineRestrictsTheSession(t *testing.T) {
	folder := os.Getenv(recordings)
	if folder == "" {
		t.Logf("NOT JUDGED: %s names no folder with restricted.pssc", recordings)
		return
	}
	path := program(t, "a restricted session shows its functions and nothing else")
	if path == "" {
		return
	}
	s := serve(t, path, "-ConfigurationFile", filepath.Join(folder, "restricted.pssc"))
	one := func(name, value string) []psrp.Parameter { return []psrp.Parameter{{Name: name, Value: value}} }
	runLive(t, s, []liveCase{
		{reason: "a visible function with typed parameters", name: "Get-Greeting",
			parameters: []psrp.Parameter{{Name: "Name", Value: "Ada"}, {Name: "Title", Value: "Countess"}}, want: []string{"Hello Countess Ada"}},
		{reason: "one that is defined and not visible", name: "Get-Hidden", failure: "CommandNotFoundException", category: "ObjectNotFound"},
		{reason: "a cmdlet that is not visible", name: "Get-Process", failure: "CommandNotFoundException", category: "ObjectNotFound"},
		{reason: "text as a name", name: "Get-Greeting -Name a", failure: "CommandNotFoundException", category: "ObjectNotFound"},
		{reason: "a value outside its pattern", name: "Get-Route", parameters: one("Name", "UPPER CASE"), failure: "ParameterArgumentValidationError,Get-Route", category: "InvalidData"},
		{reason: "an error record of a function", name: "Invoke-Failure", parameters: one("Kind", "nonterminating"),
			want: []string{"after"}, errors: []string{"Demo.Soft,Invoke-Failure"}},
		{reason: "a function that throws", name: "Invoke-Failure", parameters: one("Kind", "throw"), failure: "thrown", category: "OperationStopped"},
		{reason: "a terminating error", name: "Invoke-Failure", parameters: one("Kind", "terminating"), failure: "Demo.Disk,Invoke-Failure", category: "WriteError"},
		{reason: "streams", name: "Write-Streams", want: []string{"out"}, warnings: []string{"careful"}},
	})
}
