package shell_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/remote"
)

// eachScript asks every question and makes every change that runs a script. The values are what
// the methods return beside the error.
func eachScript(t *testing.T) map[string]func(f *shell.Fleet) ([]any, error) {
	const server, front, pool = "edge01.contoso.com", "fepool01.contoso.com", "edgepool02.contoso.com"
	ctx := t.Context()
	one := func(value any, err error) ([]any, error) { return []any{value}, err }
	none := func(err error) ([]any, error) { return nil, err }
	return map[string]func(f *shell.Fleet) ([]any, error){
		"Read-Topology": func(f *shell.Fleet) ([]any, error) {
			topology, _, err := shell.NewObserver(f).ReadTopology(ctx)
			return []any{topology}, err
		},
		"Read-TopologyDocument": func(f *shell.Fleet) ([]any, error) {
			signature, digest, err := shell.NewObserver(f).ReadDocument(ctx)
			return []any{signature, digest}, err
		},
		"Read-EdgeServer":       func(f *shell.Fleet) ([]any, error) { return one(shell.NewObserver(f).ReadEdgeServer(ctx, server)) },
		"Read-EdgeCertificate":  func(f *shell.Fleet) ([]any, error) { return one(shell.NewObserver(f).ReadEdgeCertificate(ctx, server)) },
		"Read-EnablePermission": func(f *shell.Fleet) ([]any, error) { return one(shell.NewOperator(f).MayEnable(ctx)) },
		"Set-SiteRoute": func(f *shell.Fleet) ([]any, error) {
			return one(shell.NewOperator(f).SetSiteRoute(ctx, "Redmond", lync.SIP, pool))
		},
		"Publish-FederationFlags": func(f *shell.Fleet) ([]any, error) {
			return one(shell.NewOperator(f).PublishFlags(ctx, lync.FlagChange{Signature: "a"}))
		},
		"Publish-FederationFlags, proposed": func(f *shell.Fleet) ([]any, error) {
			return one(shell.NewOperator(f).ProposeFlags(ctx, lync.FlagChange{Signature: "a"}))
		},
		"Restore-SimpleUrls":   func(f *shell.Fleet) ([]any, error) { return one(shell.NewOperator(f).RestoreSimpleURLs(ctx, "<x/>")) },
		"Start-EdgeServices":   func(f *shell.Fleet) ([]any, error) { return none(shell.NewOperator(f).StartServices(ctx, server)) },
		"Restart-EdgeServices": func(f *shell.Fleet) ([]any, error) { return none(shell.NewOperator(f).RestartServices(ctx, server)) },
		"Invoke-EdgeSetup":     func(f *shell.Fleet) ([]any, error) { return none(shell.NewOperator(f).Setup(ctx, server, "a")) },
		"Set-EdgeAssociation":  func(f *shell.Fleet) ([]any, error) { return one(shell.NewOperator(f).Associate(ctx, front, pool)) },
		"Set-NextHop": func(f *shell.Fleet) ([]any, error) {
			found, signature, err := shell.NewOperator(f).SetNextHop(ctx, pool, front)
			return []any{found, signature}, err
		},
		"Invoke-PoolFailBack": func(f *shell.Fleet) ([]any, error) { return none(shell.NewOperator(f).FailBack(ctx, front)) },
		"Set-DnsRecords": func(f *shell.Fleet) ([]any, error) {
			z := shell.NewZoneWriter(f, shell.ZoneAccess{Zone: "contoso.com", Endpoint: remote.Endpoint{URL: first},
				Credentials: func(context.Context) (remote.Credentials, error) {
					return remote.Credentials{Method: remote.NTLM, Username: "x", Password: "y"}, nil
				}})
			return none(z.Write(ctx, failover(t), dns.Always))
		},
	}
}

