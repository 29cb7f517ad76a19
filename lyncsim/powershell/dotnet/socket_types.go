package dotnet

import (
	"bufio"
	"net"
	"strconv"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// tcpClient is System.Net.Sockets.TcpClient and networkStream its NetworkStream. The
// constructor of tcpClient connects. A process whose Env has no Dial cannot connect.
type (
	tcpClient     struct{ conn net.Conn }
	networkStream struct{ conn net.Conn }
)

// TypeName is the .NET name.
func (*tcpClient) TypeName() string { return "System.Net.Sockets.TcpClient" }

// TypeName is the .NET name.
func (*networkStream) TypeName() string { return "System.Net.Sockets.NetworkStream" }

func socketTypes() []*Type {
	shut := func(name string) Member {
		return method(name, 0, 0, func(c *tcpClient, _ *Args) (any, error) {
			_ = c.conn.Close() // closing twice is no error in .NET
			return Void, nil
		})
	}
	return []*Type{
		{Name: "System.Net.Sockets.TcpClient", New: connect, Refused: []string{"*"}, Members: members(
			method("GetStream", 0, 0, func(c *tcpClient, _ *Args) (any, error) { return &networkStream{c.conn}, nil }),
			shut("Close"), shut("Dispose"))},
		{Name: "System.Net.Sockets.NetworkStream", Refused: []string{"*"}},
		{Name: "System.IO.StreamReader", Base: "System.IO.TextReader", New: func(a *Args) (any, error) {
			s, ok := a.At(0).(*networkStream)
			if !ok || a.Len() > 1 {
				return nil, Refuse("[System.IO.StreamReader] of anything but a network stream")
			}
			return textReader{bufio.NewReaderSize(s.conn, 64<<10)}, nil
		}},
		{Name: "System.IO.StreamWriter", Base: "System.IO.TextWriter", New: func(a *Args) (any, error) {
			s, ok := a.At(0).(*networkStream)
			if !ok || a.Len() > 1 {
				return nil, Refuse("[System.IO.StreamWriter] on anything but a network stream")
			}
			return textWriter{s.conn}, nil
		}},
	}
}

func connect(a *Args) (any, error) {
	if a.Env.Dial == nil || a.Len() != 2 {
		return nil, Refuse("[System.Net.Sockets.TcpClient]::new() with %d arguments", a.Len())
	}
	conn, err := a.Env.Dial(a.Env.Context, net.JoinHostPort(a.Text(0), strconv.Itoa(a.Int(1))))
	if err != nil {
		return nil, value.NewException("System.Net.Sockets.SocketException", err.Error())
	}
	return &tcpClient{conn}, nil
}
