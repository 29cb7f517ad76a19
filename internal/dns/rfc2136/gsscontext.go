package rfc2136

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

const (
	gssAlgorithm = "gss-tsig."
	gssMode      = 3         // of a TKEY record: GSS-API negotiation (RFC 2930 section 2.5)
	gssLifetime  = time.Hour // asked for; the server decides
)

// gssContext is a security context that the server and this client agreed on.
type gssContext struct {
	mu        sync.Mutex // an initiator counts its messages
	initiator initiator
	name      string // the key's
	expires   time.Time
}

var _ mdns.TsigProvider = (*gssContext)(nil)

// Generate signs a message (GSS_GetMIC).
func (g *gssContext) Generate(message []byte, _ *mdns.TSIG) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.initiator.Sign(message)
}

// Verify checks a message's signature (GSS_VerifyMIC).
func (g *gssContext) Verify(message []byte, t *mdns.TSIG) error {
	if dns.Canonical(t.Hdr.Name) != dns.Canonical(g.name) {
		return mdns.ErrSecret
	}
	mac, err := hex.DecodeString(t.MAC)
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.initiator.Verify(message, mac)
}

func (g *gssContext) key(s *gssSigner) signingKey {
	return signingKey{name: g.name, algorithm: gssAlgorithm, provider: g, forget: func() { s.forget(g.name) }}
}

// agree signs in and negotiates a context with the server by TKEY messages (RFC 3645
// section 3.1). Kerberos needs one request and one answer. Faults: Unreachable,
// Denied, Invalid.
func agree(ctx context.Context, c Config, host string, s *gssSigner) (*gssContext, error) {
	in, token, err := s.begin(ctx, "DNS/"+host)
	if err != nil {
		return nil, err
	}
	g := &gssContext{initiator: in, name: fmt.Sprintf("%d.sig-%s.", rand.Uint32(), host)}
	reply, err := exchangeTKEY(ctx, c, g.name, token)
	if err != nil {
		return nil, err
	}
	theirs, err := hex.DecodeString(reply.Key)
	if err != nil || len(theirs) == 0 {
		return nil, tkeyFault(c.Server, "its answer holds no Kerberos token")
	}
	if err := in.Finish(theirs); err != nil {
		return nil, tkeyFault(c.Server, "its token does not prove who it is")
	}
	g.expires = earlier(c.Now().Add(gssLifetime), time.Unix(int64(reply.Expiration), 0))
	return g, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// exchangeTKEY sends one token and gives the record with the server's token. It does
// not check the answer's signature: not every server signs it, and the mutual
// authentication inside the token proves who answered.
func exchangeTKEY(ctx context.Context, c Config, name string, token []byte) (*mdns.TKEY, error) {
	now := c.Now()
	m := new(mdns.Msg)
	m.Id = mdns.Id()
	m.Question = []mdns.Question{{Name: name, Qtype: mdns.TypeTKEY, Qclass: mdns.ClassANY}}
	m.Extra = []mdns.RR{&mdns.TKEY{
		Hdr:       mdns.RR_Header{Name: name, Rrtype: mdns.TypeTKEY, Class: mdns.ClassANY},
		Algorithm: gssAlgorithm, Mode: gssMode,
		Inception: uint32(now.Unix()), Expiration: uint32(now.Add(gssLifetime).Unix()),
		KeySize: uint16(len(token)), Key: hex.EncodeToString(token),
	}}
	packed, err := m.Pack()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "negotiate with", c.Server, err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	conn, err := c.Dial(ctx, "tcp", c.Server)
	if err != nil {
		return nil, unreachable(c.Server, err)
	}
	defer conn.Close()
	raw, err := sendOnce(ctx, conn, packed)
	if reply := new(mdns.Msg); err == nil && !c.Reach.Tells(conn.RemoteAddr()) && (reply.Unpack(raw) != nil || reply.Id != m.Id || !reply.Response) {
		err = errors.New("what answers is not DNS")
	}
	if err != nil {
		return nil, unreachable(c.Server, c.Reach.Withhold(conn.RemoteAddr(), err))
	}
	return readTKEY(c.Server, m.Id, name, raw)
}

// readTKEY finds the server's token in its answer.
func readTKEY(server string, id uint16, name string, raw []byte) (*mdns.TKEY, error) {
	reply := new(mdns.Msg)
	if err := reply.Unpack(raw); err != nil || reply.Id != id || !reply.Response {
		return nil, tkeyFault(server, "its answer cannot be read")
	}
	if reply.Rcode != mdns.RcodeSuccess {
		return nil, tkeyFault(server, "it answers "+mdns.RcodeToString[reply.Rcode])
	}
	for _, rr := range slices.Concat(reply.Answer, reply.Extra) {
		if t, ok := rr.(*mdns.TKEY); ok && dns.Canonical(t.Hdr.Name) == dns.Canonical(name) {
			if t.Error != mdns.RcodeSuccess {
				return nil, tkeyFault(server, "it does not accept the ticket ("+mdns.RcodeToString[int(t.Error)]+")")
			}
			return t, nil
		}
	}
	return nil, tkeyFault(server, "its answer holds no TKEY record")
}

func tkeyFault(server, cause string) error {
	return fault.New(fault.Denied, "negotiate Kerberos with", server, cause).
		With("nothing was changed", "check that the server takes GSS-TSIG and that its keytab holds DNS/<its name>")
}
