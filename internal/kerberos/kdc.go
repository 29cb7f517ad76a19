package kerberos

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/jcmturner/gokrb5/v8/krberror"
	"github.com/jcmturner/gokrb5/v8/messages"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/reach"
)

// The library accepts any length that a KDC announces, up to 4 GiB, and waits 5
// seconds for each KDC that krb5.conf or DNS names, however many. This package
// therefore makes the exchange itself.
const (
	// maxAnswer is several times the largest ticket that Windows makes, which has 64
	// KiB.
	maxAnswer  = 256 << 10 // bytes
	maxKDCs    = 8         // at most so many KDCs of a realm are asked
	kdcTimeout = 5 * time.Second
)

// ask sends a request to the KDCs of a realm, one after the other, until one
// answers. It uses TCP only: a ticket with group memberships does not fit into a
// datagram, and a lost datagram costs seconds. Errors: messages.KRBError when the
// KDC refuses.
func (c *Client) ask(ctx context.Context, realm string, marshal func() ([]byte, error)) ([]byte, error) {
	request, err := marshal()
	if err != nil {
		return nil, krberror.Errorf(err, krberror.EncodingError, "request")
	}
	kdcs, err := c.kdcs(ctx, realm)
	for _, address := range kdcs {
		var answer []byte
		if answer, err = c.exchange(ctx, address, request); err != nil {
			if _, denied := errors.AsType[*reach.DeniedError](err); denied {
				return nil, err
			}
			continue
		}
		var refused messages.KRBError
		if refused.Unmarshal(answer) == nil {
			return nil, refused
		}
		return answer, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if known := (krberror.Krberror{}); errors.As(err, &known) {
		return nil, err
	}
	return nil, krberror.Errorf(err, krberror.NetworkingError, "KDC of %s", realm)
}

// kdcs gives the addresses of a realm's KDCs, in an order that spreads the load.
// They come from krb5.conf, or from DNS when krb5.conf names none and permits it.
func (c *Client) kdcs(ctx context.Context, realm string) ([]string, error) {
	var out []string
	for _, r := range c.config.Realms {
		if r.Realm == realm {
			out = slices.Clone(r.KDC)
		}
	}
	rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	if len(out) == 0 && c.config.LibDefaults.DNSLookupKDC {
		found, err := c.reach.Services(ctx, "kerberos", "tcp", realm)
		if _, withheld := errors.AsType[*reach.WithheldError](err); withheld {
			return nil, err
		}
		if err != nil {
			return nil, fmt.Errorf("no KDC: %w", err)
		}
		for _, s := range found {
			out = append(out, net.JoinHostPort(s.Target, strconv.Itoa(int(s.Port))))
		}
	}
	if len(out) == 0 {
		return nil, krberror.New(krberror.NetworkingError, "no KDC of the realm is named")
	}
	return out[:min(len(out), maxKDCs)], nil
}

// exchange sends a request to one KDC and reads its answer. Of what does not answer as a KDC
// it tells what the client's bounds let an editor learn.
func (c *Client) exchange(ctx context.Context, address string, request []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, kdcTimeout)
	defer cancel()
	conn, err := c.reach.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answer, err := carry(ctx, conn, address, request)
	if err == nil && !isKerberos(answer) && !c.reach.Tells(conn.RemoteAddr()) {
		err = errors.New("what answers is no KDC")
	}
	return answer, c.reach.Withhold(conn.RemoteAddr(), err)
}

// isKerberos reports whether a message begins as AS-REP, TGS-REP or KRB-ERROR do (RFC 4120
// section 5.10).
func isKerberos(message []byte) bool {
	return len(message) > 0 && slices.Contains([]byte{0x60 | 11, 0x60 | 13, 0x60 | 30}, message[0])
}

// carry sends a request over a connection and reads the answer (RFC 4120 section 7.2.2).
func carry(ctx context.Context, conn net.Conn, address string, request []byte) ([]byte, error) {
	stop := contain.AfterFunc(ctx, "leave", address, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	framed := append(binary.BigEndian.AppendUint32(nil, uint32(len(request))), request...)
	if _, err := conn.Write(framed); err != nil {
		return nil, err
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(conn, head); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(head)
	if size > maxAnswer {
		return nil, krberror.NewErrorf(krberror.EncodingError, "an answer of %d bytes", size)
	}
	answer := make([]byte, size)
	_, err := io.ReadFull(conn, answer)
	return answer, err
}
