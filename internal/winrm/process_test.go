package winrm_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log"
	"strings"
	"sync"
	"time"
)

var quietLog = log.New(io.Discard, "", 0)

// process stands for a program that runs in a shell.
type process struct {
	mu             sync.Mutex
	in             string
	stdout, stderr string
	exited         bool
	code           int
	changed        chan struct{} // closed and replaced with each change
}

func newProcess() *process { return &process{changed: make(chan struct{})} }

func (p *process) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *process) feed(input string) { p.change(func() { p.in += input }) }
func (p *process) print(text string) { p.change(func() { p.stdout += text }) }
func (p *process) warn(text string)  { p.change(func() { p.stderr += text }) }
func (p *process) exit(code int)     { p.change(func() { p.exited, p.code = true, code }) }
func (p *process) kill()             { p.exit(1) }

// readLine gives the next input line, or false when the process must end.
func (p *process) readLine() (string, bool) {
	for {
		p.mu.Lock()
		line, rest, whole := strings.Cut(p.in, "\n")
		if whole {
			p.in = rest
			p.mu.Unlock()
			return line, true
		}
		exited, changed := p.exited, p.changed
		p.mu.Unlock()
		if exited {
			return "", false
		}
		<-changed
	}
}

// pieceSize is the largest output, in octets, that one Receive gets.
const pieceSize = 20_000

// output waits until there is output or the process has exited, and takes the output.
func (p *process) output(ctx context.Context, hold time.Duration) (stdout, stderr string, exited bool, code int) {
	timeout := time.NewTimer(hold)
	defer timeout.Stop()
	for {
		p.mu.Lock()
		if p.stdout != "" || p.stderr != "" || p.exited {
			n := min(len(p.stdout), pieceSize)
			stdout, stderr, code = p.stdout[:n], p.stderr, p.code
			p.stdout, p.stderr = p.stdout[n:], ""
			exited = p.exited && p.stdout == ""
			p.mu.Unlock()
			return stdout, stderr, exited, code
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-timeout.C:
			return "", "", false, 0
		case <-ctx.Done():
			return "", "", false, 0
		}
	}
}

// request and frame are the messages of the worker protocol, which worker.ps1 documents.
type request struct {
	ID        int64          `json:"id"`
	Hash      string         `json:"hash"`
	Script    string         `json:"script"`
	Arguments map[string]any `json:"arguments"`
}

type frame map[string]any

func (f frame) line(tag string) string {
	text, _ := json.Marshal(f)
	return tag + base64.StdEncoding.EncodeToString(text) + "\r\n"
}

// powershell makes a program that speaks the worker protocol. answer gives the reply to each
// script; a nil frame ends the process with code 3.
func powershell(answer func(p *process, tag string, r request) frame) func(*process) int {
	return func(p *process) int {
		if _, ok := p.readLine(); !ok {
			return 1
		}
		tag, ok := p.readLine()
		if !ok {
			return 1
		}
		p.print(frame{"ready": true, "version": "5.1.17763.1007", "mode": "FullLanguage", "host": "FE01"}.line(tag))
		for {
			line, ok := p.readLine()
			if !ok {
				return 1
			}
			text, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(line, tag))
			var r request
			if json.Unmarshal(text, &r) != nil {
				return 2
			}
			f := answer(p, tag, r)
			if f == nil {
				return 3
			}
			p.print(f.line(tag))
		}
	}
}

// echo answers each script with its arguments.
var echo = powershell(func(_ *process, _ string, r request) frame {
	return frame{"id": r.ID, "cached": true, "result": []any{r.Arguments}}
})
