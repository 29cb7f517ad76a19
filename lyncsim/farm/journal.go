package farm

import (
	"slices"
	"time"
)

// Entry is one write, whether it was done or refused.
type Entry struct {
	At     time.Time `json:"at"`
	Actor  Actor     `json:"actor"`
	Object string    `json:"object"` // "Site:Redmond XmppFederationRoute"
	From   string    `json:"from,omitempty"`
	To     string    `json:"to,omitempty"`
	// Error says why the write was refused or failed; empty when it was done.
	Error string `json:"error,omitempty"`
}

// Violation is a broken invariant (I1 to I10 of the design).
type Violation struct {
	At        time.Time `json:"at"`
	Invariant string    `json:"invariant"` // "I8"
	Actor     Actor     `json:"actor"`
	Detail    string    `json:"detail"`
}

// Journal lists every write in order.
func (f *Farm) Journal() []Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.journal)
}

// Violations lists every broken invariant in order.
func (f *Farm) Violations() []Violation {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.violations)
}

// Report adds a violation that was seen outside the farm, such as DNS records that
// were moved to a closed port.
func (f *Farm) Report(v Violation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	v.At = f.clock.Now()
	f.violations = append(f.violations, v)
}

// Note adds an entry for a write outside the farm, such as one to DNS or to a file.
func (f *Farm) Note(e Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	e.At = f.clock.Now()
	f.journal = append(f.journal, e)
}

// LostSimpleURLs gives the simple URLs that a publish emptied and that nobody has
// restored; nil when none are lost.
func (f *Farm) LostSimpleURLs() []SimpleURLSet {
	f.mu.Lock()
	defer f.mu.Unlock()
	return cloneURLs(f.urls)
}

// write journals a write and its outcome. The caller holds f.mu.
func (f *Farm) write(a Actor, object, from, to string, err error) error {
	e := Entry{At: f.clock.Now(), Actor: a, Object: object, From: from, To: to}
	if err != nil {
		e.Error = err.Error()
	}
	f.journal = append(f.journal, e)
	return err
}

// violate records a broken invariant. The caller holds f.mu.
func (f *Farm) violate(invariant string, a Actor, detail string) {
	f.violations = append(f.violations, Violation{At: f.clock.Now(), Invariant: invariant, Actor: a, Detail: detail})
}
