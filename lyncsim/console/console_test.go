package console_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

var _ wsman.Program = (*console.Console)(nil)
var _ wsman.Finder = (*console.Console)(nil)

// engine prints on stdout how it was started.
type engine struct{}

func (engine) Run(_ context.Context, in console.Invocation) int {
	fmt.Fprintf(in.Stdout, "<%s>", in.Script)
	if in.ErrorsAsXML {
		fmt.Fprint(in.Stdout, " errors as XML")
	}
	if in.Interactive {
		fmt.Fprint(in.Stdout, " interactive")
	}
	for _, a := range in.Arguments {
		fmt.Fprintf(in.Stdout, " (%s)", a)
	}
	return 42
}

func newConsole() *console.Console {
	return &console.Console{Machine: "FE01.lab.example", Domain: "LAB", PowerShell: engine{},
		ReadFile: func(path string) (string, error) {
			if path != `C:\a.ps1` {
				return "", fmt.Errorf("%s does not exist", path)
			}
			return "script of a file", nil
		},
		SetupPath: `C:\Program Files\Deployment\setup.exe`,
		Setup: func(_ context.Context, who identity.Identity, args []string, out io.Writer) int {
			fmt.Fprintf(out, "%s runs %s\r\n", who.Account, args)
			return 0
		},
		Listeners: func() []netip.AddrPort { return []netip.AddrPort{netip.MustParseAddrPort("0.0.0.0:5986")} }}
}

type result struct {
	Out, Err string
	Code     int
}

func run(c *console.Console, p wsman.Process) result {
	var out, errs bytes.Buffer
	p.Stdout, p.Stderr = &out, &errs
	if p.Stdin == nil {
		p.Stdin = strings.NewReader("")
	}
	if p.Who.Account == "" {
		p.Who.Account = `LAB\Ops`
	}
	code := c.Run(context.Background(), p)
	return result{out.String(), errs.String(), code}
}

func encode(script string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(script)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return base64.StdEncoding.EncodeToString(b)
}

func TestCmd(t *testing.T) {
	const unknown = "'foo' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
	tests := map[string]struct {
		reason, line string
		want         result
	}{
		"Echo":         {"everything after the blank", `echo  "a" b`, result{" \"a\" b\r\n", "", 0}},
		"EchoDot":      {"an empty line", `echo.`, result{"\r\n", "", 0}},
		"EchoBare":     {"the state of echo", `echo`, result{"ECHO is on.\r\n", "", 0}},
		"Escape":       {"a caret takes the meaning away", `echo a^&b ^^`, result{"a&b ^\r\n", "", 0}},
		"QuotedAmp":    {"no separator inside quotes", `echo "a&b"`, result{"\"a&b\"\r\n", "", 0}},
		"Unknown":      {"cmd /c ends with 1", `foo /bar`, result{"", unknown, 1}},
		"UnknownLevel": {"inside, the level is 9009", `foo & exit`, result{"", unknown, 9009}},
		"Sequence":     {"& goes on whatever happened", `foo & echo b`, result{"b\r\n", unknown, 0}},
		"And":          {"&& stops after a failure", `foo && echo b`, result{"", unknown, 1}},
		"Or":           {"|| goes on after a failure", `foo || echo b`, result{"b\r\n", unknown, 0}},
		"OrNot":        {"|| stops after a success", `ver >nul || echo b`, result{"", "", 0}},
		"Exit":         {"ends the line", `exit /b 7 & echo b`, result{"", "", 7}},
		"ExitGlued":    {"a switch may be glued on", `exit/b 7`, result{"", "", 7}},
		"Nul":          {"output to nowhere", `echo a >nul & foo 2>nul`, result{"", "", 1}},
		"Merge":        {"stderr to stdout", `foo 2>&1`, result{unknown, "", 1}},
		"Swap":         {"stdout to stderr", `echo a 1>&2`, result{"", "a \r\n", 0}},
		"Nested":       {"cmd in cmd", `cmd /c exit 5`, result{"", "", 5}},
		"Hostname":     {"the name without the domain", `hostname`, result{"FE01\r\n", "", 0}},
		"Whoami":       {"in lower case", `whoami.exe`, result{"lab\\ops\r\n", "", 0}},
		"Path":         {"a program by its path", `C:\Windows\System32\whoami.exe`, result{"lab\\ops\r\n", "", 0}},
		"Ver":          {"Windows Server 2019", `ver`, result{"\r\nMicrosoft Windows [Version 10.0.17763.5329]\r\n", "", 0}},
		"Chcp":         {"shown, and taken for the rest of the line", `chcp & chcp 65001 >nul & chcp.com`, result{"Active code page: 437\r\nActive code page: 65001\r\n", "", 0}},
		"ChcpBad":      {"no such page", `chcp 1`, result{"", "Invalid code page\r\n", 1}},
		"Variable":     {"from the user's environment", `echo %username%@%COMPUTERNAME% %none% 100%`, result{"Ops@FE01 %none% 100%\r\n", "", 0}},
		"Set":          {"for the rest of the line", `set "FOO=a b" & set foo`, result{"FOO=a b\r\n", "", 0}},
		"SetNone":      {"nothing by that name", `set nosuch`, result{"", "Environment variable nosuch not defined\r\n", 1}},
		"Cd":           {"where the shell is", `cd`, result{"C:\\Users\\Ops\r\n", "", 0}},
		"Pipe":         {"refused, not guessed", `echo a | more`, result{"", "lyncsim: a pipe between commands is not simulated by this machine's cmd.exe.\r\n", 1}},
		"File":         {"refused, not guessed", `echo a > b.txt`, result{"", "lyncsim: redirection to a file is not simulated by this machine's cmd.exe.\r\n", 1}},
		"Real":         {"exists on Windows, so not 'not recognized'", `ipconfig /all`, result{"", "lyncsim: 'ipconfig' is not simulated by this machine's cmd.exe.\r\n", 1}},
		"Setup":        {"a program by its quoted path", `"%ProgramFiles%\Deployment\Setup.exe" /x && echo done`, result{"LAB\\Ops runs [/x]\r\ndone\r\n", "", 0}},
		"Netstat": {"the listeners of the machine", `netstat -an`, result{"\r\nActive Connections\r\n\r\n" +
			"  Proto  Local Address          Foreign Address        State\r\n" +
			"  TCP    0.0.0.0:5986           0.0.0.0:0              LISTENING\r\n", "", 0}},
		"NetstatOther": {"refused, not guessed", `netstat -b`, result{"", "lyncsim: netstat -b is not simulated by this machine's cmd.exe.\r\n", 1}},
		"TooLong":      {"cmd.exe takes 8191 characters", "echo " + strings.Repeat("x", 8187), result{"", "The command line is too long.\r\n", 1}},
		"JustShort":    {"8191 characters are fine", "echo " + strings.Repeat("x", 8186), result{strings.Repeat("x", 8186) + "\r\n", "", 0}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := run(newConsole(), wsman.Process{CommandLine: tc.line, CodePage: 437})
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("%s: -want +got:\n%s", tc.reason, d)
			}
		})
	}
}

