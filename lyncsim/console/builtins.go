package console

import (
	"strconv"
	"strings"
)

// windowsVersion is the output of ver: Windows Server 2019.
const windowsVersion = "10.0.17763.5329"

// builtin is a command of cmd.exe itself. over reports that the rest of the line is
// not run.
type builtin func(s *session, rest string) (code int, over bool)

var builtins map[string]builtin

func init() { // set here because call and cmd /c refer to this table
	builtins = map[string]builtin{
		"echo": echo,
		"exit": exit,
		"set":  set,
		"ver": func(s *session, _ string) (int, bool) {
			s.println("\r\nMicrosoft Windows [Version " + windowsVersion + "]")
			return 0, false
		},
		"rem": func(*session, string) (int, bool) { return 0, false },
		"cd":  directory,
	}
}

// echo prints the text after its separator. Without text it prints that echo is on.
func echo(s *session, rest string) (int, bool) {
	switch {
	case strings.TrimSpace(rest) == "":
		s.println("ECHO is on.")
	default:
		s.println(rest[1:])
	}
	return 0, false
}

// exit ends the line: exit, exit 5, exit /b 5.
func exit(s *session, rest string) (int, bool) {
	word := strings.TrimSpace(rest)
	if flag := strings.ToLower(word); strings.HasPrefix(flag, "/b") {
		word = strings.TrimSpace(word[2:])
	}
	if word == "" {
		return s.errorLevel, true
	}
	code, err := strconv.ParseInt(word, 10, 32)
	if err != nil {
		return 0, true // cmd.exe reads a word as 0
	}
	return int(code), true
}

// set lists or changes variables.
func set(s *session, rest string) (int, bool) {
	word := strings.TrimLeft(rest, " \t")
	if quoted, ok := strings.CutPrefix(word, `"`); ok { // up to the last quote
		word = quoted[:max(0, strings.LastIndexByte(quoted, '"'))]
	}
	if strings.HasPrefix(word, "/") {
		return s.fail(1, notSimulated("set "+strings.Fields(word)[0]).Error()), false
	}
	if name, value, ok := strings.Cut(word, "="); ok {
		if value == "" {
			delete(s.env, strings.ToUpper(name))
		} else {
			s.env[strings.ToUpper(name)] = value
		}
		return 0, false
	}
	prefix, found := strings.ToUpper(strings.TrimSpace(word)), false
	for _, v := range s.variables() {
		if strings.HasPrefix(v, prefix) {
			s.println(v)
			found = true
		}
	}
	if !found {
		return s.fail(1, "Environment variable "+strings.TrimSpace(word)+" not defined"), false
	}
	return 0, false
}

// directory prints the working directory. It cannot change it, because the machine
// has no other.
func directory(s *session, rest string) (int, bool) {
	if strings.TrimSpace(rest) != "" {
		return s.fail(1, notSimulated("changing the directory").Error()), false
	}
	dir := s.process.WorkingDirectory
	if dir == "" {
		dir = s.env["USERPROFILE"]
	}
	s.println(dir)
	return 0, false
}
