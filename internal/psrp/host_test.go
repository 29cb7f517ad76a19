package psrp_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/psrp/clixml"
	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/remote"
)

// Codes of faults that the host gives (WsmErrorCodes.h).
const (
	nothingYet   = 2150858793
	shellGone    = 2150858843
	accessDenied = 5
	noResource   = 2150858811
	invalidURI   = 2150858754
	// notDisconnected stands for any fault but shellGone.
	notDisconnected = 2150859191
)

// host is a WSMan server for tests whose messages each test chooses. Unlike a recording, it can be
// made to misbehave.
type host struct {
	*httptest.Server
	greeting []message.Message // to the client that opens the pool
	answers  []message.Message // of each pipeline; the pipeline's id is put in
	stopped  []message.Message // of a pipeline that was stopped
	// before gets each request first, and reports whether it has answered it.
	before func(w http.ResponseWriter, verb string) bool

	mu      sync.Mutex
	pool    message.ID
	queues  map[string][]byte // octets to send to the client, by command; "" is the pool
	left    bool              // the client disconnected, so no client receives
	callers map[string]bool   // by connection: false once another client has taken the pool over
	verbs   []string
	inputs  []string // names of the streams that the client sent to
	sent    []byte   // all fragments that the client sent to pipelines
}

func newHost(t testing.TB) *host {
	t.Helper()
	h := &host{queues: map[string][]byte{}, callers: map[string]bool{}, greeting: greeting("2.3")}
	h.answers = []message.Message{{Type: message.PipelineOutput, Text: "<S>done</S>"}, ended(message.Completed)}
	h.stopped = []message.Message{ended(message.Stopped)}
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(h.serve))
	h.StartTLS()
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
	})
	return h
}

func greeting(version string) []message.Message {
	capability := clixml.Object(clixml.Property{Name: "protocolversion", Value: clixml.Version(version)})
	return []message.Message{
		{Type: message.SessionCapability, Text: clixml.Write(capability)},
		{Type: message.ApplicationPrivateData, Text: "<S>passed over</S>"},
		{Type: message.RunspacePoolState, Text: clixml.Write(clixml.Object(clixml.Property{Name: "RunspaceState", Value: clixml.Int32(2)}))},
	}
}

func ended(state message.State) message.Message {
	return message.Message{Type: message.PipelineState,
		Text: clixml.Write(clixml.Object(clixml.Property{Name: "PipelineState", Value: clixml.Int32(int32(state))}))}
}

func (h *host) endpoint() remote.Endpoint {
	roots := x509.NewCertPool()
	roots.AddCert(h.Certificate())
	return remote.Endpoint{URL: h.URL + "/wsman", Roots: roots}
}

var credentials = remote.Credentials{Method: remote.Basic, Username: "user", Password: "password"}

// dial opens a session that is closed with the test.
func (h *host) dial(t testing.TB, o psrp.Options) *psrp.Session {
	t.Helper()
	s, err := psrp.Dial(t.Context(), h.endpoint(), "FedRoute", credentials, o)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.Close(ctx) // some hosts are gone by then
	})
	return s
}

// asked holds the parts of a request that the host reads.
type asked struct {
	Action string `xml:"Header>Action"`
	Shell  struct {
		ID string `xml:"ShellId,attr"`
	} `xml:"Body>Shell"`
	Selector string `xml:"Header>SelectorSet>Selector"`
	Line     struct {
		ID        string `xml:"CommandId,attr"`
		Arguments string
	} `xml:"Body>CommandLine"`
	Send struct {
		ID   string `xml:"CommandId,attr"`
		Name string `xml:"Name,attr"`
		Data string `xml:",chardata"`
	} `xml:"Body>Send>Stream"`
	Receive struct {
		ID string `xml:"CommandId,attr"`
	} `xml:"Body>Receive>DesiredStream"`
	Connect struct {
		ID string `xml:"CommandId,attr"`
	} `xml:"Body>Connect"`
	Signal struct {
		ID   string `xml:"CommandId,attr"`
		Code string
	} `xml:"Body>Signal"`
}

