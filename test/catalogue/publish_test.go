package catalogue_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

func TestPublishFlags(t *testing.T) {
	o := start(t, contoso("LyncServer2013"))
	before := o.topology(t)
	move := lync.FlagChange{Signature: before.Signature, Flags: []lync.Flag{
		{Pool: edge1, Protocol: lync.SIP}, {Pool: edge2, Protocol: lync.SIP, On: true},
		{Pool: edge1, Protocol: lync.XMPP}, {Pool: strings.ToUpper(edge2), Protocol: lync.XMPP, On: true},
	}}
	published, err := o.operator().PublishFlags(context.Background(), move)
	if err != nil {
		t.Fatal(err)
	}
	o.unharmed(t)
	after := o.topology(t)
	if published.Signature != after.Signature || after.Signature == before.Signature {
		t.Errorf("signatures: %s before, %s published, %s after", before.Signature, published.Signature, after.Signature)
	}
	if got := o.Truth().Enabled.Signature; got != after.Signature {
		t.Errorf("the topology was not enabled: %s is in force", got)
	}
	if !published.SimpleURLsRestored {
		t.Error("publishing emptied the simple URLs and nothing was said")
	}
	want := before
	want.Signature = after.Signature
	want.Replicas = after.Replicas
	want.EdgePools = []lync.EdgePool{before.EdgePools[0], before.EdgePools[1]}
	want.EdgePools[0].SIPEnabled, want.EdgePools[0].XMPPEnabled = false, false
	want.EdgePools[1].SIPEnabled, want.EdgePools[1].XMPPEnabled = true, true
	if diff := cmp.Diff(want, after, comparable); diff != "" {
		t.Errorf("more or less than the flags changed (-want +got):\n%s", diff)
	}

	host := o.machines[frontEnd]
	if backup, err := host.disk.ReadFile(published.BackupFile); err != nil || !strings.Contains(string(backup), before.Signature) {
		t.Errorf("the backup %q does not hold the old document: %v", published.BackupFile, err)
	}
	if host.disk.Exists(`C:\Windows\Temp\fedroute-publish-` + before.Signature + `.xml`) {
		t.Error("the edited document was left behind")
	}
}

// TestProposeFlags checks that the document that is going to be published is known before,
// except for its Signature, and that proposing it changes nothing.
func TestProposeFlags(t *testing.T) {
	for _, product := range farm.ProductIDs() {
		t.Run(product, func(t *testing.T) {
			o := start(t, contoso(product))
			observer := shell.NewObserver(o.fleet)
			_, before, err := observer.ReadDocument(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			change := lync.FlagChange{Signature: o.Truth().Published.Signature, Flags: []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}}}
			writes := len(o.Journal())
			proposed, err := o.operator().ProposeFlags(context.Background(), change)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(o.Journal()) - writes; n != 0 || o.LostSimpleURLs() != nil {
				t.Errorf("proposing made %d writes and lost %v", n, o.LostSimpleURLs())
			}
			published, err := o.operator().PublishFlags(context.Background(), change)
			if err != nil {
				t.Fatal(err)
			}
			signature, after, err := observer.ReadDocument(context.Background())
			if err != nil || after != proposed.Digest || after == before || signature != published.Signature {
				t.Errorf("digest %s before, %s proposed, %s after; signature %s, published %s; %v", before, proposed, after, signature, published.Signature, err)
			}
			if _, err := o.operator().ProposeFlags(context.Background(), change); !fault.Is(err, fault.WorldChanged) {
				t.Errorf("a proposal from a stale document: %v", err)
			}
		})
	}
}

