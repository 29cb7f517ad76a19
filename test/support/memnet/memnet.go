// Package memnet is a network in memory. Its listeners and connections are channels and
// timers, so that a testing/synctest bubble sees when all who use it wait. Each message
// takes a time of its own, which follows from the network's seed, from the hosts, and from
// when the connection was dialled. So the order of arrivals is that of the seed.
//
// Between any two hosts the network can be disturbed: see Fault.
package memnet

import (
	"context"
	"fmt"
	"hash/fnv"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Fault is what the network does between two hosts.
type Fault string

const (
	// Well: messages arrive.
	Well Fault = ""
	// Swallowed: nothing arrives in either direction, and nobody is told. What was sent
	// meanwhile arrives when the fault ends, as TCP sends again.
	Swallowed Fault = "Swallowed"
	// Unanswered: what the dialling side sends arrives, what it is answered does not.
	Unanswered Fault = "Unanswered"
	// Refused: new connections are refused. Those that exist go on.
	Refused Fault = "Refused"
)

// Network is the set of all listeners and connections. Its methods may be called from any
// goroutine.
type Network struct {
	seed uint64

	mu        sync.Mutex
	listeners map[netip.AddrPort]*listener
	faults    map[pair]Fault
	conns     map[*conn]pair // the dialling ends
	held      map[*conn]bool // the dialling ends that nobody has closed
	changed   chan struct{}  // closed when a fault begins or ends
	port      uint16
}

// pair is from which host to which host somebody dials.
type pair struct{ from, to netip.Addr }

// New makes a network without listeners.
func New(seed uint64) *Network {
	return &Network{seed: seed, listeners: map[netip.AddrPort]*listener{}, faults: map[pair]Fault{},
		conns: map[*conn]pair{}, held: map[*conn]bool{}, changed: make(chan struct{}), port: 40000}
}

// Listen opens a port on an address, ip:port, of any host.
func (n *Network) Listen(network, address string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if at.Port() == 0 {
		n.port++
		at = netip.AddrPortFrom(at.Addr(), n.port)
	}
	if _, taken := n.listeners[at]; taken {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: net.TCPAddrFromAddrPort(at), Err: syscall.EADDRINUSE}
	}
	l := &listener{network: n, at: at, arrived: make(chan *conn, 4096), closed: make(chan struct{})}
	n.listeners[at] = l
	return l, nil
}

// Disturb sets what happens to the connections from one host to another, until it is set to
// Well. The zero address stands for every host that has no fault of its own.
func (n *Network) Disturb(from, to netip.Addr, f Fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if f == Well {
		delete(n.faults, pair{from, to})
	} else {
		n.faults[pair{from, to}] = f
	}
	close(n.changed)
	n.changed = make(chan struct{})
}

// Cut resets every connection from one host to another and gives their number. The zero
// address stands for every host.
func (n *Network) Cut(from, to netip.Addr) int {
	n.mu.Lock()
	var cut []*conn
	for c, p := range n.conns {
		if (!from.IsValid() || p.from == from) && (!to.IsValid() || p.to == to) {
			cut = append(cut, c)
		}
	}
	n.mu.Unlock()
	for _, c := range cut {
		c.reset()
		c.peer.reset()
	}
	return len(cut)
}

// Heal ends every fault.
func (n *Network) Heal() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.faults)
	close(n.changed)
	n.changed = make(chan struct{})
}

// fault gives the fault between two hosts and a channel that closes when it may be another.
func (n *Network) fault(p pair) (Fault, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, of := range []pair{p, {from: p.from}, {to: p.to}} {
		if f, ok := n.faults[of]; ok {
			return f, n.changed
		}
	}
	return Well, n.changed
}

// Dial connects from a host to a port.
func (n *Network) Dial(ctx context.Context, from netip.Addr, network, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("%s is not ip:port, and this network has no names: %w", address, err)
	}
	failed := func(err error) error {
		return &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(to), Err: err}
	}
	// Who dials the same port in the same instant cannot be told apart: goroutines come in any
	// order. Their messages take the same times.
	id := fmt.Sprint(from, to, time.Now().UnixNano())
	n.mu.Lock()
	n.port++
	local := netip.AddrPortFrom(from, n.port)
	n.mu.Unlock()
	if err := sleep(ctx, n.delay(id, "dial", 0)); err != nil {
		return nil, failed(err)
	}
	between := pair{from, to.Addr()}
	for {
		f, changed := n.fault(between)
		if f == Refused {
			return nil, failed(syscall.ECONNREFUSED)
		}
		if f == Well {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, failed(ctx.Err())
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	l, ok := n.listeners[to]
	if !ok {
		return nil, failed(syscall.ECONNREFUSED)
	}
	there, back := newHalf(n, id, "there", between), newHalf(n, id, "back", between)
	near := &conn{network: n, local: local, remote: to, in: back, out: there}
	far := &conn{network: n, local: to, remote: local, in: there, out: back}
	near.peer, far.peer = far, near
	select {
	case l.arrived <- far:
	default:
		return nil, failed(syscall.ECONNREFUSED)
	}
	n.conns[near] = between
	n.held[near] = true
	return near, nil
}

// Held counts the connections that those who dialled them have not closed, also where the
// other side has closed or reset them.
func (n *Network) Held() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.held)
}

func (n *Network) forget(c *conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
	delete(n.conns, c.peer)
}

// release notes that an end was closed.
func (n *Network) release(c *conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.held, c)
}

// delay is how long a message takes. Those of one connection take different times.
func (n *Network) delay(id, direction string, number int) time.Duration {
	return 200*time.Microsecond + time.Duration(Draw(n.seed, "|", id, "|", direction, "|", number)%1_800_000)
}

// Draw gives a number that looks random and depends on nothing but what it is drawn from, a
// seed among others.
func Draw(from ...any) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, from...)
	return mix(h.Sum64())
}

// mix spreads the bits of a sum: FNV leaves the upper bits of short texts alike.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// listener is one open port.
type listener struct {
	network *Network
	at      netip.AddrPort
	arrived chan *conn
	once    sync.Once
	closed  chan struct{}
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.closed:
	case c := <-l.arrived:
		return c, nil
	}
	return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
}

// Close refuses connections from now on and resets those that nobody has accepted.
func (l *listener) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		delete(l.network.listeners, l.at)
		l.network.mu.Unlock()
		close(l.closed)
		for {
			select {
			case c := <-l.arrived:
				c.reset()
				c.peer.reset()
			default:
				return
			}
		}
	})
	return nil
}

// Addr is the port's address.
func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.at) }
