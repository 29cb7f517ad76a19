package peers

import (
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// wire passes TCP connections on to a DNS server and counts the messages of both
// directions. Both sides of the comparison speak DNS over TCP only.
type wire struct {
	door     net.Listener
	server   string
	messages atomic.Int64
}

func openWire(server string) (*wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{door: l, server: server}
	go w.accept()
	return w, nil
}

func (w *wire) address() string { return w.door.Addr().String() }

func (w *wire) close() { _ = w.door.Close() }

// taken gives the number of messages since its last call.
func (w *wire) taken() int64 { return w.messages.Swap(0) }

func (w *wire) accept() {
	for {
		client, err := w.door.Accept()
		if err != nil {
			return
		}
		go w.pass(client)
	}
}

// pass copies messages in both directions until either side has closed.
func (w *wire) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	var both sync.WaitGroup
	both.Go(func() { w.relay(server, client) })
	both.Go(func() { w.relay(client, server) })
	both.Wait()
}

func (w *wire) relay(to, from net.Conn) {
	defer to.Close() // ends the other direction too
	for {
		frame := make([]byte, 2)
		if _, err := io.ReadFull(from, frame); err != nil {
			return
		}
		frame = append(frame, make([]byte, binary.BigEndian.Uint16(frame))...)
		if _, err := io.ReadFull(from, frame[2:]); err != nil {
			return
		}
		w.messages.Add(1)
		if _, err := to.Write(frame); err != nil {
			return
		}
	}
}
