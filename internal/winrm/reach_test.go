package winrm_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/reach"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
)

// within gives bounds that let every port of this machine be reached, and tell of the
// addresses in allow only.
func within(t *testing.T, allow string) *reach.Policy {
	t.Helper()
	deny, tells, ports := reach.CIDRs{}, reach.CIDRs{}, reach.Known()
	for _, err := range []error{tells.Set(allow), ports.Set("1-65535")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return reach.New(deny, tells, ports)
}

// serves gives the URL of a server that treats each connection so.
func serves(t *testing.T, each func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); each(c) }()
		}
	}()
	t.Cleanup(func() { l.Close() })
	return "https://" + l.Addr().String() + "/wsman"
}

// answers gives a host that answers every request so, before WSMan.
func answers(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(handle)
	s.Config.ErrorLog = quietLog
	s.StartTLS()
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

// TestAScannerLearnsNoMore: who writes URLs into a LyncTopology learns whether WinRM answers
// there, and nothing of anything else that does.
func TestAScannerLearnsNoMore(t *testing.T) {
	log := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)))
	t.Cleanup(func() { slog.SetDefault(log) })
	right := newHost(t, echo)
	from := func(s *httptest.Server) remote.Endpoint {
		e := right.endpoint()
		e.Roots.AddCert(s.Certificate())
		e.URL = s.URL + "/wsman"
		return e
	}
	at := func(url string) remote.Endpoint { e := right.endpoint(); e.URL = url; return e }
	told := func(w http.ResponseWriter, offer string, code int) {
		w.Header().Set("WWW-Authenticate", offer)
		w.WriteHeader(code)
	}
	untrusting := right.endpoint()
	untrusting.Roots = from(right.Server).Roots.Clone()
	untrusting.Roots = nil
	misnamed := at(strings.Replace(right.URL, "127.0.0.1", "localhost", 1) + "/wsman")
	misnamed.ServerName = "bank.contoso.com"
	_, port, _ := net.SplitHostPort(right.Listener.Addr().String())
	const notThere, notTrusted = "not reachable", "its certificate is not trusted by caBundle"
	cases := map[string]struct {
		endpoint remote.Endpoint
		hidden   string // what is said; the kind follows
		shown    string // inside --allow-cidr
	}{
		"nobody listens":  {at("https://127.0.0.1:1/wsman"), notThere, "connection refused"},
		"silence":         {at(serves(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })), notThere, "no answer in time"},
		"hangs up":        {at(serves(t, func(net.Conn) {})), notThere, "the connection was closed"},
		"another service": {at(serves(t, func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n") })), notThere, "the port answers without TLS"},
		"a web page":      {from(answers(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") })), notThere, ""},
		"a missing page":  {from(answers(t, http.NotFound)), notThere, "HTTP 404"},
		"another place":   {from(answers(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) })), notThere, "HTTP 302"},
		"a web sign-in":   {from(answers(t, func(w http.ResponseWriter, _ *http.Request) { told(w, `Basic realm="Jenkins"`, 401) })), notThere, "the host offers Basic"},
		"an authority":    {untrusting, notTrusted, "signed by an authority that is not trusted here"},
		"another name":    {misnamed, notTrusted, "is not for bank.contoso.com but for example.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for allow, want := range map[string]string{"": c.hidden, "127.0.0.0/8,::1": c.shown} {
				_, err := winrm.Dial(t.Context(), c.endpoint, credentials(remote.Basic), winrm.Options{Reach: within(t, allow), ConnectTimeout: 2 * time.Second, StartTimeout: 3 * time.Second})
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("with --allow-cidr=%s got %v, want %q", allow, err, want)
				}
				if allow != "" {
					continue
				}
				kind := map[string]fault.Kind{notThere: fault.Unreachable, notTrusted: fault.Denied}[want]
				if diff := cmp.Diff(want, fault.Cause(err)); diff != "" || fault.KindOf(err) != kind {
					t.Errorf("it says more (%s):\n%s", fault.KindOf(err), diff)
				}
			}
		})
	}
	t.Run("a port that is not ours", func(t *testing.T) {
		_, err := winrm.Dial(t.Context(), right.endpoint(), credentials(remote.Basic), winrm.Options{Reach: reach.New(reach.Denied(), reach.CIDRs{}, reach.Known())})
		if !fault.Is(err, fault.Unreachable) || !strings.Contains(err.Error(), "port "+port+" is not among those that the manager may connect to") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("WinRM itself", func(t *testing.T) {
		wrong := credentials(remote.Basic)
		wrong.Password = "no"
		_, err := winrm.Dial(t.Context(), right.endpoint(), wrong, winrm.Options{Reach: within(t, "")})
		if !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "the host offers Negotiate, Basic") {
			t.Errorf("once the target has spoken, the cause is told; got %v", err)
		}
		w, err := winrm.Dial(t.Context(), right.endpoint(), credentials(remote.Basic), winrm.Options{Reach: within(t, "")})
		if err != nil {
			t.Fatal(err)
		}
		_ = w.Close(t.Context())
	})
}
