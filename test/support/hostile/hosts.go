package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Host is a WinRM server that means harm. It lets every account in.
type Host struct {
	Kind string
	// Asked is how many requests came.
	Asked atomic.Int64

	*httptest.Server
	reply func(action string, w http.ResponseWriter, r *http.Request) bool // false: as WinRM does
	// topology answers Read-Topology; nil: nothing is ever answered.
	topology func() string

	mu     sync.Mutex
	input  []byte
	tag    string
	output []string
}

const (
	envelope = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:rsp="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"><s:Body>`
	end      = `</s:Body></s:Envelope>`
)

// Hosts starts one host of each kind.
func Hosts() []*Host {
	every := func(body string) func(string, http.ResponseWriter, *http.Request) bool {
		return func(_ string, w http.ResponseWriter, _ *http.Request) bool {
			_, _ = io.WriteString(w, body)
			return true
		}
	}
	none := func(string, http.ResponseWriter, *http.Request) bool { return false }
	hosts := []*Host{
		{Kind: "many-elements", reply: every(envelope + strings.Repeat(`<a b='c'/>`, 160_000) + end)},
		{Kind: "nested-elements", reply: every(envelope + strings.Repeat(`<a>`, 100_000) + strings.Repeat(`</a>`, 100_000) + end)},
		{Kind: "many-attributes", reply: every(envelope + `<a` + strings.Repeat(` b=''`, 300_000) + `/>` + end)},
		{Kind: "endless", reply: func(_ string, w http.ResponseWriter, r *http.Request) bool {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<16)); err != nil {
					break
				}
			}
			return true
		}},
		{Kind: "silent", reply: func(_ string, _ http.ResponseWriter, r *http.Request) bool {
			<-r.Context().Done()
			return true
		}},
		{Kind: "talkative", reply: func(action string, w http.ResponseWriter, _ *http.Request) bool {
			if action != "Receive" {
				return false
			}
			_, _ = io.WriteString(w, received(""))
			return true
		}},
		{Kind: "many-sites", reply: none, topology: func() string { return topology(200_000, 1, `<Cluster/>`) }},
		{Kind: "many-pools", reply: none, topology: func() string { return topology(1, 100_000, `<Cluster Fqdn="a"/>`) }},
		{Kind: "large-document", reply: none, topology: func() string { return topology(1, 1, "<Cluster>"+strings.Repeat(`<a b='c'/>`, 900_000)+"</Cluster>") }},
	}
	for _, h := range hosts {
		h.Server = httptest.NewUnstartedServer(http.HandlerFunc(h.serve))
		h.Config.ErrorLog = log.New(io.Discard, "", 0)
		h.StartTLS()
	}
	return hosts
}

// CertPEM is the certificate to trust.
func (h *Host) CertPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw}))
}

// topology is a reply of Read-Topology.
func topology(sites, pools int, cluster string) string {
	text, _ := json.Marshal(cluster)
	list := func(n int, item string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	return `[{"ServerVersion":"5.0.8308.0","Module":"Lync","ServerTime":"2026-03-01T10:00:00.0000000Z","UtcOffsetMinutes":0,"XmppRouteParameter":"XmppFederationRoute",` +
		`"AllowFederatedUsers":true,"Signature":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","DefaultDomain":"contoso.com","EdgeServices":[],"Services":[],"RegistrarSettings":[],"Replicas":[],"Unknown":[],"LocalStore":[],` +
		`"Sites":` + list(sites, `{"Identity":"Site:a","SipRoute":"","XmppRoute":""}`) + `,"Clusters":` + list(pools, string(text)) + `}]`
}

var (
	actions = regexp.MustCompile(`(?:transfer/|shell/)(Create|Delete|Command|Send|Receive|Signal)<`)
	streams = regexp.MustCompile(`<[a-z]+:Stream[^>]*>([^<]*)<`)
)

func (h *Host) serve(w http.ResponseWriter, r *http.Request) {
	h.Asked.Add(1)
	body, _ := io.ReadAll(r.Body)
	action := ""
	if m := actions.FindSubmatch(body); m != nil {
		action = string(m[1])
	}
	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")
	if h.reply(action, w, r) {
		return
	}
	text := ""
	switch action {
	case "Create":
		h.mu.Lock()
		h.input, h.tag, h.output = nil, "", nil
		h.mu.Unlock()
		text = `<rsp:Shell><rsp:ShellId>11111111-1111-1111-1111-111111111111</rsp:ShellId></rsp:Shell>`
	case "Command":
		text = `<rsp:CommandResponse><rsp:CommandId>22222222-2222-2222-2222-222222222222</rsp:CommandId></rsp:CommandResponse>`
	case "Send":
		if m := streams.FindSubmatch(body); m != nil {
			data, _ := base64.StdEncoding.DecodeString(string(m[1]))
			h.take(data)
		}
		text = `<rsp:SendResponse/>`
	case "Receive":
		_, _ = io.WriteString(w, received(h.next(r)))
		return
	}
	_, _ = io.WriteString(w, envelope+text+end)
}

func received(text string) string {
	return envelope + `<rsp:ReceiveResponse><rsp:Stream Name="stdout">` + base64.StdEncoding.EncodeToString([]byte(text)) + `</rsp:Stream></rsp:ReceiveResponse>` + end
}

// take reads what is sent to the worker: its script, the tag of its lines, and requests.
func (h *Host) take(data []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.input = append(h.input, data...)
	for {
		line, rest, whole := strings.Cut(string(h.input), "\n")
		if !whole {
			return
		}
		h.input = []byte(rest)
		switch payload, request := strings.CutPrefix(line, h.tag); {
		case strings.HasPrefix(line, "fedroute-") && !(request && h.tag != "" && payload != ""):
			h.tag = line
			h.say(`{"ready":true,"version":"5.1","mode":"FullLanguage","host":"HOSTILE"}`)
		case request && h.tag != "" && h.topology != nil:
			raw, _ := base64.StdEncoding.DecodeString(payload)
			var asked struct{ ID int64 }
			_ = json.Unmarshal(raw, &asked)
			h.say(fmt.Sprintf(`{"id":%d,"cached":false,"result":%s}`, asked.ID, h.topology()))
		}
	}
}

// say puts a reply line out in pieces that an envelope holds.
func (h *Host) say(payload string) {
	const piece = 300 << 10
	line := h.tag + base64.StdEncoding.EncodeToString([]byte(payload)) + "\n"
	for len(line) > piece {
		h.output, line = append(h.output, line[:piece]), line[piece:]
	}
	h.output = append(h.output, line)
}

// next gives the next piece, or nothing after a second.
func (h *Host) next(r *http.Request) string {
	for range 100 {
		h.mu.Lock()
		if len(h.output) > 0 {
			text := h.output[0]
			h.output = h.output[1:]
			h.mu.Unlock()
			return text
		}
		h.mu.Unlock()
		select {
		case <-time.After(10 * time.Millisecond):
		case <-r.Context().Done():
			return ""
		}
	}
	return ""
}
