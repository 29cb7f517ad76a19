package psrp

import (
	"fmt"
	"time"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
)

// Command is one command to run by name.
type Command struct {
	Name       string
	Parameters []Parameter
	// Limit of the waiting for the command's end; 0 means Options.CallLimit.
	Limit time.Duration
	// ID of the pipeline; zero means a random one. A caller that wants to resume the
	// pipeline after a crash chooses the ID and stores it before the call.
	ID message.ID
	// Tell receives the verbose, debug, information and progress records, one after
	// the other. Output, errors and warnings go to the Outcome. nil drops the
	// records.
	Tell func(Record)
}

// Parameter is one argument. Value is a string, a bool, an int, an int64, a
// []string, a *clixml.Value, or nil for $null. The host's binder converts it to
// the parameter's type and evaluates nothing.
type Parameter struct {
	Name  string
	Value any
}

// Record is one record that the command wrote to a stream.
type Record struct {
	Type message.Type
	// Text is for people, in the host's language.
	Text  string
	Value *clixml.Value
}

// ErrorRecord describes an error of PowerShell. errors.AsType finds it inside a
// fault.Error of kind Failed.
type ErrorRecord = message.ErrorRecord

// Outcome is what a pipeline left behind when it ended.
type Outcome struct {
	State  message.State
	Output []*clixml.Value
	// Errors are those that did not end the pipeline, in their order.
	Errors   []*ErrorRecord
	Warnings []string
	// Failure is the error that ended the pipeline, nil when none did.
	Failure *ErrorRecord
}

// message gives the pipeline's first message.
func (c Command) message(pool message.ID) (message.Message, error) {
	parameters := make([]message.Parameter, 0, len(c.Parameters))
	for _, p := range c.Parameters {
		value, err := valueOf(p.Value)
		if err != nil {
			return message.Message{}, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		parameters = append(parameters, message.Parameter{Name: p.Name, Value: value})
	}
	return message.CreatePipeline(pool, c.ID, c.Name, parameters), nil
}

func valueOf(value any) (*clixml.Value, error) {
	switch v := value.(type) {
	case nil:
		return nil, nil
	case *clixml.Value:
		return v, nil
	case string:
		return clixml.String(v), nil
	case bool:
		return clixml.Bool(v), nil
	case int:
		return clixml.Int64(int64(v)), nil
	case int64:
		return clixml.Int64(v), nil
	case []string:
		items := make([]*clixml.Value, 0, len(v))
		for _, item := range v {
			items = append(items, clixml.String(item))
		}
		return clixml.List(items...), nil
	}
	return nil, fmt.Errorf("%T is no type that goes over the wire", value)
}