func TestPowerShell(t *testing.T) {
	const badEncoding = "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The value must be Base64 encoded.\r\n"
	tests := map[string]struct {
		reason, line, stdin string
		want                result
	}{
		"Masterzen": {"what masterzen/winrm sends", "powershell.exe -EncodedCommand " + encode("Get-CsSite 'é'"), "",
			result{"<Get-CsSite 'é'> errors as XML interactive", "", 42}},
		"Worker": {"what the worker sends", "powershell.exe -NoProfile -NonInteractive -EncodedCommand " + encode("x"), "",
			result{"<x> errors as XML", "", 42}},
		"Ansible": {"what Ansible sends", "PowerShell -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand " + encode("x"), "",
			result{"<x> errors as XML", "", 42}},
		"Abbreviated": {"shortest spellings", "powershell -nop -noni -nol -ex bypass -ec " + encode("x"), "", result{"<x> errors as XML", "", 42}},
		"Shortest":    {"-e is -EncodedCommand, /switch is a switch", "powershell /e " + encode("x"), "", result{"<x> errors as XML interactive", "", 42}},
		"Formats":     {"a format that is asked for counts", "powershell -OutputFormat Text -InputFormat None -enc " + encode("x"), "", result{"<x> interactive", "", 42}},
		"Command":     {"the words are joined, the quotes are gone", `powershell -noni -Command "Get-Date; 'a b'"  -x 1`, "", result{"<Get-Date; 'a b' -x 1>", "", 42}},
		"Bare":        {"no switch: a command", `powershell Get-Date`, "", result{"<Get-Date> interactive", "", 42}},
		"InnerQuotes": {"backslash quotes survive", `powershell -c "echo \"a b\""`, "", result{`<echo "a b"> interactive`, "", 42}},
		"Stdin":       {"a dash reads the script", `powershell -noni -c -`, "Get-Date", result{"<Get-Date>", "", 42}},
		"NoArguments": {"so does nothing at all", `powershell -noni`, "Get-Date", result{"<Get-Date>", "", 42}},
		"File":        {"with its arguments", `powershell -noni -File C:\a.ps1 -Name "a b"`, "", result{"<script of a file> (-Name) (a b)", "", 42}},
		"NoFile": {"missing", `powershell -f C:\b.ps1`, "",
			result{"", "The argument 'C:\\b.ps1' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the -File parameter.\r\n", -196608}},
		"BadBase64": {"not base64", "powershell -enc ~~", "", result{"", badEncoding, -196608}},
		"NoValue": {"a value is missing", "powershell -enc", "",
			result{"", "Cannot process the command because of a missing parameter. A value must follow -encodedcommand.\r\n", -196608}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, skip := range []bool{false, true} {
				c := newConsole()
				got := run(c, wsman.Process{CommandLine: tc.line, CodePage: 65001, SkipShell: skip, Stdin: strings.NewReader(tc.stdin)})
				if d := cmp.Diff(tc.want, got); d != "" {
					t.Errorf("%s (skip cmd.exe: %v): -want +got:\n%s", tc.reason, skip, d)
				}
				if c.PowerShellStarts() != 1 {
					t.Errorf("%d starts of PowerShell", c.PowerShellStarts())
				}
			}
		})
	}
}

