package rfc2136

import (
	"net"
	"syscall"
)

// prompt is a connection that acknowledges what has come before it waits for more. A server
// that writes each answer by itself, and leaves Nagle's algorithm on, holds the next answers
// until the ones before are acknowledged; Linux delays that by 40 ms where nothing is left to
// send. So the last answers of a round cost more time than all the others.
type prompt struct {
	net.Conn
	raw syscall.RawConn
}

// promptly makes a connection prompt. One that is no socket stays as it is.
func promptly(conn net.Conn) net.Conn {
	socket, ok := conn.(syscall.Conn)
	if !ok {
		return conn
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return conn
	}
	return prompt{conn, raw}
}

// Read asks the kernel each time, because it forgets the wish with the next message that is
// sent. Where the kernel refuses, answers only come later.
func (p prompt) Read(b []byte) (int, error) {
	_ = p.raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) })
	return p.Conn.Read(b)
}
