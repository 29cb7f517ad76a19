package console

import (
	"maps"
	"strconv"
	"strings"
)

// programs are the executables that exist on the machine.
var programs map[string]func(s *session, argv []string) int

func init() { // set here because cmd and powershell lead back to this table
	programs = map[string]func(s *session, argv []string) int{
		"cmd":        (*session).cmdExe,
		"powershell": (*session).powershell,
		"hostname":   hostname,
		"whoami":     whoami,
		"chcp":       chcp,
	}
}

// known names what every Windows has and this one does not simulate. Saying "not
// recognized" of them would be a lie.
var known = func() map[string]bool {
	names := map[string]bool{}
	for _, n := range strings.Fields(`assoc attrib bcdedit bitsadmin call certutil cipher cls color comp copy cscript
		date del dir diskpart dism dnscmd driverquery endlocal erase fc find findstr for format fsutil ftype goto
		gpresult gpupdate icacls if ipconfig klist label logman md mkdir more move msiexec net netsh netstat nltest
		nslookup path pause ping popd pushd qwinsta rd reg ren rename repadmin rmdir robocopy route rundll32 sc schtasks
		setlocal setspn shift shutdown sort start systeminfo takeown taskkill tasklist time timeout title tracert tree
		type verify vol wevtutil where winrm winrs wmic wscript xcopy`) {
		names[n] = true
	}
	return names
}()

// start runs a program by its arguments, the first being its name.
func (s *session) start(argv []string) (code int, found bool) {
	if len(argv) == 0 {
		return 0, false
	}
	run := programs[programName(argv[0])]
	if run == nil {
		return 0, false
	}
	return run(s, argv), true
}

// cmdExe is cmd.exe /c LINE; an interactive one ends at once for want of a
// keyboard.
func (s *session) cmdExe(argv []string) int {
	for i, a := range argv[1:] {
		if f := strings.ToLower(a); f == "/c" || f == "/k" {
			return s.nested().cmd(strings.Join(argv[i+2:], " "))
		}
	}
	return s.fail(1, notSimulated("an interactive cmd.exe").Error())
}

// nested is a child process: it sees the environment and changes its own.
func (s *session) nested() *session {
	child := *s
	child.state = &state{env: maps.Clone(s.env), codePage: s.codePage}
	return &child
}

func hostname(s *session, _ []string) int {
	s.println(s.console.host())
	return 0
}

// whoami prints domain\user in lower case; a local account's domain is the
// machine.
func whoami(s *session, argv []string) int {
	if len(argv) > 1 {
		return s.fail(1, notSimulated("whoami "+argv[1]).Error())
	}
	s.println(strings.ToLower(s.env["USERDOMAIN"] + `\` + s.env["USERNAME"]))
	return 0
}

// chcp shows or takes a code page. Taking one changes what chcp says, not the
// translation of the shell's streams, which WinRM fixed when it made the shell.
func chcp(s *session, argv []string) int {
	if len(argv) > 1 {
		page, err := strconv.Atoi(argv[1])
		if err != nil || page != codePageUTF8 && codePages[page] == nil {
			return s.fail(1, "Invalid code page")
		}
		s.codePage = page
	}
	s.println("Active code page: " + strconv.Itoa(s.codePage))
	return 0
}
