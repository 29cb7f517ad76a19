package powershell

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// psCmdlet is $PSCmdlet. Through it an advanced function uses its own invocation.
type psCmdlet struct {
	inv   *invocation
	frame *frame
}

// TypeName is the .NET name.
func (*psCmdlet) TypeName() string { return "System.Management.Automation.PSScriptCmdlet" }

// Member looks a method or property up.
func (p *psCmdlet) Member(name string) (dotnet.Member, bool) {
	m, ok := cmdletMembers[strings.ToLower(name)]
	return m, ok
}

var cmdletMembers = map[string]dotnet.Member{
	"parametersetname": {Name: "ParameterSetName", Get: func(_ *dotnet.Env, self any) (any, error) {
		return self.(*psCmdlet).inv.bound.set, nil
	}},
	"myinvocation": {Name: "MyInvocation", Get: func(_ *dotnet.Env, self any) (any, error) {
		return self.(*psCmdlet).frame.myInvocation(), nil
	}},
	"writeerror": {Name: "WriteError", Min: 1, Max: 1, Call: func(self any, a *dotnet.Args) (any, error) {
		record, ok := a.At(0).(*value.ErrorRecord)
		if !ok {
			return nil, errors.New("WriteError takes an error record")
		}
		return dotnet.Void, self.(*psCmdlet).inv.writeError(record)
	}},
	"throwterminatingerror": {Name: "ThrowTerminatingError", Min: 1, Max: 1, Call: func(self any, a *dotnet.Args) (any, error) {
		record, ok := a.At(0).(*value.ErrorRecord)
		if !ok {
			return nil, errors.New("ThrowTerminatingError takes an error record")
		}
		return nil, self.(*psCmdlet).throwTerminating(record)
	}},
	"shouldprocess": {Name: "ShouldProcess", Min: 1, Max: 3, Call: func(self any, a *dotnet.Args) (any, error) {
		if a.Len() == 3 {
			return self.(*psCmdlet).inv.shouldProcess(a.Text(1), a.Text(2))
		}
		yes, err := self.(*psCmdlet).inv.shouldProcess(a.Text(0), a.Text(1))
		return yes, err
	}},
	"shouldcontinue": {Name: "ShouldContinue", Min: 2, Max: 4, Call: func(self any, _ *dotnet.Args) (any, error) {
		return nil, value.NewException(invalidOperation, "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.")
	}},
	"getvariablevalue": {Name: "GetVariableValue", Min: 1, Max: 1, Call: func(self any, a *dotnet.Args) (any, error) {
		v, ok := self.(*psCmdlet).inv.frame.scope.find(a.Text(0))
		if !ok {
			return nil, nil
		}
		return plain(v.value), nil
	}},
	"writewarning": messageMethod("WriteWarning", func(p *psCmdlet, s string) error { return p.inv.message(warningStream, s) }),
	"writeverbose": messageMethod("WriteVerbose", func(p *psCmdlet, s string) error { return p.inv.message(verboseStream, s) }),
	"writedebug":   messageMethod("WriteDebug", func(p *psCmdlet, s string) error { return p.inv.message(debugStream, s) }),
	"writeobject": {Name: "WriteObject", Min: 1, Max: 2, Call: func(self any, a *dotnet.Args) (any, error) {
		p := self.(*psCmdlet)
		if value.Truth(a.At(1)) {
			return dotnet.Void, p.inv.emit(a.At(0))
		}
		return dotnet.Void, p.inv.out(a.At(0))
	}},
}

// throwTerminating ends the function with an error. Inside a try block of the function
// the error goes to that block first.
func (p *psCmdlet) throwTerminating(record *value.ErrorRecord) error {
	err := p.inv.terminating(record)
	if p.frame.rs.tries > p.inv.tries {
		return err
	}
	return leave{err, p.inv}
}

func messageMethod(name string, write func(p *psCmdlet, text string) error) dotnet.Member {
	return dotnet.Member{Name: name, Min: 1, Max: 1, Call: func(self any, a *dotnet.Args) (any, error) {
		return dotnet.Void, write(self.(*psCmdlet), a.Text(0))
	}}
}

// leave carries the error of ThrowTerminatingError past the function's own statements,
// because the statement that fails is the caller's.
type leave struct {
	err *raised
	inv *invocation
}

func (l leave) Error() string { return l.err.Error() }
