package edge

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// Config holds what the listeners need besides the farm.
type Config struct {
	// Certificate makes the certificate of a machine's Access Edge with the names and
	// times of the farm's certificate.
	Certificate func(farm.Certificate) (*tls.Certificate, error)
	// Partners are the authorities that may have issued a partner's certificate. nil
	// accepts any partner, because to the Access Edge the handshake alone proves
	// nothing.
	Partners *x509.CertPool
	// Listen opens a port; nil means net.Listen.
	Listen func(network, address string) (net.Listener, error)
	// Attend is called with every connection to a federation port, before a byte of it is
	// answered; it may be nil.
	Attend func(farm.Listener)
}

// Listeners are the open ports of one farm: federation ports outside, SIP ports
// inside.
type Listeners struct {
	farm   *farm.Farm
	config Config

	mu     sync.Mutex
	open   map[netip.AddrPort]*listener
	failed map[netip.AddrPort]error
	visits map[Visit]int
	closed bool
}

// Visit identifies connections by partner and port.
type Visit struct {
	Machine string `json:"machine"`
	Port    uint16 `json:"port"`
	// Partner is the domain that sent an XMPP stream. For SIP it is the common name
	// of the client certificate, "" without a certificate.
	Partner string `json:"partner,omitempty"`
}

// Open opens the ports that should be open, and from then on follows the farm. It
// fails when a port cannot be opened; the error names the port and the reason.
func Open(f *farm.Farm, c Config) (*Listeners, error) {
	if c.Listen == nil {
		c.Listen = net.Listen
	}
	l := &Listeners{
		farm: f, config: c,
		open: map[netip.AddrPort]*listener{}, failed: map[netip.AddrPort]error{}, visits: map[Visit]int{},
	}
	l.sync()
	if err := l.Err(); err != nil {
		l.Close()
		return nil, err
	}
	f.Observe(l.sync)
	return l, nil
}

// sync opens and closes ports until they are those that the farm reports as
// reachable.
func (l *Listeners) sync() {
	want, hollow := map[netip.AddrPort]farm.Listener{}, map[netip.AddrPort]bool{}
	for _, w := range l.farm.Reachable() {
		want[netip.AddrPortFrom(w.Public, w.Port)] = w
	}
	for _, w := range l.farm.Inside() {
		want[netip.AddrPortFrom(w.Address, w.Port)] = w
	}
	for _, w := range l.farm.Hollow() {
		at := netip.AddrPortFrom(w.Public, w.Port)
		want[at], hollow[at] = w, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	for at, have := range l.open {
		if _, ok := want[at]; !ok || have.hollow != hollow[at] {
			have.close()
			delete(l.open, at)
		}
	}
	clear(l.failed)
	for at, w := range want {
		if _, ok := l.open[at]; ok {
			continue
		}
		opened, err := l.listen(at, w, hollow[at])
		if err != nil {
			l.failed[at] = err
			continue
		}
		l.open[at] = opened
	}
}

func (l *Listeners) listen(at netip.AddrPort, w farm.Listener, hollow bool) (*listener, error) {
	kind, what, serve := "edge server", string(w.Federation)+" federation", l.serveSIP
	switch w.Federation {
	case farm.XMPP:
		serve = l.serveXMPP
	case "":
		kind, what, serve = "Front End server", "SIP", l.serveFrontEnd
	}
	if hollow {
		serve = func(net.Conn, farm.Listener) {} // it hangs up
	}
	if !at.Addr().IsLoopback() {
		return nil, fmt.Errorf("%s %s: %s is no loopback address", kind, w.Machine, at.Addr())
	}
	tcp, err := l.config.Listen("tcp", at.String())
	if err != nil {
		return nil, fmt.Errorf("%s %s cannot serve %s on %s: %w; another simulated organization or program has the address",
			kind, w.Machine, what, at, err)
	}
	n := &listener{Listener: tcp, federation: w.Federation != "", hollow: hollow, conns: map[net.Conn]struct{}{}}
	n.done.Go(func() { n.accept(func(c net.Conn) { l.attend(w); serve(c, w) }) })
	return n, nil
}

// attend tells who wants to know of a partner's connection.
func (l *Listeners) attend(w farm.Listener) {
	if w.Federation != "" && l.config.Attend != nil {
		l.config.Attend(w)
	}
}

// Err names the ports that should be open and are not.
func (l *Listeners) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var texts []string
	for _, err := range l.failed {
		texts = append(texts, err.Error())
	}
	if len(texts) == 0 {
		return nil
	}
	slices.Sort(texts)
	return fmt.Errorf("%s", strings.Join(texts, "; "))
}

// Addresses lists the open federation ports.
func (l *Listeners) Addresses() []netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]netip.AddrPort, 0, len(l.open))
	for at, n := range l.open {
		if n.federation {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, netip.AddrPort.Compare)
	return out
}

// Visitors lists which partners connected to which port, and how often.
func (l *Listeners) Visitors() []Visitor {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Visitor, 0, len(l.visits))
	for v, n := range l.visits {
		out = append(out, Visitor{Visit: v, Times: n})
	}
	slices.SortFunc(out, func(a, b Visitor) int {
		return cmp.Or(cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Partner, b.Partner))
	})
	return out
}

// Visitor is a Visit and its count.
type Visitor struct {
	Visit
	Times int `json:"times"`
}

func (l *Listeners) visited(v Visit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.visits[v]++
}

// Close closes every port and connection and waits for them.
func (l *Listeners) Close() {
	l.mu.Lock()
	l.closed = true
	open := l.open
	l.open = map[netip.AddrPort]*listener{}
	l.mu.Unlock()
	for _, n := range open {
		n.close()
	}
	for _, n := range open {
		n.done.Wait()
	}
}
