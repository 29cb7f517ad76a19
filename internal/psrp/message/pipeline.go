package message

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
)

// Parameter is one argument by name. Its value is data: the server's binder converts
// it to the parameter's type and evaluates nothing.
type Parameter struct {
	Name  string
	Value *clixml.Value
}

// CreatePipeline gives the message that runs one command by its name, with its
// parameters and without input (MS-PSRP 2.2.2.10 to 2.2.3.13). It cannot carry a
// script, because a restricted server refuses scripts.
func CreatePipeline(pool, pipeline ID, name string, parameters []Parameter) Message {
	list := make([]*clixml.Value, 0, len(parameters))
	for _, p := range parameters {
		list = append(list, clixml.Object( // MS-PSRP 2.2.3.13
			clixml.Property{Name: "N", Value: clixml.String(p.Name)},
			clixml.Property{Name: "V", Value: p.Value},
		))
	}
	properties := []clixml.Property{ // MS-PSRP 2.2.3.12
		{Name: "Cmd", Value: clixml.String(name)},
		{Name: "IsScript", Value: clixml.Bool(false)},
		{Name: "UseLocalScope"},
	}
	for _, merge := range merges {
		properties = append(properties, clixml.Property{Name: merge, Value: mergeNone()})
	}
	command := clixml.Object(append(properties, clixml.Property{Name: "Args", Value: clixml.List(list...)})...)
	body := clixml.Object(
		clixml.Property{Name: "NoInput", Value: clixml.Bool(true)},
		clixml.Property{Name: "ApartmentState", Value: apartment()},
		clixml.Property{Name: "RemoteStreamOptions", // leaves out the invocation's details: a record shrinks by a third
			Value: clixml.Enum("System.Management.Automation.RemoteStreamOptions", "0", 0)},
		clixml.Property{Name: "AddToHistory", Value: clixml.Bool(false)},
		clixml.Property{Name: "HostInfo", Value: noHost(true)},
		clixml.Property{Name: "PowerShell", Value: clixml.Object( // MS-PSRP 2.2.3.11
			clixml.Property{Name: "IsNested", Value: clixml.Bool(false)},
			clixml.Property{Name: "ExtraCmds"},
			clixml.Property{Name: "Cmds", Value: clixml.List(command)},
			clixml.Property{Name: "History"},
			clixml.Property{Name: "RedirectShellErrorOutputPipe", Value: clixml.Bool(false)},
		)},
		clixml.Property{Name: "IsNested", Value: clixml.Bool(false)},
	)
	return Message{Type: CreatePipelineType, Pool: pool, Pipeline: pipeline, Text: clixml.Write(body)}
}

// merges are the properties that redirect a command's streams. Later versions of the
// protocol have more of them, which no server requires.
var merges = []string{"MergeMyResult", "MergeToResult", "MergePreviousResults"}

func mergeNone() *clixml.Value {
	return clixml.Enum("System.Management.Automation.Runspaces.PipelineResultTypes", "None", 0)
}

// State is PSInvocationState (MS-PSRP 2.2.3.5): how a pipeline ended.
type State int

// The states that a server was seen to send. Each of them is a pipeline's last
// message.
const (
	Stopped   State = 3
	Completed State = 4
	Failed    State = 5
)

// ReadPipelineState reads PIPELINE_STATE (MS-PSRP 2.2.2.21). The record is nil when
// the message has none.
func ReadPipelineState(v *clixml.Value) (State, *ErrorRecord, error) {
	n, ok := v.Get("PipelineState").Int()
	if !ok {
		return 0, nil, fmt.Errorf("a state of the pipeline names no state")
	}
	record, err := ReadError(v.Get("ExceptionAsErrorRecord"))
	return State(n), record, err
}
