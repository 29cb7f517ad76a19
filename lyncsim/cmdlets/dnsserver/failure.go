package dnsserver

import (
	"errors"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// Error numbers of the Windows DNS server. They are part of the error ids of the
// module.
const (
	accessDenied        = 5
	rpcUnavailable      = 1722
	zoneDoesNotExist    = 9601
	recordDoesNotExist  = 9701
	nodeIsCNAME         = 9708
	cnameCollision      = 9709
	recordAlreadyExists = 9711
	nameDoesNotExist    = 9714
)

// failure is an error of the DNS server.
type failure struct {
	category string
	number   int
	target   string
	message  string
}

// Error is the message for people.
func (f failure) Error() string { return f.message }

// told turns a failure into the non-terminating error that a script receives.
func (r *run) told(err error) error {
	var f failure
	if !errors.As(err, &f) {
		return err
	}
	return r.WriteError(powershell.NewErrorRecord("Microsoft.Management.Infrastructure.CimException",
		fmt.Sprintf("WIN32 %d", f.number), f.category, f.target, f.message))
}
