package shell_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares the value's JSON with the file testdata/name.
func golden(t *testing.T, name string, value any) {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", name), text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(file(t, name), text.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestOperations(t *testing.T) {
	const server, fe, pool = "edge01.contoso.com", "fepool01.contoso.com", "edgepool02.contoso.com"
	cases := map[string]struct {
		reason string
		where  string
		reply  string
		run    func(ctx context.Context, o *shell.Operator) (any, error)
		want   any
	}{
		"set-sip-route": {
			"the route read back is named by its pool", first, `[{"Route": "EdgeServer:edgepool02.contoso.com"}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) {
				return o.SetSiteRoute(ctx, "Redmond", lync.SIP, pool)
			}, pool,
		},
		"set-xmpp-route": {
			"a value that did not stay is returned as it is", first, `[{"Route": ""}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) {
				return o.SetSiteRoute(ctx, "Redmond", lync.XMPP, pool)
			}, "",
		},
		"publish-flags": {
			"one publish for both protocols and both pools", first,
			`[{"Signature": "new", "BackupFile": "C:\\Temp\\b.xml", "ExportFile": "", "ExportError": "the disk is full", "SimpleUrlsRestored": true}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) {
				return o.PublishFlags(ctx, lync.FlagChange{Signature: "old", Flags: []lync.Flag{
					{Pool: pool, Protocol: lync.SIP, On: true}, {Pool: "edgepool01.contoso.com", Protocol: lync.SIP},
					{Pool: pool, Protocol: lync.XMPP, On: true}, {Pool: "edgepool01.contoso.com", Protocol: lync.XMPP},
				}})
			}, lync.Published{Signature: "new", BackupFile: `C:\Temp\b.xml`, ExportError: "the disk is full", SimpleURLsRestored: true},
		},
		"publish-one-flag": {
			"lists that are not asked for are not sent", first, `[{"Signature": "new", "BackupFile": "", "ExportFile": "", "ExportError": "", "SimpleUrlsRestored": false}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) {
				return o.PublishFlags(ctx, lync.FlagChange{Signature: "old", Flags: []lync.Flag{{Pool: pool, Protocol: lync.SIP, On: true}}})
			}, lync.Published{Signature: "new"},
		},
		"propose-flags": {
			"what would be published, without its signature", first, `[{"Document": "<Topology Signature=\"old\"/>", "SimpleUrls": "[]"}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) {
				return o.ProposeFlags(ctx, lync.FlagChange{Signature: "old", Flags: []lync.Flag{{Pool: pool, Protocol: lync.SIP, On: true}}})
			}, lync.Proposal{Digest: "sha256-70cc291a067283e26377d75ac91f7770aa00f00c1a52f16b3d26fecb99fc17d8", SimpleURLs: "[]"},
		},
		"may-enable": {
			"the account is asked about on the server that publishes", first, `[{"Account": "CONTOSO\\fedroute", "DomainAdmin": true, "ServerAdmin": true, "Containers": []}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) { return o.MayEnable(ctx) }, "",
		},
		"restore-simple-urls": {
			"as they were kept", first, `[{"Restored": ["Global"]}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) { return o.RestoreSimpleURLs(ctx, "[]") }, []string{"Global"},
		},
		"start-services": {
			"on the machine itself", edge, `[{"Services": 6}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) { return nil, o.StartServices(ctx, server) }, nil,
		},
		"restart-services": {
			"on the machine itself", edge, `[{"Services": 6}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) { return nil, o.RestartServices(ctx, server) }, nil,
		},
		"setup": {
			"the topology's name goes along for the comparison", edge, `[{"Ran": "Bootstrapper"}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) { return nil, o.Setup(ctx, server, "sig") }, nil,
		},
		"associate": {
			"all three links", first,
			`[{"Registrar": "EdgeServer:edgepool02.contoso.com", "Conferencing": "EdgeServer:edgepool02.contoso.com", "Mediation": "", "HasMediation": false}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) { return o.Associate(ctx, fe, pool) },
			lync.Association{Registrar: pool, Conferencing: pool},
		},
		"next-hop": {
			"its signature is that of another document", first, `[{"NextHop": "Registrar:fepool01.contoso.com", "Signature": "s2"}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) {
				found, signature, err := o.SetNextHop(ctx, pool, fe)
				return found + " " + signature, err
			}, "fepool01.contoso.com s2",
		},
		"fail-back": {
			"by pool", first, `[{"FrontEndPool": "fepool01.contoso.com"}]`,
			func(ctx context.Context, o *shell.Operator) (any, error) { return nil, o.FailBack(ctx, fe) }, nil,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[c.where] = says(c.reply)
			got, err := c.run(context.Background(), shell.NewOperator(w.fleet(t)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if len(w.requests) != 1 {
				t.Fatalf("%d requests were sent, want 1", len(w.requests))
			}
			golden(t, "request-"+name+".json", map[string]any{
				"script": w.requests[0].Name, "arguments": w.requests[0].Arguments, "endpoint": w.asked[0],
			})
		})
	}
}

func TestOperationsRefuse(t *testing.T) {
	cases := map[string]struct {
		reason string
		reply  string
		run    func(ctx context.Context, o *shell.Operator) error
		kind   fault.Kind
		sent   int
	}{
		"a machine without services": {
			"a start that found nothing to start is no success", `[{"Services": 0}]`,
			func(ctx context.Context, o *shell.Operator) error { return o.StartServices(ctx, "edge01.contoso.com") },
			fault.Failed, 1,
		},
		"a document that is none": {
			"a digest of nothing would match nothing", `[{"Document": "no document"}]`,
			func(ctx context.Context, o *shell.Operator) error {
				_, err := o.ProposeFlags(ctx, lync.FlagChange{})
				return err
			}, fault.Internal, 1,
		},
		"an unknown protocol": {
			"nothing is sent", ``,
			func(ctx context.Context, o *shell.Operator) error {
				_, err := o.PublishFlags(ctx, lync.FlagChange{Flags: []lync.Flag{{Pool: "p", Protocol: "SMTP"}}})
				return err
			}, fault.Internal, 0,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[edge], w.answers[first] = says(c.reply), says(c.reply)
			err := c.run(context.Background(), shell.NewOperator(w.fleet(t)))
			if !fault.Is(err, c.kind) || len(w.requests) != c.sent {
				t.Errorf("%s: got %v after %d requests, want %s after %d", c.reason, err, len(w.requests), c.kind, c.sent)
			}
		})
	}
}

