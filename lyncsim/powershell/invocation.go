package powershell

import (
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// invocation is one call of a command, function or script block. It holds the caller,
// the arguments and the streams that take the outputs. A function sees it as
// $PSCmdlet, a cmdlet in Go sees it as a Call.
type invocation struct {
	frame  *frame        // the caller's, with the command's own streams
	scope  *scope        // of a function's body; nil for cmdlets
	at     syntax.Extent // the command in the source
	name   string
	called string // what stands in the source: the name, an alias, & or .
	class  string // tail of its error ids
	stage  *stage
	params *paramTable
	bound  *bound
	piped  bool // something stands before it in the pipeline
	remote bool // a remote caller named it
	tries  int  // try blocks around the call
	failed bool // the command wrote an error: $? becomes false
	finish func()

	shouldProcessing bool
	confirmImpact    string
	kept             map[syntax.Stream]*value.List // gathered by -ErrorVariable and the like
	pipelineVariable string                        // the variable that gets each output object
}

// collectors are the parameters that name a variable, each with the stream whose
// objects the variable gathers.
var collectors = map[string]syntax.Stream{
	"ErrorVariable": errorStream, "WarningVariable": warningStream, "InformationVariable": informationStream, "OutVariable": outputStream,
}

// bindTo keeps the binder's result and prepares the variables that the common
// parameters name.
func (inv *invocation) bindTo(b *binder) {
	inv.bound = b.bound
	for parameter, stream := range collectors {
		list := inv.collector(parameter)
		if list == nil {
			continue
		}
		if inv.kept == nil {
			inv.kept = make(map[syntax.Stream]*value.List)
		}
		inv.kept[stream] = list
	}
	if v, ok := inv.bound.get("PipelineVariable"); ok && inv.params.advanced {
		inv.pipelineVariable = value.Text(v)
	}
}

// collector is the list for the variable that a parameter like -ErrorVariable names.
// "+x" appends to the elements that x already holds.
func (inv *invocation) collector(parameter string) *value.List {
	v, ok := inv.bound.get(parameter)
	name := value.Text(v)
	if !ok || name == "" || !inv.params.advanced {
		return nil
	}
	list := value.NewArrayList()
	if name[0] == '+' {
		name = name[1:]
		if old, ok := inv.frame.scope.find(name); ok {
			list.Append(value.Unroll(plain(old.value))...)
		}
	}
	inv.frame.scope.set(name, list)
	return list
}

// keep appends a record to the lists that gather its stream, for this call and for the
// calls around it. No list gets the record twice in a row.
func (inv *invocation) keep(stream syntax.Stream, record any) {
	for at := inv; at != nil; at = at.frame.inv {
		list := at.kept[stream]
		if list == nil || list.Len() > 0 && list.Items()[list.Len()-1] == record {
			continue
		}
		list.Append(record)
	}
}

// out sends one object down the pipeline.
func (inv *invocation) out(v any) error {
	if list := inv.kept[outputStream]; list != nil {
		list.Append(v)
	}
	if inv.pipelineVariable != "" {
		inv.frame.scope.set(inv.pipelineVariable, v)
	}
	return inv.frame.streams[outputStream](v)
}

func (inv *invocation) emitWhole(v any) error { return inv.out(v) }

func (inv *invocation) emit(v any) error { return enumerate(v, inv.out) }

// writeError reports a non-terminating error. -ErrorAction decides how, or
// $ErrorActionPreference where the call does not give it.
func (inv *invocation) writeError(r *value.ErrorRecord) error {
	f := inv.frame
	f.at = inv.at
	if r.Command == "" {
		r.Command, r.Activity = inv.class, inv.name
	}
	f.locate(r)
	if r.Invocation.Name == "" {
		r.Invocation.Name = inv.name
	}
	if r.Exception.Record == nil {
		r.Exception.Record = r
	}
	inv.failed = true
	action := inv.preference("ErrorAction", "ErrorActionPreference")
	if action == actionIgnore {
		return nil
	}
	inv.keep(errorStream, r)
	switch action {
	case actionStop, actionInquire:
		return &raised{record: r, final: true, direct: true}
	case actionSilent:
		f.rs.remember(r)
		return nil
	}
	return f.report(r)
}

// terminating turns a record into a terminating error of the command. The record comes
// from the command's Go code or from ThrowTerminatingError.
func (inv *invocation) terminating(r *value.ErrorRecord) *raised {
	if r.Command == "" {
		r.Command, r.Activity = inv.class, inv.name
	}
	inv.frame.at = inv.at
	err := inv.frame.raise(r)
	err.direct = true
	r.Invocation.Name = inv.name
	return err
}
