package wsman

import (
	"net"
	"sync"
	"sync/atomic"
)

// listener counts connections and bytes, knows every open connection, and can stop
// the traffic of all of them.
type listener struct {
	net.Listener
	count *meter
	gate  *gate

	mu   sync.Mutex
	open map[*conn]struct{}
}

func newListener(l net.Listener, count *meter, g *gate) *listener {
	return &listener{Listener: l, count: count, gate: g, open: map[*conn]struct{}{}}
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.count.connections.Add(1)
	c := &conn{Conn: raw, listener: l, closed: make(chan struct{})}
	l.mu.Lock()
	l.open[c] = struct{}{}
	l.mu.Unlock()
	return c, nil
}

// drop resets every open connection.
func (l *listener) drop() int {
	l.mu.Lock()
	conns := make([]*conn, 0, len(l.open))
	for c := range l.open {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	for _, c := range conns {
		c.reset()
	}
	return len(conns)
}

// conn is one TCP connection below TLS.
type conn struct {
	net.Conn
	listener *listener
	once     sync.Once
	closed   chan struct{}
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.listener.count.wireIn.Add(int64(n))
	c.listener.gate.pass(c.closed)
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	c.listener.gate.pass(c.closed)
	n, err := c.Conn.Write(b)
	c.listener.count.wireOut.Add(int64(n))
	return n, err
}

// Close ends the connection.
func (c *conn) Close() error {
	c.once.Do(func() { close(c.closed) })
	c.listener.mu.Lock()
	delete(c.listener.open, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}

// reset ends the connection as a crashing host does: the peer gets RST instead of
// FIN.
func (c *conn) reset() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // best effort: a plain close ends the connection too
	}
	_ = c.Close()
}

// gate stops traffic while it is shut.
type gate struct {
	shut atomic.Bool
	bell *bell
}

func newGate() *gate { return &gate{bell: newBell()} }

// pass waits until the gate is open or gone closes.
func (g *gate) pass(gone <-chan struct{}) {
	for {
		wait := g.bell.listen()
		if !g.shut.Load() {
			return
		}
		select {
		case <-wait:
		case <-gone:
			return
		}
	}
}

func (g *gate) set(shut bool) {
	g.shut.Store(shut)
	g.bell.ring()
}
