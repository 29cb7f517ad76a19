package wsman

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// errGone reports that the client closed the connection while its request was being
// served.
var errGone = errors.New("client gone")

// send feeds a process's standard input.
func (s *Server) send(ctx context.Context, c *call) (string, error) {
	sh, release, err := s.shells.use(c.Header.shellID(), c.account)
	if err != nil {
		return "", err
	}
	defer release()
	if sh.remote != nil {
		return s.sendPipeline(sh.remote, c)
	}
	ctx, cancel := s.within(ctx, c)
	defer cancel()
	for _, in := range c.Body.Send.Streams {
		cmd, err := s.shells.command(sh, in.CommandID)
		if err != nil {
			return "", err
		}
		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(in.Data))
		if err != nil || in.Name != "stdin" {
			return "", newFault(schemaViolation, "stream "+in.Name)
		}
		if err := feed(ctx, cmd, data); err != nil {
			return "", err
		}
		if isTrue(in.End) {
			cmd.stdin.end()
		}
	}
	return `<rsp:SendResponse/>`, nil
}

// feed writes to stdin. Only one write runs at a time; a second one gets the fault
// Busy.
func feed(ctx context.Context, cmd *command, data []byte) error {
	if !cmd.sending.CompareAndSwap(false, true) {
		return newFault(busy, "")
	}
	defer cmd.sending.Store(false)
	if len(data) == 0 {
		return nil
	}
	_, err := cmd.stdin.send(ctx, data)
	switch {
	case errors.Is(err, errBrokenPipe):
		return newFault(brokenPipe, "")
	case err != nil:
		return context.Cause(ctx)
	}
	return nil
}

// receive waits until there is output or the command has ended, at most for the
// operation timeout.
func (s *Server) receive(ctx context.Context, c *call) (string, error) {
	sh, release, err := s.shells.use(c.Header.shellID(), c.account)
	if err != nil {
		return "", err
	}
	defer release()
	if sh.remote != nil {
		return s.receivePipeline(ctx, sh.remote, c)
	}
	if c.Body.Receive.Desired.CommandID == "" {
		return "", newFault(invalidParameter, "")
	}
	cmd, err := s.shells.command(sh, c.Body.Receive.Desired.CommandID)
	if err != nil {
		return "", err
	}
	names := strings.Fields(c.Body.Receive.Desired.Names)
	for _, n := range names {
		if cmd.stream(n) == nil {
			return "", newFault(schemaViolation, "stream "+n)
		}
	}
	ctx, cancel := s.within(ctx, c)
	defer cancel()
	for {
		wait := cmd.bell.listen()
		body, err := cmd.report(names, c.maxReply-envelopeRoom)
		if body != "" || err != nil {
			return body, err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// within bounds a request by its operation timeout. The context's cause is the error
// of the answer.
func (s *Server) within(ctx context.Context, c *call) (context.Context, context.CancelFunc) {
	bounded, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stopClock := s.cfg.Clock.AfterFunc(c.timeout, func() { cancel(newFault(timedOut, "")) })
	stopGone := context.AfterFunc(ctx, func() { cancel(errGone) })
	return bounded, func() {
		stopClock()
		stopGone()
		cancel(nil)
	}
}

// report is the ReceiveResponse with what is new, empty when nothing is. room bounds
// the base64 text of all streams together.
func (c *command) report(names []string, room int) (string, error) {
	done, terminated, code := c.state()
	if terminated {
		return "", newFault(aborted, "")
	}
	var b strings.Builder
	for _, n := range names {
		data := c.stream(n).take((room - b.Len()) / 4 * 3)
		if len(data) > 0 {
			fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s">%s</rsp:Stream>`, n, c.id, base64.StdEncoding.EncodeToString(data))
		}
	}
	for _, n := range names {
		done = done && c.stream(n).closed()
	}
	if !done && b.Len() == 0 {
		return "", nil
	}
	if !done {
		fmt.Fprintf(&b, `<rsp:CommandState CommandId="%s" State="%s"/>`, c.id, stateRunning)
		return `<rsp:ReceiveResponse>` + b.String() + `</rsp:ReceiveResponse>`, nil
	}
	for _, n := range names {
		fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s" End="true"></rsp:Stream>`, n, c.id)
	}
	fmt.Fprintf(&b, `<rsp:CommandState CommandId="%s" State="%s"><rsp:ExitCode>%d</rsp:ExitCode></rsp:CommandState>`, c.id, stateDone, uint32(code))
	return `<rsp:ReceiveResponse>` + b.String() + `</rsp:ReceiveResponse>`, nil
}
