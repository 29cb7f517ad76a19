package shell

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/remote"
)

// ZoneAccess says how to change one DNS zone with the cmdlets of the DnsServer
// module, which run on the DNS server itself.
type ZoneAccess struct {
	Zone        string // canonical
	Endpoint    remote.Endpoint
	Credentials Credentials
}

// ZoneWriter changes one zone with the DnsServer cmdlets. The cmdlets cannot compare and
// change in one act. So the script compares the record sets right before its first change,
// and a DNS client may for a moment see some sets changed and others not yet. Only code
// that may change DNS holds a ZoneWriter.
type ZoneWriter struct {
	writer *writer
	script writingScript
	access ZoneAccess
}

var _ dns.Writer = (*ZoneWriter)(nil)

// NewZoneWriter gives a ZoneWriter over the fleet's writing sessions. It opens no
// connection yet.
func NewZoneWriter(f *Fleet, access ZoneAccess) *ZoneWriter {
	return &ZoneWriter{writer: f.writer, script: loadWriting().setDNSRecords, access: access}
}

type recordsRequest struct {
	Zone    string
	Changes []recordsChange
}

// recordsChange is one set of records, as it was read and as it is wanted.
type recordsChange struct {
	Name   string // relative to the zone; "@" is the zone itself
	Type   dns.Type
	TTL    string // as PowerShell shows a TimeSpan; "" leaves it as it is
	Before []string
	After  []string
}

type recordsReply struct {
	Sets []struct {
		Name, Type string
		Values     []string
	}
}

// Check implements dns.Writer. It runs the script with the present records as the wanted
// ones, so that the script compares every set and finds nothing to change.
func (z *ZoneWriter) Check(ctx context.Context, changes []dns.Change) error {
	request, err := z.request(changes)
	if err != nil || len(changes) == 0 {
		return err
	}
	for i := range request.Changes {
		request.Changes[i].After, request.Changes[i].TTL = request.Changes[i].Before, ""
	}
	return z.run(ctx, "check with the DnsServer cmdlets zone", request, dns.Always)
}

// Write implements dns.Writer, but the changes are not atomic. Address records are added
// first, then SRV records; old SRV records are removed before old address records. Faults
// beside those of dns.Writer: Failed (a part of the changes was made), Busy (an earlier
// run of the script still works on the zone), Unreachable (nothing was sent).
func (z *ZoneWriter) Write(ctx context.Context, changes []dns.Change, may func() error) error {
	request, err := z.request(changes)
	if err != nil || len(changes) == 0 {
		return err
	}
	return z.run(ctx, "change with the DnsServer cmdlets zone", request, may)
}

func (z *ZoneWriter) run(ctx context.Context, op string, request recordsRequest, may func() error) error {
	if z.access.Endpoint.Configuration != "" {
		return z.setBySet(ctx, op, request, may)
	}
	if err := may(); err != nil {
		return err
	}
	reply, err := z.send(ctx, op, request)
	if err != nil {
		return err
	}
	return z.verify(request.Changes, reply)
}

// send runs the script once, with the arguments of one of the two ways in.
func (z *ZoneWriter) send(ctx context.Context, op string, arguments any) (recordsReply, error) {
	j := job{
		script: z.script.writing, op: op, target: z.access.Zone,
		arguments: arguments, limit: lync.SettingLimit,
	}
	raw, err := z.writer.at(ctx, z.access.Endpoint, z.access.Credentials, j)
	if err != nil {
		return recordsReply{}, err
	}
	return decode[recordsReply](raw, j)
}

// request puts the changes into the script's form and order.
func (z *ZoneWriter) request(changes []dns.Change) (recordsRequest, error) {
	r := recordsRequest{Zone: z.access.Zone}
	for _, c := range changes {
		if !dns.Within(c.To.Name, z.access.Zone) || c.From.Key != c.To.Key {
			return r, fault.New(fault.Internal, "change zone", z.access.Zone, fmt.Sprintf("%s is no set of it, or not the one that was read (%s)", c.To.Key, c.From.Key))
		}
		name := strings.TrimSuffix(strings.TrimSuffix(c.To.Name, z.access.Zone), ".")
		if name == "" {
			name = "@"
		}
		r.Changes = append(r.Changes, recordsChange{Name: name, Type: c.To.Type, TTL: timeSpan(c.WantedTTL()),
			Before: append([]string{}, c.From.Data...), After: append([]string{}, c.To.Data...)})
	}
	slices.SortStableFunc(r.Changes, func(a, b recordsChange) int { return rank(a.Type) - rank(b.Type) })
	return r, nil
}

// rank puts address records before the SRV records that lead to them.
func rank(t dns.Type) int {
	if t == dns.SRV {
		return 1
	}
	return 0
}

// timeSpan writes seconds as .NET writes a TimeSpan.
func timeSpan(seconds uint32) string {
	d := time.Duration(seconds) * time.Second
	text := fmt.Sprintf("%02d:%02d:%02d", int(d.Hours())%24, int(d.Minutes())%60, seconds%60)
	if days := int(d.Hours()) / 24; days > 0 {
		text = fmt.Sprintf("%d.%s", days, text)
	}
	return text
}

// verify compares what the script read back with what was asked for.
func (z *ZoneWriter) verify(asked []recordsChange, reply recordsReply) error {
	if len(reply.Sets) != len(asked) {
		return fault.New(fault.Internal, "change zone", z.access.Zone, fmt.Sprintf("%d sets were read back instead of %d", len(reply.Sets), len(asked)))
	}
	for i, want := range asked {
		if found := reply.Sets[i]; !slices.Equal(sorted(found.Values), sorted(want.After)) {
			return fault.New(fault.WorldChanged, "change zone", z.access.Zone,
				fmt.Sprintf("%s %s was set to %q and reads %q afterwards", want.Name, want.Type, want.After, found.Values)).
				With("somebody else changes the zone too", "it is read and planned again")
		}
	}
	return nil
}

func sorted(values []string) []string { return slices.Sorted(slices.Values(values)) }
