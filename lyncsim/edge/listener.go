package edge

import (
	"net"
	"sync"
	"time"
)

const (
	// opening is how long a partner may take for the handshake or the stream header.
	opening = 10 * time.Second
	// idle is how long an open connection may be silent.
	idle = 2 * time.Minute
)

// listener is one open port with its connections.
type listener struct {
	net.Listener
	federation bool // a port for partners, not one inside
	hollow     bool // only an empty load balancer
	done       sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// accept serves connections until the listener closes.
func (n *listener) accept(serve func(net.Conn)) {
	for {
		c, err := n.Accept()
		if err != nil {
			return
		}
		if !n.hold(c) {
			return
		}
		n.done.Go(func() {
			defer n.release(c)
			serve(c)
		})
	}
}

// hold registers a connection; it returns false when the listener has closed in the
// meantime.
func (n *listener) hold(c net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		_ = c.Close()
		return false
	}
	n.conns[c] = struct{}{}
	return true
}

func (n *listener) release(c net.Conn) {
	_ = c.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}

// close closes the port and its connections, as a service that stops does. It does
// not wait for them.
func (n *listener) close() {
	_ = n.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	for c := range n.conns {
		_ = c.Close()
	}
}
