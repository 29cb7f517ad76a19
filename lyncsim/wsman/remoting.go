package wsman

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/psrp"
)

// Remoting opens sessions of PowerShell Remoting.
type Remoting interface {
	// Open opens a session in the session configuration of that name. Its output goes to
	// out. The error is ErrNoConfiguration, ErrNotAdmitted, ErrManagedAccount, or anything else that the
	// client gets as a fault's text.
	Open(configuration string, who identity.Identity, out psrp.Output) (Session, error)
}

// Errors of Remoting.
var (
	ErrNoConfiguration = errors.New("no session configuration of that name is registered")
	ErrNotAdmitted     = errors.New("the caller may not use the session configuration")
	ErrManagedAccount  = errors.New("the machine may not use the managed service account of the session configuration")
)

// Session is the server's side of one runspace pool; a *psrp.Session is one.
type Session interface {
	Take(stream psrp.ID, octets []byte) error
	Begin(pipeline psrp.ID) error
	Stop(pipeline psrp.ID)
	Free(pipeline psrp.ID)
	Connect(octets []byte) ([]byte, error)
	Close()
}

// remote is what a shell of PowerShell Remoting has beside other shells.
type remote struct {
	session Session
	pool    *outbox

	mu           sync.Mutex
	pipelines    map[psrp.ID]*outbox
	disconnected bool
}

func newRemote() *remote { return &remote{pool: newOutbox(), pipelines: make(map[psrp.ID]*outbox)} }

// Write implements psrp.Output.
func (r *remote) Write(pipeline psrp.ID, fragment []byte) error {
	if box := r.box(pipeline); box != nil {
		return box.put(fragment)
	}
	return errBrokenPipe
}

// Ended implements psrp.Output.
func (r *remote) Ended(pipeline psrp.ID) {
	if box := r.box(pipeline); box != nil {
		box.end()
	}
}

// box is where the output of a pipeline, or of the pool, waits for its client; nil when
// there is no such pipeline.
func (r *remote) box(pipeline psrp.ID) *outbox {
	if pipeline == (psrp.ID{}) {
		return r.pool
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pipelines[pipeline]
}

func (r *remote) add(pipeline psrp.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pipelines[pipeline] = newOutbox()
}

// free forgets a pipeline. What it still writes is lost.
func (r *remote) free(pipeline psrp.ID) {
	if box := r.box(pipeline); box != nil {
		box.breakOff()
	}
	r.mu.Lock()
	delete(r.pipelines, pipeline)
	r.mu.Unlock()
	r.session.Free(pipeline)
}

// operations is the number of pipelines that the client has not freed.
func (r *remote) operations() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pipelines)
}

// running lists the pipelines that the client has not freed.
func (r *remote) running() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for id := range r.pipelines {
		ids = append(ids, strings.ToUpper(id.String()))
	}
	slices.Sort(ids)
	return ids
}

func (r *remote) connect(connected bool) {
	r.mu.Lock()
	r.disconnected = !connected
	r.mu.Unlock()
	r.ring()
}

func (r *remote) isDisconnected() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.disconnected
}

// ring wakes everybody who waits for output.
func (r *remote) ring() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pool.bell.ring()
	for _, box := range r.pipelines {
		box.bell.ring()
	}
}

// close ends the session. Requests that wait for its output end, too.
func (r *remote) close() {
	r.pool.breakOff()
	r.mu.Lock()
	for _, box := range r.pipelines {
		box.breakOff()
	}
	r.mu.Unlock()
	go r.session.Close() // pipelines end when their commands let them
}

// remotingResource is the resource URI before a configuration's name.
const remotingResource = "http://schemas.microsoft.com/powershell/"

// configurationOf is the session configuration that a resource URI names.
func configurationOf(resource string) (string, bool) {
	return strings.CutPrefix(resource, remotingResource)
}

// openRemote opens the session of a Create.
func (s *Server) openRemote(c *call, configuration string) (*remote, error) {
	if s.cfg.Remoting == nil {
		return nil, newFault(resourceNotFound, c.Header.ResourceURI)
	}
	opening, err := octets(c.Body.Shell.CreationXML)
	if err != nil {
		return nil, err
	}
	r := newRemote()
	r.session, err = s.cfg.Remoting.Open(configuration, c.account.identity(), r)
	switch {
	case errors.Is(err, ErrNoConfiguration):
		return nil, newFault(resourceNotFound, c.Header.ResourceURI)
	case errors.Is(err, ErrNotAdmitted):
		return nil, newFault(accessDenied, "")
	case errors.Is(err, ErrManagedAccount):
		return nil, newFault(managedAccount, "")
	case err != nil:
		return nil, err
	}
	go func() { _ = r.session.Take(psrp.ID{}, opening) }() // an opening that cannot be read is not answered
	return r, nil
}

func octets(text string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil {
		return nil, newFault(schemaViolation, "base64")
	}
	return raw, nil
}

// pipelineID reads the id of a pipeline that a client chose; the zero ID for "".
func pipelineID(text string) (psrp.ID, error) {
	if strings.TrimSpace(text) == "" {
		return psrp.ID{}, nil
	}
	id, err := psrp.ParseID(text)
	if err != nil {
		return id, newFault(unknownCommand, text)
	}
	return id, nil
}

