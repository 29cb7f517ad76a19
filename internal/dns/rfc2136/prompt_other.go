//go:build !linux

package rfc2136

import "net"

// promptly leaves the connection as it is: only Linux can be asked to acknowledge at once.
func promptly(conn net.Conn) net.Conn { return conn }
