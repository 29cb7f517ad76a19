package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	everyLook = 200 * time.Millisecond
	// patience is how long a look waits for one answer.
	patience = time.Second
)

// protocol is a way to federate: the name at which partners begin, and what they do
// at the port that they find there.
type protocol struct {
	name, srv string
	speak     func(p *partner, c net.Conn, host string) error
}

var protocols = []protocol{{"SIP", sip, (*partner).speakSIP}, {"XMPP", xmpp, (*partner).speakXMPP}}

// partner is another organization's server. It wants to reach contoso.com and knows
// only the resolver and the authority that signed contoso.com's certificates.
type partner struct {
	resolver string
	roots    *x509.CertPool
	// pool names the Edge pool that has the address; it is asked only for the words
	// of the answer.
	pool  func(address string) string
	diary diary
}

// watch looks at both protocols again and again until the context ends.
func (p *partner) watch(ctx context.Context) {
	var both sync.WaitGroup
	for _, way := range protocols {
		both.Go(func() {
			ticker := time.NewTicker(everyLook)
			defer ticker.Stop()
			for {
				began := time.Now()
				seen := p.look(ctx, way)
				if ctx.Err() != nil {
					return
				}
				p.diary.write(way.name, began, seen)
				select {
				case <-ctx.Done():
					return
				case <-ticker.C:
				}
			}
		})
	}
	both.Wait()
}

// look does what a partner's server does before it sends a message: it looks up the SRV
// record, then the address, connects and verifies the certificate.
func (p *partner) look(ctx context.Context, way protocol) sight {
	target, port, err := p.service(ctx, way.srv)
	if err != nil {
		return sight{what: err.Error()}
	}
	address, err := p.address(ctx, target)
	if err != nil {
		return sight{what: err.Error()}
	}
	dialer := net.Dialer{Timeout: patience}
	c, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address, fmt.Sprint(port)))
	if err != nil {
		return sight{what: fmt.Sprintf("%s port %d: %s", p.pool(address), port, inShort(err))}
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return sight{what: err.Error()}
	}
	if err := way.speak(p, c, target); err != nil {
		return sight{what: fmt.Sprintf("%s port %d: %s", p.pool(address), port, inShort(err))}
	}
	return sight{served: true, what: p.pool(address)}
}

func (p *partner) service(ctx context.Context, name string) (target string, port uint16, err error) {
	answer, err := p.ask(ctx, name, dns.TypeSRV)
	if err != nil {
		return "", 0, err
	}
	for _, rr := range answer {
		if srv, ok := rr.(*dns.SRV); ok {
			return strings.TrimSuffix(srv.Target, "."), srv.Port, nil
		}
	}
	return "", 0, errors.New("no SRV record")
}

func (p *partner) address(ctx context.Context, name string) (string, error) {
	answer, err := p.ask(ctx, name, dns.TypeA)
	if err != nil {
		return "", err
	}
	for _, rr := range answer {
		if a, ok := rr.(*dns.A); ok {
			return a.A.String(), nil
		}
	}
	return "", errors.New("no address of " + name)
}

func (p *partner) ask(ctx context.Context, name string, rrtype uint16) ([]dns.RR, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	reply, err := dns.ExchangeContext(ctx, new(dns.Msg).SetQuestion(dns.Fqdn(name), rrtype), p.resolver)
	if err != nil {
		return nil, fmt.Errorf("DNS: %s", inShort(err))
	}
	return reply.Answer, nil
}

// speakSIP makes the TLS connection on which SIP would follow. The certificate must
// be that of the host that the SRV record names.
func (p *partner) speakSIP(c net.Conn, host string) error {
	return tls.Client(c, &tls.Config{RootCAs: p.roots, ServerName: host, MinVersion: tls.VersionTLS12}).Handshake()
}

// speakXMPP opens a stream between servers (RFC 6120), changes to TLS and opens it
// again. The certificate must be that of the domain.
func (p *partner) speakXMPP(c net.Conn, _ string) error {
	const starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	if err := say(c, stream, "features"); err != nil {
		return err
	}
	if err := say(c, starttls, "proceed"); err != nil {
		return err
	}
	return say(tls.Client(c, &tls.Config{RootCAs: p.roots, ServerName: domain, MinVersion: tls.VersionTLS12}), stream, "features")
}

const stream = "<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' from='partner.example' to='" + domain + "' version='1.0'>"

// say sends a text on an XMPP stream and reads until the element begins that must
// follow.
func say(c io.ReadWriter, text, until string) error {
	if _, err := io.WriteString(c, text); err != nil {
		return err
	}
	for d := xml.NewDecoder(io.LimitReader(c, 1<<16)); ; {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch start, ok := token.(xml.StartElement); {
		case ok && start.Name.Local == until:
			return nil
		case ok && start.Name.Local == "error":
			return errors.New("the stream was refused")
		}
	}
}

// inShort is the end of an error's chain, without addresses and names.
func inShort(err error) string {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "no answer"
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}
