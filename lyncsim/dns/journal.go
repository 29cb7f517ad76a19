package dns

import (
	"slices"
	"strings"
	"time"

	mdns "github.com/miekg/dns"
)

// Entry is one change of a zone.
type Entry struct {
	Time   time.Time `json:"time"`
	Zone   string    `json:"zone"`
	Serial uint32    `json:"serial"` // after the change
	By     string    `json:"by"`     // the key's name, or the author of an edit by hand
	Server string    `json:"server"` // the server that accepted the update, or whose tools made the change; empty for an edit by hand
	// Changes lists removed records ("-sip.contoso.com 300 A 192.0.2.1") and added
	// ones ("+…").
	Changes []string `json:"changes"`
}

// Journal gives every change so far, the oldest first.
func (a *Authority) Journal() []Entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.journal)
}

// Observe registers fn, which is called with every change after it is made and
// before the server answers the update. fn may read the Authority; it must not
// change it.
func (a *Authority) Observe(fn func(Entry)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.observers = append(a.observers, fn)
}

// Attend registers fn, which is called with every question and update when it has been read
// and nothing was done, and with the address of the server that it reached. What fn returns
// is called when the answer is about to leave. It takes the place of the function before.
func (a *Authority) Attend(fn func(server string, update bool) (effected func())) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.attend = fn
}

// attended calls the function of Attend.
func (a *Authority) attended(server string, update bool) (effected func()) {
	a.mu.Lock()
	fn := a.attend
	a.mu.Unlock()
	if fn == nil {
		return func() {}
	}
	return fn(server, update)
}

func (a *Authority) tell(e Entry) {
	a.mu.Lock()
	observers := slices.Clone(a.observers)
	a.mu.Unlock()
	for _, fn := range observers {
		fn(e)
	}
}

// Records lists a zone's records on the primary, one line each, sorted.
func (a *Authority) Records(zone string) []string {
	v := a.at(0)(mdns.CanonicalName(zone))
	if v == nil {
		return nil
	}
	var lines []string
	for _, own := range v.names {
		for _, set := range own {
			for _, rr := range set {
				lines = append(lines, line(rr))
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// Lookup gives the values of one set on the primary, sorted; nil when there is no
// such set. It does not synthesize records from a wildcard.
func (a *Authority) Lookup(name, rrtype string) []string {
	owner := mdns.CanonicalName(name)
	v := a.at(0)(owner)
	if v == nil {
		return nil
	}
	var values []string
	for _, rr := range v.names[owner][mdns.StringToType[strings.ToUpper(rrtype)]] {
		values = append(values, value(rr))
	}
	slices.Sort(values)
	return values
}

// line shows a record without class: "sip.contoso.com 300 A 192.0.2.1".
func line(rr mdns.RR) string {
	fields := strings.Fields(rr.Header().String())
	return strings.TrimSuffix(rr.Header().Name, ".") + " " + fields[1] + " " + fields[3] + " " + value(rr)
}

func value(rr mdns.RR) string {
	return strings.TrimSpace(strings.TrimPrefix(rr.String(), rr.Header().String()))
}
