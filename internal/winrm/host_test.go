package winrm_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

const (
	username = `CONTOSO\fedroute`
	password = "correct horse"
)

// host is a WSMan server for tests. It has one listener, and its shells run a Go function instead
// of PowerShell. A test may interfere with any request.
type host struct {
	*httptest.Server
	program func(*process) int
	// before gets each request after signIn, and reports whether it has answered it.
	before func(w http.ResponseWriter, action string) bool
	// signIn gets each request first, and reports whether the client is signed in.
	signIn func(w http.ResponseWriter, r *http.Request) bool
	// hold is how long a Receive waits for output.
	hold time.Duration

	mu      sync.Mutex
	shells  map[string]*process
	opened  int // how many shells were opened so far; no id is used twice
	actions []string
	inputs  []string // stdin of each Send
	created string   // body of the last Create and Command
	wg      sync.WaitGroup
}

func newHost(t testing.TB, program func(*process) int) *host {
	t.Helper()
	h := &host{program: program, shells: map[string]*process{}, hold: 20 * time.Second, signIn: basicSignIn}
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(h.serve))
	h.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, &ntlmConnection{})
	}
	h.Config.ErrorLog = quietLog
	h.StartTLS()
	t.Cleanup(func() {
		h.mu.Lock()
		for _, p := range h.shells {
			p.kill()
		}
		h.mu.Unlock()
		h.CloseClientConnections()
		h.Close()
		h.wg.Wait()
	})
	return h
}

func (h *host) endpoint() remote.Endpoint {
	roots := x509.NewCertPool()
	roots.AddCert(h.Certificate())
	return remote.Endpoint{URL: h.URL + "/wsman", Roots: roots}
}

func credentials(method remote.Method) remote.Credentials {
	return remote.Credentials{Method: method, Username: username, Password: password}
}

// dial starts a worker that is closed with the test.
func (h *host) dial(t testing.TB, options winrm.Options) *winrm.Worker {
	t.Helper()
	w, err := winrm.Dial(t.Context(), h.endpoint(), credentials(remote.Basic), options)
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	return w
}

func basicSignIn(w http.ResponseWriter, r *http.Request) bool {
	if u, p, ok := r.BasicAuth(); ok && u == username && p == password {
		return true
	}
	w.Header().Add("WWW-Authenticate", "Negotiate")
	w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	w.WriteHeader(http.StatusUnauthorized)
	return false
}

type message struct {
	Header struct {
		Action string
		Shell  string `xml:"SelectorSet>Selector"`
	}
	Body struct {
		Send struct {
			Stream string
		}
	}
}

func (h *host) serve(w http.ResponseWriter, r *http.Request) {
	if !h.signIn(w, r) {
		return
	}
	text, _ := io.ReadAll(r.Body)
	var m message
	if err := xml.Unmarshal(text, &m); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	action := m.Header.Action[strings.LastIndex(m.Header.Action, "/")+1:]
	h.mu.Lock()
	h.actions = append(h.actions, action)
	if action == "Create" || action == "Command" {
		h.created += string(text)
	}
	before, p := h.before, h.shells[m.Header.Shell]
	h.mu.Unlock()
	if before != nil && before(w, action) {
		return
	}
	if action != "Create" && p == nil {
		wsmanFault(w, 2150858843, "w:InvalidSelectors", "The shell was not found on the server.")
		return
	}
	h.act(w, r, action, m, p)
}

func (h *host) act(w http.ResponseWriter, r *http.Request, action string, m message, p *process) {
	switch action {
	case "Create":
		h.mu.Lock()
		h.opened++
		id := fmt.Sprintf("0000-%d", h.opened)
		h.shells[id] = newProcess()
		h.mu.Unlock()
		envelope(w, "http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse",
			"<rsp:Shell><rsp:ShellId>"+id+"</rsp:ShellId></rsp:Shell>")
	case "Command":
		h.wg.Go(func() { p.exit(h.program(p)) })
		envelope(w, shellNS+"/CommandResponse", "<rsp:CommandResponse><rsp:CommandId>C-1</rsp:CommandId></rsp:CommandResponse>")
	case "Send":
		input, _ := base64.StdEncoding.DecodeString(m.Body.Send.Stream)
		h.mu.Lock()
		h.inputs = append(h.inputs, string(input))
		h.mu.Unlock()
		p.feed(string(input))
		envelope(w, shellNS+"/SendResponse", "<rsp:SendResponse/>")
	case "Receive":
		h.receive(w, r, p)
	case "Delete":
		h.mu.Lock()
		delete(h.shells, m.Header.Shell)
		h.mu.Unlock()
		p.kill()
		envelope(w, "http://schemas.xmlsoap.org/ws/2004/09/transfer/DeleteResponse", "")
	}
}

func (h *host) receive(w http.ResponseWriter, r *http.Request, p *process) {
	h.mu.Lock()
	hold := h.hold
	h.mu.Unlock()
	stdout, stderr, exited, code := p.output(r.Context(), hold)
	if stdout == "" && stderr == "" && !exited {
		wsmanFault(w, 2150858793, "w:TimedOut", "The operation timed out.")
		return
	}
	body := "<rsp:ReceiveResponse>" + stream("stdout", stdout) + stream("stderr", stderr)
	if exited {
		body += fmt.Sprintf(`<rsp:CommandState State="%s/CommandState/Done"><rsp:ExitCode>%d</rsp:ExitCode></rsp:CommandState>`, shellNS, code)
	} else {
		body += `<rsp:CommandState State="` + shellNS + `/CommandState/Running"/>`
	}
	envelope(w, shellNS+"/ReceiveResponse", body+"</rsp:ReceiveResponse>")
}

// count gives the number of requests of the action so far.
func (h *host) count(action string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, a := range h.actions {
		if a == action {
			n++
		}
	}
	return n
}

// interfere sets before while the host is running.
func (h *host) interfere(before func(w http.ResponseWriter, action string) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.before = before
}

const shellNS = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"

func stream(name, data string) string {
	if data == "" {
		return ""
	}
	return fmt.Sprintf(`<rsp:Stream Name="%s" CommandId="C-1">%s</rsp:Stream>`, name, base64.StdEncoding.EncodeToString([]byte(data)))
}

// envelope answers with a SOAP envelope that has the namespace prefixes of Windows.
func envelope(w http.ResponseWriter, action, body string) {
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	fmt.Fprintf(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:rsp="%s"><s:Header><a:Action>%s</a:Action></s:Header><s:Body>%s</s:Body></s:Envelope>`,
		shellNS, action, body)
}

func wsmanFault(w http.ResponseWriter, code uint32, subcode, text string) {
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"><s:Header><a:Action>http://schemas.dmtf.org/wbem/wsman/1/wsman/fault</a:Action></s:Header><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>%s</s:Value></s:Subcode></s:Code><s:Reason><s:Text>%s</s:Text></s:Reason><s:Detail><f:WSManFault Code="%d"><f:Message>%s</f:Message></f:WSManFault></s:Detail></s:Fault></s:Body></s:Envelope>`,
		subcode, text, code, text)
}
