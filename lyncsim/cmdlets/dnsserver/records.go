package dnsserver

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// record is one record of a zone.
type record struct {
	owner  string // full name without final dot
	ttl    uint32
	rrtype string
	data   string // presentation form
}

func (s *Session) records(zone string) []record {
	var list []record
	for _, line := range s.Zones.Records(zone) {
		fields := strings.SplitN(line, " ", 4)
		if len(fields) < 4 {
			continue
		}
		ttl, _ := strconv.ParseUint(fields[1], 10, 32) // the zone wrote it
		list = append(list, record{strings.TrimSuffix(fields[0], "."), uint32(ttl), fields[2], fields[3]})
	}
	return list
}

// set keeps the records of one owner and type.
func (s *Session) set(zone, owner, rrtype string) []record {
	var list []record
	for _, r := range s.records(zone) {
		if strings.EqualFold(r.owner, owner) && strings.EqualFold(r.rrtype, rrtype) {
			list = append(list, r)
		}
	}
	return list
}

// full is the owner's name of a host name in a zone; "@" is the zone itself.
func full(host, zone string) string {
	host = strings.TrimSuffix(host, ".")
	switch {
	case host == "" || host == "@":
		return zone
	case strings.EqualFold(host, zone), strings.HasSuffix(strings.ToLower(host), "."+strings.ToLower(zone)):
		return host
	}
	return host + "." + zone
}

// host is the name that the server shows, relative to the zone.
func host(owner, zone string) string {
	if strings.EqualFold(owner, zone) {
		return "@"
	}
	return owner[:len(owner)-len(zone)-1]
}

const cim = "Microsoft.Management.Infrastructure.CimInstance"

// object makes the object that shows a record, with the properties of its type's
// data.
func (r record) object(zone string) *value.Object {
	return recordObject(value.NewObject(cim+"#DnsServerResourceRecord", cim).
		Set("DistinguishedName", nil).
		Set("HostName", host(r.owner, zone)).
		Set("RecordClass", "IN").
		Set("RecordData", r.dataObject()).
		Set("RecordType", r.rrtype).
		Set("Timestamp", nil).
		Set("TimeToLive", time.Duration(r.ttl)*time.Second))
}

// recordObject gives a record object its Clone method. A script can change the copy
// and pass it to Set-DnsServerResourceRecord.
func recordObject(o *value.Object) *value.Object {
	o.Methods = map[string]value.Method{"clone": func([]any) (any, error) {
		copied := o.Clone()
		if data, ok := data(o); ok {
			copied.Set("RecordData", data.Clone())
		}
		return recordObject(copied), nil
	}}
	return o
}

func data(o *value.Object) (*value.Object, bool) {
	v, _ := o.Get("RecordData")
	d, ok := v.(*value.Object)
	return d, ok
}

// properties are the property names of each type's data, in presentation order.
var properties = map[string][]string{
	"A":     {"IPv4Address"},
	"AAAA":  {"IPv6Address"},
	"CNAME": {"HostNameAlias"},
	"SRV":   {"Priority", "Weight", "Port", "DomainName"},
	"NS":    {"NameServer"},
	"PTR":   {"PtrDomainName"},
	"MX":    {"Preference", "MailExchange"},
	"TXT":   {"DescriptiveText"},
	"SOA":   {"PrimaryServer", "ResponsiblePerson", "SerialNumber", "RefreshInterval", "RetryDelay", "ExpireLimit", "MinimumTimeToLive"},
}

func (r record) dataObject() *value.Object {
	o := value.NewObject(cim + "#DnsServerResourceRecord" + r.rrtype)
	names := properties[r.rrtype]
	if len(names) == 1 {
		return o.Set(names[0], typed(names[0], strings.Trim(r.data, `"`)))
	}
	for i, field := range strings.Fields(r.data) {
		if i < len(names) {
			o.Set(names[i], typed(names[i], field))
		}
	}
	return o
}

// typed is a field's value: an address, a number or a name.
func typed(name, field string) any {
	switch name {
	case "IPv4Address", "IPv6Address":
		if a, err := netip.ParseAddr(field); err == nil {
			return a
		}
	case "Priority", "Weight", "Port", "Preference":
		if n, err := strconv.ParseUint(field, 10, 16); err == nil {
			return uint16(n)
		}
	}
	return field
}

// presentation is the text of a record object's data.
func presentation(o *value.Object, rrtype string) string {
	d, ok := data(o)
	if !ok {
		return ""
	}
	var fields []string
	for _, name := range properties[rrtype] {
		v, _ := d.Get(name)
		fields = append(fields, absolute(name, value.Text(v)))
	}
	return strings.Join(fields, " ")
}

// absolute ends a domain name with a dot; without the dot the zone would be
// appended.
func absolute(name, text string) string {
	switch name {
	case "HostNameAlias", "DomainName":
		return strings.TrimSuffix(text, ".") + "."
	}
	return text
}
