package wsman

import (
	"context"
	"time"
)

// shell is one remote shell. The registry's lock guards its mutable fields.
type shell struct {
	id       string
	owner    Account
	clientIP string
	created  time.Time
	settings shellSettings
	resource string
	remote   *remote // of PowerShell Remoting; nil: a shell of processes

	life     context.Context // of the shell and its processes
	end      context.CancelFunc
	commands map[string]*command
	started  int // commands ever: each holds its place in the operations quota
	pending  int // requests being served: a shell in use is not idle
	stopIdle func()
	stopLife func()
}

// shellSettings are the settings that a client sends with Create.
type shellSettings struct {
	idleTimeOut      time.Duration
	lifetime         time.Duration
	workingDirectory string
	environment      map[string]string
	inputStreams     string
	outputStreams    string
	codePage         int
	noProfile        bool
}

// runningCommands counts the living processes.
func (s *shell) runningCommands() int {
	n := 0
	for _, c := range s.commands {
		if c.running() {
			n++
		}
	}
	return n
}

// close ends the shell's processes and timers.
func (s *shell) close() {
	for _, stop := range []func(){s.stopIdle, s.stopLife} {
		if stop != nil {
			stop()
		}
	}
	s.end()
	if s.remote != nil {
		s.remote.close()
	}
	for _, c := range s.commands {
		c.terminate()
	}
}
