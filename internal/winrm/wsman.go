package winrm

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
)

// Fault codes of WSMan (WsmErrorCodes.h and winerror.h) that this package treats
// specially.
const (
	codeAccessDenied   = 5
	codeNothingYet     = 2150858793 // the operation timed out: a Receive found no output
	codeInvalidURI     = 2150858754 // ERROR_WSMAN_INVALID_URI; Windows Server 2008 R2 also means codeNoResource by it
	codeNoResource     = 2150858811 // ERROR_WSMAN_INVALID_RESOURCE_URI: nothing of the name in the request's URI, such as a session configuration
	codeShellNotFound  = 2150858843
	codeRunAs          = 2150859203 // ERROR_WSMAN_RUNAS_INVALIDUSERCREDENTIALS
	codeManagedAccount = 2150859261 // ERROR_WSMAN_RUNASUSER_MANAGEDACCOUNT_LOGON_FAILED
	codeShellsPerUser  = 2150859173 // MaxShellsPerUser
	codeOperationLimit = 2150859174 // MaxConcurrentOperationsPerUser
)

// wsmanFault is a SOAP fault.
type wsmanFault struct {
	code    uint32
	subcode string // without prefix, e.g. "TimedOut"
	text    string // in the host's language
}

func (f *wsmanFault) Error() string {
	if f.text == "" {
		return fmt.Sprintf("WSMan fault %d %s", f.code, f.subcode)
	}
	return fmt.Sprintf("%s (WSMan fault %d)", f.text, f.code)
}

func (f *wsmanFault) denies() bool { return f.code == codeAccessDenied || f.subcode == "AccessDenied" }

func (f *wsmanFault) limits() bool {
	return f.code == codeShellsPerUser || f.code == codeOperationLimit || f.subcode == "QuotaLimit"
}

// statusError is an HTTP status without a SOAP fault.
type statusError struct {
	status int
	offers []string // WWW-Authenticate of a 401
	ticket bool     // a Kerberos ticket was refused: the KDC had accepted the account
}

func (e *statusError) Error() string {
	return fmt.Sprintf("HTTP %d %s", e.status, http.StatusText(e.status))
}

// Is tells a 401 of a host that offers sign-in as the refusal of an account. A host that
// offers none was shown no password.
func (e *statusError) Is(target error) bool {
	return target == fault.ErrAccountRefused && e.status == http.StatusUnauthorized && len(e.offers) > 0 && !e.ticket
}

// schemes names what a 401 offers, e.g. "Negotiate, Kerberos".
func (e *statusError) schemes() string {
	var names []string
	for _, offer := range e.offers {
		name, _, _ := strings.Cut(offer, " ")
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// unknownURI reports whether the host has nothing at the request's resource URI. PowerShell's
// own client goes by the same two codes.
func (f *wsmanFault) unknownURI() bool { return f.code == codeNoResource || f.code == codeInvalidURI }

// isNothingYet recognizes the only fault after which the same request is sent again.
func isNothingYet(err error) bool {
	f, ok := errors.AsType[*wsmanFault](err)
	return ok && f.code == codeNothingYet
}

func isShellGone(err error) bool {
	f, ok := errors.AsType[*wsmanFault](err)
	return ok && f.code == codeShellNotFound
}

func isUnauthorized(err error) bool {
	e, ok := errors.AsType[*statusError](err)
	return ok && e.status == http.StatusUnauthorized
}

// refusedUnseen reports whether the host cannot have acted on the envelope: it never
// received it, or refused the sign-in.
func refusedUnseen(err error) bool { return neverSent(err) || isUnauthorized(err) }
