package rfc2136

import (
	"net"
	"testing"
	"time"

	mdns "github.com/miekg/dns"
)

// patient is a listener whose connections hold what they write until all that was written
// before is acknowledged, as those of BIND do.
type patient struct{ net.Listener }

func (p patient) Accept() (net.Conn, error) {
	conn, err := p.Listener.Accept()
	if err == nil {
		err = conn.(*net.TCPConn).SetNoDelay(false)
	}
	return conn, err
}

// TestAnswersAreAcknowledgedAtOnce: Linux acknowledges 40 ms late where nothing is left to send, and
// a server that waits for that is late with its last answers. The machine may be busy, so the
// quickest of some tries counts; without the acknowledgement none is quicker than 40 ms.
func TestAnswersAreAcknowledgedAtOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	server := &mdns.Server{Listener: patient{l}, MaxTCPQueries: -1, NotifyStartedFunc: func() { close(started) },
		Handler: mdns.HandlerFunc(func(w mdns.ResponseWriter, m *mdns.Msg) { _ = w.WriteMsg(new(mdns.Msg).SetReply(m)) })}
	go func() { _ = server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() { _ = server.Shutdown() })
	c, err := Config{Server: l.Addr().String(), Timeout: 10 * time.Second}.complete()
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(c, c.Server)
	defer s.close()
	least := time.Hour
	for range 20 {
		from := time.Now()
		if _, err := s.ask(t.Context(), hosts(400)); err != nil {
			t.Fatal(err)
		}
		least = min(least, time.Since(from))
	}
	if least > 35*time.Millisecond {
		t.Errorf("400 answers took %s at least: the server waited for an acknowledgement", least)
	}
}
