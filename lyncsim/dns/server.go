package dns

import (
	"fmt"
	"net"
	"sync"
	"time"

	mdns "github.com/miekg/dns"
)

// Role says whether a server accepts updates.
type Role string

const (
	Primary   Role = "Primary"
	Secondary Role = "Secondary" // refuses updates and may lag
)

// Fault is a way in which a server fails.
type Fault string

const (
	Healthy        Fault = ""
	Silent         Fault = "Silent"         // reads and never answers
	Broken         Fault = "Broken"         // SERVFAIL to everything
	RefuseUpdates  Fault = "RefuseUpdates"  // REFUSED, signed
	FailUpdates    Fault = "FailUpdates"    // SERVFAIL, as with a frozen zone
	NoUpdates      Fault = "NoUpdates"      // NOTIMP: no dynamic updates at all
	LoseReplies    Fault = "LoseReplies"    // updates are made, then the connection closes
	WrongSignature Fault = "WrongSignature" // updates are made, the reply's MAC is wrong
	ForgeReplies   Fault = "ForgeReplies"   // updates are swallowed on the way, and a success with a wrong MAC comes back
)

// Faults lists all of them, so that a person can choose.
var Faults = []Fault{Healthy, Silent, Broken, RefuseUpdates, FailUpdates, NoUpdates, LoseReplies, WrongSignature, ForgeReplies}

// Server is one authoritative server on one address, UDP and TCP.
type Server struct {
	authority *Authority
	role      Role
	address   string
	listeners []*mdns.Server
	serving   sync.WaitGroup

	mu    sync.Mutex
	fault Fault
	lag   time.Duration
	skew  time.Duration
	slow  map[string]time.Duration // by zone: how long an answer about it takes
	asked int
}

// maxUDP is the largest UDP reply to a client that announces its size with EDNS.
const maxUDP = 1232

// ServeOn makes servers that are started from now on listen with another function than
// net.Listen. They serve TCP only then. nil leaves them on the machine's own network.
func (a *Authority) ServeOn(listen func(network, address string) (net.Listener, error)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listen = listen
}

// open opens a server's ports: TCP, and UDP on the machine's own network.
func (a *Authority) open(address string) (stream net.Listener, packets net.PacketConn, err error) {
	a.mu.Lock()
	listen := a.listen
	a.mu.Unlock()
	if listen != nil {
		stream, err = listen("tcp", address)
		return stream, nil, err
	}
	if stream, err = net.Listen("tcp", address); err != nil {
		return nil, nil, err
	}
	if host, _, err := net.SplitHostPort(stream.Addr().String()); err != nil || !net.ParseIP(host).IsLoopback() {
		stream.Close()
		return nil, nil, fmt.Errorf("listen on %s: the simulator serves loopback addresses only", address)
	}
	if packets, err = net.ListenPacket("udp", stream.Addr().String()); err != nil {
		stream.Close()
	}
	return stream, packets, err
}

// Listen starts a server on a loopback address, host:port. Port 0 picks a free port.
// The caller closes the server.
func (a *Authority) Listen(address string, role Role) (*Server, error) {
	stream, packets, err := a.open(address)
	if err != nil {
		return nil, err
	}
	s := &Server{authority: a, role: role, address: stream.Addr().String()}
	s.listeners = []*mdns.Server{{Listener: stream, MaxTCPQueries: -1}}
	if packets != nil {
		s.listeners = append(s.listeners, &mdns.Server{PacketConn: packets, UDPSize: maxUDP})
	}
	for _, l := range s.listeners {
		l.Handler = mdns.HandlerFunc(s.serve)
		l.TsigProvider = keyring{a}
		l.MsgAcceptFunc = accept
		started := make(chan struct{})
		l.NotifyStartedFunc = func() { close(started) }
		s.serving.Go(func() { _ = l.ActivateAndServe() }) // ends with an error when Close closes it
		<-started
	}
	return s, nil
}

// accept accepts every request; the library's default would drop updates.
func accept(h mdns.Header) mdns.MsgAcceptAction {
	if isReply := h.Bits&(1<<15) != 0; isReply {
		return mdns.MsgIgnore
	}
	return mdns.MsgAccept
}

// Close stops the server. Its address is free afterwards.
func (s *Server) Close() error {
	var first error
	for _, l := range s.listeners {
		if err := l.Shutdown(); err != nil && first == nil {
			first = err
		}
	}
	s.serving.Wait()
	return first
}

// Addr is the server's address, host:port.
func (s *Server) Addr() string { return s.address }

// Fail makes the server fail in one way until another, or Healthy, is set.
func (s *Server) Fail(f Fault) { s.set(func() { s.fault = f }) }

// Lag makes the server serve the zones as they were that long ago.
func (s *Server) Lag(lag time.Duration) {
	s.authority.mu.Lock()
	s.authority.maxLag = max(s.authority.maxLag, lag)
	s.authority.mu.Unlock()
	s.set(func() { s.lag = lag })
}

// Slow makes the server take that long for each answer about names of a zone, as a server
// under load does. 0 ends it.
func (s *Server) Slow(zone string, pause time.Duration) {
	s.set(func() {
		if s.slow == nil {
			s.slow = map[string]time.Duration{}
		}
		s.slow[mdns.CanonicalName(zone)] = pause
	})
}

// pause is how long an answer to the request takes.
func (s *Server) pause(request *mdns.Msg) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	for zone, pause := range s.slow {
		if len(request.Question) > 0 && mdns.IsSubDomain(zone, request.Question[0].Name) {
			return pause
		}
	}
	return 0
}

// Skew shifts the server's clock for the check and the making of signatures.
func (s *Server) Skew(skew time.Duration) { s.set(func() { s.skew = skew }) }

// Asked counts the requests that the server received.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

func (s *Server) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// mood is the server's behaviour for one request.
type mood struct {
	fault     Fault
	lag, skew time.Duration
}

func (s *Server) mood() mood {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return mood{s.fault, s.lag, s.skew}
}
