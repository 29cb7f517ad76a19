package farm

import (
	"context"
	"fmt"

	"github.com/fedroute/fedroute/lyncsim/farm/topology"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// TopologyXML gives the published document's text (Get-CsTopology -AsXml). An active
// PersonEdits fault takes effect right after this read.
func (f *Farm) TopologyXML() ([]byte, error) {
	c, err := f.CMS()
	if err != nil {
		return nil, err
	}
	f.personEdits()
	return c.Published.Bytes(), nil
}

// Published is the result of a publish.
type Published struct {
	Previous  []byte // the replaced document, for the backup file
	Signature string // of the new document
}

// Publish replaces the topology document (Publish-CsTopology). The document gets a
// new signature and, unless the Spec says otherwise, every simple URL is emptied.
// The document takes effect on other machines only after Enable [inferred].
//
// A document with another signature than the published one is accepted, because the
// reference promises no check, but it is a violation of I2. Faults: Invalid (no
// topology document), Busy, Failed, Unreachable.
func (f *Farm) Publish(ctx context.Context, a Actor, raw []byte) (Published, error) {
	doc, err := topology.Parse(raw)
	if err != nil {
		return Published{}, f.refuse(a, "Topology", invalid("publish", "the topology", err))
	}
	done, err := f.begin(a, "Publish-CsTopology", "the topology")
	if err != nil {
		return Published{}, err
	}
	defer done()
	f.checkStale(a, doc)
	if err := f.clock.Sleep(ctx, f.durations.Publish.std()); err != nil {
		return Published{}, f.refuse(a, "Topology", interrupted("publish", "the topology", err))
	}
	var out Published
	err = f.event(func() error {
		if err := f.strike(FaultPublishFails, ""); err != nil {
			return f.write(a, "Topology", f.config.Published.Signature, "", err)
		}
		if err := f.cmsUp(); err != nil {
			return f.write(a, "Topology", f.config.Published.Signature, "", err)
		}
		signed, err := doc.WithSignature(f.guid())
		if err != nil {
			return f.write(a, "Topology", f.config.Published.Signature, "", invalid("publish", "the topology", err))
		}
		out = Published{Previous: f.config.Published.Bytes(), Signature: signed.Signature}
		f.publish(a, signed)
		return nil
	})
	return out, err
}

// publish stores a signed document as the published one. The caller holds f.mu.
func (f *Farm) publish(a Actor, doc *topology.Document) {
	n := f.config.clone()
	from := n.Published
	n.Published = doc
	if !f.spec.Behaviour.PublishKeepsSimpleURLs {
		f.emptyURLs(n)
	}
	f.adopt(n)
	f.writeTopology(a, from, doc)
}

// writeTopology journals a new document and the check boxes that it changes. The
// caller holds f.mu.
func (f *Farm) writeTopology(a Actor, from, to *topology.Document) {
	_ = f.write(a, "Topology", from.Signature, to.Signature, nil)
	for _, line := range flagChanges(from, to) {
		_ = f.write(a, line.object, line.from, line.to, nil)
	}
}

// emptyURLs empties the simple URLs, as the documentation of publishing warns. The
// first loss is remembered, so that a second publish does not hide it. The caller
// holds f.mu.
func (f *Farm) emptyURLs(n *Configuration) {
	if f.urls == nil {
		f.urls = cloneURLs(n.SimpleURLs)
	}
	for i := range n.SimpleURLs {
		n.SimpleURLs[i].URLs = nil
	}
	if sameURLs(n.SimpleURLs, f.urls) {
		f.urls = nil
	}
}

func (f *Farm) checkStale(a Actor, doc *topology.Document) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.config.Published.Signature; doc.Signature != now {
		f.violate("I2", a, fmt.Sprintf("published a document made from %s while %s was in force", doc.Signature, now))
	}
}

// Enable puts the published document in force (Enable-CsTopology). Faults:
// Busy, Unreachable.
func (f *Farm) Enable(ctx context.Context, a Actor) error {
	done, err := f.begin(a, "Enable-CsTopology", "the topology")
	if err != nil {
		return err
	}
	defer done()
	doc := f.Truth().Published
	if err := f.clock.Sleep(ctx, f.durations.Enable.std()); err != nil {
		return f.refuse(a, "Topology enabled", interrupted("enable", "the topology", err))
	}
	return f.change(a, revision{
		object: "Topology enabled",
		show:   func(c *Configuration) string { return c.Enabled.Signature },
		edit: func(c *Configuration) error {
			c.Enabled = doc
			return nil
		},
	})
}

// flagChange is one check box that a publish changed.
type flagChange struct{ object, from, to string }

func flagChanges(from, to *topology.Document) []flagChange {
	before := map[string]EdgePool{}
	for _, p := range EdgePools(from) {
		before[key(p.FQDN)] = p
	}
	var out []flagChange
	for _, p := range EdgePools(to) {
		old := before[key(p.FQDN)]
		if old.SIP != p.SIP {
			out = append(out, flagChange{"EdgeServer:" + p.FQDN + " federation 5061", onOff(old.SIP), onOff(p.SIP)})
		}
		if old.XMPP != p.XMPP {
			out = append(out, flagChange{"EdgeServer:" + p.FQDN + " XMPP federation 5269", onOff(old.XMPP), onOff(p.XMPP)})
		}
	}
	return out
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// begin marks a long operation as running. A second one on the same object is
// refused with Busy and is a violation of I7, and of I2 when it is a publish.
func (f *Farm) begin(a Actor, op, object string) (done func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.acting(a); err != nil {
		return nil, f.write(a, object, "", op, err)
	}
	k := op + " " + key(object)
	if who, ok := f.running[k]; ok {
		invariant := "I7"
		if op == "Publish-CsTopology" {
			invariant = "I2"
		}
		f.violate(invariant, a, fmt.Sprintf("started %s on %s while %s was at it", op, object, who))
		err := refusal.New(refusal.Busy, op, object, "the same operation is still running, started by "+who.User)
		return nil, f.write(a, object, "", op, err)
	}
	f.running[k] = a
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.running, k)
	}, nil
}

// refuse journals a write that was refused.
func (f *Farm) refuse(a Actor, object string, err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.write(a, object, "", "", err)
}

func interrupted(op, target string, err error) error {
	e := refusal.New(refusal.Failed, op, target, "the command was stopped before it was done")
	e.Err = err
	return e
}

// guid makes a random GUID from the farm's seed. The caller holds f.mu.
func (f *Farm) guid() string {
	a, b := f.rand.Uint64(), f.rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}
