package wsman

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Path is the path of the service of Windows.
const Path = "/wsman"

// Config describes one machine's service. Machine, Address, Accounts and Program or
// Remoting are required, and so is Certificate unless Transport is PlainHTTP. The other
// fields have defaults.
type Config struct {
	Path        string // empty: Path
	Machine     string // fully qualified host name
	Domain      string // NetBIOS domain name; empty for a workgroup machine
	Address     string // loopback host:port; port 0 picks a free one and keeps it
	Transport   Transport
	Certificate tls.Certificate
	ClientCAs   *x509.CertPool // authorities of client certificates; nil: none

	// AllowUnencrypted accepts unencrypted bodies over PlainHTTP.
	AllowUnencrypted bool
	// StartsByCmd starts every process through cmd.exe, whatever the client asks for.
	StartsByCmd bool

	Accounts  Accounts
	Program   Program  // nil: sessions of PowerShell Remoting, and nothing else
	Remoting  Remoting // nil: no PowerShell Remoting
	Methods   []Method // offered ways to log on; empty: Basic, Negotiate and Certificate
	Quotas    Quotas   // zero fields: DefaultQuotas
	Languages []string // installed languages, the first is the machine's own; empty: en-US
	Clock     Clock    // nil: SystemClock
	// Listen opens the service's port; nil: net.Listen.
	Listen func(network, address string) (net.Listener, error)
	Seed   uint64 // of the chances in rules

	ChannelBinding BindingLevel // empty: Relaxed
	Kerberos       Acceptor     // nil: no Kerberos
}

// Transport is the protocol below the envelopes.
type Transport string

// The transports of a WinRM listener. HTTPS is the default.
const (
	HTTPS     Transport = "HTTPS"
	PlainHTTP Transport = "HTTP"
)

// Server is the WinRM service of one machine. Its methods may be called at any
// time from any goroutine.
type Server struct {
	cfg      Config
	shells   *registry
	rules    *rules
	count    meter
	gate     *gate
	binding  []byte      // channel binding of this server's TLS connections
	refusing atomic.Bool // refuse all logons

	mu       sync.Mutex
	address  string
	listener *listener
	http     *http.Server
}

// New makes a service that does not listen yet. The error names the field that is
// missing.
func New(cfg Config) (*Server, error) {
	if cfg.Accounts == nil || cfg.Program == nil && cfg.Remoting == nil || cfg.Machine == "" {
		return nil, errors.New("wsman: a machine needs a name, accounts and a program")
	}
	if cfg.Transport != PlainHTTP && len(cfg.Certificate.Certificate) == 0 {
		return nil, fmt.Errorf("wsman: %s has no certificate for HTTPS", cfg.Machine)
	}
	host, _, err := net.SplitHostPort(cfg.Address)
	if err != nil {
		return nil, fmt.Errorf("wsman: address of %s: %w", cfg.Machine, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("wsman: address of %s: %s is not a loopback address", cfg.Machine, host)
	}
	if cfg.Clock == nil {
		cfg.Clock = SystemClock{}
	}
	if cfg.Listen == nil {
		cfg.Listen = net.Listen
	}
	if len(cfg.Methods) == 0 {
		cfg.Methods = []Method{Negotiate, Basic, Certificate}
	}
	cfg.Path = cmp.Or(cfg.Path, Path)
	cfg.Quotas = cfg.Quotas.withDefaults()
	cfg.Languages = installable(cfg.Languages)
	return &Server{
		cfg: cfg, address: cfg.Address, gate: newGate(), binding: bindingOf(cfg.Certificate.Certificate),
		shells: newRegistry(cfg.Clock, cfg.Quotas), rules: newRules(cfg.Seed),
	}, nil
}

// Start begins to listen; it does nothing when the service runs. After Stop the
// service returns at the same address, without the shells that it had.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return nil
	}
	raw, err := s.cfg.Listen("tcp", s.address)
	if err != nil {
		return fmt.Errorf("wsman: %s: %w", s.cfg.Machine, err)
	}
	s.address = raw.Addr().String()
	s.listener = newListener(raw, &s.count, s.gate)
	s.http = &http.Server{
		Handler:           s,
		ConnContext:       withSession,
		ErrorLog:          log.New(io.Discard, "", 0), // clients report handshake errors themselves
		ReadHeaderTimeout: 30 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	var front net.Listener = s.listener
	if s.cfg.Transport != PlainHTTP {
		front = tls.NewListener(s.listener, s.tlsConfig())
	}
	server := s.http
	go func() { _ = server.Serve(front) }() // always ends with ErrServerClosed
	return nil
}

func (s *Server) tlsConfig() *tls.Config {
	c := &tls.Config{
		Certificates: []tls.Certificate{s.cfg.Certificate},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"},
	}
	if s.cfg.ClientCAs != nil && s.offers(Certificate) {
		c.ClientAuth = tls.VerifyClientCertIfGiven
		c.ClientCAs = s.cfg.ClientCAs
	}
	return c
}

// Stop behaves as if the machine went down: it cuts connections, ends processes and
// forgets shells. Connections are refused until Start.
func (s *Server) Stop() {
	s.mu.Lock()
	server, l := s.http, s.listener
	s.http, s.listener = nil, nil
	s.mu.Unlock()
	if server == nil {
		return
	}
	// The connections are cut first: closing them gracefully could wait forever while
	// the network is frozen.
	_ = l.Close()
	l.drop()
	_ = server.Close()
	s.shells.clear()
}

// Address is host:port. When port 0 was configured, it is known after the first
// Start.
func (s *Server) Address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// Counters reads the counters.
func (s *Server) Counters() Counters { return s.count.read() }

// Live counts the shells and the processes that exist now.
func (s *Server) Live() (shells, processes int) {
	return len(s.shells.list()), len(s.shells.running())
}

// url is the service's address for clients.
func (s *Server) url() string {
	scheme := "https"
	if s.cfg.Transport == PlainHTTP {
		scheme = "http"
	}
	_, port, _ := net.SplitHostPort(s.Address())
	return scheme + "://" + net.JoinHostPort(s.cfg.Machine, port) + s.cfg.Path
}
