package powershell_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// TestRefusals checks that a refusal names the construct that the simulator cannot do
// and the construct's line.
func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		reason string
		script string
		want   string
	}{
		"type":           {"a .NET type that is not declared", "'a'\n[System.Net.Sockets.UdpClient]::new()", "the type [System.Net.Sockets.UdpClient], line 2"},
		"member":         {"a member that .NET has", "\n\n'a'.Normalize()", "[System.String].Normalize(), line 3"},
		"no catch":       {"a refusal is not caught by the script", "try { [System.Random]::new() } catch { 'caught' }", "the type [System.Random], line 1"},
		"remote command": {"no other machine", "Invoke-Command -ComputerName x { 1 }", "Invoke-Command -ComputerName, line 1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := run(t, tc.script)
			want := answer{Out: got.Out, Errors: []string{"not supported by the simulator: " + tc.want}, Code: 1}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", tc.reason, diff)
			}
		})
	}
}

// TestLimits checks the limits on the resources that a script may use up.
func TestLimits(t *testing.T) {
	t.Run("depth", func(t *testing.T) {
		got := run(t, `function F { F }; try { F } catch { $_.FullyQualifiedErrorId }`)
		if diff := cmp.Diff(answer{Out: []string{"CallDepthOverflow"}}, got); diff != "" {
			t.Errorf("endless recursion is an error of the script: -want +got\n%s", diff)
		}
	})
	t.Run("output", func(t *testing.T) {
		got := run(t, `while ($true) { 'x' * 1000 }`, func(o *powershell.Options) { o.Limits.Output = 5000 })
		if got.Code != 1 || len(got.Out) > 5 {
			t.Errorf("endless output: exit code %d after %d lines, want 1 and at most 5 lines", got.Code, len(got.Out))
		}
	})
	t.Run("cancel", func(t *testing.T) {
		for name, script := range map[string]string{
			"loop": `while ($true) { }`, "sleep": `[System.Threading.Thread]::Sleep(100000000)`, "input": `[Console]::In.ReadLine()`,
			"pipeline": `1..4000000 | ForEach-Object { $_ } | Out-Null`, "mutex": `[System.Threading.Mutex]::new($false, 'held').WaitOne()`,
		} {
			t.Run(name, func(t *testing.T) { cancelled(t, script) })
		}
	})
}

// cancelled runs a script that would not end by itself. It checks that the script ends
// with its context.
func cancelled(t *testing.T, script string) {
	t.Helper()
	in, _ := io.Pipe()
	machine := dotnet.NewLoneMachine("EDGE01", "edge01.contoso.net")
	if _, err := machine.Mutexes().Acquire(t.Context(), "held", dotnet.Process{ID: "somebody else"}, 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	rs := powershell.New(powershell.Options{Stdin: in, Machine: machine})
	defer rs.Close()
	defer in.Close()
	if code := rs.Run(ctx, script); code == 0 {
		t.Errorf("a script that was cancelled ended with exit code 0")
	}
}

// TestFinallyOfAScriptThatIsCutOff: a pipeline that is stopped runs its finally blocks. A process
// that is killed, as with its shell, runs nothing any more.
func TestFinallyOfAScriptThatIsCutOff(t *testing.T) {
	const script = `try { [System.Threading.Thread]::Sleep(100000000) } finally { $global:begun = 'yes'; [System.Threading.Thread]::Sleep(PAUSE); $global:ended = 'yes' }`
	cases := map[string]struct {
		reason       string
		pause        string
		killed       bool // at once, and not only stopped
		killedLater  bool // in the finally block
		begun, ended any
	}{
		"stopped":                  {"it tidies up", "0", false, false, "yes", "yes"},
		"killed":                   {"nobody is there to tidy up", "0", true, false, nil, nil},
		"stopped, and then killed": {"the tidying up is cut off", "100000000", false, true, "yes", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			process, kill := context.WithCancel(t.Context())
			defer kill()
			ctx, stop := context.WithTimeout(process, 30*time.Millisecond)
			defer stop()
			if c.killed {
				ctx = process
				time.AfterFunc(30*time.Millisecond, kill)
			}
			if c.killedLater {
				time.AfterFunc(200*time.Millisecond, kill)
			}
			rs := powershell.New(powershell.Options{Process: process})
			defer rs.Close()
			rs.Run(ctx, strings.Replace(script, "PAUSE", c.pause, 1))
			if begun, ended := rs.Get("begun"), rs.Get("ended"); begun != c.begun || ended != c.ended {
				t.Errorf("%s: begun %v, ended %v", c.reason, begun, ended)
			}
		})
	}
}