// TestMayEnable: No holds a publish, so what is not known must not look like No.
func TestMayEnable(t *testing.T) {
	cases := map[string]struct {
		reason string
		reply  string
		lacks  string
		known  bool
	}{
		"Domain Admins": {"they may everywhere", `"DomainAdmin": true, "ServerAdmin": false, "Containers": []`, "", true},
		"granted":       {"on every container", `"DomainAdmin": false, "ServerAdmin": true, "Containers": [{"Container": "OU=A", "Granted": "True", "Problem": ""}, {"Container": "OU=B", "Granted": "True", "Problem": ""}]`, "", true},
		"not granted":   {"one container is enough to refuse", `"DomainAdmin": false, "ServerAdmin": true, "Containers": [{"Container": "OU=A", "Granted": "True", "Problem": ""}, {"Container": "OU=B", "Granted": "False", "Problem": ""}]`, `run Grant-CsSetupPermission -ComputerOU "OU=B"`, true},
		"no group":      {"what the containers grant is granted to the group", `"DomainAdmin": false, "ServerAdmin": false, "Containers": []`, "neither in Domain Admins nor in RTCUniversalServerAdmins", true},
		"no answer":     {"the cmdlet failed", `"DomainAdmin": false, "ServerAdmin": true, "Containers": [{"Container": "OU=A", "Granted": "", "Problem": "access is denied"}]`, "", false},
		"no computer":   {"nothing was found that could be asked about", `"DomainAdmin": false, "ServerAdmin": true, "Containers": []`, "", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			w.answers[first] = says(`[{"Account": "CONTOSO\\fedroute", ` + c.reply + `}]`)
			lacks, err := shell.NewOperator(w.fleet(t)).MayEnable(context.Background())
			if (err == nil) != c.known || !strings.Contains(lacks, c.lacks) || (lacks == "") != (c.lacks == "") {
				t.Errorf("%s: it lacks %q, %v", c.reason, lacks, err)
			}
		})
	}
}
