package edge

import (
	"net"
	"sync"
	"time"
)

const (
	// opening is how long a partner may take for a handshake or stream header.
	opening = 10 * time.Second
	// idle is how long an open connection may say nothing.
	idle = 2 * time.Minute
)

// listener is one open port with its connections.
type listener struct {
	net.Listener
	federation bool // outside, as partners see it
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

// hold notes a connection; false when the listener closed meanwhile.
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

// close shuts the port and cuts its connections, as a service that stops does.
// It does not wait.
func (n *listener) close() {
	_ = n.Close()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.closed = true
	for c := range n.conns {
		_ = c.Close()
	}
}