func (h *host) serve(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	var a asked
	if err := xml.Unmarshal(text, &a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	verb := a.Action[strings.LastIndex(a.Action, "/")+1:]
	if verb == "Signal" {
		verb += " " + a.Signal.Code[strings.LastIndex(a.Signal.Code, "/")+1:]
	}
	h.mu.Lock()
	h.verbs = append(h.verbs, verb)
	if _, known := h.callers[r.RemoteAddr]; !known {
		h.callers[r.RemoteAddr] = true
	}
	h.mu.Unlock()
	if h.before != nil && h.before(w, verb) {
		return
	}
	h.answer(w, verb, r.RemoteAddr, a)
}

func (h *host) answer(w http.ResponseWriter, verb, caller string, a asked) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch verb {
	case "Create":
		h.pool, _ = message.ParseID(a.Shell.ID)
		h.say("", h.greeting)
		reply(w, `<x:ResourceCreated xmlns:x="x"><ReferenceParameters><SelectorSet><Selector>`+a.Shell.ID+`</Selector></SelectorSet></ReferenceParameters></x:ResourceCreated>`)
	case "Command":
		h.sent = append(h.sent, decode(a.Line.Arguments)...)
		h.say(a.Line.ID, h.answers)
		reply(w, `<CommandResponse><CommandId>`+a.Line.ID+`</CommandId></CommandResponse>`)
	case "Send":
		h.inputs = append(h.inputs, a.Send.Name)
		h.sent = append(h.sent, decode(a.Send.Data)...)
		reply(w, `<SendResponse/>`)
	case "Receive":
		h.give(w, caller, a.Receive.ID)
	case "Signal crtl_c":
		h.say(a.Signal.ID, h.stopped)
		reply(w, `<SignalResponse/>`)
	case "Disconnect":
		h.left = true
		reply(w, "")
	case "Connect":
		h.left = false
		for other := range h.callers {
			h.callers[other] = other == caller
		}
		first := encodeAll(h.pool, message.ID{}, append(greeting("2.3")[:1:1], message.Message{Type: message.RunspacePoolInitData, Text: "<S></S>"}))
		if a.Connect.ID != "" {
			first = nil
		}
		reply(w, `<ConnectResponse><connectResponseXml>`+base64.StdEncoding.EncodeToString(first)+`</connectResponseXml></ConnectResponse>`)
	default:
		reply(w, "")
	}
}

// say puts messages into the queue of a command.
func (h *host) say(command string, messages []message.Message) {
	id, _ := message.ParseID(command)
	h.queues[command] = append(h.queues[command], encodeAll(h.pool, id, messages)...)
}

// give answers a Receive. After another client took the pool over, a Receive of the first client
// may still arrive; it gets a fault.
func (h *host) give(w http.ResponseWriter, caller, command string) {
	octets := h.queues[command]
	if h.left || !h.callers[caller] {
		faultWith(w, shellGone, "InvalidSelectors")
		return
	}
	if len(octets) == 0 {
		h.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		h.mu.Lock()
		faultWith(w, nothingYet, "TimedOut")
		return
	}
	delete(h.queues, command)
	reply(w, `<ReceiveResponse><Stream Name="stdout" CommandId="`+command+`">`+base64.StdEncoding.EncodeToString(octets)+`</Stream></ReceiveResponse>`)
}

// encodeAll encodes messages from the server to the client, each in one fragment.
func encodeAll(pool, pipeline message.ID, messages []message.Message) []byte {
	var all []byte
	for i, m := range messages {
		m.Pool, m.Pipeline = pool, pipeline
		raw := m.Encode()
		raw[0] = 1 // to the client
		all = append(all, message.Split(uint64(i+1), raw, 1<<20)[0]...)
	}
	return all
}

func decode(text string) []byte {
	octets, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	return octets
}

func reply(w http.ResponseWriter, body string) {
	fmt.Fprintf(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>%s</s:Body></s:Envelope>`, body)
}

func faultWith(w http.ResponseWriter, code int, subcode string) {
	w.WriteHeader(http.StatusInternalServerError)
	reply(w, fmt.Sprintf(`<s:Fault><s:Code><s:Subcode><s:Value>w:%s</s:Value></s:Subcode></s:Code>`+
		`<s:Reason><s:Text>said by the host</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="f" Code="%d"/></s:Detail></s:Fault>`, subcode, code))
}

func (h *host) heard() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.verbs...)
}
