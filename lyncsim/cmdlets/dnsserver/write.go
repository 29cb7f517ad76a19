package dnsserver

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// defaultTTL is the TTL that a zone of the Windows DNS server gives its records.
const defaultTTL = time.Hour

// wanted are the records that an Add cmdlet is to add.
func (r *run) wanted(zone string) []record {
	base := record{owner: full(r.Text("Name"), zone), ttl: seconds(r.Value("TimeToLive"))}
	var values []string
	switch {
	case r.Has("IPv4Address"):
		base.rrtype, values = "A", r.Texts("IPv4Address")
	case r.Has("IPv6Address"):
		base.rrtype, values = "AAAA", r.Texts("IPv6Address")
	case r.Has("HostNameAlias"):
		base.rrtype, values = "CNAME", []string{absolute("HostNameAlias", r.Text("HostNameAlias"))}
	case r.Has("DomainName"):
		base.rrtype = "SRV"
		values = []string{fmt.Sprintf("%d %d %d %s", r.Int("Priority"), r.Int("Weight"), r.Int("Port"), absolute("DomainName", r.Text("DomainName")))}
	}
	var list []record
	for _, v := range values {
		rec := base
		rec.data = v
		list = append(list, rec)
	}
	return list
}

func seconds(v any) uint32 {
	d, ok := v.(time.Duration)
	if !ok {
		d = defaultTTL
	}
	return uint32(d / time.Second)
}

// addRecord adds to a set. All records of the set get the TTL of the newest record.
func addRecord(r *run) error {
	zone, err := r.zone()
	if err != nil {
		return err
	}
	for _, rec := range r.wanted(zone) {
		if err := r.mayAdd(zone, rec); err != nil {
			return err
		}
		if yes, err := r.ShouldProcess(r.Server, "Adding DNS resource record "+host(rec.owner, zone)+" of type "+rec.rrtype+" in zone "+zone); !yes || err != nil {
			return err
		}
		values := append(texts(r.set(zone, rec.owner, rec.rrtype)), rec.data)
		if err := r.Zones.Set(r.User, rec.owner, rec.rrtype, rec.ttl, values...); err != nil {
			return err
		}
		if err := r.pass(rec.object(zone)); err != nil {
			return err
		}
	}
	return nil
}

// mayAdd refuses a record that the server refuses: one that exists already, and one
// beside a CNAME.
func (r *run) mayAdd(zone string, rec record) error {
	refused := func(number int, why string) error {
		return failure{"ResourceExists", number, rec.owner, "Failed to create resource record " + host(rec.owner, zone) + " in zone " + zone + " on server " + r.Server + ": " + why + "."}
	}
	for _, have := range r.records(zone) {
		switch {
		case !strings.EqualFold(have.owner, rec.owner):
		case have.rrtype == rec.rrtype && strings.EqualFold(have.data, rec.data):
			return refused(recordAlreadyExists, "the record already exists")
		case have.rrtype == "CNAME" && rec.rrtype != "CNAME":
			return refused(nodeIsCNAME, "the name is an alias")
		case rec.rrtype == "CNAME":
			return refused(cnameCollision, "an alias cannot share its name")
		}
	}
	return nil
}

func texts(list []record) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.data)
	}
	return out
}

// pass emits the record when -PassThru is given.
func (r *run) pass(o *value.Object) error {
	if !r.On("PassThru") {
		return nil
	}
	return r.EmitWhole(o)
}

// setRecord replaces one record by another of the same name and type. The old record
// must still be as it was read.
func setRecord(r *run) error {
	zone, err := r.zone()
	if err != nil {
		return err
	}
	before, _ := r.Value("OldInputObject").(*value.Object)
	after, _ := r.Value("NewInputObject").(*value.Object)
	if before == nil || after == nil {
		return failure{"InvalidArgument", recordDoesNotExist, zone, "OldInputObject and NewInputObject must be resource records."}
	}
	owner, rrtype := full(text(before, "HostName"), zone), text(before, "RecordType")
	if !strings.EqualFold(owner, full(text(after, "HostName"), zone)) || rrtype != text(after, "RecordType") {
		return failure{"InvalidArgument", recordDoesNotExist, owner, "Resource record in OldInputObject and NewInputObject must have the same name and type."}
	}
	values := texts(r.set(zone, owner, rrtype))
	i := slices.Index(values, presentation(before, rrtype))
	if i < 0 {
		return failure{"ObjectNotFound", recordDoesNotExist, owner, "Resource record in OldInputObject not found in zone " + zone + " on server " + r.Server + "."}
	}
	if yes, err := r.ShouldProcess(r.Server, "Setting DNS resource record "+host(owner, zone)+" of type "+rrtype+" in zone "+zone); !yes || err != nil {
		return err
	}
	values[i] = presentation(after, rrtype)
	ttl, _ := after.Get("TimeToLive")
	if err := r.Zones.Set(r.User, owner, rrtype, seconds(ttl), values...); err != nil {
		return err
	}
	return r.pass(after)
}

func text(o *value.Object, property string) string {
	v, _ := o.Get(property)
	return value.Text(v)
}
