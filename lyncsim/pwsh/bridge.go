package pwsh

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/psrp"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// Bridge is a session of PowerShell Remoting whose server is the program itself
// (pwsh -s), so that the real engine restricts it. Octets go through unchanged: only the
// framing differs, one XML element a line.
type Bridge struct {
	out   psrp.Output
	stdin io.WriteCloser
	end   context.CancelFunc

	writing sync.Mutex

	mu        sync.Mutex
	acks      map[string]chan struct{} // by element and id: who waits for it
	pipelines map[psrp.ID]*psrp.Ending
	ended     chan struct{} // closed when the program has ended
}

// Restricted is a session configuration in the form that the program takes.
type Restricted struct {
	// Configuration is the text of a .pssc file; empty: nothing is restricted.
	Configuration string
	// Modules are files of modules, by their paths below the folder of modules.
	Modules map[string][]byte
}

// Bridge starts the program for one session. The caller closes the bridge.
func (h *Host) Bridge(seat Seat, in console.Invocation, r Restricted, out psrp.Output) (*Bridge, error) {
	at, err := h.place(seat)
	if err != nil {
		return nil, err
	}
	args := []string{"-s", "-NoLogo", "-NoProfile"}
	if r.Configuration != "" {
		file, err := at.restrict(r)
		if err != nil {
			return nil, err
		}
		args = append(args, "-ConfigurationFile", file)
	}
	life, end := context.WithCancel(context.Background())
	token := h.endpoint.admit(life, visit{seat: seat, temp: at.temp})
	cmd := exec.CommandContext(life, h.program, args...)
	cmd.Env = append(h.environment(at, in), "LYNCSIM_MODULE="+seat.Product.Name, module.EnvToken+"="+token)
	cmd.Dir, cmd.WaitDelay = at.temp, outputGrace
	alone(cmd)
	b := &Bridge{out: out, end: end, acks: make(map[string]chan struct{}), pipelines: make(map[psrp.ID]*psrp.Ending), ended: make(chan struct{})}
	stdout, err := b.start(cmd)
	if err != nil {
		end()
		h.endpoint.dismiss(token)
		return nil, fmt.Errorf("start %s: %w", h.program, err)
	}
	go func() {
		b.read(stdout)
		end()
		_ = cmd.Wait() // the client learns of the end by its pipelines
		h.endpoint.dismiss(token)
	}()
	return b, nil
}

func (b *Bridge) start(cmd *exec.Cmd) (io.Reader, error) {
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if b.stdin, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	return stdout, cmd.Start()
}

// restrict writes the configuration and its modules, and gives the configuration's path.
func (p place) restrict(r Restricted) (string, error) {
	for name, raw := range r.Modules {
		file := filepath.Join(p.modules, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return "", fmt.Errorf("write the modules of a session configuration: %w", err)
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			return "", fmt.Errorf("write the modules of a session configuration: %w", err)
		}
	}
	file, err := os.CreateTemp(p.temp, "lyncsim-*.pssc")
	if err != nil {
		return "", fmt.Errorf("write a session configuration: %w", err)
	}
	_, err = file.WriteString(r.Configuration)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return file.Name(), err
}

// maxLine bounds one line of the program.
const maxLine = 1 << 20

// read hands on what the program says, until it ends.
func (b *Bridge) read(stdout io.Reader) {
	defer b.over()
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var e struct {
			XMLName xml.Name
			PSGuid  string `xml:"PSGuid,attr"`
			Data    string `xml:",chardata"`
		}
		if xml.Unmarshal(lines.Bytes(), &e) != nil {
			return // the program says why it ends
		}
		id, err := psrp.ParseID(e.PSGuid)
		if err != nil {
			return
		}
		if e.XMLName.Local != "Data" {
			b.acknowledged(e.XMLName.Local, id)
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(e.Data)
		if err != nil {
			return
		}
		b.hand(id, raw)
	}
}

// hand gives octets to the client, and says when they were a pipeline's last.
func (b *Bridge) hand(id psrp.ID, raw []byte) {
	_ = b.out.Write(id, raw) // the client may be gone
	b.mu.Lock()
	ending := b.pipelines[id]
	b.mu.Unlock()
	if ending != nil && ending.Take(raw) {
		b.out.Ended(id)
	}
}

// over ends the pipelines that the program did not end.
func (b *Bridge) over() {
	close(b.ended)
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range b.pipelines {
		b.out.Ended(id)
	}
}

func (b *Bridge) acknowledged(name string, id psrp.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := name + id.String()
	if waits, ok := b.acks[key]; ok {
		close(waits)
		delete(b.acks, key)
	}
}

// ErrEnded is the error of a session whose program has ended.
var ErrEnded = errors.New("the PowerShell of the session has ended")

// tell writes an element and waits until the program has taken it: it handles each line
// on a thread of its own.
func (b *Bridge) tell(name string, id psrp.ID, element string) error {
	taken := make(chan struct{})
	b.mu.Lock()
	b.acks[name+"Ack"+id.String()] = taken
	b.mu.Unlock()
	b.writing.Lock()
	_, err := io.WriteString(b.stdin, element+"\n")
	b.writing.Unlock()
	if err != nil {
		return ErrEnded
	}
	select {
	case <-taken:
		return nil
	case <-b.ended:
		return ErrEnded
	}
}

func (b *Bridge) mark(name string, id psrp.ID) error {
	return b.tell(name, id, fmt.Sprintf("<%s PSGuid='%s' />", name, id))
}

// Begin announces a pipeline.
func (b *Bridge) Begin(pipeline psrp.ID) error {
	b.mu.Lock()
	b.pipelines[pipeline] = &psrp.Ending{}
	b.mu.Unlock()
	return b.mark("Command", pipeline)
}

// Take hands octets of the client to the program.
func (b *Bridge) Take(stream psrp.ID, octets []byte) error {
	return b.tell("Data", stream, fmt.Sprintf("<Data Stream='Default' PSGuid='%s'>%s</Data>", stream, base64.StdEncoding.EncodeToString(octets)))
}

// Stop stops a pipeline.
func (b *Bridge) Stop(pipeline psrp.ID) { _ = b.mark("Signal", pipeline) }

// Free lets the program forget a pipeline.
func (b *Bridge) Free(pipeline psrp.ID) {
	b.mu.Lock()
	delete(b.pipelines, pipeline)
	b.mu.Unlock()
	_ = b.mark("Close", pipeline) // a program that has ended has forgotten it
}

// Connect is refused: the program knows no other client.
func (b *Bridge) Connect([]byte) ([]byte, error) {
	return nil, errors.New("a session in a real PowerShell cannot be taken over")
}

// Close ends the program.
func (b *Bridge) Close() {
	b.end()
	<-b.ended
}
