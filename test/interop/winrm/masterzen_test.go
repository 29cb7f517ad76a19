package winrm_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/masterzen/winrm"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// engine stands in for PowerShell. It prints its script. For a script that reads its input
// it also prints the input in upper case.
type engine struct{}

func (engine) Run(_ context.Context, in console.Invocation) int {
	var text []byte
	if strings.Contains(in.Script, "$input") {
		var err error
		if text, err = io.ReadAll(in.Stdin); err != nil {
			return 1
		}
	}
	fmt.Fprintf(in.Stdout, "%s|%s", in.Script, strings.ToUpper(string(text)))
	fmt.Fprint(in.Stderr, "warning")
	return 5
}

// newConsoleHost is a machine with cmd.exe and the engine above.
func newConsoleHost(t *testing.T, change func(*wsman.Config)) *workerHost {
	t.Helper()
	return newWorkerHost(t, func(c *wsman.Config) {
		c.Program = &console.Console{Machine: "FE01.contoso.com", Domain: "CONTOSO", PowerShell: engine{}}
		if change != nil {
			change(c)
		}
	})
}

// masterzen is the library's own client, used as its users use it. It dials the
// machine by name, as a client in the organization would.
func (h *workerHost) masterzen(t *testing.T, user, password string, transport func(dial dialer) winrm.Transporter) *winrm.Client {
	t.Helper()
	dial := func(network, _ string) (net.Conn, error) { return net.Dial(network, h.Address()) }
	own, err := h.ca.Issue(pki.Request{CommonName: "local", Client: true})
	if err != nil {
		t.Fatal(err)
	}
	e := winrm.NewEndpoint(workerMachine, 5986, true, false, h.ca.CertPEM(), own.CertPEM, own.KeyPEM, 20*time.Second)
	return newMasterzen(t, e, user, password, func() winrm.Transporter { return transport(dial) })
}

type dialer = func(network, address string) (net.Conn, error)

func newMasterzen(t *testing.T, e *winrm.Endpoint, user, password string, transport func() winrm.Transporter) *winrm.Client {
	t.Helper()
	p := *winrm.DefaultParameters
	p.TransportDecorator = transport
	c, err := winrm.NewClientWithParameters(e, user, password, &p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMasterzenOverHTTPS(t *testing.T) {
	tests := map[string]struct {
		reason         string
		user, password string
		transport      func(dialer) winrm.Transporter
	}{
		"Basic": {"with an account of the machine", "local", "Grüße 1",
			func(d dialer) winrm.Transporter { return winrm.NewClientWithDial(d) }},
		"NTLM": {"with an account of the domain", `CONTOSO\fedroute`, "Grüße 2",
			func(d dialer) winrm.Transporter { return winrm.NewClientNTLMWithDial(d) }},
		"Certificate": {"with a certificate for an account of the machine", "", "",
			func(d dialer) winrm.Transporter { return winrm.NewClientAuthRequestWithDial(d) }},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "masterzen's client, "+name+": 300 kB of input and output")
			t.Attr("with", "github.com/masterzen/winrm")
			h := newConsoleHost(t, nil)
			judge(t, h.masterzen(t, tc.user, tc.password, tc.transport))
			if n := h.Counters(); n.Shells != 5 || n.Faults != 0 {
				t.Errorf("%s: %+v", tc.reason, n)
			}
		})
	}
}

// TestMasterzenEncryptsOverHTTP checks message encryption with a second, independent NTLM
// client.
func TestMasterzenEncryptsOverHTTP(t *testing.T) {
	t.Attr("case", "masterzen's client seals its messages over http")
	t.Attr("with", "github.com/masterzen/winrm")
	h := newConsoleHost(t, func(c *wsman.Config) { c.Transport = wsman.PlainHTTP })
	host, text, err := net.SplitHostPort(h.Address())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	sealing, err := winrm.NewEncryption("ntlm")
	if err != nil {
		t.Fatal(err)
	}
	e := winrm.NewEndpoint(host, port, false, false, nil, nil, nil, 20*time.Second)
	c := newMasterzen(t, e, `CONTOSO\fedroute`, "Grüße 2", func() winrm.Transporter { return sealing })
	var out bytes.Buffer
	code, err := c.RunWithContext(context.Background(), "hostname", &out, io.Discard)
	if err != nil || code != 0 || out.String() != "FE01\r\n" {
		t.Errorf("%q %d %v", out.String(), code, err)
	}
}

// judge runs typical commands of users of the library.
func judge(t *testing.T, c *winrm.Client) {
	t.Helper()
	type result struct {
		Out, Err string
		Code     int
	}
	ctx := context.Background()
	run := func(line, stdin string) result {
		var out, errs bytes.Buffer
		code, err := c.RunWithContextWithInput(ctx, line, &out, &errs, strings.NewReader(stdin))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		return result{out.String(), errs.String(), code}
	}
	long := strings.Repeat("grüße ", 50_000)
	got := []result{
		run("hostname", ""),
		run("nosuch", ""),
		run("exit 300", ""),
		run(winrm.Powershell("Get-CsSite 'Köln'"), ""),
		run("powershell -c $input", long),
	}
	const prefix = "$ProgressPreference = 'SilentlyContinue';"
	want := []result{
		{"FE01\r\n", "", 0},
		{"", "'nosuch' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n", 1},
		{"", "", 300},
		{prefix + "Get-CsSite 'Köln'|", "warning", 5},
		{"$input|" + strings.ToUpper(long), "warning", 5},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
