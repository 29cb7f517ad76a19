// Package dnsserver is the DnsServer module of the simulated organization. With its
// cmdlets, administrators read and edit the simulated zones on a DNS server. Names,
// parameters and sets come from the cmdlet reference.
//
// Records of the types A, AAAA, CNAME and SRV can be written; records of all types
// can be read. As with the real cmdlets, a write does not check that the records are
// as they were read. Only Set- compares the old record before it writes.
package dnsserver

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// Zones is the DNS data that the cmdlets read and write.
type Zones interface {
	// Records lists a zone's records, such as "sip.contoso.com 300 A 192.0.2.1"; none
	// when the zone does not exist.
	Records(zone string) []string
	// Set replaces one set of records. Values are in presentation form.
	Set(by, name, rrtype string, ttl uint32, values ...string) error
	// Delete removes one set of records.
	Delete(by, name, rrtype string) error
}

// Session is one shell on a DNS server.
type Session struct {
	Zones Zones
	// ZoneNames lists the primary zones of the server.
	ZoneNames []string
	Server    string // FQDN of the DNS server
	User      string
	// Denied reports that the account is none of the server's administrators.
	Denied bool
	// Ran receives the name of every cmdlet that begins to run; it may be nil.
	Ran func(cmdlet string)
}

var behaviours = map[string]struct {
	run     func(*run) error
	honours string
}{
	"Get-DnsServerZone":               {getZone, "Name"},
	"Get-DnsServerResourceRecord":     {getRecord, "ZoneName Name RRType"},
	"Add-DnsServerResourceRecord":     {addRecord, "ZoneName Name TimeToLive PassThru A IPv4Address AAAA IPv6Address CName HostNameAlias Srv DomainName Priority Weight Port"},
	"Add-DnsServerResourceRecordA":    {addRecord, "ZoneName Name TimeToLive PassThru IPv4Address"},
	"Add-DnsServerResourceRecordAAAA": {addRecord, "ZoneName Name TimeToLive PassThru IPv6Address"},
	"Set-DnsServerResourceRecord":     {setRecord, "ZoneName OldInputObject NewInputObject PassThru"},
	"Remove-DnsServerResourceRecord":  {removeRecord, "ZoneName Name RRType RecordData InputObject Force"},
}

// Module is the shell's DnsServer module.
func (s *Session) Module() (*powershell.Module, error) {
	all, err := reference.DNSServer()
	if err != nil {
		return nil, err
	}
	m := &powershell.Module{Name: "DnsServer", Version: "2.0.0.0"}
	for _, entry := range all.Cmdlets() {
		cmd := cmdlets.Declare(entry)
		if entry.Name == "Remove-DnsServerResourceRecord" {
			cmd.ConfirmImpact = "High" // it asks unless -Force is given [doc]
		}
		cmd.Process = func(_ context.Context, c *powershell.Call) error {
			if s.Ran != nil {
				s.Ran(entry.Name)
			}
			return (&run{Call: c, Session: s}).process()
		}
		m.Commands = append(m.Commands, cmd)
	}
	return m, nil
}

// run is one run of a cmdlet.
type run struct {
	*powershell.Call
	*Session
}

var always = strings.Fields("ComputerName Confirm WhatIf Verbose Debug ErrorAction WarningAction InformationAction " +
	"ErrorVariable WarningVariable InformationVariable OutVariable OutBuffer PipelineVariable")

func (r *run) process() error {
	behaviour, ok := behaviours[r.Name()]
	if !ok {
		return dotnet.Refuse("%s", r.Name())
	}
	honoured := append(strings.Fields(behaviour.honours), always...)
	for _, name := range r.Names() {
		if !slices.ContainsFunc(honoured, func(h string) bool { return strings.EqualFold(h, name) }) {
			return dotnet.Refuse("%s -%s", r.Name(), name)
		}
	}
	if server := r.Text("ComputerName"); server != "" && !strings.EqualFold(server, r.Server) && !strings.EqualFold(server, "localhost") {
		return r.told(failure{"ResourceUnavailable", rpcUnavailable, server, "Failed to reach the DNS server " + server + "."})
	}
	if r.Denied {
		return r.told(failure{"PermissionDenied", accessDenied, r.Server, "Failed to get the zone information or record on server " + r.Server + ": access is denied."})
	}
	return r.told(behaviour.run(r))
}

// zone is the zone in -ZoneName.
func (r *run) zone() (string, error) {
	wanted := strings.TrimSuffix(r.Text("ZoneName"), ".")
	for _, name := range r.ZoneNames {
		if strings.EqualFold(name, wanted) {
			return name, nil
		}
	}
	return "", failure{"ObjectNotFound", zoneDoesNotExist, wanted, "The zone " + wanted + " was not found on server " + r.Server + "."}
}
