package powershell

import (
	"context"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// sink takes one object that a command puts out. When it returns an error, the pipeline
// has stopped and the command must end at once.
type sink func(v any) error

// streams are the outputs of a command by their number; index 0 is unused.
type streams [7]sink

// Streams that messages are written to.
const (
	outputStream      = syntax.OutputStream
	errorStream       = syntax.ErrorStream
	warningStream     = syntax.WarningStream
	verboseStream     = syntax.VerboseStream
	debugStream       = syntax.DebugStream
	informationStream = syntax.InformationStream
)

// frame is the state in which the statements of one script block run. The frame
// and its context live as long as one evaluation.
type frame struct {
	ctx     context.Context
	rs      *Runspace
	scope   *scope
	streams streams
	inv     *invocation   // the function or script block that runs, nil at the top
	fresh   bool          // reads the left side of += and the like: an unset variable is $null
	lenient bool          // inside a text: an unset variable is no error in strict mode 1
	at      syntax.Extent // the statement or command that runs, for error positions
	// outermost says that the body of the advanced function runs that a restricted
	// caller named. Providers are hidden in it.
	outermost bool
}

// with is the frame with other streams.
func (f *frame) with(s streams) *frame {
	g := *f
	g.streams = s
	return &g
}

// to is the frame with another output.
func (f *frame) to(out sink) *frame {
	g := *f
	g.streams[outputStream] = out
	return &g
}

// in is the frame in another scope.
func (f *frame) in(s *scope) *frame {
	g := *f
	g.scope = s
	return &g
}

// none is the value of a command that put out nothing. It is $null to every
// operator, but pipes no object; only the evaluator's inner parts see it.
type none struct{}

// plain turns the value none into $null and returns every other value unchanged.
func plain(v any) any {
	if _, nothing := v.(none); nothing {
		return nil
	}
	return v
}

// collect gathers the objects that run puts out.
func (f *frame) collect(run func(f *frame) error) ([]any, error) {
	items := []any{}
	err := run(f.to(func(v any) error {
		items = append(items, v)
		return nil
	}))
	return items, err
}

// fold makes the value of an expression from the output of a pipeline. The value is
// none for no output, the object itself for one object, and an array for several.
func fold(items []any) any {
	switch len(items) {
	case 0:
		return none{}
	case 1:
		return items[0]
	}
	return items
}

// put sends the value of an expression to the output, collections taken apart.
func (f *frame) put(v any) error { return enumerate(v, f.streams[outputStream]) }

func enumerate(v any, out sink) error {
	if _, nothing := v.(none); nothing {
		return nil
	}
	items, ok := value.Items(v)
	if !ok {
		return out(v)
	}
	for _, item := range items {
		if err := out(item); err != nil {
			return err
		}
	}
	return nil
}
