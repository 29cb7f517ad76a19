package dnsserver

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func getZone(r *run) error {
	wanted := r.Texts("Name")
	for _, name := range wanted {
		if !slices.ContainsFunc(r.ZoneNames, func(z string) bool { return strings.EqualFold(z, name) }) {
			failed := failure{"ObjectNotFound", zoneDoesNotExist, name, "The zone " + name + " was not found on server " + r.Server + "."}
			if err := r.told(failed); err != nil {
				return err
			}
		}
	}
	for _, name := range r.ZoneNames {
		if len(wanted) > 0 && !slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, name) }) {
			continue
		}
		zone := value.NewObject(cim+"#DnsServerPrimaryZone", cim+"#DnsServerZone", cim).
			Set("ZoneName", name).Set("ZoneType", "Primary").Set("IsAutoCreated", false).
			Set("IsDsIntegrated", false).Set("IsReverseLookupZone", strings.HasSuffix(name, ".arpa")).Set("IsSigned", false)
		if err := r.EmitWhole(zone); err != nil {
			return err
		}
	}
	return nil
}

// getRecord lists records of a zone. A name that has none is an error.
func getRecord(r *run) error {
	zone, err := r.zone()
	if err != nil {
		return err
	}
	found := false
	for _, rec := range r.records(zone) {
		if r.Has("Name") && !strings.EqualFold(rec.owner, full(r.Text("Name"), zone)) {
			continue
		}
		if r.Has("RRType") && !strings.EqualFold(rec.rrtype, r.Text("RRType")) {
			continue
		}
		found = true
		if err := r.EmitWhole(rec.object(zone)); err != nil {
			return err
		}
	}
	if !found && r.Has("Name") {
		return failure{"ObjectNotFound", nameDoesNotExist, r.Text("Name"),
			"Failed to get " + r.Text("Name") + " record in " + zone + " zone on " + r.Server + " server."}
	}
	return nil
}