// TestEachScriptMayFail lets each script fail in every way in which the way to it can, and answer
// with something else than it should. The caller gets the fault of that, and no value that it could
// take for what is there.
func TestEachScriptMayFail(t *testing.T) {
	scripts := eachScript(t)
	for _, c := range shell.Commands() {
		if scripts[c.Name] == nil {
			t.Errorf("nobody asks what happens when %s fails", c.Name)
		}
	}
	failures := map[string]struct {
		answer answer
		kind   fault.Kind
		says   string
	}{
		"thrown":               {fails(throws("fedroute.WorldChanged", "InvalidData", "somebody was faster")), fault.WorldChanged, "somebody was faster"},
		"not connected":        {fails(fault.New(fault.Unreachable, "connect to", "host", "no route to host")), fault.Unreachable, "no route to host"},
		"refused":              {fails(fault.New(fault.Denied, "sign in at", "host", "wrong password")), fault.Denied, "wrong password"},
		"no object":            {says("[]"), fault.Internal, "it has 0 objects instead of one"},
		"an object of nothing": {says("[{}]"), fault.Internal, "it has no "},
		"another object":       {says(`[{"Surprise": 1}]`), fault.Internal, `unknown field "Surprise"`},
		"no array":             {says(`"done"`), fault.Internal, "it is no JSON array"},
	}
	for name, run := range scripts {
		for how, c := range failures {
			t.Run(name+", "+how, func(t *testing.T) {
				w := newWorld()
				for _, host := range []string{first, second, edge} {
					w.answers[host] = c.answer
				}
				values, err := run(w.fleet(t))
				if !fault.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), c.says) {
					t.Errorf("got %s, %v; want %s that says %q", fault.KindOf(err), err, c.kind, c.says)
				}
				for _, value := range values {
					if !reflect.ValueOf(value).IsZero() && how != "thrown" {
						t.Errorf("it gives %+v beside the error", value)
					}
				}
			})
		}
	}
}

// TestReadEdgeCertificate: the names of a certificate are its common name and its alternative names,
// each once.
func TestReadEdgeCertificate(t *testing.T) {
	reply := func(thumbprint, subject, names, notBefore, notAfter string) string {
		return fmt.Sprintf(`[{"Thumbprint": %q, "Subject": %q, "Names": %s, "NotBefore": %q, "NotAfter": %q, "Chain": [], "ChainError": ""}]`, thumbprint, subject, names, notBefore, notAfter)
	}
	const from, to = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
	cases := map[string]struct {
		reason string
		reply  string
		names  []string
		kind   fault.Kind
	}{
		"names":             {"letters mean the same in any case", reply("AB", "CN=Sip.contoso.com, O=Contoso", `["sip.CONTOSO.com", "*.contoso.com"]`, from, to), []string{"sip.contoso.com", "*.contoso.com"}, ""},
		"the name is later": {"a subject lists its parts in any order", reply("AB", "O=Contoso, CN=sip.contoso.com", `[]`, from, to), []string{"sip.contoso.com"}, ""},
		"no common name":    {"the alternative names count alone", reply("AB", "O=Contoso", `["", "sip.contoso.com"]`, from, to), []string{"sip.contoso.com"}, ""},
		"no names":          {"nobody can be proven by it", reply("AB", "", `[]`, from, to), nil, ""},
		"none is assigned":  {"there is nothing to read", reply("", "", `[]`, "", ""), nil, ""},
		"no beginning":      {"a local date", reply("AB", "CN=x", `[]`, "01.01.2026", to), nil, fault.Internal},
		"no end":            {"a local date", reply("AB", "CN=x", `[]`, from, "01.01.2027"), nil, fault.Internal},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[edge] = says(c.reply)
			got, err := shell.NewObserver(w.fleet(t)).ReadEdgeCertificate(t.Context(), "edge01.contoso.com")
			if fault.KindOf(err) != c.kind {
				t.Fatalf("%s: %v", c.reason, err)
			}
			if diff := cmp.Diff(c.names, got.Names); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if known := got.Thumbprint == "AB" && got.NotAfter.Year() == 2027 && got.NotBefore.Year() == 2026; known != (err == nil && name != "none is assigned") {
				t.Errorf("%s: read %+v", c.reason, got)
			}
		})
	}
}

// TestReadTopologyWithoutServices: where the services could not be read, the Edge pools are those
// of the document. A part that nobody knows is a defect.
func TestReadTopologyWithoutServices(t *testing.T) {
	without := func(part string) (lync.Topology, error) {
		w := newWorld()
		w.answers[first] = says(strings.Replace(file(t, "topology.json"), `"Unknown": []`,
			fmt.Sprintf(`"Unknown": [{"Part": %q, "Error": {"id": "X", "category": "NotSpecified", "message": "it broke", "target": "", "line": 0}}]`, part), 1))
		topology, _, err := shell.NewObserver(w.fleet(t)).ReadTopology(t.Context())
		return topology, err
	}
	got, err := without("Services")
	var pools []string
	for _, p := range got.EdgePools {
		pools = append(pools, fmt.Sprint(p.FQDN, " ", len(p.Servers), " ", p.SIPEnabled))
	}
	if diff := cmp.Diff([]string{"edgepool01.contoso.com 2 true", "edge03.fabrikam.com 1 false"}, pools); diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := without("Weather"); !fault.Is(err, fault.Internal) || len(got.Sites) > 0 {
		t.Errorf("a part that nobody knows gives %v", err)
	}
}
