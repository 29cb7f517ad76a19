//go:build interop

package interop

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
)

// The key that all servers know, and one that BIND lets change little.
const (
	dnsSecret = "c2VjcmV0LW9mLWEta2V5LXdpdGhvdXQtcmlnaHRz"
	dnsZone   = "contoso.test"
)

// dnsRecords is a zone with everything that can be in the way. @NS2@ is a second
// server's address, left out when there is none.
const dnsRecords = `$ORIGIN contoso.test.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 86400 60
@ NS ns1
ns1 A @NS1@
sip A 192.0.2.10
_sipfederationtls._tcp SRV 0 0 5061 sip
alias CNAME ns1
away CNAME www.fabrikam.test.
*.wild A 192.0.2.99
exact.wild A 192.0.2.99
*.aliased CNAME ns1
sub NS ns.sub
ns.sub A 127.0.0.9
`

// dnsServer is a server program that runs for one test.
type dnsServer struct {
	addr   string // host:port
	folder string
}

// dnsFreeAddr gives an address that nobody listens on.
func dnsFreeAddr(t *testing.T, host string) string {
	t.Helper()
	l, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// dnsProgram finds a server program. A missing one is a failure: see
// docs/dependencies.md for the packages.
func dnsProgram(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		path, err = exec.LookPath("/usr/sbin/" + name)
	}
	if err != nil {
		t.Fatalf("%s is not installed: %v", name, err)
	}
	return path
}

// dnsWrite writes a file into the server's folder.
func dnsWrite(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// dnsRun runs a program to its end in the server's folder.
func dnsRun(t *testing.T, folder, stdin, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(dnsProgram(t, name), args...)
	cmd.Dir, cmd.Stdin = folder, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// dnsServe runs a server in the foreground until the test ends and waits until
// it answers for the zone.
func dnsServe(t *testing.T, s dnsServer, env []string, name string, args ...string) (stop func()) {
	t.Helper()
	log := new(bytes.Buffer)
	cmd := exec.Command(dnsProgram(t, name), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.folder, log, log
	cmd.Env = append(os.Environ(), env...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	stop = func() { _ = cmd.Process.Kill(); <-ended }
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, log)
		}
	})
	deadline := time.After(15 * time.Second)
	for !dnsReady(t, s) {
		select {
		case <-ended:
			t.Fatalf("%s ended by itself", name)
		case <-deadline:
			t.Fatalf("%s did not answer in time", name)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return stop
}

func dnsReady(t *testing.T, s dnsServer) bool {
	c := s.config()
	c.Timeout = time.Second
	r, err := rfc2136.NewReader(c)
	if err != nil {
		t.Fatal(err)
	}
	key := dns.NewKey(dnsZone, dns.A)
	found, err := r.Read(context.Background(), []dns.Key{key})
	return err == nil && found[key].Obstacle == dns.ObstacleNone
}

// config asks the server alone.
func (s dnsServer) config() rfc2136.Config {
	return rfc2136.Config{Server: s.addr, Discovery: rfc2136.DiscoverNone}
}

// reader makes a Reader.
func dnsReader(t *testing.T, c rfc2136.Config) *rfc2136.Reader {
	t.Helper()
	r, err := rfc2136.NewReader(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func dnsWriter(t *testing.T, c rfc2136.Config, key rfc2136.TSIG) *rfc2136.Writer {
	t.Helper()
	signer, err := rfc2136.HMAC(key)
	if err != nil {
		t.Fatal(err)
	}
	w, err := rfc2136.NewWriter(c, signer)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// dnsByHand edits the zone as a person would, with nsupdate.
func dnsByHand(t *testing.T, s dnsServer, lines ...string) {
	t.Helper()
	host, port, _ := net.SplitHostPort(s.addr)
	script := fmt.Sprintf("server %s %s\nzone %s\n%s\nsend\n", host, port, dnsZone, strings.Join(lines, "\n"))
	out, err := dnsRun(t, s.folder, script, "nsupdate", "-v", "-y", "hmac-sha256:upd:"+dnsSecret)
	if err != nil {
		t.Fatalf("nsupdate: %v\n%s", err, out)
	}
}
