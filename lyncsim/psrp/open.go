package psrp

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// newestVersion is the latest version of the protocol that this server speaks, as
// Windows PowerShell 5.1 does.
const newestVersion = "2.3"

// negotiate answers SESSION_CAPABILITY (MS-PSRP 3.2.5.4.1).
func (s *Session) negotiate(m message) error {
	o, err := m.bag()
	if err == nil {
		err = needed(o, "protocolversion", "PSVersion", "SerializationVersion")
	}
	if err != nil {
		return fmt.Errorf("%w. Negotiation with the client failed", err)
	}
	s.mu.Lock()
	again := s.version != ""
	s.mu.Unlock()
	if again && s.state == opened {
		s.Close()
		return nil
	}
	asked, _ := o.Get("protocolversion")
	version, speaks := agreed(value.Text(asked))
	if speaks && major(o, "PSVersion") == "2" && major(o, "SerializationVersion") == "1" {
		s.mu.Lock()
		s.version = version
		s.mu.Unlock()
	} // the real engine says no more to another client
	return s.send(ID{}, message{kind: SessionCapability}, capability(version))
}

// capability is the content of SESSION_CAPABILITY.
func capability(version string) *dotnet.Instance {
	return notes("protocolversion", versionOf(version), "PSVersion", versionOf("2.0"), "SerializationVersion", versionOf("1.1.0.1"))
}

// agreed is the version for a client that speaks the given one: its own, at most the
// newest. It is false when the client speaks another protocol.
func agreed(asked string) (string, bool) {
	major, minor, _ := strings.Cut(asked, ".")
	if major != "2" {
		return newestVersion, false
	}
	if len(minor) == 1 && minor <= newestVersion[2:] {
		return asked, true
	}
	return newestVersion, true
}

func major(o *value.Object, name string) string {
	v, _ := o.Get(name)
	first, _, _ := strings.Cut(value.Text(v), ".")
	return first
}

func versionOf(text string) value.Version {
	v, _ := value.ParseVersion(text)
	return v
}

// open answers INIT_RUNSPACEPOOL (MS-PSRP 3.2.5.4.2).
func (s *Session) open(m message) error {
	s.mu.Lock()
	version, state := s.version, s.state
	s.mu.Unlock()
	switch {
	case version == "":
		return nil
	case state != beforeOpen:
		return fmt.Errorf("the session already exists: %s", m.pool)
	}
	o, err := m.bag()
	if err == nil {
		err = needed(o, "MinRunspaces", "MaxRunspaces", "PSThreadOptions", "ApartmentState", "HostInfo", "ApplicationArguments")
	}
	if err != nil {
		return err
	}
	least, most := number(o, "MinRunspaces"), number(o, "MaxRunspaces")
	if least < 1 || most < 1 || least > most {
		return errors.New("the minimum pool size cannot be greater than the maximum pool size, and both must be positive")
	}
	first, err := s.options.Open(s.life)
	s.mu.Lock()
	s.pool = m.pool
	s.state = opened
	if err != nil {
		s.state = broken
	}
	s.runspaces = newRunspaces(s.options.Open, first, least, most)
	s.mu.Unlock()
	if err != nil {
		return s.tell(broken, powershell.NewErrorRecord("System.Management.Automation.Remoting.PSRemotingTransportException",
			"PSSessionOpenFailed", "OpenError", nil, err.Error()))
	}
	if err := s.introduce(first); err != nil {
		return err
	}
	return s.tell(opened, nil)
}

// introduce sends the pool's APPLICATION_PRIVATE_DATA: the version table.
func (s *Session) introduce(rs *powershell.Runspace) error {
	table := value.NewHashtable()
	if v, ok := rs.Get("PSVersionTable").(*value.Hashtable); ok {
		table.Set("PSVersionTable", primitiveDictionary(v))
	}
	return s.send(ID{}, message{kind: ApplicationPrivateData, pool: s.pool}, notes("ApplicationPrivateData", primitiveDictionary(table)))
}

// primitiveDictionary is a table as a PSPrimitiveDictionary.
func primitiveDictionary(h *value.Hashtable) *dotnet.Instance {
	return &dotnet.Instance{Types: []string{"System.Management.Automation.PSPrimitiveDictionary", "System.Collections.Hashtable", "System.Object"}, Entries: h}
}

// Connect lets another client of the same account take the pool over. It takes the
// fragments of SESSION_CAPABILITY and CONNECT_RUNSPACEPOOL, and gives those of the
// answer (MS-PSRP 3.2.5.4.7). The pool's private data follow in its stream.
func (s *Session) Connect(octets []byte) ([]byte, error) {
	s.mu.Lock()
	pool := s.runspaces
	s.mu.Unlock()
	if pool == nil {
		return nil, errors.New("there is no pool to connect to")
	}
	messages, err := (&assembler{}).take(octets)
	if err != nil {
		return nil, err
	}
	var reply []byte
	add := func(m message, v any) error {
		fragments, err := s.fragments(m, v)
		reply = append(reply, bytes.Join(fragments, nil)...)
		return err
	}
	for _, raw := range messages {
		m, err := decode(raw)
		switch {
		case err != nil:
		case m.kind == SessionCapability:
			err = add(message{kind: SessionCapability}, capability(s.version))
		case m.kind == ConnectRunspacePool:
			least, most := pool.limits()
			err = add(message{kind: RunspacePoolInitData, pool: s.pool}, notes("MinRunspaces", least, "MaxRunspaces", most))
		}
		if err != nil {
			return nil, err
		}
	}
	return reply, s.introduce(pool.first)
}

func number(o *value.Object, name string) int32 {
	v, _ := o.Get(name)
	n, _ := value.ToInt(v)
	return int32(n)
}
