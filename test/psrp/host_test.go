package psrp_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/internal/psrp/message"
	"github.com/fedroute/fedroute/internal/remote"
)

// exchange is one request of a recording and the answer of a real Windows.
type exchange struct {
	Request, Response string
}

// recording reads a file of the folder.
func recording(t *testing.T, file string) []exchange {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Messages []exchange }
	if err := yaml.Unmarshal(text, &r); err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	return r.Messages
}

// envelope holds the parts of a request that the host reads.
type envelope struct {
	Action   string `xml:"Header>Action"`
	Resource string `xml:"Header>ResourceURI"`
	Shell    struct {
		ID string `xml:"ShellId,attr"`
	} `xml:"Body>Shell"`
	Selector string `xml:"Header>SelectorSet>Selector"`
	Line     struct {
		ID string `xml:"CommandId,attr"`
	} `xml:"Body>CommandLine"`
	Receive struct {
		ID string `xml:"CommandId,attr"`
	} `xml:"Body>Receive>DesiredStream"`
	Connect struct {
		ID string `xml:"CommandId,attr"`
	} `xml:"Body>Connect"`
	Signal struct {
		ID string `xml:"CommandId,attr"`
	} `xml:"Body>Signal"`
}

func read(t *testing.T, text string) envelope {
	t.Helper()
	var e envelope
	if err := xml.Unmarshal([]byte(text), &e); err != nil {
		t.Errorf("%.200s: %v", text, err)
	}
	return e
}

// kind returns what an envelope asks, e.g. "Receive of <command>".
func (e envelope) kind() string {
	_, verb, _ := strings.Cut(e.Action[strings.LastIndex(e.Action, "/"):], "/")
	id := e.Receive.ID + e.Connect.ID + e.Signal.ID + e.Line.ID
	if verb == "Send" {
		id = ""
	}
	return verb + " " + strings.ToUpper(id) + " in " + strings.ToUpper(e.Selector+e.Shell.ID)
}

// host answers as the recorded Windows did. Each request gets the next recorded answer to a
// request of the same kind, whatever other requests came in between.
type host struct {
	*httptest.Server
	mu       sync.Mutex
	answers  map[string][]exchange
	asked    []string        // verbs, in their order
	unasked  []string        // kinds that the recorded client never sent
	resource string          // of the last request
	callers  map[string]bool // by connection; false for connections of a client that has left
}

func serve(t *testing.T, exchanges []exchange) *host {
	t.Helper()
	h := &host{answers: map[string][]exchange{}, callers: map[string]bool{}}
	ids := idsOf(t, exchanges)
	for _, e := range exchanges {
		e.Response = reordered(e.Response, ids)
		kind := read(t, e.Request).kind()
		h.answers[kind] = append(h.answers[kind], e)
	}
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		h.answer(w, r.RemoteAddr, read(t, string(text)))
	}))
	h.StartTLS()
	t.Cleanup(h.Close)
	return h
}

var base64Text = regexp.MustCompile(`>[A-Za-z0-9+/]{28,}={0,2}<`)

// idsOf lists the pools and commands of a recording.
func idsOf(t *testing.T, exchanges []exchange) (ids []message.ID) {
	t.Helper()
	for _, e := range exchanges {
		r := read(t, e.Request)
		for _, text := range []string{r.Shell.ID, r.Line.ID} {
			if id, err := message.ParseID(text); err == nil {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// reordered puts the ids inside an answer's messages into the order of .NET. The recorded
// client wrote them in the other order, and Windows sent them back unchanged. Windows
// compares none of them with the ids of the envelopes.
func reordered(response string, ids []message.ID) string {
	return base64Text.ReplaceAllStringFunc(response, func(text string) string {
		octets, err := base64.StdEncoding.DecodeString(strings.Trim(text, "<>"))
		if err != nil {
			return text
		}
		for _, id := range ids {
			octets = bytes.ReplaceAll(octets, id[:], message.Message{Pool: id}.Encode()[8:24])
		}
		return ">" + base64.StdEncoding.EncodeToString(octets) + "<"
	})
}

func (h *host) answer(w http.ResponseWriter, caller string, asked envelope) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if present, known := h.callers[caller]; known && !present {
		w.WriteHeader(http.StatusInternalServerError) // the answer was on its way when its client left
		return
	}
	h.callers[caller] = true
	kind := asked.kind()
	verb, _, _ := strings.Cut(kind, " ")
	h.asked, h.resource = append(h.asked, verb), asked.Resource
	answers := h.answers[kind]
	if len(answers) == 0 {
		h.unasked = append(h.unasked, verb)
		_, _ = io.WriteString(w, `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`)
		return
	}
	h.answers[kind] = answers[1:]
	if strings.Contains(answers[0].Response, ":Fault>") {
		w.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = io.WriteString(w, answers[0].Response)
}

// again gives the answers once more, to another client than before.
func (h *host) again(kind string, answers []exchange) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for caller := range h.callers {
		h.callers[caller] = false
	}
	h.answers[kind] = answers
}

func (h *host) endpoint() remote.Endpoint {
	roots := x509.NewCertPool()
	roots.AddCert(h.Certificate())
	return remote.Endpoint{URL: h.URL + "/wsman", Roots: roots}
}

var credentials = remote.Credentials{Method: remote.Basic, Username: "user", Password: "password"}

// commands lists the commands of a recording's first pool in their order, each once.
func commands(t *testing.T, exchanges []exchange) (pool message.ID, configuration string, all []message.ID) {
	t.Helper()
	seen := map[message.ID]bool{}
	for _, e := range exchanges {
		r := read(t, e.Request)
		if id, err := message.ParseID(r.Shell.ID); err == nil && pool == (message.ID{}) {
			pool, configuration = id, r.Resource[strings.LastIndex(r.Resource, "/")+1:]
		}
		if id, err := message.ParseID(r.Line.ID); err == nil && !seen[id] && strings.EqualFold(r.Selector, pool.String()) {
			seen[id] = true
			all = append(all, id)
		}
	}
	return pool, configuration, all
}
