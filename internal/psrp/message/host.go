package message

import (
	"fmt"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
)

// noAnswer is the call id of a host method that returns nothing, so the server waits
// for no answer (MS-PSRP 2.2.2.15, and as the real engine sends it).
const noAnswer = -100

// Refusal answers a server's call to the client's host, which does not exist here:
// the script gets an error where it asked. A call that expects no answer gives ok
// false. Only a faulty server asks, because noHost announced that there is no host.
func Refusal(call Message) (answer Message, ok bool, err error) {
	v, err := call.Value()
	if err != nil {
		return Message{}, false, err
	}
	id, numbered := v.Get("ci").Int()
	method := v.Get("mi")
	number, named := method.Int()
	if !numbered || !named {
		return Message{}, false, fmt.Errorf("a host call has no number")
	}
	if id == noAnswer {
		return Message{}, false, nil
	}
	answer = Message{Type: PipelineHostResponse, Pool: call.Pool, Pipeline: call.Pipeline}
	if call.Type == RunspacePoolHostCall {
		answer.Type = PoolHostResponse
	}
	answer.Text = clixml.Write(clixml.Object(
		clixml.Property{Name: "me", Value: nobodyHere()},
		clixml.Property{Name: "ci", Value: clixml.Int64(id)},
		clixml.Property{Name: "mi", Value: clixml.Enum("System.Management.Automation.Remoting.RemoteHostMethodId", method.String(), int32(number))},
	))
	return answer, true, nil
}

// nobodyHere is the error record of a refusal, with the properties that its reader
// requires.
func nobodyHere() *clixml.Value {
	const text = "The caller is a program: it answers no questions."
	exception := clixml.Object(clixml.Property{Name: "Message", Value: clixml.String(text)})
	exception.TypeNames = []string{"System.InvalidOperationException", "System.SystemException", "System.Exception", "System.Object"}
	exception.ToString = text
	return clixml.Object(
		clixml.Property{Name: "Exception", Value: exception},
		clixml.Property{Name: "TargetObject"},
		clixml.Property{Name: "FullyQualifiedErrorId", Value: clixml.String("fedroute.NoHost")},
		clixml.Property{Name: "InvocationInfo"},
		clixml.Property{Name: "ErrorCategory_Category", Value: clixml.Int32(7)},
		clixml.Property{Name: "ErrorCategory_Activity", Value: clixml.String("")},
		clixml.Property{Name: "ErrorCategory_Reason", Value: clixml.String("InvalidOperationException")},
		clixml.Property{Name: "ErrorCategory_TargetName", Value: clixml.String("")},
		clixml.Property{Name: "ErrorCategory_TargetType", Value: clixml.String("")},
		clixml.Property{Name: "ErrorCategory_Message", Value: clixml.String(text)},
		clixml.Property{Name: "SerializeExtendedInfo", Value: clixml.Bool(false)},
	)
}
