package console

import (
	"io"
	"strings"
)

// maxCommandLine is the longest line that cmd.exe accepts, in characters.
const maxCommandLine = 8191

// Exit codes of a command that does not exist: that of cmd.exe /c, and the value of
// %ERRORLEVEL% inside the line.
const (
	exitNotRecognized  = 1
	levelNotRecognized = 9009
)

// cmd runs a line as cmd.exe /c does and gives its exit code.
func (s *session) cmd(line string) int {
	if len([]rune(line)) > maxCommandLine {
		return s.fail(1, "The command line is too long.")
	}
	commands, err := parseLine(s.expand(line))
	if err != nil {
		return s.fail(1, err.Error())
	}
	code := 0
	for _, c := range commands {
		if c.after == "&&" && code != 0 || c.after == "||" && code == 0 || strings.TrimSpace(c.text) == "" {
			continue
		}
		if s.ctx.Err() != nil {
			return 1
		}
		var over bool
		if code, over = s.redirected(c).command(c.text); over {
			break
		}
	}
	return code
}

// redirected is the session with a command's own streams.
func (s *session) redirected(c simple) *session {
	if len(c.redirects) == 0 {
		return s
	}
	own := *s
	for _, r := range c.redirects {
		w := io.Discard
		switch r.to {
		case "&1":
			w = own.out
		case "&2":
			w = own.err
		}
		switch r.handle {
		case '0':
			own.in = strings.NewReader("")
		case '1':
			own.out = w
		case '2':
			own.err = w
		}
	}
	return &own
}

// command runs one command of a line. over reports that the command was exit.
func (s *session) command(text string) (code int, over bool) {
	name, rest := commandName(text)
	if builtin := builtins[strings.ToLower(name)]; builtin != nil {
		return builtin(s, rest)
	}
	code, found := s.start(append([]string{name}, splitArgs(`x ` + rest)[1:]...))
	s.errorLevel = code
	if found {
		return code, false
	}
	if n := programName(name); executables[n] || commands[n] {
		return s.fail(1, notSimulated("'"+name+"'").Error()), false
	}
	s.errorLevel = levelNotRecognized
	return s.fail(exitNotRecognized, "'"+name+"' is not recognized as an internal or external command,\r\noperable program or batch file."), false
}

// commandName splits off the first word. A builtin's name also ends at a character
// that cmd.exe accepts as a separator: echo.text, exit/b.
func commandName(text string) (name, rest string) {
	if strings.HasPrefix(text, `"`) {
		return programPart(text)
	}
	end := strings.IndexAny(text, " \t,;=")
	if end < 0 {
		end = len(text)
	}
	if i := strings.IndexAny(text[:end], "./:"); i > 0 && builtins[strings.ToLower(text[:i])] != nil {
		end = i
	}
	return text[:end], text[end:]
}
