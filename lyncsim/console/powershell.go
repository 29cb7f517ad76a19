package console

import (
	"encoding/base64"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
)

// exitBadParameter is the exit code of powershell.exe for an invalid command line
// (0xFFFD0000).
const exitBadParameter = -196608

// maxScript bounds a script on stdin, in bytes.
const maxScript = 16 << 20

// powershell runs powershell.exe.
func (s *session) powershell(argv []string) int {
	if s.console.PowerShell == nil {
		return s.fail(1, "lyncsim: this machine has no PowerShell.")
	}
	s.console.starts.Add(1)
	a, err := parsePowerShell(argv[1:])
	if err != nil {
		return s.fail(exitBadParameter, err.Error())
	}
	policy := s.console.policy(a)
	in := Invocation{
		ExecutionPolicy: policy,
		Script:          a.script, Arguments: a.arguments, Stdin: s.in, Stdout: s.out, Stderr: s.err,
		Who: s.process.Who, Environment: s.env, WorkingDirectory: s.process.WorkingDirectory,
		Interactive: !a.nonInteractive, ErrorsAsXML: a.errorsAsXML(), OutputAsXML: a.outputFormat == "xml",
	}
	switch {
	case a.file != "":
		if err := MayLoad(a.file, policy); err != nil {
			return s.fail(1, err.Error())
		}
		if in.Script, err = s.readFile(a.file); err != nil {
			return s.fail(exitBadParameter, err.Error())
		}
	case a.fromStdin:
		text, err := io.ReadAll(io.LimitReader(s.in, maxScript))
		if err != nil {
			return s.fail(1, err.Error())
		}
		in.Script, in.Stdin = string(text), strings.NewReader("")
	}
	return s.console.PowerShell.Run(s.ctx, in)
}

// policy is the execution policy of a process.
func (c *Console) policy(a *powershellArgs) string {
	switch {
	case a.executionPolicy != "" && a.executionPolicy != "default":
		return a.executionPolicy
	case c.ExecutionPolicy != "":
		return strings.ToLower(c.ExecutionPolicy)
	}
	return "remotesigned"
}

// MayLoad refuses a script file, or the script of a module, that an execution policy in
// lower case keeps from being loaded. No file here is signed, and none came from another
// machine.
func MayLoad(path, policy string) error {
	switch policy {
	case "restricted":
		return complain("File %s cannot be loaded because running scripts is disabled on this system. For more information, see about_Execution_Policies at https:/go.microsoft.com/fwlink/?LinkID=135170.", path)
	case "allsigned":
		return complain("File %s cannot be loaded. The file %[1]s is not digitally signed. You cannot run this script on the current system.", path)
	}
	return nil
}

func (s *session) readFile(path string) (string, error) {
	missing := complain("The argument '%s' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as an argument to the -File parameter.", path)
	if s.console.ReadFile == nil {
		return "", missing
	}
	text, err := s.console.ReadFile(path)
	if err != nil {
		return "", missing
	}
	return text, nil
}

// decodeCommand decodes the argument of -EncodedCommand: base64 of UTF-16LE.
func decodeCommand(text string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(raw)%2 != 0 {
		return "", complaint("Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The value must be Base64 encoded.")
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units)), nil
}
