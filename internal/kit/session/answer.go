package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/remote"
)

// answer is the line that a function of the kit writes: a result or an error.
type answer struct {
	Kit    int
	Result json.RawMessage
	Error  *remote.ScriptError
}

// read reads a pipeline's only output.
func read(o psrp.Outcome) (answer, error) {
	if len(o.Output) != 1 || !o.Output[0].IsString() {
		return answer{}, fmt.Errorf("it wrote %d objects instead of one string", len(o.Output))
	}
	var a answer
	if err := json.Unmarshal([]byte(o.Output[0].String()), &a); err != nil {
		return answer{}, err
	}
	if a.Kit < 1 || (a.Error == nil) == (len(a.Result) == 0 || a.Result[0] != '{') {
		return answer{}, errors.New("it says neither a result nor an error of a kit")
	}
	return a, nil
}

// strange is the fault of an answer that no kit gives. A function that changes something has
// run all the same.
func (s *Session) strange(name, why string) error {
	if kit.Writes(name) {
		return fault.New(fault.OutcomeUnknown, name, s.host, "what it answered is none of a kit's answers: "+why).
			With("it may have taken effect", "it is looked at; "+renew)
	}
	return fault.New(fault.Unsupported, name, s.host, "the session configuration there is not one of fedroute's kit: "+why).
		With("", "name the kit's configuration in the endpoint, or install the kit there")
}

// explain gives the errors that PowerShell itself reports, because a function was not
// called at all, the words of the kit. A function's own errors are data.
func (s *Session) explain(name string, err error) error {
	record, ok := errors.AsType[*psrp.ErrorRecord](err)
	if !ok {
		return err
	}
	id, _, _ := strings.Cut(record.ID, ",")
	f := &fault.Error{Op: name, Target: s.host, Err: record}
	switch id {
	case "CommandNotFoundException":
		f.Kind, f.Cause = fault.Denied, "the session configuration there shows this account no function "+name
		f.Next = "add the account to the group of the kit that may call it, or check with the installer that the kit is whole"
		if name == kit.Describe {
			f.Cause = "the session configuration there shows this account no function of the endpoint kit"
			f.Next = "check that configuration names the kit's, that the account is in a group of the kit, and with the installer that the kit is whole"
		}
	case "ParameterArgumentValidationError", "ParameterArgumentValidationErrorNullNotAllowed":
		f.Kind, f.Cause = fault.Invalid, "the endpoint kit refuses a value: "+fault.Line(record.Message)
		f.Next = "correct the name in the spec or the organization"
	case "NamedParameterNotFound":
		f.Kind, f.Cause = fault.Unsupported, "the endpoint kit there is older than this program: "+fault.Line(record.Message)
		f.Next = renew
	default:
		return err
	}
	return f
}

// parametersOf turns the fields of a request into parameters of the function. Empty fields
// are left out: a function takes nothing for a missing text and an empty list.
func parametersOf(request remote.Request) ([]psrp.Parameter, error) {
	fields := map[string]json.RawMessage{}
	if request.Arguments != nil {
		text, err := json.Marshal(request.Arguments)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &fields); err != nil {
			return nil, err
		}
	}
	var list []psrp.Parameter
	for _, p := range kit.Parameters(request.Name) {
		value, err := valueOf(p, fields[p.Name])
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		if value != nil {
			list = append(list, psrp.Parameter{Name: p.Name, Value: value})
		}
		delete(fields, p.Name)
	}
	for name := range fields {
		return nil, fmt.Errorf("the function takes no parameter %s", name)
	}
	return list, nil
}

// valueOf reads one argument; nil means to leave it out.
func valueOf(p kit.Parameter, raw json.RawMessage) (any, error) {
	if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
		return nil, nil
	}
	switch {
	case p.List:
		var list []string
		if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
			return nil, err
		}
		return list, nil
	case p.Flag:
		var on bool
		if err := json.Unmarshal(raw, &on); err != nil || !on {
			return nil, err
		}
		return "true", nil
	default:
		var text string
		if err := json.Unmarshal(raw, &text); err != nil || text == "" {
			return nil, err
		}
		return text, nil
	}
}
