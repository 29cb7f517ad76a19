//go:build unix

package pwsh_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/console"
)

// program writes a shell script that the test starts in place of PowerShell.
func program(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	must(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700))
	return path
}

// TestArguments checks that the program is started as a client that sends an encoded
// command starts powershell.exe.
func TestArguments(t *testing.T) {
	const encoded = "JwBoAGUAbABsAG8AJwA=" // 'hello'
	cases := map[string]struct {
		reason string
		in     console.Invocation
		want   []string
	}{
		"encoded": {"an encoded command implies errors as XML", console.Invocation{ErrorsAsXML: true},
			[]string{"-NoProfile", "-NonInteractive", "-EncodedCommand", encoded}},
		"plain":      {"a plain one does not", console.Invocation{}, []string{"-NoProfile", "-NonInteractive", "-OutputFormat", "Text", "-EncodedCommand", encoded}},
		"xml output": {"a client may ask for XML", console.Invocation{ErrorsAsXML: true, OutputAsXML: true}, []string{"-NoProfile", "-NonInteractive", "-OutputFormat", "XML", "-EncodedCommand", encoded}},
	}
	s := newSite(t, program(t, `for a in "$@"; do echo "$a"; done`))
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.in.Script, tc.in.Stdin = "'hello'", strings.NewReader("")
			if diff := cmp.Diff(answer{Out: tc.want}, s.invoke(t.Context(), tc.in)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEnvironment checks that a process sees the simulated machine and the variables that
// programs on this computer need. It must not see the secrets of the user who started
// lyncsim.
func TestEnvironment(t *testing.T) {
	t.Setenv("FEDROUTE_SECRET", "hidden")
	t.Setenv("DOTNET_ROOT", "/opt/dotnet")
	s := newSite(t, program(t, "env"))
	in := console.Invocation{Stdin: strings.NewReader(""), Environment: map[string]string{
		"COMPUTERNAME": "FE1", "PATH": `C:\Windows`, "TEMP": `C:\Temp`, "MINE": "yes"}}
	env := map[string]string{}
	for _, line := range s.invoke(t.Context(), in).Out {
		name, v, _ := strings.Cut(line, "=")
		env[name] = v
	}
	got := map[string]string{}
	for _, name := range []string{"COMPUTERNAME", "MINE", "PATH", "DOTNET_ROOT", "FEDROUTE_SECRET", "LYNCSIM_MODULE"} {
		got[name] = env[name]
	}
	want := map[string]string{"COMPUTERNAME": "FE1", "MINE": "yes", "PATH": os.Getenv("PATH"), "DOTNET_ROOT": "/opt/dotnet", "FEDROUTE_SECRET": "", "LYNCSIM_MODULE": "Lync"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	for _, file := range []string{filepath.Join(env["PSModulePath"], "Lync/Lync.psd1"), env["TEMP"],
		filepath.Join(env["ProgramFiles"], "Microsoft Lync Server 2013/Deployment/Bootstrapper.exe")} {
		if _, err := os.Stat(file); err != nil {
			t.Errorf("what the environment names is not there: %v", err)
		}
	}
	if env["TEMP"] != env["TMPDIR"] || !strings.HasPrefix(env["LYNCSIM_ENDPOINT"], "127.0.0.1:") || len(env["LYNCSIM_TOKEN"]) < 32 {
		t.Errorf("TEMP %s, TMPDIR %s, endpoint %s, token of %d characters", env["TEMP"], env["TMPDIR"], env["LYNCSIM_ENDPOINT"], len(env["LYNCSIM_TOKEN"]))
	}
}

// TestKilled checks that the end of a shell ends the program and the processes that it
// started.
func TestKilled(t *testing.T) {
	alive := filepath.Join(t.TempDir(), "alive")
	must(t, syscall.Mkfifo(alive, 0o600))
	s := newSite(t, program(t, "exec 3>'"+alive+"'\nsleep 300 &\nwait\n"))
	ctx, kill := context.WithCancel(t.Context())
	ended := make(chan answer)
	go func() { ended <- s.invoke(ctx, console.Invocation{Stdin: blocked(t)}) }()
	watched, err := os.Open(alive) // returns once the program has opened it too
	must(t, err)
	defer func() { _ = watched.Close() }()
	must(t, watched.SetReadDeadline(time.Now().Add(time.Minute)))
	kill()
	if _, err := io.ReadAll(watched); err != nil {
		t.Errorf("program and child were to end, and did not: %v", err)
	}
	if got := <-ended; got.Code != -1073741510 {
		t.Errorf("exit code %d, want that of a process which was ended from outside", got.Code)
	}
}

// TestEndWithOpenStdin checks that a program that ends does not wait for its client.
func TestEndWithOpenStdin(t *testing.T) {
	s := newSite(t, program(t, "exit 5"))
	if got := s.invoke(t.Context(), console.Invocation{Stdin: blocked(t)}); got.Code != 5 {
		t.Errorf("exit code %d, want 5", got.Code)
	}
}

// blocked is a standard input that never delivers anything.
func blocked(t *testing.T) io.Reader {
	t.Helper()
	r, w := io.Pipe()
	t.Cleanup(func() { _ = w.Close() })
	return r
}

// TestSetup runs the setup program that scripts find.
func TestSetup(t *testing.T) {
	s := newSite(t, "")
	got := s.run(t, `& "$env:ProgramFiles\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe"; $LASTEXITCODE`)
	want := []string{"Lync Server 2013", "Checking the roles of fe1.contoso.com in the local configuration store.", "Task completed successfully.", "0"}
	if diff := cmp.Diff(answer{Out: want}, got); diff != "" {
		t.Errorf("setup (-want +got):\n%s", diff)
	}
	got = s.run(t, `& "$env:ProgramFiles\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe" /Remove; $LASTEXITCODE`)
	if !slices.Contains(got.Out, "1") {
		t.Errorf("setup that fails leaves its exit code: %+v", got)
	}
}