func TestPublishFlagsRefuses(t *testing.T) {
	cases := map[string]struct {
		reason string
		spoil  func(t *testing.T, o *organization, change *lync.FlagChange)
		kind   fault.Kind
	}{
		"stale": {
			"the plan was made from another document",
			func(_ *testing.T, _ *organization, change *lync.FlagChange) {
				change.Signature = "00000000-0000-0000-0000-000000000000"
			},
			fault.WorldChanged,
		},
		"stale without anything to do": {
			"that the flags are right may be chance",
			func(_ *testing.T, _ *organization, change *lync.FlagChange) {
				change.Signature, change.Flags[0].On = "00000000-0000-0000-0000-000000000000", false
			},
			fault.WorldChanged,
		},
		"edited meanwhile": {
			"a person publishes right after the script read",
			func(t *testing.T, o *organization, _ *lync.FlagChange) {
				if err := o.AddFault(farm.Fault{Kind: farm.FaultPersonEdits}); err != nil {
					t.Fatal(err)
				}
			}, fault.WorldChanged,
		},
		"unknown pool": {
			"nothing is published",
			func(_ *testing.T, _ *organization, change *lync.FlagChange) {
				change.Flags[0].Pool = "edge9.contoso.com"
			},
			fault.Invalid,
		},
		"busy": {
			"another process on that machine publishes",
			func(t *testing.T, o *organization, _ *lync.FlagChange) {
				rs, stdout, _, err := o.machines[frontEnd].process()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(rs.Close)
				rs.Run(context.Background(), `(New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\fedroute-publish').WaitOne(0)`)
				if strings.TrimSpace(stdout.String()) != "True" {
					t.Fatalf("the mutex is not to be had: %q", stdout)
				}
			}, fault.Busy,
		},
		"publishing fails": {
			"the cmdlet's error comes through",
			func(t *testing.T, o *organization, _ *lync.FlagChange) {
				if err := o.AddFault(farm.Fault{Kind: farm.FaultPublishFails}); err != nil {
					t.Fatal(err)
				}
			}, fault.Failed,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := start(t, contoso("LyncServer2013"))
			change := lync.FlagChange{Signature: o.topology(t).Signature, Flags: []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}}}
			c.spoil(t, o, &change)
			_, err := o.operator().PublishFlags(context.Background(), change)
			if !fault.Is(err, c.kind) {
				t.Fatalf("%s: got %v, want %s", c.reason, err, c.kind)
			}
			for _, v := range o.Violations() {
				t.Errorf("%s is violated: %s", v.Invariant, v.Detail)
			}
			for _, pool := range o.Truth().EdgePools() {
				if pool.FQDN == edge2 && pool.SIP {
					t.Error("the flag was set nevertheless")
				}
			}
		})
	}
}

// TestAbandonedPublish checks that a publish whose process died does not lock out the next
// publish. A third process keeps the mutex alive; otherwise the next publish would get a
// new mutex.
func TestAbandonedPublish(t *testing.T) {
	const open = `$m = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\fedroute-publish'`
	o := start(t, contoso("LyncServer2013"))
	for _, script := range []string{open, open + `; $m.WaitOne(0)`} {
		rs, _, _, err := o.machines[frontEnd].process()
		if err != nil {
			t.Fatal(err)
		}
		rs.Run(context.Background(), script)
		if script == open {
			t.Cleanup(rs.Close)
		} else {
			rs.Close()
		}
	}
	change := lync.FlagChange{Signature: o.topology(t).Signature, Flags: []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}}}
	if _, err := o.operator().PublishFlags(context.Background(), change); err != nil {
		t.Error(err)
	}
	o.unharmed(t)
}

func TestPublishNothing(t *testing.T) {
	o := start(t, contoso("LyncServer2013"))
	signature := o.topology(t).Signature
	change := lync.FlagChange{Signature: signature, Flags: []lync.Flag{{Pool: edge1, Protocol: lync.SIP, On: true}}}
	got, err := o.operator().PublishFlags(context.Background(), change)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lync.Published{Signature: signature}, got); diff != "" {
		t.Errorf("flags that are there already need no publish (-want +got):\n%s", diff)
	}
}
