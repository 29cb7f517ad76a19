package controllers

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/memory/signers"
	"github.com/fedroute/fedroute/internal/remote"
)

// cmdletZone is a zone whose records are changed with the cmdlets of the DnsServer module.
func cmdletZone() v1alpha1.DNSServer {
	return v1alpha1.DNSServer{Zone: "contoso.com", Address: "dc1.contoso.com:53", Provider: v1alpha1.DNSServerCmdlets}
}

func TestCmdletsHaveAnEndpoint(t *testing.T) {
	at := func(change func(*v1alpha1.DNSServer)) v1alpha1.DNSServer {
		s := cmdletZone()
		change(&s)
		return s
	}
	cases := map[string]struct {
		reason string
		server v1alpha1.DNSServer
		url    string
		name   string
	}{
		"left out":   {"the cmdlets run on the DNS server itself", cmdletZone(), "https://dc1.contoso.com:5986/wsman", ""},
		"by address": {"as the address has it", at(func(s *v1alpha1.DNSServer) { s.Address = "[2001:db8::1]:53" }), "https://[2001:db8::1]:5986/wsman", ""},
		"given": {"what a person says counts", at(func(s *v1alpha1.DNSServer) {
			s.Endpoint = &v1alpha1.Endpoint{URL: "https://10.0.0.10/wsman", ServerName: "dc1.contoso.com"}
		}), "https://10.0.0.10/wsman", "dc1.contoso.com"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := zoneWriters{topology: v1alpha1.LyncTopologySpec{CABundle: "nobody"}}.endpoint(c.server)
			if got.URL != c.url || got.ServerName != c.name || got.Roots == nil {
				t.Errorf("%s: %s (%s), roots %v; want %s (%s) and the topology's authorities", c.reason, got.URL, got.ServerName, got.Roots, c.url, c.name)
			}
		})
	}
}

// TestCmdletsRunAsSomebody: the cmdlets run with the zone's own account. Where the zone names none,
// they run with the account of the management servers. Either account is read from its Secret at
// the time of the call.
func TestCmdletsRunAsSomebody(t *testing.T) {
	own := cmdletZone()
	own.Authentication = &v1alpha1.Authentication{Method: v1alpha1.AuthBasic, SecretRef: v1alpha1.LocalReference{Name: "dnsadmin"}}
	cases := map[string]struct {
		reason string
		server v1alpha1.DNSServer
		who    string
		says   string // of an error
	}{
		"own account": {"who may change the zone need not manage Lync", own, "dnsadmin", ""},
		"left out":    {"the account of the management servers", cmdletZone(), "manager", ""},
		"missing Secret": {"told before anything moves", func() v1alpha1.DNSServer {
			s := own
			s.Authentication = &v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "gone"}}
			return s
		}(), "", "Secret gone does not exist"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var who []string
			objects := fakeObjects(t, secret("dnsadmin", map[string]string{"username": "dnsadmin", "password": swordfish}),
				secret("manager", map[string]string{"username": "manager", "password": swordfish}))
			fleet := shell.NewFleet(shell.Config{Dial: func(_ context.Context, e remote.Endpoint, as remote.Credentials) (remote.Session, error) {
				who = append(who, as.Username+" at "+e.URL)
				return &hosts{answer: func(context.Context, string) (json.RawMessage, error) {
					return json.RawMessage(`[{"Sets": [{"Name": "sip", "Type": "A", "Values": ["192.0.2.1"]}]}]`), nil
				}}, nil
			}})
			defer fleet.Close(context.Background())
			w := zoneWriters{keys: secrets{reader: objects, namespace: "lync"}, signers: signers.New(time.Now), fleet: fleet, clock: RealClock{}, topology: v1alpha1.LyncTopologySpec{
				Management: v1alpha1.Management{Accounts: v1alpha1.Accounts{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: "manager"}}}}}}
			open, err := w.zones(t.Context(), &v1alpha1.DNS{Servers: []v1alpha1.DNSServer{c.server}})
			tellsNoSecret(t, err, open)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%s: %v, want %q", c.reason, err, c.says)
				}
				return
			}
			must(t, err)
			key := dns.NewKey("sip.contoso.com", dns.A)
			if err := open["contoso.com"].Writer.Write(t.Context(), []dns.Change{{From: dns.RRSet{Key: key}, To: dns.RRSet{Key: key, TTL: 60, Data: []string{"192.0.2.1"}}}}, dns.Always); err != nil {
				t.Fatal(fault.Sentence(err))
			}
			if want := c.who + " at https://dc1.contoso.com:5986/wsman"; len(who) != 1 || who[0] != want {
				t.Errorf("%s: ran as %v, want %s", c.reason, who, want)
			}
		})
	}
}
