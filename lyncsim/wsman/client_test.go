package wsman_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

const (
	machine  = "fe01.lab.example"
	nsShell  = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	transfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
)

// accounts looks an account up in a list.
type accounts []wsman.Account

func (a accounts) Lookup(user, domain string) (wsman.Account, bool) {
	for _, x := range a {
		if strings.EqualFold(x.Name, user) && (domain == "" || strings.EqualFold(x.Domain, domain)) {
			return x, true
		}
	}
	return wsman.Account{}, false
}

// program is a Program made from a function.
type program func(ctx context.Context, p wsman.Process) int

func (f program) Run(ctx context.Context, p wsman.Process) int { return f(ctx, p) }

// Find finds every program except one.
func (f program) Find(line string) bool { return line != "nosuch" }

// echo prints its command line on stdout.
var echo = program(func(_ context.Context, p wsman.Process) int {
	_, _ = io.WriteString(p.Stdout, p.CommandLine+"\r\n")
	return 0
})

// wait runs until it is killed.
var wait = program(func(ctx context.Context, _ wsman.Process) int {
	<-ctx.Done()
	return 7
})

// lab is one running server and everything that a test needs to reach it.
type lab struct {
	*wsman.Server
	ca     *pki.CA
	config wsman.Config
}

// newLab starts a server. change edits its configuration first.
func newLab(t *testing.T, change func(*wsman.Config, *pki.CA)) *lab {
	t.Helper()
	ca, err := pki.New("lab CA", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Issue(pki.Request{CommonName: machine, DNSNames: []string{machine}, IPs: []net.IP{net.IPv4(127, 0, 0, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	cert, err := leaf.TLS()
	if err != nil {
		t.Fatal(err)
	}
	cfg := wsman.Config{
		Machine: machine, Address: "127.0.0.1:0", Certificate: cert, ClientCAs: ca.Pool(), Program: echo,
		Accounts: accounts{
			{Name: "admin", Password: "p@ss wörd", Groups: []identity.Group{{SID: identity.Administrators}}},
			{Name: "other", Password: "other", Groups: []identity.Group{{SID: identity.Administrators}}},
		},
	}
	if change != nil {
		change(&cfg, ca)
	}
	s, err := wsman.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return &lab{Server: s, ca: ca, config: cfg}
}

// running is newLab with another program.
func running(t *testing.T, p wsman.Program) *lab {
	t.Helper()
	return newLab(t, func(c *wsman.Config, _ *pki.CA) { c.Program = p })
}

// client sends raw SOAP to a lab.
type client struct {
	t         *testing.T
	url       string
	http      *http.Client
	authorize func(*http.Request)
	headers   string // additional SOAP headers
	shell     string
}

func (l *lab) client(t *testing.T) *client {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(l.ca.CertPEM())
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: machine, MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{t: t, url: "https://" + l.Address() + wsman.Path, http: &http.Client{Transport: tr, Timeout: 20 * time.Second},
		authorize: func(r *http.Request) { r.SetBasicAuth("admin", "p@ss wörd") }}
}

// answer is a reply, parsed with its namespaces.
type answer struct {
	Status int    `xml:"-"`
	Raw    string `xml:"-"`
	Header struct {
		Action    string `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing Action"`
		RelatesTo string `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing RelatesTo"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Header"`
	Body struct {
		Shells []struct {
			ID string `xml:"ShellId"`
		} `xml:"Shell"`
		CommandID string `xml:"CommandResponse>CommandId"`
		Streams   []struct {
			Name string `xml:"Name,attr"`
			End  string `xml:"End,attr"`
			Data string `xml:",chardata"`
		} `xml:"ReceiveResponse>Stream"`
		State struct {
			State    string  `xml:"State,attr"`
			ExitCode *uint32 `xml:"ExitCode"`
		} `xml:"ReceiveResponse>CommandState"`
		Fault struct {
			Subcode string `xml:"Code>Subcode>Value"`
			Text    string `xml:"Reason>Text"`
			Detail  struct {
				Code    uint32 `xml:"Code,attr"`
				Machine string `xml:"Machine,attr"`
			} `xml:"Detail>WSManFault"`
		} `xml:"Fault"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// unfilled reports whether a place for a value in a text was left as it is.
func (a *answer) unfilled() bool {
	return strings.Contains(strings.ReplaceAll(a.Raw, "%systemroot%", ""), "%s")
}

func (a *answer) code() uint32 { return a.Body.Fault.Detail.Code }

func (a *answer) stream(name string) string {
	var b strings.Builder
	for _, s := range a.Body.Streams {
		if s.Name == name {
			d, _ := base64.StdEncoding.DecodeString(s.Data)
			b.Write(d)
		}
	}
	return b.String()
}

// post sends any bytes. It returns an error only when the transport fails.
func (c *client) post(raw string) (*answer, error) {
	req, err := http.NewRequest(http.MethodPost, c.url, strings.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/soap+xml;charset=UTF-8")
	c.authorize(req)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	a := &answer{Status: resp.StatusCode, Raw: string(text)}
	if len(text) == 0 || !bytes.HasPrefix(text, []byte("<")) {
		return a, nil
	}
	return a, xml.Unmarshal(text, a)
}

func (c *client) envelope(action, body string) string {
	return fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><Q:Envelope xmlns:Q="http://www.w3.org/2003/05/soap-envelope"
 xmlns:adr="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:m="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:sh="%s">
<Q:Header><adr:Action Q:mustUnderstand="true">%s</adr:Action><adr:MessageID>uuid:11111111-2222-3333-4444-555555555555</adr:MessageID>
<adr:To>x</adr:To><m:ResourceURI>%s/cmd</m:ResourceURI>
<m:SelectorSet><m:Selector Name="ShellId">%s</m:Selector></m:SelectorSet>%s</Q:Header><Q:Body>%s</Q:Body></Q:Envelope>`,
		nsShell, action, nsShell, c.shell, c.headers, body)
}

func (c *client) do(action, body string) *answer {
	c.t.Helper()
	a, err := c.post(c.envelope(action, body))
	if err != nil {
		c.t.Fatalf("%s: %v", action, err)
	}
	return a
}

func (c *client) create() *answer {
	c.t.Helper()
	a := c.do(transfer+"/Create", `<sh:Shell><sh:InputStreams>stdin</sh:InputStreams><sh:OutputStreams>stdout stderr</sh:OutputStreams></sh:Shell>`)
	if len(a.Body.Shells) == 1 {
		c.shell = a.Body.Shells[0].ID
	}
	return a
}

func (c *client) command(line string) *answer {
	c.t.Helper()
	return c.do(nsShell+"/Command", `<sh:CommandLine><sh:Command><![CDATA[`+line+`]]></sh:Command></sh:CommandLine>`)
}

func (c *client) receive(command string) *answer {
	c.t.Helper()
	return c.do(nsShell+"/Receive", receiveBody(command))
}

func receiveBody(command string) string {
	return `<sh:Receive><sh:DesiredStream CommandId="` + command + `">stdout stderr</sh:DesiredStream></sh:Receive>`
}

func (c *client) send(command, data, attrs string) *answer {
	c.t.Helper()
	return c.do(nsShell+"/Send", `<sh:Send><sh:Stream Name="stdin" CommandId="`+command+`" `+attrs+`>`+
		base64.StdEncoding.EncodeToString([]byte(data))+`</sh:Stream></sh:Send>`)
}

func (c *client) signal(command, code string) *answer {
	c.t.Helper()
	return c.do(nsShell+"/Signal", `<sh:Signal CommandId="`+command+`"><sh:Code>`+nsShell+`/signal/`+code+`</sh:Code></sh:Signal>`)
}

func (c *client) delete() *answer {
	c.t.Helper()
	return c.do(transfer+"/Delete", "")
}

// run opens a shell when there is none, and starts a command.
func (c *client) run(line string) (command string) {
	c.t.Helper()
	if c.shell == "" {
		c.create()
	}
	a := c.command(line)
	if a.Body.CommandID == "" {
		c.t.Fatalf("no command: %s", a.Raw)
	}
	return a.Body.CommandID
}

// drain receives output until the command is done.
func (c *client) drain(command string) (stdout, stderr string, exit uint32) {
	c.t.Helper()
	for range 10_000 {
		a := c.receive(command)
		if a.code() == wsman.CodeTimedOut {
			continue
		}
		if a.Status != http.StatusOK {
			c.t.Fatalf("receive: %s", a.Raw)
		}
		stdout += a.stream("stdout")
		stderr += a.stream("stderr")
		if a.Body.State.ExitCode != nil {
			return stdout, stderr, *a.Body.State.ExitCode
		}
	}
	c.t.Fatal("the command does not end")
	return "", "", 0
}
