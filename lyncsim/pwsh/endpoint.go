package pwsh

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	maxToken    = 128
	maxCall     = 16 << 20 // bytes of one call
	maxCallers  = 128      // connections at once
	callTimeout = 30 * time.Second
)

var errTooLong = errors.New("a line is too long")

// endpoint listens for the calls of processes.
type endpoint struct {
	listener net.Listener
	stop     context.CancelFunc
	life     context.Context
	free     chan struct{} // one per connection that may still be open
	serving  sync.WaitGroup

	mu     sync.Mutex
	visits map[[sha256.Size]byte]visit // by the token's hash, so that the time of a lookup reveals nothing about it
}

// visit is a running process: its machine and user, and the context that ends with
// it.
type visit struct {
	seat Seat
	temp string
	life context.Context
}

func listen(at netip.Addr) (*endpoint, error) {
	if !at.IsLoopback() {
		return nil, fmt.Errorf("listen for PowerShell calls on %s: only loopback addresses are used", at)
	}
	l, err := net.Listen("tcp", netip.AddrPortFrom(at, 0).String())
	if err != nil {
		return nil, fmt.Errorf("listen for PowerShell calls: %w", err)
	}
	e := &endpoint{listener: l, free: make(chan struct{}, maxCallers), visits: map[[sha256.Size]byte]visit{}}
	e.life, e.stop = context.WithCancel(context.Background())
	e.serving.Go(e.accept)
	return e, nil
}

func (e *endpoint) address() string { return e.listener.Addr().String() }

func (e *endpoint) close() {
	e.stop()
	_ = e.listener.Close()
	e.serving.Wait()
}

// admit gives a process its token, which is valid until ctx ends.
func (e *endpoint) admit(ctx context.Context, v visit) string {
	token := rand.Text() + rand.Text()
	v.life = ctx
	e.mu.Lock()
	defer e.mu.Unlock()
	e.visits[sha256.Sum256([]byte(token))] = v
	return token
}

func (e *endpoint) dismiss(token string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.visits, sha256.Sum256([]byte(token)))
}

func (e *endpoint) visit(token []byte) (visit, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	v, ok := e.visits[sha256.Sum256(token)]
	return v, ok
}

func (e *endpoint) accept() {
	for {
		conn, err := e.listener.Accept()
		if err != nil {
			return
		}
		select {
		case e.free <- struct{}{}:
		default:
			_ = conn.Close()
			continue
		}
		e.serving.Go(func() {
			e.serve(conn)
			<-e.free
		})
	}
}

// serve answers one call. The call ends when its process, its connection or the
// endpoint ends.
func (e *endpoint) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(e.life, func() { _ = conn.Close() })()
	_ = conn.SetDeadline(time.Now().Add(callTimeout))
	r := bufio.NewReader(conn)
	token, err := readLine(r, maxToken)
	if err != nil {
		return
	}
	v, ok := e.visit(token)
	if !ok {
		answer(conn, []reply{refused("System.UnauthorizedAccessException", "AccessDenied", "PermissionDenied",
			"the token is not that of a process which lyncsim started and which still runs")})
		return
	}
	line, err := readLine(r, maxCall)
	if err != nil {
		answer(conn, []reply{refused("System.IO.IOException", "CallNotRead", "ReadError", "the call could not be read: "+err.Error())})
		return
	}
	_ = conn.SetDeadline(time.Time{}) // cmdlets may take an hour
	ctx, end := context.WithCancel(v.life)
	defer end()
	go func() {
		_, _ = r.ReadByte() // the caller sends nothing more, so this returns when the connection ends
		end()
	}()
	answer(conn, v.call(ctx, line))
}

// readLine reads a line and drops its end. The line may have at most limit bytes.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > limit {
			return nil, errTooLong
		}
		line = append(line, part...)
		switch {
		case err == nil:
			return trimEnd(line), nil
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return nil, err
		}
	}
}

func trimEnd(line []byte) []byte {
	line = line[:len(line)-1]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}

func answer(w io.Writer, replies []reply) {
	for _, r := range replies {
		if _, err := w.Write(r.line()); err != nil {
			return // the caller is gone
		}
	}
}