// startPipeline answers Command: its arguments are the first fragments of the pipeline.
func (s *Server) startPipeline(r *remote, c *call) (string, error) {
	text := c.Body.Command.CommandID
	if text == "" {
		text = newID()
	}
	id, err := pipelineID(text)
	if err != nil {
		return "", err
	}
	first, err := octets(strings.Join(c.Body.Command.Arguments, ""))
	if err != nil {
		return "", err
	}
	if err := r.session.Begin(id); err != nil {
		return "", newFault(schemaViolation, err.Error())
	}
	r.add(id)
	_ = r.session.Take(id, first) // a message that cannot be read is not answered
	return `<rsp:CommandResponse><rsp:CommandId>` + strings.ToUpper(id.String()) + `</rsp:CommandId></rsp:CommandResponse>`, nil
}

// sendPipeline answers Send.
func (s *Server) sendPipeline(r *remote, c *call) (string, error) {
	for _, in := range c.Body.Send.Streams {
		id, err := pipelineID(in.CommandID)
		if err != nil {
			return "", err
		}
		if r.box(id) == nil {
			return "", newFault(unknownCommand, in.CommandID)
		}
		raw, err := octets(in.Data)
		if err != nil {
			return "", err
		}
		if in.Name != "stdin" && in.Name != "pr" {
			return "", newFault(schemaViolation, "stream "+in.Name)
		}
		_ = r.session.Take(id, raw) // a message that cannot be read is not answered
	}
	return `<rsp:SendResponse/>`, nil
}

// signalPipeline answers Signal. A pipeline that has ended or is unknown is no error.
func (s *Server) signalPipeline(r *remote, c *call) (string, error) {
	id, err := pipelineID(c.Body.Signal.CommandID)
	if err != nil {
		return "", err
	}
	switch code := c.Body.Signal.code(); code {
	case signalTerminate:
		r.free(id)
	case signalStop, signalStopSpelt, signalCtrlC, signalCtrlBreak:
		r.session.Stop(id)
	default:
		return "", newFault(schemaViolation, "signal "+code)
	}
	return `<rsp:SignalResponse/>`, nil
}

// receivePipeline answers Receive: it waits for output of a pipeline or of the pool.
func (s *Server) receivePipeline(ctx context.Context, r *remote, c *call) (string, error) {
	id, err := pipelineID(c.Body.Receive.Desired.CommandID)
	if err != nil {
		return "", err
	}
	box := r.box(id)
	if box == nil {
		return "", newFault(unknownCommand, id.String())
	}
	name := ""
	if id != (psrp.ID{}) {
		name = strings.ToUpper(id.String())
	}
	ctx, cancel := s.within(ctx, c)
	defer cancel()
	for {
		wait := box.bell.listen()
		if r.isDisconnected() {
			return "", newFault(shellDisconnected, "")
		}
		body, err := box.report(name, c.maxReply-envelopeRoom)
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

// disconnect answers Disconnect: the session goes on without a client.
func (s *Server) disconnect(_ context.Context, c *call) (string, error) {
	sh, release, err := s.remoteShell(c)
	if err != nil {
		return "", err
	}
	defer release()
	sh.remote.connect(false)
	return "", nil
}

// reconnect answers Reconnect: the client that disconnected is there again.
func (s *Server) reconnect(_ context.Context, c *call) (string, error) {
	sh, release, err := s.remoteShell(c)
	if err != nil {
		return "", err
	}
	defer release()
	sh.remote.connect(true)
	return "", nil
}

// connect answers Connect: another client takes a session over, or one of its pipelines.
func (s *Server) connect(_ context.Context, c *call) (string, error) {
	sh, release, err := s.remoteShell(c)
	if err != nil {
		return "", err
	}
	defer release()
	in := c.Body.Connect
	if in.CommandID != "" {
		id, err := pipelineID(in.CommandID)
		if err == nil && sh.remote.box(id) == nil {
			err = newFault(unknownCommand, in.CommandID)
		}
		return `<rsp:ConnectResponse/>`, err
	}
	asked, err := octets(in.XML)
	if err != nil {
		return "", err
	}
	if !sh.remote.isDisconnected() {
		return "", newFault(otherClient, "")
	}
	reply, err := sh.remote.session.Connect(asked)
	if err != nil {
		return "", newFault(schemaViolation, err.Error())
	}
	sh.remote.connect(true)
	return fmt.Sprintf(`<rsp:ConnectResponse><rsp:InputStreams>%s</rsp:InputStreams><rsp:OutputStreams>%s</rsp:OutputStreams>`+
		`<connectResponseXml xmlns="%s">%s</connectResponseXml></rsp:ConnectResponse>`, escape(sh.settings.inputStreams), escape(sh.settings.outputStreams),
		strings.TrimSuffix(remotingResource, "/"), base64.StdEncoding.EncodeToString(reply)), nil
}

// remoteShell finds the shell of PowerShell Remoting that a request names.
func (s *Server) remoteShell(c *call) (*shell, func(), error) {
	sh, release, err := s.shells.use(c.Header.shellID(), c.account)
	if err == nil && sh.remote == nil {
		release()
		err = newFault(unsupportedAction, c.Header.Action)
	}
	return sh, release, err
}
