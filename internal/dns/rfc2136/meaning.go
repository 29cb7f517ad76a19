package rfc2136

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// act describes one update, or a question when there is no zone, in messages about it.
type act struct {
	zone, server, key string
	now               func() time.Time
}

// judge turns the reply to an update into nil or a fault. Only a signed NOERROR is
// success; another NOERROR leaves the outcome open (dns.ErrUnverified). A refusal
// counts even when its signature does not verify, because servers do not sign
// refusals when they do not know the key. A forged refusal only makes the caller
// read again.
func (a act) judge(id uint16, raw []byte, mac string, provider mdns.TsigProvider) error {
	reply := new(mdns.Msg)
	if err := reply.Unpack(raw); err != nil {
		return a.unknown("its reply cannot be read", err)
	}
	if reply.Id != id || !reply.Response || reply.Opcode != mdns.OpcodeUpdate {
		return a.unknown("it replied to something else", nil)
	}
	signature := reply.IsTsig()
	if reply.Rcode == mdns.RcodeSuccess {
		if signature == nil {
			return a.unverified("the server's reply is not signed", nil)
		}
		if err := mdns.TsigVerifyWithProvider(raw, provider, mac, false); err != nil {
			return a.unverified("the signature of the server's reply did not verify", err)
		}
		return nil
	}
	if reply.Rcode == mdns.RcodeNotAuth && signature != nil && signature.Error != mdns.RcodeSuccess {
		return a.keyFault(signature)
	}
	v, ok := meanings[reply.Rcode]
	if !ok {
		v = meaning{fault.Failed, "the server answers with an unexpected code", "look into the server's log"}
	}
	cause := fmt.Sprintf("%s (%s)", v.cause, mdns.RcodeToString[reply.Rcode])
	if signature == nil && v.kind == fault.Refused {
		cause += "; its answer is not signed, so it may not know the key " + a.key
	}
	return a.fault(v.kind, cause, v.next)
}

// meaning is what a response code means for an update.
type meaning struct {
	kind        fault.Kind
	cause, next string
}

// meanings is the one table from response code to fault (RFC 2136 section 2.2).
var meanings = map[int]meaning{
	mdns.RcodeYXDomain:       {fault.WorldChanged, "a name exists that did not when it was read", readAgain},
	mdns.RcodeYXRrset:        {fault.WorldChanged, "records exist that did not when they were read", readAgain},
	mdns.RcodeNXRrset:        {fault.WorldChanged, "the records are no longer those that were read", readAgain},
	mdns.RcodeNameError:      {fault.WorldChanged, "a name is gone that existed when it was read", readAgain},
	mdns.RcodeNotAuth:        {fault.Invalid, "the server is not authoritative for the zone", "name the zone's primary server"},
	mdns.RcodeNotZone:        {fault.Invalid, "a name lies outside the zone", "name the server of that name's own zone"},
	mdns.RcodeRefused:        {fault.Refused, "the server's policy does not allow this change", "allow the key to change these names in the zone's update policy"},
	mdns.RcodeNotImplemented: {fault.Unsupported, "the server does no dynamic updates", "enable dynamic updates for the zone"},
	mdns.RcodeServerFailure:  {fault.Unreachable, "the server failed, as a frozen zone, a full disk or, with Samba's own DNS, missing rights on the record make it", "look into the server's log; tried again later"},
	mdns.RcodeFormatError:    {fault.Internal, "the server cannot read the update", "report this"},
}

const readAgain = "the controller reads again and plans anew"

// keyFault judges a reply whose signature record carries an error (RFC 8945 section 5.3).
func (a act) keyFault(t *mdns.TSIG) error {
	name := mdns.RcodeToString[int(t.Error)]
	switch t.Error {
	case mdns.RcodeBadTime:
		cause := "the server rejects the time of the signature (BADTIME)"
		if server, ok := serverTime(t); ok {
			cause = fmt.Sprintf("the clocks differ by %s: here %s, at the server %s (BADTIME)", server.Sub(a.now()).Abs().Round(time.Second),
				a.now().UTC().Format(time.RFC3339), server.UTC().Format(time.RFC3339))
		}
		return a.fault(fault.Denied, cause, "set both clocks by NTP")
	case mdns.RcodeBadSig:
		return a.keyRejected(fmt.Sprintf("the server does not accept the signature of key %s (%s)", a.key, name),
			"compare the secret with the server's")
	default:
		return a.keyRejected(fmt.Sprintf("the server does not know key %s (%s)", a.key, name),
			"compare the key's name and algorithm with the server's")
	}
}

// errKeyRejected marks an update that the server did not process because of its key.
var errKeyRejected = errors.New("key rejected")

func isKeyRejected(err error) bool { return errors.Is(err, errKeyRejected) }

func (a act) keyRejected(cause, next string) error {
	e := fault.New(fault.Denied, "change zone", a.target(), cause).With("nothing was changed", next)
	e.Err = errKeyRejected
	return e
}

// serverTime reads the 48-bit time that a BADTIME reply carries.
func serverTime(t *mdns.TSIG) (time.Time, bool) {
	octets, err := hex.DecodeString(t.OtherData)
	if err != nil || len(octets) != 6 {
		return time.Time{}, false
	}
	var seconds int64
	for _, octet := range octets {
		seconds = seconds<<8 | int64(octet)
	}
	return time.Unix(seconds, 0), true
}

func (a act) fault(kind fault.Kind, cause, next string) error {
	return fault.New(kind, "change zone", a.target(), cause).With("nothing was changed", next)
}

func (a act) unknown(cause string, err error) error {
	e := fault.New(fault.OutcomeUnknown, "change zone", a.target(), cause).
		With("the change may have been made or not", "look before retrying: the controller reads the zone again")
	e.Err = err
	return e
}

func (a act) unverified(cause string, err error) error {
	return a.unknown(cause, errors.Join(dns.ErrUnverified, err))
}

func (a act) target() string {
	if a.zone == "" {
		return a.server
	}
	return a.zone + " on " + a.server
}
