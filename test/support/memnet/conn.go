package memnet

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// conn is one end of a connection. Writes never wait: its buffers have no end.
type conn struct {
	network       *Network
	local, remote netip.AddrPort
	in, out       *half
	peer          *conn
}

// half carries what one end sends to the other.
type half struct {
	network   *Network
	id        string
	direction string
	between   pair

	mu      sync.Mutex
	under   []message
	sent    int
	last    time.Time // when the latest message arrives
	ended   bool      // the sender has closed; the reader sees the end when it arrives
	left    bool      // the reader has closed
	reset   bool
	until   time.Time     // the reader's deadline
	changed chan struct{} // closed when any of these is another
}

// message is some bytes on their way; none stands for the end.
type message struct {
	at   time.Time
	data []byte
}

func newHalf(n *Network, id, direction string, between pair) *half {
	return &half{network: n, id: id, direction: direction, between: between, changed: make(chan struct{})}
}

// note wakes the reader. The caller holds h.mu.
func (h *half) note() {
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *half) set(change func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change()
	h.note()
}

// put sends bytes; none is the end.
func (h *half) put(data []byte) {
	at := time.Now().Add(h.network.delay(h.id, h.direction, h.sent))
	if !at.After(h.last) {
		at = h.last.Add(time.Nanosecond)
	}
	h.last = at
	h.sent++
	h.under = append(h.under, message{at, data})
}

func (h *half) write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.ended:
		return 0, net.ErrClosed
	case h.reset:
		return 0, syscall.ECONNRESET
	case h.left:
		return 0, syscall.EPIPE
	case len(b) == 0:
		return 0, nil
	}
	h.put(append([]byte(nil), b...))
	h.note()
	return len(b), nil
}

// stalled reports whether the network holds back what this half carries.
func (h *half) stalled(f Fault) bool {
	return f == Swallowed || f == Unanswered && h.direction == "back"
}

// read waits for bytes, the end, or the deadline.
func (h *half) read(b []byte) (int, error) {
	for {
		f, disturbed := h.network.fault(h.between)
		h.mu.Lock()
		now := time.Now()
		switch {
		case h.left:
			h.mu.Unlock()
			return 0, net.ErrClosed
		case h.reset:
			h.mu.Unlock()
			return 0, syscall.ECONNRESET
		case !h.until.IsZero() && !h.until.After(now):
			h.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		}
		var wake time.Time
		if len(h.under) > 0 && !h.stalled(f) {
			first := &h.under[0]
			switch {
			case first.at.After(now):
				wake = first.at
			case len(first.data) == 0:
				h.mu.Unlock()
				return 0, io.EOF
			default:
				n := copy(b, first.data)
				if first.data = first.data[n:]; len(first.data) == 0 {
					h.under = h.under[1:]
				}
				h.mu.Unlock()
				return n, nil
			}
		}
		if !h.until.IsZero() && (wake.IsZero() || h.until.Before(wake)) {
			wake = h.until
		}
		changed := h.changed
		h.mu.Unlock()
		await(changed, disturbed, wake)
	}
}

// await waits for one of two channels or for a time; the zero time never comes.
func await(one, other <-chan struct{}, wake time.Time) {
	var due <-chan time.Time
	if !wake.IsZero() {
		t := time.NewTimer(time.Until(wake))
		defer t.Stop()
		due = t.C
	}
	select {
	case <-one:
	case <-other:
	case <-due:
	}
}

// Read implements [net.Conn].
func (c *conn) Read(b []byte) (int, error) {
	n, err := c.in.read(b)
	return n, c.failed("read", err)
}

// Write implements [net.Conn]. It never waits.
func (c *conn) Write(b []byte) (int, error) {
	n, err := c.out.write(b)
	return n, c.failed("write", err)
}

func (c *conn) failed(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// Close ends the connection; the other side sees it when the message arrives.
func (c *conn) Close() error {
	c.network.forget(c)
	c.network.release(c)
	c.out.set(func() {
		if !c.out.ended {
			c.out.ended = true
			c.out.put(nil)
		}
	})
	c.in.set(func() { c.in.left = true })
	return nil
}

// reset ends the connection as a host does that has forgotten it.
func (c *conn) reset() {
	c.network.forget(c)
	c.out.set(func() { c.out.reset = true })
	c.in.set(func() { c.in.reset = true })
}

// LocalAddr implements [net.Conn].
func (c *conn) LocalAddr() net.Addr { return net.TCPAddrFromAddrPort(c.local) }

// RemoteAddr implements [net.Conn].
func (c *conn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

// SetDeadline implements [net.Conn].
func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetReadDeadline implements [net.Conn].
func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.set(func() { c.in.until = t })
	return nil
}

// SetWriteDeadline implements [net.Conn]; writes never wait.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }
