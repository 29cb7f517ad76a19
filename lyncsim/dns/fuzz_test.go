package dns

import (
	"testing"
	"time"

	mdns "github.com/miekg/dns"
)

// FuzzMessage checks that every message gets an answer and that the zone stays valid. A
// panic in the library's server would end the whole program.
func FuzzMessage(f *testing.F) {
	update := new(mdns.Msg)
	update.SetUpdate("lab.example.")
	for _, line := range []string{"host.lab.example. 0 A 192.0.2.1", "alias.lab.example. 60 CNAME ns1.lab.example.", "lab.example. 60 NS ns1.lab.example."} {
		record, err := mdns.NewRR(line)
		if err != nil {
			f.Fatal(err)
		}
		update.Used([]mdns.RR{mdns.Copy(record)})
		update.Insert([]mdns.RR{mdns.Copy(record)})
		update.Remove([]mdns.RR{mdns.Copy(record)})
		update.RemoveRRset([]mdns.RR{record})
		update.RemoveName([]mdns.RR{record})
		packed, err := update.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	a, err := New(nil, []Zone{lab()}, nil)
	if err != nil {
		f.Fatal(err)
	}
	zones := a.at(0)
	v := zones("lab.example.")
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := new(mdns.Msg)
		if m.Unpack(raw) != nil {
			return
		}
		next := v.next(time.Now())
		if next.prescan(Key{}, m.Ns) == mdns.RcodeSuccess && v.check(m.Answer) == mdns.RcodeSuccess {
			next.apply(m.Ns)
			next.index()
			next.sane()
			difference(v, next)
		}
		next.publish(v.serial)
		if next.soa() == nil || len(next.names[next.apex][mdns.TypeNS]) == 0 {
			t.Errorf("the zone lost its SOA or its servers to %v", m)
		}
		for _, q := range m.Question {
			reply := new(mdns.Msg).SetReply(m)
			answer(reply, q, func(name string) *version {
				if mdns.IsSubDomain(next.apex, name) {
					return next
				}
				return nil
			})
			if _, err := reply.Pack(); err != nil && len(m.Question) == 1 {
				t.Errorf("the answer to %v cannot be sent: %v", q, err)
			}
		}
	})
}
