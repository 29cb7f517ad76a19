package console

import "strings"

// splitArgs splits a command line by the rules of CommandLineToArgvW: a quote
// toggles, a doubled quote inside quotes is a quote, and backslashes are special
// only before a quote.
func splitArgs(line string) []string {
	var argv []string
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		var arg string
		if len(argv) == 0 {
			arg, line = programPart(line)
		} else {
			arg, line = nextArg(line)
		}
		argv = append(argv, arg)
	}
	return argv
}

// programPart splits off the program's name, in which backslashes are never special.
func programPart(line string) (name, rest string) {
	if quoted, ok := strings.CutPrefix(line, `"`); ok {
		name, rest, _ = strings.Cut(quoted, `"`)
		return name, rest
	}
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i], line[i:]
	}
	return line, ""
}

func nextArg(line string) (arg, rest string) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(line); i++ {
		switch ch := line[i]; {
		case ch == '\\':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], `\`))
			i += n - 1
			if i+1 >= len(line) || line[i+1] != '"' {
				b.WriteString(strings.Repeat(`\`, n))
				continue
			}
			b.WriteString(strings.Repeat(`\`, n/2))
			if n%2 == 1 {
				b.WriteByte('"')
				i++
			}
		case ch == '"' && quoted && i+1 < len(line) && line[i+1] == '"':
			b.WriteByte('"')
			i++
		case ch == '"':
			quoted = !quoted
		case !quoted && (ch == ' ' || ch == '\t'):
			return b.String(), line[i:]
		default:
			b.WriteByte(ch)
		}
	}
	return b.String(), ""
}

// programName is the name of a program without folder and extension.
func programName(path string) string {
	name := strings.ToLower(path[strings.LastIndexAny(path, `\/`)+1:])
	for _, ext := range []string{".exe", ".com"} {
		if bare, ok := strings.CutSuffix(name, ext); ok {
			return bare
		}
	}
	return name
}
