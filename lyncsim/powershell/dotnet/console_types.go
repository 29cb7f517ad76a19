package dotnet

import (
	"bufio"
	"context"
	"io"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// textReader and textWriter are [Console]::In, Out and Error.
type (
	textReader struct{ r *bufio.Reader }
	textWriter struct{ w io.Writer }
)

// TypeName is the .NET name.
func (textReader) TypeName() string { return "System.IO.TextReader" }

// TypeName is the .NET name.
func (textWriter) TypeName() string { return "System.IO.TextWriter" }

func consoleTypes() []*Type {
	stream := func(name string, of func(e *Env) any) Member {
		return current(name, func(e *Env) (any, error) { return of(e), nil })
	}
	encoding := func(name string) Member {
		m := constant(name, &Encoding{name: "utf8"})
		m.Set = func(*Env, any, any) error { return nil }
		return m
	}
	console := &Type{Name: "System.Console", Static: members(
		stream("In", func(e *Env) any { return textReader{e.In} }), stream("Out", func(e *Env) any { return textWriter{e.Out} }),
		stream("Error", func(e *Env) any { return textWriter{e.Err} }), encoding("OutputEncoding"), encoding("InputEncoding"),
		static("ReadLine", 0, 0, func(a *Args) (any, error) { return readLine(a.Env.Context, a.Env.In) }),
		static("WriteLine", 0, 99, func(a *Args) (any, error) { return writeText(a.Env.Out, a, "\r\n") }),
		static("Write", 1, 99, func(a *Args) (any, error) { return writeText(a.Env.Out, a, "") }),
		constant("IsInputRedirected", true), constant("IsOutputRedirected", true)), Refused: []string{"*"}}
	reader := &Type{Name: "System.IO.TextReader", Members: members(
		method("ReadLine", 0, 0, func(t textReader, a *Args) (any, error) { return readLine(a.Env.Context, t.r) }),
		method("ReadToEnd", 0, 0, func(t textReader, a *Args) (any, error) {
			return inBackground(a.Env.Context, func() (any, error) {
				b, err := io.ReadAll(io.LimitReader(t.r, 256<<20))
				return strings.ToValidUTF8(string(b), "\ufffd"), err
			})
		}),
		method("Peek", 0, 0, func(t textReader, _ *Args) (any, error) {
			b, err := t.r.Peek(1)
			if err != nil {
				return int32(-1), nil
			}
			return int32(b[0]), nil
		})), Refused: []string{"*"}}
	writer := &Type{Name: "System.IO.TextWriter", Members: members(
		method("WriteLine", 0, 99, func(t textWriter, a *Args) (any, error) { return writeText(t.w, a, "\r\n") }),
		method("Write", 1, 99, func(t textWriter, a *Args) (any, error) { return writeText(t.w, a, "") }),
		method("Flush", 0, 0, func(textWriter, *Args) (any, error) { return Void, nil }),
		prop("Encoding", func(textWriter) any { return &Encoding{name: "utf8"} })), Refused: []string{"*"}}
	return []*Type{console, reader, writer}
}

// readLine reads a line and gives it without its line end. At the end of the input it
// gives $null.
func readLine(ctx context.Context, r *bufio.Reader) (any, error) {
	return inBackground(ctx, func() (any, error) {
		line, err := r.ReadString('\n')
		if err != nil && line == "" {
			return nil, nil
		}
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		return strings.ToValidUTF8(line, "\ufffd"), nil
	})
}

// inBackground returns when the read is done or the context ends, even if the read still
// waits for input. In that case the read goes on until the input is closed.
func inBackground(ctx context.Context, read func() (any, error)) (any, error) {
	type result struct {
		v   any
		err error
	}
	done := make(chan result, 1)
	go func() {
		v, err := read()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func writeText(w io.Writer, a *Args, end string) (any, error) {
	s := a.Text(0)
	if a.Len() > 1 {
		formatted, err := Format(s, a.From(1), a.core())
		if err != nil {
			return nil, err
		}
		s = formatted
	} else if items, ok := value.Items(a.At(0)); ok {
		s = value.TextWith(items, "")
	}
	_, err := io.WriteString(w, s+end)
	return Void, err
}
