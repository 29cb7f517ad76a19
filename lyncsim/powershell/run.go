package powershell

import (
	"context"
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// frame is a frame at the top of the runspace: outputs go to the host.
func (rs *Runspace) frame(ctx context.Context) *frame {
	f := &frame{ctx: ctx, rs: rs, scope: rs.global}
	f.streams[outputStream] = rs.host.object
	f.streams[errorStream] = rs.host.error
	for s := warningStream; s <= informationStream; s++ {
		f.streams[s] = func(v any) error { return rs.host.message(s, v) }
	}
	return f
}

// Run runs a script to its end, or to the end of ctx. It returns the exit code that the
// process would have: the number given to exit, or 1 after a refusal or an error that
// the script did not catch. Variables and functions stay for the next Run.
func (rs *Runspace) Run(ctx context.Context, script string) int {
	return rs.RunWith(ctx, script, nil)
}

// RunWith is Run with arguments for the script's param().
func (rs *Runspace) RunWith(ctx context.Context, script string, args map[string]any) int {
	rs.env.Context = ctx
	err := rs.evaluate(ctx, script, args)
	code := rs.exitCode(err)
	if cerr := rs.host.close(); cerr != nil && code == 0 {
		return 1
	}
	return code
}

// evaluate runs a script. A panic of the evaluator ends the script only; the simulated
// organization around it goes on.
func (rs *Runspace) evaluate(ctx context.Context, script string, args map[string]any) (err error) {
	f := rs.frame(ctx)
	defer func() {
		if defect := recover(); defect != nil {
			err = defective(rs, defect)
		}
	}()
	ast, err := rs.parse(script)
	if err != nil {
		return f.raising(err)
	}
	if err := rs.use(ast); err != nil {
		return err
	}
	var arguments []argument
	for name, v := range args {
		arguments = append(arguments, argument{name: name, value: value.From(v), hasValue: true})
	}
	s := &stage{next: f.streams[outputStream]}
	s.inv = &invocation{frame: f, at: ast.Span(), stage: s, finish: func() {}}
	r, err := newBlockRunner(s.inv, &ScriptBlock{ast: ast}, arguments, true)
	if err != nil {
		return err
	}
	s.runner = r
	line := &chain{stages: []*stage{s}}
	return line.run(none{}, false)
}

// use takes note of a script's using statements.
func (rs *Runspace) use(ast *syntax.ScriptBlock) error {
	for _, u := range ast.Usings {
		if u.Kind != "namespace" {
			return &syntax.UnsupportedError{Construct: "using " + u.Kind, Line: u.Line()}
		}
		rs.usings = append(rs.usings, u.Name)
	}
	return nil
}

// Defect stands in a refusal in place of a construct when the evaluator itself failed.
const Defect = "this script, because of a defect of the evaluator"

// exitCode reports what ended the script and gives the process's exit code.
func (rs *Runspace) exitCode(err error) int {
	var exit exitFlow
	var r *raised
	var refused *syntax.UnsupportedError
	switch {
	case err == nil:
		if !rs.succeeded && rs.options.Notation != Recorded {
			return 1
		}
		return 0
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &refused):
		fmt.Fprintln(rs.host.err, refused.Error())
		return 1
	case errors.As(err, &r):
		rs.remember(r.record)
		_ = rs.host.error(r.record)
		return 1
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return cancelledExitCode
	case isFlow(err):
		return 0
	}
	fmt.Fprintln(rs.host.err, err)
	return 1
}

// cancelledExitCode is the exit code that Windows gives a process which was ended from
// outside (STATUS_CONTROL_C_EXIT).
const cancelledExitCode = -1073741510

// Eval runs a script and returns the objects that the script put out, for Go code that
// needs values. When the script fails, the error is a *value.ErrorRecord, a refusal or
// the error of an ended ctx.
func (rs *Runspace) Eval(ctx context.Context, script string) ([]any, error) {
	rs.env.Context = ctx
	ast, err := rs.parse(script)
	if err != nil {
		return nil, err
	}
	f := rs.frame(ctx)
	out, err := f.collect(func(g *frame) error { return g.inline(&ScriptBlock{ast: ast}, nil) })
	var r *raised
	if errors.As(err, &r) {
		return out, r.record
	}
	return out, err
}
