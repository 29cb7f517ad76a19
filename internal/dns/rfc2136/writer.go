package rfc2136

import (
	"context"
	"fmt"
	"maps"
	"net"
	"time"

	mdns "github.com/miekg/dns"

	"github.com/fedroute/fedroute/internal/contain"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
)

// Writer changes zones. Only code that may change DNS holds one.
type Writer struct {
	config Config
	signer Signer
}

var _ dns.Writer = (*Writer)(nil)

// NewWriter makes a Writer that signs with signer. It contacts no server yet. Fault:
// Invalid, also without a signer: an unsigned update proves nothing to either side.
func NewWriter(c Config, signer Signer) (*Writer, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	if signer == nil {
		return nil, fault.New(fault.Invalid, "change DNS", c.Server, "no key is configured").
			With("no record can be changed", "name a secret with a TSIG key, or Kerberos credentials")
	}
	return &Writer{config: c, signer: signer}, nil
}

// Close forgets the keys that were agreed with the server.
func (w *Writer) Close() error { return w.signer.Close() }

// Write sends all changes as one signed UPDATE over TCP; see dns.Writer. Where they do
// not fit, it sends several, one after the other, and stops at the first that fails. All
// names must lie in one zone. Write asks for that zone first, unless it was seen within the
// last minute, so that nothing is written below a zone cut. An update that the server may
// have carried out is never sent again. No error means that the primary reports success;
// the caller still reads the records back. Faults: WorldChanged, Denied, Refused, Invalid,
// Unsupported, Unreachable (nothing was changed), OutcomeUnknown (read the records before
// anything else).
func (w *Writer) Write(ctx context.Context, changes []dns.Change, may func() error) error {
	done, all, err := w.submit(ctx, changes, updateOf, may)
	if err == nil {
		w.wrote(changes)
	}
	return afterOthers(done, all, err)
}

// Check measures the updates as Write would send them, and sends their prerequisites
// alone; see dns.Writer.
func (w *Writer) Check(ctx context.Context, changes []dns.Change) error {
	_, _, err := w.submit(ctx, changes, questionOf, dns.Always)
	return err
}

// form makes the one message for a zone's changes.
type form func(zone string, changes []dns.Change) (*mdns.Msg, error)

// submit sends a message for each part of the changes, until one fails. It tells how many
// were sent without an error, of how many.
func (w *Writer) submit(ctx context.Context, changes []dns.Change, f form, may func() error) (done, all int, err error) {
	if len(changes) == 0 {
		return 0, 0, nil
	}
	zone, err := w.zoneOf(ctx, changes)
	if err != nil {
		return 0, 0, err
	}
	parts, err := partsOf(zone, changes, updateRoom)
	if err != nil {
		return 0, 0, err
	}
	for n, part := range parts {
		if err := w.submitPart(ctx, zone, part, f, may); err != nil {
			w.config.Standings.forget(namesIn(part))
			return n, len(parts), w.otherView(ctx, zone, part, err)
		}
	}
	return len(parts), len(parts), nil
}

func (w *Writer) submitPart(ctx context.Context, zone string, changes []dns.Change, f form, may func() error) error {
	attempt := func() (retry bool, err error) {
		m, err := f(zone, changes)
		if err != nil {
			return false, err
		}
		return w.try(ctx, zone, m, may)
	}
	retry, err := attempt()
	if retry {
		_, err = attempt()
	}
	return err
}

// try sends the message once, if it may: may is asked when a key has been agreed, which
// takes a while. retry reports that the server has forgotten an agreed key, for example
// after a restart. It then changed nothing, and a new key helps.
func (w *Writer) try(ctx context.Context, zone string, m *mdns.Msg, may func() error) (retry bool, err error) {
	key, err := w.signer.key(ctx, w.config)
	if err != nil {
		return false, err
	}
	if err := may(); err != nil {
		return false, err
	}
	err = w.exchange(ctx, zone, m, key)
	if key.forget != nil && isKeyRejected(err) {
		key.forget()
		return true, err
	}
	return false, err
}

func namesIn(changes []dns.Change) []string {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = c.To.Name
	}
	return names
}

// zoneOf finds the one zone of all changes.
func (w *Writer) zoneOf(ctx context.Context, changes []dns.Change) (string, error) {
	names := namesIn(changes)
	s := newSession(w.config, w.config.Server)
	defer s.close()
	standings, known := map[string]standing{}, map[string]standing{}
	for _, name := range names {
		if st, _, ok := w.config.Standings.within(name, fresh, w.config.Now); ok {
			known[name] = st
		} else {
			standings[name] = standing{}
		}
	}
	standings, err := survey(ctx, s, standings)
	if err != nil {
		return "", err
	}
	maps.Copy(standings, known)
	standings = confineAll(w.config.Zone, standings)
	zone := standings[names[0]].zone
	for _, name := range names {
		st := standings[name]
		switch {
		case st.lame != "":
			return "", misplaced(name, st.lame, "name the zone's primary server for this domain")
		case st.cut != "":
			return "", misplaced(name, st.cut+" is delegated to other servers", "name the primary server of that zone")
		case st.zone != zone:
			return "", fault.New(fault.Internal, "change DNS", name, fmt.Sprintf("one update for two zones, %s and %s", zone, st.zone))
		}
	}
	return zone, nil
}

// wrote notes that the names to which records were written exist. A name that lost records
// may be gone, and a wildcard may answer for it.
func (w *Writer) wrote(changes []dns.Change) {
	var lost []string
	for _, c := range changes {
		if !c.To.Exists() {
			lost = append(lost, c.To.Name)
		} else if st, _, ok := w.config.Standings.within(c.To.Name, trusted, w.config.Now); ok {
			w.config.Standings.note(c.To.Name, st, true, w.config.Now)
		}
	}
	w.config.Standings.forget(lost)
}

func misplaced(name, cause, next string) error {
	return fault.New(fault.Invalid, "change DNS", name, cause).With("nothing was changed", next)
}

// exchange signs and sends one message and judges the reply. The message cannot be
// used again, because the library removes the signature from messages that it has
// sent.
func (w *Writer) exchange(ctx context.Context, zone string, m *mdns.Msg, key signingKey) error {
	a := act{zone: zone, server: w.config.Server, key: dns.Canonical(key.name), now: w.config.Now}
	m.SetTsig(key.name, key.algorithm, tsigFudge, a.now().Unix())
	packed, mac, err := mdns.TsigGenerateWithProvider(m, key.provider, "", false)
	if err != nil {
		return fault.Wrap(fault.Internal, "sign update of", zone, err)
	}
	ctx, cancel := context.WithTimeout(ctx, w.config.Timeout)
	defer cancel()
	conn, err := w.config.Dial(ctx, "tcp", w.config.Server)
	if err != nil {
		return unreachable(w.config.Server, err)
	}
	defer conn.Close()
	raw, err := sendOnce(ctx, conn, packed)
	if err != nil {
		return a.unknown("no answer came", err)
	}
	return a.judge(m.Id, raw, mac, key.provider)
}

// sendOnce sends a message and reads one reply. Once it has begun to send, any error
// leaves the outcome unknown.
func sendOnce(ctx context.Context, conn net.Conn, packed []byte) ([]byte, error) {
	stop := contain.AfterFunc(ctx, "leave", conn.RemoteAddr().String(), func() { conn.Close() })
	defer stop()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, err
		}
	}
	if err := writeFrame(conn, packed); err != nil {
		return nil, err
	}
	return readFrame(conn)
}

// tsigFudge is how many seconds the two clocks may differ (RFC 8945 section 10).
const tsigFudge = uint16(5 * time.Minute / time.Second)