// TestClock runs a script on a simulated clock: the script's waiting takes no real time.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := run(t, `$w = [System.Diagnostics.Stopwatch]::StartNew(); [System.Threading.Thread]::Sleep(90000); $w.Elapsed.ToString(); $w.ElapsedMilliseconds`)
		if diff := cmp.Diff(answer{Out: []string{"00:01:30", "90000"}}, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// TestMutex checks that a mutex excludes the other processes of its machine until its
// holder ends, and that a process cannot release a mutex that it does not hold.
func TestMutex(t *testing.T) {
	machine := dotnet.NewLoneMachine("FE01", "fe01.contoso.net")
	on := func(o *powershell.Options) { o.Machine = machine }
	var out bytes.Buffer
	holder := powershell.New(powershell.Options{Machine: machine, Stdout: &out, Notation: powershell.Recorded})
	holder.Run(t.Context(), `$m = [System.Threading.Mutex]::new($false, 'Global\publish'); $m.WaitOne(0); $m.WaitOne(0)`)
	const try = `[System.Threading.Mutex]::new($false, 'global\PUBLISH').WaitOne(0)`
	if diff := cmp.Diff(answer{Out: []string{"False"}}, run(t, try, on)); diff != "" {
		t.Errorf("while another process holds it: -want +got\n%s", diff)
	}
	holder.Close()
	if diff := cmp.Diff(answer{Out: []string{"True"}}, run(t, try, on)); diff != "" {
		t.Errorf("after its holder ended: -want +got\n%s", diff)
	}
	if out.String() != "True\nTrue\n" {
		t.Errorf("the holder got %q, want to take its own mutex twice", out.String())
	}
	got := run(t, `try { [System.Threading.Mutex]::new($false, 'x').ReleaseMutex() } catch { $_.Exception.InnerException.GetType().Name }`)
	if diff := cmp.Diff(answer{Out: []string{"ApplicationException"}}, got); diff != "" {
		t.Errorf("releasing what is not held: -want +got\n%s", diff)
	}
}

// TestMutexOfAnotherAccount checks that a mutex which a process of another account holds
// cannot be opened, and that the account's own processes find it held.
func TestMutexOfAnotherAccount(t *testing.T) {
	machine := dotnet.NewLoneMachine("FE01", "fe01.contoso.net")
	holder := powershell.New(powershell.Options{Machine: machine, Account: `CONTOSO\fedroute$`})
	holder.Run(t.Context(), `$m = [System.Threading.Mutex]::new($true, 'Global\publish')`)
	const made = `try { $m = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\publish'; $m.WaitOne(0) } catch [System.UnauthorizedAccessException] { 'denied' }`
	const opened = `try { $m = [System.Threading.Mutex]::OpenExisting('Global\publish'); $m.WaitOne(0) } catch [System.UnauthorizedAccessException] { $_.Exception.InnerException.Message }`
	const denied = `Access to the path 'Global\publish' is denied.`
	cases := map[string]struct {
		reason, account, script string
		ended                   bool
		want                    string
	}{
		"made by another":   {"the constructor opens the mutex that exists", `CONTOSO\worker`, made, false, "denied"},
		"opened by another": {"OpenExisting asks for the same rights", `CONTOSO\worker`, opened, false, denied},
		"the same account":  {"it has all rights, and waits in vain", `contoso\FEDROUTE$`, made, false, "False"},
		"the holder ended":  {"nobody holds it, so it is made anew", `CONTOSO\worker`, made, true, "True"},
	}
	for _, name := range []string{"made by another", "opened by another", "the same account", "the holder ended"} { // the last one ends the holder
		c := cases[name]
		if c.ended {
			holder.Close()
		}
		got := run(t, c.script, func(o *powershell.Options) { o.Machine, o.Account, o.Loaded = machine, c.account, utility.Modules() })
		if diff := cmp.Diff(answer{Out: []string{c.want}}, got); diff != "" {
			t.Errorf("%s: %s: -want +got\n%s", name, c.reason, diff)
		}
	}
}

// TestAbandonedMutex checks the process that waits for a mutex whose holder ends. It
// gets an AbandonedMutexException, and it holds the mutex.
func TestAbandonedMutex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		machine := dotnet.NewLoneMachine("FE01", "fe01.contoso.net")
		if _, err := machine.Mutexes().Acquire(t.Context(), "publish", dotnet.Process{ID: "holder"}, 0); err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(time.Minute)
			machine.Mutexes().Abandon(dotnet.Process{ID: "holder"})
		}()
		got := run(t, `$m = [System.Threading.Mutex]::new($false, 'Global\publish'); try { $m.WaitOne() } catch [System.Threading.AbandonedMutexException] { 'abandoned' }; $m.ReleaseMutex(); 'released'`,
			func(o *powershell.Options) { o.Machine = machine })
		if diff := cmp.Diff(answer{Out: []string{"abandoned", "released"}}, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

// listening is a machine that listens on fixed addresses.
type listening struct{ dotnet.Machine }

func (listening) Listeners() []netip.AddrPort {
	return []netip.AddrPort{netip.MustParseAddrPort("127.0.0.4:5061"), netip.MustParseAddrPort("127.0.0.4:5269")}
}

// TestMachine checks that scripts see the names and addresses of their machine.
func TestMachine(t *testing.T) {
	script := `[Environment]::MachineName; [System.Net.Dns]::GetHostEntry('').HostName
$n = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties(); "$($n.HostName).$($n.DomainName)"
$n.GetActiveTcpListeners() | ForEach-Object { "$($_.Address) $($_.Port) $($_.ToString())" }`
	want := answer{Out: []string{"EDGE01", "edge01.contoso.net", "edge01.contoso.net", "127.0.0.4 5061 127.0.0.4:5061", "127.0.0.4 5269 127.0.0.4:5269"}}
	got := run(t, script, func(o *powershell.Options) {
		o.Machine = listening{dotnet.NewLoneMachine("EDGE01", "edge01.contoso.net")}
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// setup is an external program.
type setup struct {
	ran  []string
	read string
}

func (s *setup) Find(path string) bool { return strings.HasSuffix(path, "Bootstrapper.exe") }

func (s *setup) Run(_ context.Context, _ string, args []string, input string) (string, int, error) {
	s.ran, s.read = args, input
	return "Checking\r\nDone\r\n", 3, nil
}

// TestPrograms checks the output, the exit code and the arguments of external programs.
func TestPrograms(t *testing.T) {
	s := &setup{}
	got := run(t, `& 'C:\Program Files\Bootstrapper.exe' /x -Y:2 'a b'; $LASTEXITCODE; $?`, func(o *powershell.Options) { o.Programs = s })
	if diff := cmp.Diff(answer{Out: []string{"Checking", "Done", "3", "True"}}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/x", "-Y:2", "a b"}, s.ran); diff != "" {
		t.Errorf("arguments: -want +got\n%s", diff)
	}
}

// TestProgramsReadWhatIsPiped: text is the program's input, and other objects are refused.
func TestProgramsReadWhatIsPiped(t *testing.T) {
	s := &setup{}
	got := run(t, `('a', '' | & 'C:\Program Files\Bootstrapper.exe' /x).Length; $LASTEXITCODE`, func(o *powershell.Options) { o.Programs = s })
	if diff := cmp.Diff(answer{Out: []string{"2", "3"}}, got); diff != "" || s.read != "a\r\n\r\n" {
		t.Errorf("the program read %q; -want +got\n%s", s.read, diff)
	}
	if got := run(t, `1 | & 'C:\Program Files\Bootstrapper.exe'`, func(o *powershell.Options) { o.Programs = s }); !strings.Contains(fmt.Sprint(got), "objects other than text piped") {
		t.Errorf("a number was piped: %v", got)
	}
}

// TestModules checks that the first use of a command imports the command's module, and
// that a script sees an error of Load.
func TestModules(t *testing.T) {
	imports := 0
	m := module(cmdlet("Get-Site", func(_ context.Context, c *powershell.Call) error { return c.Emit("site") }))
	m.Load = func(context.Context) error { imports++; return nil }
	got := run(t, `Get-Module | ForEach-Object { $_.Name }; Get-Site; Farm\Get-Site; Get-Module Farm | ForEach-Object { "$($_.Name) $($_.Version)" }`,
		func(o *powershell.Options) { o.Modules = []*powershell.Module{m} })
	want := answer{Out: []string{"site", "site", "Farm 1.0"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if imports != 1 {
		t.Errorf("the module was imported %d times, want once", imports)
	}
	m.Load = func(context.Context) error { return errors.New("the store is away") }
	got = run(t, `try { Import-Module Farm -ErrorAction Stop } catch { $_.Exception.Message }`, func(o *powershell.Options) { o.Modules = []*powershell.Module{m} })
	if diff := cmp.Diff(answer{Out: []string{"the store is away"}}, got); diff != "" {
		t.Errorf("a failing import: -want +got\n%s", diff)
	}
}

// TestEval checks that Eval returns the values of a script, and the record of the error
// that ended a script.
func TestEval(t *testing.T) {
	rs := powershell.New(powershell.Options{})
	defer rs.Close()
	rs.Set("sites", []string{"Redmond", "Dublin"})
	got, err := rs.Eval(t.Context(), `$sites.Count; $sites[1]; throw 'stop'`)
	var record *value.ErrorRecord
	if !errors.As(err, &record) || record.FullID() != "stop" {
		t.Errorf("error %v, want the record that was thrown", err)
	}
	if diff := cmp.Diff([]any{int32(2), "Dublin"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
