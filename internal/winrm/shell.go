package winrm

import (
	"context"
	"crypto/tls"
	"strings"

	"github.com/fedroute/fedroute/internal/remote"
)

// shell is one WinRS shell with one command in it, reached over two lanes. The host
// holds a Receive until there is output, so input that is sent meanwhile needs a
// connection of its own.
type shell struct {
	envelopes
	id, commandID        string
	sendLane, outputLane *lane
	chunk                int
}

func newShell(endpoint remote.Endpoint, url string, c remote.Credentials, signer authenticator, o Options) *shell {
	var config *tls.Config // stays nil where messages are sealed instead
	if strings.HasPrefix(url, "https:") {
		config = tlsConfig(endpoint, c)
	}
	return &shell{
		envelopes:  newEnvelopes(url, o),
		sendLane:   newLane(url, newWire(config.Clone(), o), signer, o),
		outputLane: newLane(url, newWire(config.Clone(), o), signer, o),
		chunk:      chunkSize(o.EnvelopeSize),
	}
}

// chunkSize is how many bytes of input fit into an envelope once they are encoded in
// base64, with room left for the headers.
func chunkSize(envelope int) int { return max(envelope-8<<10, 4<<10) / 4 * 3 }

// open creates the shell and starts the program.
func (s *shell) open(ctx context.Context, program string, arguments []string) error {
	body, err := s.sendLane.exchange(ctx, s.create())
	if err != nil {
		return err
	}
	if s.id, err = readShellID(body); err != nil {
		return err
	}
	if body, err = s.sendLane.exchange(ctx, s.command(s.id, program, arguments)); err != nil {
		return err
	}
	s.commandID, err = readCommandID(body)
	return err
}

// write sends input in pieces. begun reports whether the host may have seen any of
// it.
func (s *shell) write(ctx context.Context, input string) (begun bool, err error) {
	for len(input) > 0 {
		n := min(s.chunk, len(input))
		if _, err := s.sendLane.exchange(ctx, s.send(s.id, s.commandID, []byte(input[:n]))); err != nil {
			return begun || !refusedUnseen(err), err
		}
		begun, input = true, input[n:]
	}
	return begun, nil
}

// read waits for output. It returns an empty output and no error when the host has
// none yet.
func (s *shell) read(ctx context.Context) (output, error) {
	body, err := s.outputLane.exchange(ctx, s.receive(s.id, s.commandID))
	if isNothingYet(err) {
		return output{}, nil
	}
	if err != nil {
		return output{}, err
	}
	return readOutput(body)
}

// close deletes the shell, which ends its program.
func (s *shell) close(ctx context.Context) error {
	defer s.outputLane.close()
	defer s.sendLane.close()
	if s.id == "" {
		return nil
	}
	_, err := s.sendLane.exchange(ctx, s.delete(s.id))
	if isShellGone(err) {
		return nil
	}
	return err
}
