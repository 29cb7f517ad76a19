package console

import (
	"maps"
	"strconv"
	"strings"
)

// programs are the executables that exist on the machine.
var programs map[string]func(s *session, argv []string) int

func init() { // set here because cmd and powershell refer to this table
	programs = map[string]func(s *session, argv []string) int{
		"cmd":        (*session).cmdExe,
		"powershell": (*session).powershell,
		"hostname":   hostname,
		"whoami":     whoami,
		"chcp":       chcp,
		"netstat":    netstat,
	}
}

// isProgram reports whether the full path is that of a simulated executable.
func isProgram(path string) bool {
	name := programName(path)
	folder, file := `C:\Windows\System32\`, name+".exe"
	switch name {
	case "powershell":
		folder += `WindowsPowerShell\v1.0\`
	case "chcp":
		file = "chcp.com"
	}
	return programs[name] != nil && strings.EqualFold(path, folder+file)
}

// executables and commands are the names of programs and cmd.exe commands that every
// Windows has and that are not simulated here. For them, the message "not
// recognized" would be wrong.
var (
	executables = names(`attrib bcdedit bitsadmin certutil cipher comp cscript diskpart dism dnscmd driverquery fc find findstr
		fsutil gpresult gpupdate icacls ipconfig klist label logman more msiexec net netsh nltest nslookup ping qwinsta reg
		repadmin robocopy route rundll32 sc schtasks setspn shutdown sort systeminfo takeown taskkill tasklist timeout tracert
		tree w32tm wevtutil where winrm winrs wmic wscript xcopy`)
	commands = names(`assoc call cls color copy date del dir endlocal erase for format ftype goto if md mkdir move path pause
		popd pushd rd ren rename rmdir setlocal shift start time title type verify vol`)
)

func names(list string) map[string]bool {
	set := map[string]bool{}
	for _, n := range strings.Fields(list) {
		set[n] = true
	}
	return set
}

// start runs a program with its arguments; argv[0] is its name.
func (s *session) start(argv []string) (code int, found bool) {
	if len(argv) == 0 {
		return 0, false
	}
	if s.console.isSetup(argv[0]) {
		return s.console.Setup(s.ctx, s.process.Who, argv[1:], s.out), true
	}
	run := programs[programName(argv[0])]
	if run == nil {
		return 0, false
	}
	return run(s, argv), true
}

// cmdExe runs cmd.exe /c LINE. An interactive cmd.exe ends at once, because there is
// no keyboard.
func (s *session) cmdExe(argv []string) int {
	for i, a := range argv[1:] {
		if f := strings.ToLower(a); f == "/c" || f == "/k" {
			return s.nested().cmd(strings.Join(argv[i+2:], " "))
		}
	}
	return s.fail(1, notSimulated("an interactive cmd.exe").Error())
}

// nested is a child process. It sees the environment, and its changes affect only
// its own copy.
func (s *session) nested() *session {
	child := *s
	child.state = &state{env: maps.Clone(s.env), codePage: s.codePage}
	return &child
}

func hostname(s *session, _ []string) int {
	s.println(s.console.host())
	return 0
}

// whoami prints domain\user in lower case. For a local account, the machine's name
// stands for the domain.
func whoami(s *session, argv []string) int {
	if len(argv) > 1 {
		return s.fail(1, notSimulated("whoami "+argv[1]).Error())
	}
	s.println(strings.ToLower(s.env["USERDOMAIN"] + `\` + s.env["USERNAME"]))
	return 0
}

// chcp shows or sets a code page. Setting it changes the output of chcp only,
// because WinRM fixed the conversion of the shell's streams when it made the shell.
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
