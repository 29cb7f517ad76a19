package dnsserver

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// removeRecord removes the records of a name and type. With -RecordData it removes
// only those with that data.
func removeRecord(r *run) error {
	zone, err := r.zone()
	if err != nil {
		return err
	}
	owner, rrtype, only := full(r.Text("Name"), zone), strings.ToUpper(r.Text("RRType")), recordData(r.Texts("RecordData"), r.Text("RRType"))
	if o, ok := r.Value("InputObject").(*value.Object); ok {
		owner, rrtype = full(text(o, "HostName"), zone), text(o, "RecordType")
		only = presentation(o, rrtype)
	}
	have := r.set(zone, owner, rrtype)
	kept := slices.DeleteFunc(texts(have), func(v string) bool { return only == "" || strings.EqualFold(v, only) })
	if len(kept) == len(have) {
		return failure{"ObjectNotFound", nameDoesNotExist, owner,
			"Failed to get " + host(owner, zone) + " record in " + zone + " zone on " + r.Server + " server."}
	}
	if yes, err := r.agreed("Removing DNS resource record " + host(owner, zone) + " of type " + rrtype + " from zone " + zone); !yes || err != nil {
		return err
	}
	if len(kept) == 0 {
		return r.Zones.Delete(r.User, owner, rrtype)
	}
	return r.Zones.Set(r.User, owner, rrtype, have[0].ttl, kept...)
}

// agreed asks for confirmation unless -Force is given. It respects -WhatIf in both
// cases.
func (r *run) agreed(action string) (bool, error) {
	if r.On("Force") && !r.On("WhatIf") {
		return true, nil
	}
	return r.ShouldProcess(r.Server, action)
}

// recordData is the text of -RecordData: the fields of the type in order, as
// four strings for an SRV.
func recordData(fields []string, rrtype string) string {
	names := properties[strings.ToUpper(rrtype)]
	for i, field := range fields {
		if i < len(names) {
			fields[i] = absolute(names[i], field)
		}
	}
	return strings.Join(fields, " ")
}
