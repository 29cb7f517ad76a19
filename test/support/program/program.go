// Package program runs the programs that fedroute is tested with. Each runs in the
// foreground, in a folder of its own and on loopback, and is ended through its own
// process handle.
package program

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds how long a server may take until it answers. It is generous and
// measures no speed.
const patience = 90 * time.Second

// Place is the folder and the environment in which a program runs.
type Place struct {
	Folder string
	Env    []string // in addition to the test's own environment
}

// In makes a place in a new folder that is removed after the test.
func In(t testing.TB, env ...string) Place {
	t.Helper()
	return Place{Folder: t.TempDir(), Env: env}
}

// File gives the path of a file in the folder.
func (p Place) File(name string) string { return filepath.Join(p.Folder, name) }

// Write writes a file into the folder, and creates the folders on its path.
func (p Place) Write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p.File(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.File(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Read gives the content of a file in the folder.
func (p Place) Read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(p.File(name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Try runs a program to its end and gives its output.
func (p Place) Try(t testing.TB, stdin, name string, args ...string) (string, error) {
	t.Helper()
	cmd := p.command(t, name, args)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Run is Try, but the test fails when the program fails.
func (p Place) Run(t testing.TB, stdin, name string, args ...string) string {
	t.Helper()
	out, err := p.Try(t, stdin, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return out
}

// Serve runs a server until the test ends or stop is called. It returns once ready
// returns true. When the test fails, the server's output is shown.
func (p Place) Serve(t testing.TB, ready func() bool, name string, args ...string) (stop func()) {
	t.Helper()
	log := new(bytes.Buffer)
	cmd := p.command(t, name, args)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	stop = sync.OnceFunc(func() { _ = cmd.Process.Kill(); <-ended })
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, log)
		}
	})
	deadline := time.After(patience)
	for !ready() {
		select {
		case <-ended:
			t.Fatalf("%s ended by itself", name)
		case <-deadline:
			t.Fatalf("%s did not answer within %s", name, patience)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return stop
}

func (p Place) command(t testing.TB, name string, args []string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(path(t, name), args...)
	cmd.Dir, cmd.Env = p.Folder, append(os.Environ(), p.Env...)
	return cmd
}

// path finds a program. A missing program fails the test; make interop installs the
// programs.
func path(t testing.TB, name string) string {
	t.Helper()
	found, err := exec.LookPath(name)
	if err != nil {
		found, err = exec.LookPath(filepath.Join("/usr/sbin", name))
	}
	if err != nil {
		t.Fatalf("%s is not installed, make interop installs it: %v", name, err)
	}
	return found
}

// FreeAddr gives an address of the host on which no program listens.
func FreeAddr(t testing.TB, host string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// Listens reports whether a program accepts connections at the address.
func Listens(addr string) bool {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}