// TestFindKnowsFullPaths: Windows Server 2008 R2 was recorded to refuse powershell.exe by
// its name alone when it was asked to do without cmd.exe, and to take its full path.
func TestFindKnowsFullPaths(t *testing.T) {
	want := map[string]bool{
		`C:\Windows\system32\WindowsPowerShell\v1.0\powershell.exe -c x`: true, `"C:\Windows\System32\HOSTNAME.EXE"`: true,
		`C:\Windows\System32\chcp.com`: true, `C:\Windows\System32\chcp.exe`: false, `C:\Windows\powershell.exe`: false,
		`powershell.exe -c x`: false, `hostname`: false, `C:\Windows\System32\foo.exe`: false, `echo a`: false, `foo`: false, ``: false,
	}
	got := map[string]bool{}
	for line := range want {
		got[line] = newConsole().Find(line)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestOutputHasTheShellsCodePage(t *testing.T) {
	want := map[int]string{437: "\x84 ?\r\n", 1252: "\xe4 ?\r\n", 65001: "ä 漢\r\n"}
	for page, text := range want {
		if got := run(newConsole(), wsman.Process{CommandLine: "echo ä 漢", CodePage: page}).Out; got != text {
			t.Errorf("code page %d: %q, want %q", page, got, text)
		}
	}
}

func TestStartIsForProgramsThatPowerShellStarts(t *testing.T) {
	var out bytes.Buffer
	c := newConsole()
	p := wsman.Process{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Who: identity.Identity{Account: `LAB\Ops`}, CodePage: 437}
	code, found := c.Start(context.Background(), p, []string{"PowerShell", "-NonInteractive", "-EncodedCommand", encode("ü")})
	if !found || code != 42 || out.String() != "<ü> errors as XML" {
		t.Errorf("%d %v %q", code, found, out.String())
	}
	if _, found := c.Start(context.Background(), p, []string{"nosuch"}); found {
		t.Error("a program that does not exist was found")
	}
}

// TestExecutionPolicy checks that a policy keeps files from running, that a switch of the
// command line overrides it, and that commands are no files.
func TestExecutionPolicy(t *testing.T) {
	const script = "<script of a file>"
	cases := map[string]struct {
		reason, policy, line, want string
	}{
		"default":      {"local files run", "", `powershell -File C:\a.ps1 -Name a`, script},
		"restricted":   {"no file runs", "Restricted", `powershell -File C:\a.ps1 -Name a`, "running scripts is disabled on this system"},
		"all signed":   {"no file here is signed", "AllSigned", `powershell -File C:\a.ps1 -Name a`, "is not digitally signed"},
		"own policy":   {"a switch is for the process", "Restricted", `powershell -ExecutionPolicy Bypass -File C:\a.ps1 -Name a`, script},
		"own, worse":   {"in both directions", "", `powershell -ep AllSigned -File C:\a.ps1 -Name a`, "is not digitally signed"},
		"own, nothing": {"Undefined says nothing", "Restricted", `powershell -ep Undefined -File C:\a.ps1 -Name a`, "running scripts is disabled on this system"},
		"command":      {"a command is no file", "Restricted", `powershell -Command "x"`, "<x>"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			machine := newConsole()
			machine.ExecutionPolicy = c.policy
			got := run(machine, wsman.Process{CommandLine: c.line, SkipShell: true})
			if !strings.Contains(got.Out+got.Err, c.want) {
				t.Errorf("%s: %+v, want %q", c.reason, got, c.want)
			}
		})
	}
}

// TestWithoutAProfile: the variables are those that a real Windows was recorded to have.
func TestWithoutAProfile(t *testing.T) {
	got := run(newConsole(), wsman.Process{CommandLine: `echo %TEMP% %TMP% %USERPROFILE%`, NoProfile: true, Who: identity.Identity{Account: `LAB\Ops`}, CodePage: 65001})
	if want := (result{"C:\\Windows\\TEMP C:\\Windows\\TEMP C:\\Users\\Default\r\n", "", 0}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
