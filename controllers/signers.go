package controllers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
)

// signerIdle is how long a signer that nobody asks for is kept; servers end what
// was agreed with it sooner.
const signerIdle = 2 * time.Hour

// signers keeps the Kerberos signer of each DNS server and Secret, because logging
// in and agreeing on a key cost several round trips.
type signers struct {
	clock func() time.Time
	mu    sync.Mutex
	held  map[signerKey]*heldSigner
}

// signerKey is what a signer is agreed between. Zone counts because it may name
// the server.
type signerKey struct{ namespace, secret, server, serverName, zone string }

type heldSigner struct {
	signer rfc2136.Signer
	print  [sha256.Size]byte // of the credentials, which are not kept here
	used   time.Time
}

func newSigners(clock func() time.Time) *signers {
	return &signers{clock: clock, held: map[signerKey]*heldSigner{}}
}

// of gives the signer of a server in the spec. Secrets are read each time: a
// rotated one counts at once.
func (s *signers) of(ctx context.Context, server v1alpha1.DNSServer, keys secrets) (rfc2136.Signer, error) {
	switch {
	case server.TSIGSecretRef != nil:
		return keys.tsig(ctx, server.TSIGSecretRef.Name)
	case server.GSSTSIG != nil:
		account, err := keys.kerberos(ctx, server.GSSTSIG.SecretRef.Name)
		if err != nil {
			return nil, err
		}
		account.Host = string(server.GSSTSIG.ServerName)
		return s.kerberos(signerKey{keys.namespace, server.GSSTSIG.SecretRef.Name, server.Address, account.Host, string(server.Zone)}, account)
	default:
		return nil, fault.New(fault.Invalid, "sign updates of", string(server.Zone), "neither tsigSecretRef nor gssTsig is given").
			With("no record can be changed", "give the zone one of the two in spec.dns.servers")
	}
}

// kerberos gives the signer that is kept for these very credentials, else a new one.
func (s *signers) kerberos(key signerKey, account rfc2136.Kerberos) (rfc2136.Signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	print := printOf(account)
	if have := s.held[key]; have != nil && have.print == print {
		have.used = s.clock()
		return have.signer, nil
	}
	signer, err := rfc2136.GSS(account)
	if err != nil {
		return nil, err
	}
	s.drop(key)
	s.held[key] = &heldSigner{signer: signer, print: print, used: s.clock()}
	return signer, nil
}

// sweep drops what belongs to routes that are gone.
func (s *signers) sweep() {
	for key, have := range s.held {
		if s.clock().Sub(have.used) > signerIdle {
			s.drop(key)
		}
	}
}

// drop closes a signer. A run that still holds it agrees on a new key if need be.
func (s *signers) drop(key signerKey) {
	if have := s.held[key]; have != nil {
		_ = have.signer.Close() // only forgets a key
		delete(s.held, key)
	}
}

// close drops every signer.
func (s *signers) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.held {
		s.drop(key)
	}
}

// printOf tells accounts apart without keeping them.
func printOf(k rfc2136.Kerberos) [sha256.Size]byte {
	var all bytes.Buffer
	for _, part := range [][]byte{[]byte(k.Realm), []byte(k.Username), []byte(k.Password), k.Keytab, []byte(k.Config)} {
		all.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		all.Write(part)
	}
	return sha256.Sum256(all.Bytes())
}
