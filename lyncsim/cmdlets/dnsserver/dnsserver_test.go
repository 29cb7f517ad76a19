package dnsserver_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/dnsserver"
	"github.com/fedroute/fedroute/lyncsim/dns"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

const sip = "_sipfederationtls._tcp"

func authority(t *testing.T) *dns.Authority {
	t.Helper()
	a, err := dns.New(func() time.Time { return time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC) }, []dns.Zone{{
		Name: "contoso.com",
		Records: []string{
			"@ 3600 NS ns1", "ns1 3600 A 192.0.2.53", "sip 300 A 192.0.2.1", "sip 300 A 192.0.2.2", "www 300 CNAME sip",
			sip + " 300 SRV 0 0 5061 sip.contoso.com.",
		},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestCmdlets runs commands that administrators type on a DNS server.
func TestCmdlets(t *testing.T) {
	cases := map[string]struct {
		reason, script string
		out            []string
		errors         string
		name, rrtype   string // looked up afterwards
		want           []string
	}{
		"zones": {
			reason: "the server's primary zones",
			script: `Get-DnsServerZone | ForEach-Object { "$($_.ZoneName) $($_.ZoneType)" }`,
			out:    []string{"contoso.com Primary"},
		},
		"read": {
			reason: "an SRV's data has four properties",
			script: `$r = Get-DnsServerResourceRecord -ZoneName contoso.com -Name ` + sip + ` -RRType Srv; "$($r.HostName) $($r.RecordData.DomainName) $($r.RecordData.Port) $($r.TimeToLive)"`,
			out:    []string{sip + " sip.contoso.com. 5061 00:05:00"},
		},
		"no such name": {
			reason: "the server's number is the error id",
			script: `Get-DnsServerResourceRecord -ZoneName contoso.com -Name meet`,
			errors: "WIN32 9714,Get-DnsServerResourceRecord",
		},
		"no such zone": {
			reason: "the server's number is the error id",
			script: `Get-DnsServerResourceRecord -ZoneName contoso.net`,
			errors: "WIN32 9601,Get-DnsServerResourceRecord",
		},
		"add address": {
			reason: "a record joins its set",
			script: `Add-DnsServerResourceRecordA -ZoneName contoso.com -Name sip -IPv4Address 192.0.2.3 -TimeToLive 00:01:00`,
			name:   "sip.contoso.com", rrtype: "A", want: []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"},
		},
		"add SRV": {
			reason: "the generic cmdlet takes a set per type",
			script: `Add-DnsServerResourceRecord -Srv -ZoneName contoso.com -Name _xmpp-server._tcp -DomainName sip.contoso.com -Priority 0 -Weight 5 -Port 5269`,
			name:   "_xmpp-server._tcp.contoso.com", rrtype: "SRV", want: []string{"0 5 5269 sip.contoso.com."},
		},
		"add twice": {
			reason: "the same record is refused",
			script: `Add-DnsServerResourceRecordA -ZoneName contoso.com -Name sip -IPv4Address 192.0.2.1`,
			errors: "WIN32 9711,Add-DnsServerResourceRecordA",
			name:   "sip.contoso.com", rrtype: "A", want: []string{"192.0.2.1", "192.0.2.2"},
		},
		"beside an alias": {
			reason: "an alias has its name for itself",
			script: `Add-DnsServerResourceRecordA -ZoneName contoso.com -Name www -IPv4Address 192.0.2.1`,
			errors: "WIN32 9708,Add-DnsServerResourceRecordA",
			name:   "www.contoso.com", rrtype: "CNAME", want: []string{"sip.contoso.com."},
		},
		"change": {
			reason: "old and new object, the new one a changed clone",
			script: `$old = Get-DnsServerResourceRecord contoso.com ` + sip + ` -RRType Srv; $new = $old.Clone(); $new.RecordData.DomainName = 'sip2.contoso.com.'; ` +
				`Set-DnsServerResourceRecord -ZoneName contoso.com -OldInputObject $old -NewInputObject $new`,
			name: sip + ".contoso.com", rrtype: "SRV", want: []string{"0 0 5061 sip2.contoso.com."},
		},
		"change what is gone": {
			reason: "the old record must still be there",
			script: `$old = Get-DnsServerResourceRecord contoso.com ` + sip + ` -RRType Srv; $new = $old.Clone(); $new.RecordData.Port = 5062; ` +
				`Remove-DnsServerResourceRecord contoso.com -Name ` + sip + ` -RRType Srv -Force; Set-DnsServerResourceRecord contoso.com -OldInputObject $old -NewInputObject $new`,
			errors: "WIN32 9701,Set-DnsServerResourceRecord",
			name:   sip + ".contoso.com", rrtype: "SRV",
		},
		"remove one": {
			reason: "data chooses the record",
			script: `Remove-DnsServerResourceRecord -ZoneName contoso.com -Name sip -RRType A -RecordData 192.0.2.1 -Force`,
			name:   "sip.contoso.com", rrtype: "A", want: []string{"192.0.2.2"},
		},
		"remove asks": {
			reason: "without -Force nobody can answer",
			script: `try { Remove-DnsServerResourceRecord -ZoneName contoso.com -Name sip -RRType A } catch { 'refused' }`,
			out:    []string{"refused"},
			name:   "sip.contoso.com", rrtype: "A", want: []string{"192.0.2.1", "192.0.2.2"},
		},
		"piped": {
			reason: "records can be piped away",
			script: `Get-DnsServerResourceRecord contoso.com -Name sip | Remove-DnsServerResourceRecord -ZoneName contoso.com -Force`,
			name:   "sip.contoso.com", rrtype: "A",
		},
		"other type": {
			reason: "types that no federation needs are not simulated",
			script: `Add-DnsServerResourceRecord -Txt -ZoneName contoso.com -Name x -DescriptiveText y`,
			errors: "not supported by the simulator: Add-DnsServerResourceRecord -Txt",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			zones := authority(t)
			out, failed := run(t, zones, tc.script)
			if diff := cmp.Diff(tc.out, out); diff != "" {
				t.Errorf("%s: output (-want +got):\n%s", tc.reason, diff)
			}
			if !strings.HasPrefix(failed, tc.errors) || (tc.errors == "") != (failed == "") {
				t.Errorf("%s: error %q, want %q", tc.reason, failed, tc.errors)
			}
			if tc.name == "" {
				return
			}
			if diff := cmp.Diff(tc.want, zones.Lookup(tc.name, tc.rrtype)); diff != "" {
				t.Errorf("%s: %s %s (-want +got):\n%s", tc.reason, tc.name, tc.rrtype, diff)
			}
		})
	}
}

// run runs a script on the DNS server and returns its output and first error.
func run(t *testing.T, zones *dns.Authority, script string) (out []string, failed string) {
	t.Helper()
	session := &dnsserver.Session{Zones: zones, ZoneNames: []string{"contoso.com"}, Server: "dc1.contoso.com", User: `CONTOSO\anna`}
	module, err := session.Module()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	rs := powershell.New(powershell.Options{
		Notation: powershell.Recorded, Stdout: &stdout, Stderr: &stderr, Loaded: append(utility.Modules(), module),
	})
	defer rs.Close()
	rs.Run(context.Background(), script)
	if text := strings.TrimRight(stdout.String(), "\n"); text != "" {
		out = strings.Split(text, "\n")
	}
	failed, _, _ = strings.Cut(strings.TrimRight(stderr.String(), "\n"), "\t")
	return out, failed
}
