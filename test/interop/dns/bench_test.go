//go:build interop

package dns_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/test/support/nameserver"
)

// counted counts the messages that are sent. Each write holds whole messages.
type counted struct {
	net.Conn
	sent *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	for rest := b; len(rest) >= 2; rest = rest[2+binary.BigEndian.Uint16(rest):] {
		c.sent.Add(1)
	}
	return c.Conn.Write(b)
}

// BenchmarkTwoHundredDomains creates, moves and deletes 200 pairs on BIND. Each time it
// reads them, writes them in one UPDATE and reads them back.
func BenchmarkTwoHundredDomains(b *testing.B) {
	s := nameserver.StartBIND(b, nameserver.BINDOptions{})
	var sent atomic.Int64
	c := s.Config()
	c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return counted{conn, &sent}, err
	}
	r, w := newReader(b, c), newWriter(b, c, updateKey)
	steps := []struct {
		name, address string
		port          int
	}{{"create", "192.0.2.30", 5061}, {"repair", "192.0.2.40", 5066}, {"delete", "", 0}}
	for b.Loop() {
		for _, step := range steps {
			want, before, from := pairs(b, step.address, step.port), sent.Load(), b.Elapsed()
			if err := moveTo(b.Context(), r, w, want...); err != nil {
				b.Fatalf("%s: %s", step.name, fault.Sentence(err))
			}
			mustBePublished(b, r, want...)
			b.ReportMetric(float64(sent.Load()-before), step.name+"-questions")
			b.ReportMetric(float64((b.Elapsed() - from).Milliseconds()), step.name+"-ms")
		}
	}
}

// pairs are an SRV set and the A set of its host for each of 200 domains. Without an
// address the sets are empty.
func pairs(t testing.TB, address string, port int) []dns.RRSet {
	t.Helper()
	var want []dns.RRSet
	for i := range 200 {
		host, service := fmt.Sprintf("sip.subsidiary%d.contoso.test", i), fmt.Sprintf("_sipfederationtls._tcp.subsidiary%d.contoso.test", i)
		if address == "" {
			want = append(want, newSet(t, host, dns.A, 0), newSet(t, service, dns.SRV, 0))
			continue
		}
		want = append(want, newSet(t, host, dns.A, 60, address), newSet(t, service, dns.SRV, 60, fmt.Sprintf("0 0 %d %s", port, host)))
	}
	return want
}
