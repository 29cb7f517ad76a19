package wsman

import (
	"context"
	"sync"
	"sync/atomic"
)

// exitCtrlC is the exit code of a console program that ctrl+c ended
// (STATUS_CONTROL_C_EXIT).
const exitCtrlC = 0xC000013A

// command is one process in a shell, as the service sees it.
type command struct {
	id                    string
	bell                  *bell
	stdin, stdout, stderr *pipe
	kill                  context.CancelFunc
	sending               atomic.Bool

	mu         sync.Mutex
	done       bool
	exitCode   int
	terminated bool
}

// startCommand runs the program until it returns or life ends. It fills in p's
// streams.
func startCommand(life context.Context, prog Program, p Process) *command {
	ctx, cancel := context.WithCancel(life)
	b := newBell()
	c := &command{id: newID(), bell: b, stdin: newPipe(b), stdout: newPipe(b), stderr: newPipe(b), kill: cancel}
	p.Stdin, p.Stdout, p.Stderr = c.stdin, output{ctx, c.stdout}, output{ctx, c.stderr}
	context.AfterFunc(ctx, c.stdin.end)
	go func() {
		c.finish(prog.Run(ctx, p))
	}()
	return c
}

// finish records the exit code once. A process that was killed keeps the exit code
// of the kill, whatever its program returns later.
func (c *command) finish(code int) {
	c.mu.Lock()
	if !c.done {
		c.done, c.exitCode = true, code
	}
	c.mu.Unlock()
	c.stdout.end()
	c.stderr.end()
	c.stdin.breakOff()
	c.kill()
	c.bell.ring()
}

// terminate ends the process and wakes every request that waits for its output.
func (c *command) terminate() {
	c.mu.Lock()
	c.terminated = c.terminated || !c.done
	c.mu.Unlock()
	c.finish(1)
	c.stdout.breakOff() // no client will fetch it: a shell can outlive many commands
	c.stderr.breakOff()
}

func (c *command) state() (done, terminated bool, exitCode int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done, c.terminated, c.exitCode
}

func (c *command) running() bool {
	done, _, _ := c.state()
	return !done
}

// stream gives an output stream by name, nil when there is none.
func (c *command) stream(name string) *pipe {
	switch name {
	case "stdout":
		return c.stdout
	case "stderr":
		return c.stderr
	}
	return nil
}
