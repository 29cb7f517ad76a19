// Package standin is a program that tests start in place of a real PowerShell. It
// runs the evaluator in a process of its own, with the modules that it finds on
// PSModulePath. It knows these modules only by their text, as a real PowerShell
// does. A test binary that is started under the program's name becomes the program.
package standin

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// Name is the file name of the program.
const Name = "powershell-standin"

// exitUsage is the exit code when the program was not started as powershell.exe is.
const exitUsage = 64

// Main must be called first in TestMain. When the test binary was started under the
// program's name, Main runs the program and does not return.
func Main() {
	if filepath.Base(os.Args[0]) == Name {
		os.Exit(run(os.Args[1:]))
	}
}

// Install makes a path under which the running test binary is the program, and gives
// it.
func Install(dir string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, Name)
	return path, os.Symlink(self, path)
}

// Chosen is the program that the environment variable FEDROUTE_POWERSHELL names, so
// that the tests can run with a real PowerShell. Without the variable it is the
// stand-in.
func Chosen(dir string) (string, error) {
	if program := os.Getenv("FEDROUTE_POWERSHELL"); program != "" {
		return program, nil
	}
	return Install(dir)
}

func run(args []string) int {
	script, notation, err := understand(args)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	modules, err := modulesOn(os.Getenv("PSModulePath"))
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	env := map[string]string{}
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	rs := powershell.New(powershell.Options{
		Notation: notation, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: env, Files: disk{},
		Machine: newMachine(), Programs: programs{}, Dial: dial, Loaded: utility.Modules(), Modules: modules.list,
	})
	defer rs.Close()
	modules.into = rs
	return rs.Run(context.Background(), script)
}

func dial(ctx context.Context, address string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

// understand reads the only arguments with which the program is started.
func understand(args []string) (string, powershell.Notation, error) {
	notation := powershell.CLIXML
	rest, ok := cutPrefix(args, "-NoProfile", "-NonInteractive")
	if text, found := cutPrefix(rest, "-OutputFormat", "Text"); ok && found {
		rest, notation = text, powershell.Console
	}
	if !ok || len(rest) != 2 || rest[0] != "-EncodedCommand" {
		return "", notation, fmt.Errorf("%s was started with %q", Name, args)
	}
	raw, err := base64.StdEncoding.DecodeString(rest[1])
	if err != nil || len(raw)%2 != 0 {
		return "", notation, fmt.Errorf("the encoded command is none: %s", rest[1])
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units)), notation, nil
}

func cutPrefix(list []string, prefix ...string) ([]string, bool) {
	if len(list) < len(prefix) {
		return list, false
	}
	for i, p := range prefix {
		if list[i] != p {
			return list, false
		}
	}
	return list[len(prefix):], true
}
