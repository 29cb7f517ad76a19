package tcp_test

import (
	"context"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/probe"
	"github.com/fedroute/fedroute/internal/probe/tcp"
	"github.com/fedroute/fedroute/internal/reach"
)

// TestAScannerLearnsNoMore: addresses come from DNS records and topologies that an editor
// controls. What does not speak SIP or XMPP there is not told apart.
func TestAScannerLearnsNoMore(t *testing.T) {
	all := reach.Known()
	if err := all.Set("1-65535"); err != nil {
		t.Fatal(err)
	}
	hidden := reach.New(reach.CIDRs{}, reach.CIDRs{}, all)
	cases := map[string]struct {
		reason   string
		protocol lync.Protocol
		serve    func(net.Conn) // nil: nobody listens
		connect  bool
		open     bool
		detail   string
	}{
		"nobody listens":  {"as an address that does not exist", lync.SIP, nil, false, false, "not reachable"},
		"hangs up":        {"as an address that does not exist", lync.SIP, func(net.Conn) {}, false, false, "not reachable"},
		"another service": {"as an address that does not exist", lync.SIP, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0\r\n") }, false, false, "not reachable"},
		"silence":         {"as an address that does not exist", lync.XMPP, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, false, false, "not reachable"},
		"not XMPP":        {"as an address that does not exist", lync.XMPP, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail ESMTP\r\n") }, false, false, "not reachable"},
		"may only accept": {"the route says that the port need not speak", lync.SIP, func(net.Conn) {}, true, true, "not reachable"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := tcp.Prober{Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return hidden.Dial(ctx, network, "127.0.0.1:1")
			}}
			if c.serve != nil {
				p = listen(t, c.serve)
			}
			p.Reach, p.Timeout = hidden, 500*time.Millisecond
			at := target(c.protocol)
			at.Connect = c.connect
			got := p.Probe(t.Context(), at)
			if diff := cmp.Diff(probe.Reading{Target: at, Open: c.open, Detail: c.detail}, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestADeniedPortSaysSo(t *testing.T) {
	var allow, deny reach.CIDRs
	if err := deny.Set("127.0.0.0/8"); err != nil {
		t.Fatal(err)
	}
	got := tcp.Prober{Reach: reach.New(deny, allow, reach.Known())}.Probe(t.Context(), target(lync.SIP))
	if want := "the manager may not connect to addresses in 127.0.0.0/8"; got.Open || got.Detail != want {
		t.Errorf("got %+v, want %q", got, want)
	}
}
