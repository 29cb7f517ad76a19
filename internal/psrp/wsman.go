package psrp

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// wsman is the Transport over WSMan. One lane carries requests that send something,
// the other those that wait for output.
type wsman struct {
	envelopes
	connection *winrm.Connection
}

// Open posts Create, which carries the opening as creationXml.
func (w *wsman) Open(ctx context.Context, opening []byte) (Stream, error) {
	a, err := w.exchange(ctx, w.create(opening))
	if err != nil {
		return nil, err
	}
	w.shell, err = named("shell", a.Shell)
	return &wsmanStream{wsman: w}, err
}

// Start posts Command, which carries the first fragment as an argument.
func (w *wsman) Start(ctx context.Context, pipeline message.ID, first []byte) (Stream, error) {
	a, err := w.exchange(ctx, w.command(pipeline, first))
	if err != nil {
		return nil, err
	}
	name, err := named("command", a.Command)
	return &wsmanStream{wsman: w, command: name}, err
}

// Close posts Delete. It returns no error when the shell is gone already.
func (w *wsman) Close(ctx context.Context) error {
	defer w.connection.Close()
	if _, err := w.connection.Exchange(ctx, w.delete()); err != nil && !winrm.ShellGone(err) {
		return err
	}
	return nil
}

// Judge interprets an error with the functions of internal/winrm.
func (w *wsman) Judge(op string, err error) Judgement {
	if damaged, ok := errors.AsType[*damagedError](err); ok {
		return Judgement{Why: unreadable(op, w.connection.Host(), damaged)}
	}
	return Judgement{Why: winrm.Explain(op, w.connection.Host(), err), Unseen: winrm.Unseen(err), Refused: winrm.Refused(err)}
}

// Disconnect leaves the shell on the host.
func (w *wsman) Disconnect(ctx context.Context) error {
	defer w.connection.Close()
	_, err := w.connection.Exchange(ctx, w.disconnect())
	return err
}

// Connect takes over the shell. When its client vanished, the host may still hold
// the shell for that client; Connect then disconnects it first. (That the host allows
// this to the same account is inferred from MS-WSMV 3.1.4.13.)
func (w *wsman) Connect(ctx context.Context, connecting []byte) (Stream, []byte, error) {
	a, err := w.exchange(ctx, w.connect(connecting))
	if err != nil && winrm.Unseen(err) && !winrm.ShellGone(err) {
		if _, left := w.connection.Exchange(ctx, w.disconnect()); left == nil {
			a, err = w.exchange(ctx, w.connect(connecting))
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if a.Connect == nil {
		return nil, nil, &damagedError{errors.New("the answer to Connect has no ConnectResponse")}
	}
	first, err := base64.StdEncoding.DecodeString(strings.TrimSpace(a.Connect.First))
	if err != nil {
		return nil, nil, &damagedError{err}
	}
	return &wsmanStream{wsman: w}, first, nil
}

// Resume takes over a command.
func (w *wsman) Resume(ctx context.Context, pipeline message.ID) (Stream, error) {
	if _, err := w.exchange(ctx, w.resume(pipeline)); err != nil {
		return nil, err
	}
	return &wsmanStream{wsman: w, command: pipeline}, nil
}

func (w *wsman) exchange(ctx context.Context, envelope string) (answer, error) {
	body, err := w.connection.Exchange(ctx, envelope)
	if err != nil {
		return answer{}, err
	}
	return readAnswer(body)
}

// wsmanStream is the stream of the pool or of a pipeline.
type wsmanStream struct {
	*wsman
	command message.ID // zero for the pool
	pace    remote.Pace
}

// Receive repeats the request as long as the host has no output yet.
func (s *wsmanStream) Receive(ctx context.Context) (octets []byte, last bool, err error) {
	for {
		body, err := s.connection.Await(ctx, s.receive(s.command))
		if winrm.NothingYet(err) {
			if err := s.pace.Wait(ctx, 0); err != nil {
				return nil, false, err
			}
			continue
		}
		if err != nil {
			return nil, false, err
		}
		a, err := readAnswer(body)
		if err != nil {
			return nil, false, err
		}
		if octets, last, err = a.octets(s.command); err == nil && !last {
			err = s.pace.Wait(ctx, len(octets))
		}
		return octets, last, err
	}
}

// Send posts Send.
func (s *wsmanStream) Send(ctx context.Context, to Input, fragments []byte) error {
	_, err := s.connection.Exchange(ctx, s.send(to, s.command, fragments))
	return err
}

// Stop posts the signal that stops the command.
func (s *wsmanStream) Stop(ctx context.Context) error { return s.tell(ctx, signalStop) }

// Close posts the signal that frees the command. Without it, ended commands count
// against the host's quotas until their shell is removed.
func (s *wsmanStream) Close(ctx context.Context) error { return s.tell(ctx, signalFree) }

// tell posts a signal. It returns no error when the host has forgotten the command.
func (s *wsmanStream) tell(ctx context.Context, code string) error {
	if _, err := s.connection.Exchange(ctx, s.signal(s.command, code)); err != nil && !winrm.ShellGone(err) {
		return err
	}
	return nil
}
