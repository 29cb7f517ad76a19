package console

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// session is one running process: its streams, and the state that it shares with the
// commands that run in it.
type session struct {
	*state
	ctx      context.Context
	console  *Console
	process  wsman.Process
	in       io.Reader
	out, err io.Writer
}

// state is what a command of a process can change for the commands after it.
type state struct {
	env        map[string]string // names in upper case
	codePage   int
	errorLevel int
}

func (c *Console) session(ctx context.Context, p wsman.Process) *session {
	s := &session{ctx: ctx, console: c, process: p, state: &state{codePage: p.CodePage, env: c.environment(p)}}
	s.in, s.out, s.err = translate(p)
	return s
}

// Environment is the environment of a new process, for engines that are started
// without the console.
func (c *Console) Environment(who identity.Identity) map[string]string {
	return c.environment(wsman.Process{Who: who})
}

// environment is the environment of a new process of the user.
func (c *Console) environment(p wsman.Process) map[string]string {
	domain, user, ok := strings.Cut(p.Who.Account, `\`)
	if !ok {
		domain, user = c.host(), p.Who.Account
	}
	profile, temp := `C:\Users\`+user, `C:\Users\`+user+`\AppData\Local\Temp`
	if p.NoProfile {
		profile, temp = `C:\Users\Default`, `C:\Windows\TEMP`
	}
	env := map[string]string{
		"ALLUSERSPROFILE":        `C:\ProgramData`,
		"COMPUTERNAME":           strings.ToUpper(c.host()),
		"COMSPEC":                `C:\Windows\system32\cmd.exe`,
		"NUMBER_OF_PROCESSORS":   "2",
		"OS":                     "Windows_NT",
		"PATH":                   `C:\Windows\system32;C:\Windows;C:\Windows\System32\Wbem;C:\Windows\System32\WindowsPowerShell\v1.0\`,
		"PATHEXT":                ".COM;.EXE;.BAT;.CMD",
		"PROCESSOR_ARCHITECTURE": "AMD64",
		"PROGRAMDATA":            `C:\ProgramData`,
		"PROGRAMFILES":           `C:\Program Files`,
		"SYSTEMDRIVE":            "C:",
		"SYSTEMROOT":             `C:\Windows`,
		"TEMP":                   temp,
		"TMP":                    temp,
		"USERDOMAIN":             strings.ToUpper(domain),
		"USERNAME":               user,
		"USERPROFILE":            profile,
		"WINDIR":                 `C:\Windows`,
	}
	for k, v := range p.Environment {
		env[strings.ToUpper(k)] = v
	}
	return env
}

// host is the machine's name without its domain.
func (c *Console) host() string {
	name, _, _ := strings.Cut(c.Machine, ".")
	return name
}

func (s *session) println(text string) { fmt.Fprint(s.out, text, "\r\n") }

// fail writes a reason to stderr and returns the exit code.
func (s *session) fail(code int, text string) int {
	fmt.Fprint(s.err, text, "\r\n")
	return code
}

// variables lists NAME=value, sorted.
func (s *session) variables() []string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(s.env)) {
		list = append(list, k+"="+s.env[k])
	}
	return list
}

// expand replaces %NAME% as cmd.exe /c does: a variable that is not set stays as it
// is written.
func (s *session) expand(line string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(line, "%")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "%")
		value, set := s.env[strings.ToUpper(name)]
		switch {
		case closed && strings.EqualFold(name, "ERRORLEVEL"):
			fmt.Fprint(&b, s.errorLevel)
			line = after
		case closed && set:
			b.WriteString(value)
			line = after
		default:
			b.WriteByte('%')
			line = rest
		}
	}
}

// complaint is an error in the exact words of the program that prints it, full stop
// included, because people and scripts compare them.
type complaint string

func complain(format string, args ...any) error { return complaint(fmt.Sprintf(format, args...)) }

// Error is the program's own text.
func (c complaint) Error() string { return string(c) }
