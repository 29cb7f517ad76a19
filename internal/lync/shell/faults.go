package shell

import (
	"errors"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/remote"
)

// Next actions for a person, each for one cause of a fault.
const (
	hopNext = "install the endpoint kit (kubectl fedroute kit), whose functions run as an account of their own, " +
		"or let the endpoint delegate the Kerberos ticket (management.endpoints[].delegate)"
	rightsNext      = "give the account the rights of docs/rights.md: the RTC groups, and administrator of the machine where that is asked"
	virtualNext     = "let the session configuration there run as a group managed service account: other servers see a virtual account as the computer"
	strangerNext    = "use an account of the domain: the kit's run-as account, or one of the domain in the Secret"
	unsupportedNext = "run it on a server whose version has this cmdlet, or take the feature out of the spec"
	busyNext        = "wait until it ends"
	changedNext     = "observe again and plan anew"
	zoneDeniedNext  = "make the account a member of DnsAdmins, or let it write the zone, and give spec.dns.servers that account; with the endpoint kit it is the account that its functions run as"
	noZoneNext      = "correct zone and endpoint in spec.dns.servers: the cmdlets run on the zone's own primary"
)

// busyID is the id with which a script says that its mutex is held.
const busyID = "fedroute.Busy"

// rule gives PowerShell errors their kind. Empty fields match anything; the first rule
// that matches decides.
type rule struct {
	id       string // FullyQualifiedErrorId begins with it
	category string
	kind     fault.Kind
	next     string
}

var rules = []rule{
	{id: "fedroute.WorldChanged", kind: fault.WorldChanged, next: changedNext},
	{id: busyID, kind: fault.Busy, next: busyNext},
	{id: "fedroute.Invalid", kind: fault.Invalid, next: "correct the name in the spec or the organization"},
	{id: "fedroute.Unlisted", kind: fault.Invalid, next: "write the kit anew with that name (kubectl fedroute kit) and install it, or correct the spec"},
	{id: "fedroute.Unsupported", kind: fault.Unsupported, next: unsupportedNext},
	{id: "fedroute.Failed", kind: fault.Failed},
	// The error numbers of the Windows DNS server. The DnsServer module gives no other id.
	{id: "WIN32 5,", kind: fault.Denied, next: zoneDeniedNext},
	{id: "WIN32 1722,", kind: fault.Unreachable, next: "start the DNS service on that server"},
	{id: "WIN32 9601,", kind: fault.Invalid, next: noZoneNext},       // no such zone
	{id: "WIN32 9611,", kind: fault.Invalid, next: noZoneNext},       // a zone of another type, such as a secondary
	{id: "WIN32 9701,", kind: fault.WorldChanged, next: changedNext}, // no such record
	{id: "WIN32 9708,", kind: fault.WorldChanged, next: changedNext}, // the name is an alias
	{id: "WIN32 9709,", kind: fault.WorldChanged, next: changedNext},
	{id: "WIN32 9711,", kind: fault.WorldChanged, next: changedNext}, // the record is there
	{id: "WIN32 9714,", kind: fault.WorldChanged, next: changedNext}, // no such name
	{id: "CommandNotFoundException", kind: fault.Unsupported, next: unsupportedNext},
	{id: "NamedParameterNotFound", kind: fault.Unsupported, next: unsupportedNext},
	{id: "Modules_ModuleNotFound", kind: fault.Unsupported, next: "use a server that has the Lync management shell"},
	{id: "UnauthorizedAccess", kind: fault.RightsMissing, next: rightsNext},
	{category: "PermissionDenied", kind: fault.RightsMissing, next: rightsNext},
	{category: "SecurityError", kind: fault.RightsMissing, next: rightsNext},
	{category: "AuthenticationError", kind: fault.Denied, next: rightsNext},
	{category: "ObjectNotFound", kind: fault.Invalid, next: "correct the name in the spec or the organization"},
	{category: "InvalidArgument", kind: fault.Invalid, next: "correct the name in the spec or the organization"},
	{category: "NotImplemented", kind: fault.Unsupported, next: unsupportedNext},
	{category: "ResourceBusy", kind: fault.Busy, next: busyNext},
	{category: "ResourceUnavailable", kind: fault.Unreachable, next: "look at the service that server depends on"},
	{category: "ConnectionError", kind: fault.Unreachable, next: "look at the service that server depends on"},
	{kind: fault.Failed},
}

func (r rule) matches(e *remote.ScriptError) bool {
	return strings.HasPrefix(e.ID, r.id) && (r.category == "" || r.category == e.Category)
}

// tell turns an error that a remote script threw into a fault that names the act. Errors
// that the script did not throw pass unchanged.
func tell(err error, op, target string, s signIn) error {
	e, ok := errors.AsType[*remote.ScriptError](err)
	if !ok {
		return err
	}
	f := &fault.Error{Op: op, Target: target, Cause: fault.Line(e.Message), Err: err}
	if f.Kind, f.Next = s.barred(e); f.Kind != "" {
		return f
	}
	for _, r := range rules {
		if r.matches(e) {
			f.Kind, f.Next = r.kind, r.next
			if r.id == busyID {
				f.Err = errors.Join(err, lync.ErrAtWork)
			}
			return f
		}
	}
	return err
}

// thrown reports whether the script itself ended with the error. The session is then still
// good, and another host would give the same error.
func thrown(err error) bool {
	_, ok := errors.AsType[*remote.ScriptError](err)
	return ok
}
