package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func (f *frame) throw(s *syntax.ThrowStatement) error {
	halted := value.NewErrorRecord(value.NewException(runtimeException, "ScriptHalted"), "ScriptHalted", "OperationStopped", nil)
	if s.Value == nil {
		if v, ok := f.scope.find(currentError); ok {
			return v.value.(*raised)
		}
		return f.thrown(halted)
	}
	v, err := f.statementValue(s.Value)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		return f.thrown(halted)
	case *value.ErrorRecord:
		return f.thrown(v)
	case *value.Exception:
		if v.Record != nil && strings.HasPrefix(v.Type, "System.Management.Automation.") {
			return f.thrown(v.Record)
		}
		return f.thrown(value.NewErrorRecord(v, v.Message, "OperationStopped", nil))
	}
	text := value.Text(v)
	return f.thrown(value.NewErrorRecord(value.NewException(runtimeException, text), text, "OperationStopped", v))
}

func (f *frame) thrown(record *value.ErrorRecord) error {
	err := f.raise(record)
	err.thrown = true
	return err
}
