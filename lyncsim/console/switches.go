package console

import (
	"strings"
)

// powershellArgs is the parsed command line of powershell.exe.
type powershellArgs struct {
	script         string
	file           string
	arguments      []string
	fromStdin      bool
	encoded        bool
	nonInteractive bool
	outputFormat   string // "", "text" or "xml"
	// executionPolicy is the policy for this process, in lower case; "" when the command
	// line names none.
	executionPolicy string
}

// errorsAsXML follows the console host. stderr is a pipe here, so with an encoded
// command and no format on the command line, PowerShell assumes that its caller is
// another PowerShell and writes CLIXML.
func (a *powershellArgs) errorsAsXML() bool {
	return a.outputFormat == "xml" || a.outputFormat == "" && a.encoded
}

// parameter is one switch of powershell.exe. It has a name, the shortest prefix and
// the other spellings that are accepted, and a function that applies it. take gives
// the function the switch's value.
type parameter struct {
	name, shortest, also string
	apply                func(a *powershellArgs, take func() (string, error)) error
}

// parameters are in the order in which powershell.exe searches them.
var parameters = []parameter{
	{name: "version", shortest: "v", apply: skipValue},
	{name: "psconsolefile", shortest: "psc", apply: skipValue},
	{name: "noexit", shortest: "noe", apply: refuse("-NoExit")},
	{name: "noprofile", shortest: "nop", apply: nothing},
	{name: "nologo", shortest: "nol", apply: nothing},
	{name: "noninteractive", shortest: "noni", apply: func(a *powershellArgs, _ func() (string, error)) error {
		a.nonInteractive = true
		return nil
	}},
	{name: "sta", shortest: "s", apply: nothing},
	{name: "mta", shortest: "mta", apply: nothing},
	{name: "windowstyle", shortest: "w", apply: skipValue},
	{name: "outputformat", shortest: "o", also: "of", apply: outputFormat},
	{name: "inputformat", shortest: "in", also: "if", apply: skipValue},
	{name: "executionpolicy", shortest: "ex", also: "ep", apply: executionPolicy},
	{name: "configurationname", shortest: "config", apply: refuse("-ConfigurationName")},
	{name: "encodedcommand", shortest: "e", also: "ec", apply: encodedCommand},
	{name: "encodedarguments", shortest: "encodeda", also: "ea", apply: refuse("-EncodedArguments")},
}

// parsePowerShell reads the arguments after the program's name. -Command and -File
// use all arguments after them. An argument that is no switch starts a command too.
func parsePowerShell(argv []string) (*powershellArgs, error) {
	a := &powershellArgs{}
	for len(argv) > 0 {
		name, isSwitch := switchName(argv[0])
		switch {
		case !isSwitch:
			return a, a.command(argv)
		case matches(name, "command", "c"):
			return a, a.command(argv[1:])
		case matches(name, "file", "f"):
			return a, a.fromFile(argv[1:])
		}
		p := findParameter(name)
		if p == nil {
			return a, a.command(argv)
		}
		argv = argv[1:]
		take := func() (string, error) {
			if len(argv) == 0 {
				return "", complain("Cannot process the command because of a missing parameter. A value must follow -%s.", p.name)
			}
			v := argv[0]
			argv = argv[1:]
			return v, nil
		}
		if err := p.apply(a, take); err != nil {
			return nil, err
		}
	}
	a.fromStdin = a.fromStdin || !a.encoded
	return a, nil
}

func switchName(arg string) (string, bool) {
	if arg == "" || !strings.ContainsAny(arg[:1], "-/") || arg == "-" {
		return "", false
	}
	return strings.ToLower(strings.TrimPrefix(arg[1:], "-")), true
}

// matches reports whether a switch is a long enough prefix of a name.
func matches(got, name, shortest string) bool {
	return strings.HasPrefix(name, got) && len(got) >= len(shortest)
}

func findParameter(got string) *parameter {
	for i := range parameters {
		if p := &parameters[i]; matches(got, p.name, p.shortest) || got == p.also && p.also != "" {
			return p
		}
	}
	return nil
}

// command reads the words of -Command; a single dash means a script on stdin.
func (a *powershellArgs) command(words []string) error {
	if len(words) == 0 {
		return complaint("Cannot process the command because of a missing parameter. A command must follow -Command.")
	}
	if words[0] == "-" {
		if len(words) > 1 {
			return complaint("'-' was specified with the -Command parameter; no other arguments to -Command are permitted.")
		}
		a.fromStdin = true
		return nil
	}
	a.script = strings.Join(words, " ")
	return nil
}

func (a *powershellArgs) fromFile(words []string) error {
	if len(words) == 0 {
		return complaint("Cannot process the command because of a missing parameter. A file path must follow -File.")
	}
	a.file, a.arguments = words[0], words[1:]
	a.fromStdin = a.file == "-"
	if a.fromStdin {
		a.file = ""
	}
	return nil
}
