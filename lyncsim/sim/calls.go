package sim

import "github.com/fedroute/fedroute/lyncsim/farm"

// Call is one thing that somebody asks of the organization.
type Call struct {
	// What is a cmdlet or the setup program, "DNS question" or "DNS update", or the
	// protocol of the federation port that somebody connects to, such as "SIP port".
	What string
	// Where is the machine on which it runs, or the address of the DNS server.
	Where string
}

// The calls that are no commands.
const (
	DNSQuestion = "DNS question"
	DNSUpdate   = "DNS update"
)

// Witness is told of a call when it begins and has no effect yet. The call goes on when the
// witness returns, and may be held as long as a test likes. The function that the witness
// returns is called when the call has had its effect and its answer has not left; nil for
// none. A connection to a port has no answer of its own, so nothing is called after it.
type Witness func(Call) (effected func())

// attend gives what is to be called after the effect; it is never nil.
func (o *Organization) attend(c Call) (effected func()) {
	if o.witness != nil {
		if effected = o.witness(c); effected != nil {
			return effected
		}
	}
	return func() {}
}

// attend is that of the organization, for the commands of one machine.
func (m *machine) attend(command string) (effected func()) {
	return m.org.attend(Call{What: command, Where: m.info.FQDN})
}

func (o *Organization) attendNames(server string, update bool) (effected func()) {
	if update {
		return o.attend(Call{What: DNSUpdate, Where: server})
	}
	return o.attend(Call{What: DNSQuestion, Where: server})
}

func (o *Organization) attendPort(l farm.Listener) {
	o.attend(Call{What: string(l.Federation) + " port", Where: l.Machine})
}
