package wsman

import (
	"context"
	"errors"
	"io"
	"sync"
)

// pipeSize bounds the unread bytes in a pipe. When the pipe is full, a writer waits,
// as a real process does when its output is not read.
const pipeSize = 1 << 20

var errBrokenPipe = errors.New("the pipe has been ended")

// pipe is one standard stream of a process: bounded, and it rings its bell
// whenever something changes.
type pipe struct {
	bell *bell

	mu     sync.Mutex
	data   []byte
	ended  bool // the writer has ended; the rest can still be read
	broken bool // the reader has ended
}

func newPipe(b *bell) *pipe { return &pipe{bell: b} }

// send puts p into the pipe and waits while it is full.
func (p *pipe) send(ctx context.Context, b []byte) (int, error) {
	sent := 0
	for {
		wait := p.bell.listen()
		n, err := p.offer(b[sent:])
		sent += n
		if err != nil || sent == len(b) {
			return sent, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return sent, ctx.Err()
		}
	}
}

// offer adds as many bytes as there is room for.
func (p *pipe) offer(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken || p.ended {
		return 0, errBrokenPipe
	}
	n := min(len(b), pipeSize-len(p.data))
	if n > 0 {
		p.data = append(p.data, b[:n]...)
		p.bell.ring()
	}
	return n, nil
}

// take gives at most n bytes of the present content, without waiting.
func (p *pipe) take(n int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	n = min(n, len(p.data))
	if n <= 0 {
		return nil
	}
	out := p.data[:n:n]
	p.data = p.data[n:]
	p.bell.ring()
	return out
}

// Read waits for data or the end. With it, a pipe can be a process's standard input.
func (p *pipe) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	for {
		wait := p.bell.listen()
		if got := p.take(len(b)); got != nil {
			return copy(b, got), nil
		}
		if p.closed() {
			return 0, io.EOF
		}
		<-wait
	}
}

func (p *pipe) closed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return (p.ended || p.broken) && len(p.data) == 0
}

// end marks that nothing more will be written.
func (p *pipe) end() { p.mark(&p.ended) }

// breakOff marks that the reader has ended; unread bytes are lost.
func (p *pipe) breakOff() {
	p.mark(&p.broken)
	p.take(pipeSize)
}

func (p *pipe) mark(flag *bool) {
	p.mu.Lock()
	*flag = true
	p.mu.Unlock()
	p.bell.ring()
}

// output is the writing side that a process gets as stdout or stderr.
type output struct {
	ctx  context.Context // ends with the process
	pipe *pipe
}

func (o output) Write(b []byte) (int, error) { return o.pipe.send(o.ctx, b) }
