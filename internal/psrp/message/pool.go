package message

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/internal/psrp/clixml"
)

// ProtocolVersion is the version that this client speaks, that of Windows PowerShell
// 5.1. A server answers with its own version, or with this one when it knows a later
// one.
const ProtocolVersion = "2.3"

// capability introduces the client (MS-PSRP 2.2.2.1).
func capability() *clixml.Value {
	return clixml.Object(
		clixml.Property{Name: "protocolversion", Value: clixml.Version(ProtocolVersion)},
		clixml.Property{Name: "PSVersion", Value: clixml.Version("2.0")},
		clixml.Property{Name: "SerializationVersion", Value: clixml.Version("1.1.0.1")},
	)
}

// Opening gives the two messages that make a pool of one runspace (MS-PSRP 2.2.2.1
// and 2.2.2.2). They announce no host, because the client cannot answer prompts.
func Opening(pool ID) [2]Message {
	body := clixml.Object(
		clixml.Property{Name: "MinRunspaces", Value: clixml.Int32(1)},
		clixml.Property{Name: "MaxRunspaces", Value: clixml.Int32(1)},
		clixml.Property{Name: "PSThreadOptions", Value: clixml.Enum("System.Management.Automation.Runspaces.PSThreadOptions", "Default", 0)},
		clixml.Property{Name: "ApartmentState", Value: apartment()},
		clixml.Property{Name: "HostInfo", Value: noHost(false)},
		clixml.Property{Name: "ApplicationArguments"},
	)
	return [2]Message{
		{Type: SessionCapability, Pool: pool, Text: clixml.Write(capability())},
		{Type: InitRunspacePool, Pool: pool, Text: clixml.Write(body)},
	}
}

// Connecting gives the two messages that take over a disconnected pool (MS-PSRP
// 2.2.2.1 and 2.2.2.28). The second leaves the pool's number of runspaces as it is.
func Connecting(pool ID) [2]Message {
	return [2]Message{
		{Type: SessionCapability, Pool: pool, Text: clixml.Write(capability())},
		{Type: ConnectRunspacePool, Pool: pool, Text: clixml.Write(clixml.String(""))},
	}
}

// apartment is ApartmentState Unknown (MS-PSRP 2.2.3.7).
func apartment() *clixml.Value { return clixml.Enum("System.Threading.ApartmentState", "Unknown", 2) }

// noHost is a HostInfo without a host (MS-PSRP 2.2.3.14). A pipeline uses the
// HostInfo of its pool.
func noHost(pools bool) *clixml.Value {
	return clixml.Object(
		clixml.Property{Name: "_isHostNull", Value: clixml.Bool(true)},
		clixml.Property{Name: "_isHostUINull", Value: clixml.Bool(true)},
		clixml.Property{Name: "_isHostRawUINull", Value: clixml.Bool(true)},
		clixml.Property{Name: "_useRunspaceHost", Value: clixml.Bool(pools)},
	)
}

// CheckCapability reads the server's version. The messages that this client reads
// are the same from 2.0 to 2.4. Version 2.4 sends secrets in plain text; this client
// sends none.
func CheckCapability(v *clixml.Value) (string, error) {
	version := v.Get("protocolversion").String()
	major, minor, _ := strings.Cut(version, ".")
	if major != "2" || len(minor) != 1 || minor[0] < '0' || minor[0] > '4' {
		return version, fmt.Errorf("the server speaks version %.20q of the protocol and we speak 2.0 to 2.4", version)
	}
	return version, nil
}

// PoolState is RunspacePoolState (MS-PSRP 2.2.3.4).
type PoolState int

// The states that servers were seen to send. Broken comes with the error that broke
// the pool.
const (
	PoolOpened  PoolState = 2
	PoolClosed  PoolState = 3
	PoolClosing PoolState = 4
	PoolBroken  PoolState = 5
)

// ReadPoolState reads RUNSPACEPOOL_STATE (MS-PSRP 2.2.2.6). The record is nil when
// the message has none.
func ReadPoolState(v *clixml.Value) (PoolState, *ErrorRecord, error) {
	n, ok := v.Get("RunspaceState").Int()
	if !ok {
		return 0, nil, fmt.Errorf("a state of the pool names no state")
	}
	record, err := ReadError(v.Get("ExceptionAsErrorRecord"))
	return PoolState(n), record, err
}
