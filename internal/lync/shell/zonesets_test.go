package shell_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

// sets is a DNS server with the endpoint kit: each call has one set, which is read back as
// it was asked for. The call number fails, counted from 1, if it is not 0.
type sets struct {
	calls []string
	fails int
	with  error
}

func (s *sets) answer(_ context.Context, r remote.Request) (string, error) {
	text, err := json.Marshal(r.Arguments)
	if err != nil {
		return "", err
	}
	var set struct {
		Zone, Name, Type, Ttl string
		Before, After         []string
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return "", err
	}
	s.calls = append(s.calls, fmt.Sprintf("%s %s %s [%s] -> [%s]", set.Name, set.Type, set.Ttl, strings.Join(set.Before, ", "), strings.Join(set.After, ", ")))
	if len(s.calls) == s.fails {
		return "", s.with
	}
	reply, err := json.Marshal([]any{map[string]any{"Sets": []any{map[string]any{"Name": set.Name, "Type": set.Type, "Values": set.After}}}})
	return string(reply), err
}

func (w *world) kitZone(t *testing.T) *shell.ZoneWriter {
	return shell.NewZoneWriter(w.fleet(t), shell.ZoneAccess{Zone: "contoso.com", Endpoint: remote.Endpoint{URL: dnsHost, Configuration: "FedRoute"},
		Credentials: func(context.Context) (remote.Credentials, error) {
			return remote.Credentials{Method: remote.NTLM, Username: "dnsadmin", Password: "x"}, nil
		}})
}

// TestZoneWriterSetBySet: through the endpoint kit each call has one set. The order of all
// is that of the script.
func TestZoneWriterSetBySet(t *testing.T) {
	move := []dns.Change{
		{From: records(t, "_sipfederationtls._tcp.contoso.com", dns.SRV, 300, "0 0 5061 old.contoso.com"), To: records(t, "_sipfederationtls._tcp.contoso.com", dns.SRV, 300, "0 0 5061 fed.contoso.com")},
		{From: records(t, "fed.contoso.com", dns.A, 300, "192.0.2.1", "192.0.2.2"), To: records(t, "fed.contoso.com", dns.A, 60, "192.0.2.2", "192.0.2.3")},
		{From: records(t, "old.contoso.com", dns.A, 300, "192.0.2.9"), To: records(t, "old.contoso.com", dns.A, 0)},
	}
	const (
		compareFed = "fed A  [192.0.2.1, 192.0.2.2] -> [192.0.2.1, 192.0.2.2]"
		compareOld = "old A  [192.0.2.9] -> [192.0.2.9]"
		compareSIP = "_sipfederationtls._tcp SRV  [0 0 5061 old.contoso.com] -> [0 0 5061 old.contoso.com]"
		addFed     = "fed A 00:01:00 [192.0.2.1, 192.0.2.2] -> [192.0.2.1, 192.0.2.2, 192.0.2.3]"
		moveSIP    = "_sipfederationtls._tcp SRV 00:05:00 [0 0 5061 old.contoso.com] -> [0 0 5061 fed.contoso.com]"
		dropOld    = "old A 00:05:00 [192.0.2.9] -> []"
		dropFed    = "fed A 00:01:00 [192.0.2.1, 192.0.2.2, 192.0.2.3] -> [192.0.2.2, 192.0.2.3]"
	)
	changed := throws("fedroute.WorldChanged", "InvalidData", "it is now otherwise; nothing was changed")
	cases := []struct {
		reason  string
		changes []dns.Change
		check   bool
		may     int // how many changes may be made; the next is refused
		fails   int
		with    error
		want    []string
		kind    fault.Kind
		says    string
	}{
		{"addresses come before the service that leads to them and go after it", move, false, 9, 0, nil,
			[]string{compareFed, compareOld, compareSIP, addFed, moveSIP, dropOld, dropFed}, "", ""},
		{"a question changes nothing", move, true, 0, 0, nil, []string{compareFed, compareOld, compareSIP}, "", ""},
		{"one set is one call", move[1:2], false, 9, 0, nil, []string{"fed A 00:01:00 [192.0.2.1, 192.0.2.2] -> [192.0.2.2, 192.0.2.3]"}, "", ""},
		{"before the first change nothing is lost", move, false, 9, 2, changed, []string{compareFed, compareOld}, fault.WorldChanged, "nothing was changed"},
		{"after it a part is there", move, false, 9, 5, changed, []string{compareFed, compareOld, compareSIP, addFed, moveSIP}, fault.Failed, "it holds a part of the change"},
		{"what may not be changed is not", move, false, 0, 0, nil, []string{compareFed, compareOld, compareSIP}, fault.Unreachable, "the pool is dead"},
		{"each change is asked for anew", move, false, 1, 0, nil, []string{compareFed, compareOld, compareSIP, addFed}, fault.Failed, "it holds a part of the change"},
		{"a lost answer stays unknown", move, false, 9, 5, lost(), []string{compareFed, compareOld, compareSIP, addFed, moveSIP}, fault.OutcomeUnknown, "the connection was lost"},
	}
	for _, c := range cases {
		w, server := newWorld(), &sets{fails: c.fails, with: c.with}
		w.answers[dnsHost] = server.answer
		z := w.kitZone(t)
		may := func() error {
			if c.may--; c.may < 0 {
				return fault.New(fault.Unreachable, "ask", "port", "the pool is dead")
			}
			return nil
		}
		var err error
		if c.check {
			err = z.Check(t.Context(), c.changes)
		} else {
			err = z.Write(t.Context(), c.changes, may)
		}
		if fault.KindOf(err) != c.kind || err != nil && !strings.Contains(fault.Sentence(err), c.says) {
			t.Errorf("%s: %s %v, want %s saying %q", c.reason, fault.KindOf(err), err, c.kind, c.says)
		}
		if diff := cmp.Diff(c.want, server.calls); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}
