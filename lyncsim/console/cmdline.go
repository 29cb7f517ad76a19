package console

import "strings"

// simple is one command of a line, without its redirections and carets.
type simple struct {
	after     string // operator before it: "", "&", "&&" or "||"
	text      string
	redirects []redirect
}

// redirect sends a handle (0, 1 or 2) to NUL or to where another handle goes.
type redirect struct {
	handle byte
	to     string // "nul", "&1" or "&2"
}

// scanner splits a command line as cmd.exe does.
type scanner struct {
	line   string
	at     int
	quoted bool
	now    simple
	text   strings.Builder
	done   []simple
}

// parseLine finds the commands of a line. Its errors name constructs that are not
// simulated.
func parseLine(line string) ([]simple, error) {
	s := &scanner{line: line}
	for s.at < len(s.line) {
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	s.finish("")
	return s.done, nil
}

func (s *scanner) next() error {
	ch := s.line[s.at]
	switch {
	case ch == '"':
		s.quoted = !s.quoted
		s.take()
	case s.quoted:
		s.take()
	case ch == '^':
		s.at++
		s.take()
	case ch == '&' || s.sees("||"):
		op := s.line[s.at : s.at+1]
		if s.sees(op + op) {
			op += op
		}
		s.at += len(op)
		s.finish(op)
	case ch == '|':
		return notSimulated("a pipe between commands")
	case ch == '(' && strings.TrimSpace(s.text.String()) == "":
		return notSimulated("a block in parentheses")
	case ch == '>' || ch == '<':
		return s.redirect(ch)
	default:
		s.take()
	}
	return nil
}

func (s *scanner) sees(text string) bool { return strings.HasPrefix(s.line[s.at:], text) }

// take copies the next byte, if there is one, into the command.
func (s *scanner) take() {
	if s.at < len(s.line) {
		s.text.WriteByte(s.line[s.at])
	}
	s.at++
}

// finish ends a command; op is the operator before the next one.
func (s *scanner) finish(op string) {
	s.now.text = strings.TrimLeft(s.text.String(), " \t")
	s.done = append(s.done, s.now)
	s.now, s.quoted = simple{after: op}, false
	s.text.Reset()
}

// redirect reads >nul, 2>nul, <nul, 2>&1 and 1>&2.
func (s *scanner) redirect(sign byte) error {
	r := redirect{handle: '1'}
	if sign == '<' {
		r.handle = '0'
	}
	if t := s.text.String(); len(t) > 0 && strings.ContainsAny(t[len(t)-1:], "012") && (len(t) == 1 || t[len(t)-2] == ' ') {
		r.handle = t[len(t)-1]
		s.text.Reset()
		s.text.WriteString(t[:len(t)-1])
	}
	rest := strings.TrimLeft(strings.TrimLeft(s.line[s.at:], string(sign)), " ")
	end := strings.IndexAny(rest[min(1, len(rest)):], " &|<>")
	if end < 0 {
		end = len(rest)
	} else {
		end++
	}
	r.to = strings.ToLower(rest[:end])
	s.at = len(s.line) - len(rest) + end
	if r.to != "nul" && r.to != "&1" && r.to != "&2" {
		return notSimulated("redirection to a file")
	}
	s.now.redirects = append(s.now.redirects, r)
	return nil
}

func notSimulated(what string) error {
	return complain("lyncsim: %s is not simulated by this machine's cmd.exe.", what)
}
