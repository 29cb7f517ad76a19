package powershell

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Client is a remote caller. It receives what a pipeline puts out as objects, in the
// order in which the pipeline writes. An error that a method returns ends the pipeline.
type Client interface {
	Output(v any) error
	// Record takes an error, warning, verbose, debug or information record.
	Record(stream syntax.Stream, record any) error
	Progress(activity, status string) error
}

// Pipeline is what a remote caller asks a runspace to run.
type Pipeline struct {
	Statements [][]RemoteCommand
	// Input gives the objects that the caller pipes in; nil for none.
	Input iter.Seq[any]
}

// RemoteCommand is one command of a Pipeline: the name of a command, or the text of a
// script.
type RemoteCommand struct {
	Text      string
	Script    bool
	Arguments []RemoteArgument
	// Local says that a script has a scope of its own. Other scripts leave their
	// variables to the next ones.
	Local bool
	// Merged lists the streams that go to the output.
	Merged []syntax.Stream
}

// RemoteArgument is one argument. A positional one has no name. One with a name and no
// value is a switch, or the name before a positional value.
type RemoteArgument struct {
	Name     string
	Value    any
	HasValue bool
}

// ErrExit is the error of a pipeline that ended with exit.
var ErrExit = errors.New("exit")

// Invoke runs a pipeline for a remote caller. The error that ended the pipeline is a
// *value.ErrorRecord, ErrExit, a refusal or the error of an ended ctx. The runspace
// lives on.
func (rs *Runspace) Invoke(ctx context.Context, p Pipeline, client Client) (err error) {
	rs.env.Context = ctx
	rs.host.client = client
	defer func() {
		if defect := recover(); defect != nil {
			err = defective(rs, defect)
		}
		rs.host.client, rs.named = nil, ""
		rs.global.remove("_")
		rs.global.remove("input")
	}()
	for i, statement := range p.Statements {
		f := rs.frame(ctx)
		rs.named = ""
		if i > 0 || p.Input == nil {
			err = f.remote(statement, nil)
		} else {
			err = f.remote(statement, p.Input)
		}
		if err != nil {
			return rs.ending(f, err)
		}
	}
	return ctx.Err()
}

// ending turns the error of a pipeline into the one that its caller gets.
func (rs *Runspace) ending(f *frame, err error) error {
	if f.ctx.Err() != nil {
		return f.ctx.Err()
	}
	if _, ok := errors.AsType[exitFlow](err); ok {
		return ErrExit
	}
	if isRefusal(err) {
		return err
	}
	if isFlow(err) {
		return nil
	}
	if r, ok := errors.AsType[*raised](f.raising(err)); ok {
		if rs.named != "" && !r.thrown && !r.direct {
			r.record.Command = rs.named // the caller's command has failed, whatever failed in it
		}
		rs.remember(r.record)
		return r.record
	}
	return err
}

// remote runs one statement of a remote caller.
func (f *frame) remote(commands []RemoteCommand, input iter.Seq[any]) error {
	line := &chain{stages: make([]*stage, len(commands))}
	for i := range commands {
		s := &stage{next: f.streams[outputStream]}
		line.stages[i] = s
		if i > 0 {
			line.stages[i-1].next = func(v any) error { return s.process(v, true) }
		}
	}
	for i, c := range commands {
		if err := f.remoteStage(line.stages[i], c, input != nil || i > 0); err != nil {
			return err
		}
	}
	if _, isScript := line.stages[0].runner.(*scriptRunner); isScript && len(commands) == 1 && !commands[0].Script {
		f.rs.named = line.stages[0].inv.name
	}
	if input == nil {
		return line.run(none{}, false)
	}
	return line.runWith(func(first *stage) error {
		for v := range input {
			if err := first.process(v, true); err != nil {
				return err
			}
		}
		return nil
	})
}

// remoteStage finds one command of a remote caller and binds its arguments.
func (f *frame) remoteStage(s *stage, c RemoteCommand, piped bool) error {
	streams := f.streams
	streams[outputStream] = func(v any) error { return s.next(v) }
	for _, merged := range c.Merged {
		streams[merged] = streams[outputStream]
	}
	g := f.with(streams)
	s.inv = &invocation{frame: g, stage: s, piped: piped, finish: func() {}, called: c.Text, remote: true}
	args := make([]argument, len(c.Arguments))
	for i, a := range c.Arguments {
		args[i] = argument{name: a.Name, value: a.Value, hasValue: a.HasValue, text: a.Name, remote: true}
		if a.Name == "" {
			args[i].text = value.Text(a.Value)
		}
	}
	f.rs.commands++
	var err error
	if c.Script {
		s.runner, err = g.remoteScript(s.inv, c, args)
		return err
	}
	target, err := g.callable(c.Text)
	if err != nil {
		return err
	}
	s.runner, err = g.runnerOf(s.inv, target, c.Text, args, syntax.Direct)
	return err
}

// remoteScript makes the runner of a script text.
func (f *frame) remoteScript(inv *invocation, c RemoteCommand, args []argument) (runner, error) {
	if f.rs.restriction != nil {
		return nil, f.fail(parseException, "ScriptsNotAllowed", "ParserError", nil,
			"The syntax is not supported by this runspace. This can occur if the runspace is in no-language mode.")
	}
	ast, err := f.rs.parse(c.Text)
	if err != nil {
		return nil, f.raising(err)
	}
	if err := f.rs.use(ast); err != nil {
		return nil, err
	}
	inv.at = ast.Span()
	return newBlockRunner(inv, &ScriptBlock{ast: ast}, args, !c.Local)
}

func defective(rs *Runspace, defect any) error {
	return &syntax.UnsupportedError{Construct: fmt.Sprintf("%s (%v)", Defect, defect), Line: max(1, rs.at.Line())}
}
