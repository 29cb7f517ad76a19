package controllers

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/apply"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

var proposal = lync.Proposal{Digest: "sha256-ours", SimpleURLs: `[{"Identity":"Global","Urls":[]}]`}

func TestLedgerKeepsBesideWhatWasSeen(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt, managerSecret())
	s.atHome()
	s.look(lt)
	l := ledger{client: s.objects, topology: orgKey, uid: lt.UID}
	must(t, l.Publishing(t.Context(), proposal))
	sent := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	must(t, l.through(t.Context(), "https://fe1.contoso.com:5986/wsman", sent))
	must(t, s.objects.Get(t.Context(), orgKey, lt))
	if at := lt.Status.Publishing; at == nil || at.Endpoint != "https://fe1.contoso.com:5986/wsman" || !at.Since.Time.Equal(sent) {
		t.Errorf("the publish is noted as %+v", at)
	}
	must(t, l.through(t.Context(), "", time.Time{}))
	must(t, l.through(t.Context(), "", time.Time{})) // an object whose note was lost, too
	s.look(lt)
	if lt.Status.Publishing != nil {
		t.Errorf("a publish that has ended is waited for: %+v", lt.Status.Publishing)
	}
	if lt.Status.PublishedDocument != "sha256-ours" || lt.Status.SimpleURLs != proposal.SimpleURLs || lt.Status.Product == nil {
		t.Errorf("after another look the status is %+v", lt.Status)
	}
	must(t, l.Restored(t.Context()))
	must(t, l.Restored(t.Context())) // a second route may have seen them, too
	s.look(lt)
	if lt.Status.PublishedDocument != "sha256-ours" || lt.Status.SimpleURLs != "" {
		t.Errorf("after the simple URLs were seen the status is %+v", lt.Status)
	}
}

// TestLedgerKeepsWhatSetupInstalled: machines are set up side by side, and each has a record of its
// own beside those of the others. A look keeps them.
func TestLedgerKeepsWhatSetupInstalled(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt, managerSecret())
	s.atHome()
	s.look(lt)
	l := ledger{client: s.objects, topology: orgKey, uid: lt.UID, clock: RealClock{}}
	began := metav1.Now().Rfc3339Copy()
	must(t, l.SetUp(t.Context(), "EDGE1.contoso.com", []lync.Protocol{lync.SIP, lync.XMPP}))
	must(t, l.SetUp(t.Context(), "edge2.contoso.com", []lync.Protocol{lync.SIP}))
	must(t, l.SetUp(t.Context(), "edge2.contoso.com", nil))
	must(t, s.objects.Get(t.Context(), orgKey, lt))
	for name, record := range lt.Status.Setups {
		if record.At == nil || record.At.Before(&began) {
			t.Errorf("setup ended on %s at %v, and began at %v", name, record.At, began)
		}
		record.At = nil
		lt.Status.Setups[name] = record
	}
	want := map[string]v1alpha1.SetupRecord{"edge1.contoso.com": {Ports: []int32{5061, 5269}}, "edge2.contoso.com": {Ports: []int32{}}}
	if diff := cmp.Diff(want, lt.Status.Setups); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if err := (ledger{client: s.objects, topology: orgKey, uid: "of another organization", clock: RealClock{}}).SetUp(t.Context(), "edge3.contoso.com", nil); err == nil {
		t.Error("an object of another uid was written")
	}
}

// TestLedgerForgetsWhatSetupTakesAway: while setup takes something away, and after a setup whose
// end nobody saw, nobody knows what is installed on that machine.
func TestLedgerForgetsWhatSetupTakesAway(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt, managerSecret())
	s.atHome()
	s.look(lt)
	l := ledger{client: s.objects, topology: orgKey, uid: lt.UID, clock: RealClock{}}
	must(t, l.TakingAway(t.Context(), "edge1.contoso.com")) // nothing was noted yet
	must(t, l.SetUp(t.Context(), "edge1.contoso.com", []lync.Protocol{lync.SIP}))
	must(t, l.SetUp(t.Context(), "edge2.contoso.com", []lync.Protocol{lync.SIP}))
	must(t, l.TakingAway(t.Context(), "EDGE1.contoso.com"))
	must(t, l.TakingAway(t.Context(), "edge1.contoso.com"))
	must(t, s.objects.Get(t.Context(), orgKey, lt))
	if _, kept := lt.Status.Setups["edge1.contoso.com"]; kept || len(lt.Status.Setups) != 1 {
		t.Errorf("records are %v, want that of edge2 alone", lt.Status.Setups)
	}
}

// TestSetupCountsBeforeTheCacheShowsIt: a record that the cache still shows is older than what
// the latest run did.
func TestSetupCountsBeforeTheCacheShowsIt(t *testing.T) {
	const machine = lync.Host("edge1.contoso.com")
	noted := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cases := map[string]struct {
		reason string
		entry  apply.Entry
		act    plan.SetupEdgeServer
		want   map[lync.Host][]lync.Protocol
	}{
		"taken away":         {"nothing is left", apply.Entry{State: apply.Done, Started: noted.Add(time.Minute)}, plan.SetupEdgeServer{Removes: true}, map[lync.Host][]lync.Protocol{machine: nil}},
		"taken away, unseen": {"nobody knows", apply.Entry{State: apply.Failed, Started: noted.Add(time.Minute)}, plan.SetupEdgeServer{Removes: true}, map[lync.Host][]lync.Protocol{}},
		"not begun":          {"the record stands", apply.Entry{State: apply.Pending}, plan.SetupEdgeServer{Removes: true}, map[lync.Host][]lync.Protocol{machine: {lync.SIP}}},
		"installed, unseen":  {"setup would run again, whatever the record says", apply.Entry{State: apply.Failed, Started: noted.Add(time.Minute)}, plan.SetupEdgeServer{Installs: []lync.Protocol{lync.SIP}}, map[lync.Host][]lync.Protocol{machine: {lync.SIP}}},
		"long ago":           {"the record is newer", apply.Entry{State: apply.Done, Started: noted.Add(-time.Minute)}, plan.SetupEdgeServer{Removes: true}, map[lync.Host][]lync.Protocol{machine: {lync.SIP}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.act.Server.FQDN = string(machine)
			c.entry.Step = plan.Step{Act: c.act}
			records := map[lync.Host][]lync.Protocol{machine: {lync.SIP}}
			recall(records, map[lync.Host]time.Time{machine: noted}, []apply.Entry{c.entry})
			if diff := cmp.Diff(c.want, records); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestLedgerSaysWhyNot(t *testing.T) {
	cases := map[string]struct {
		reason string
		err    error
		kind   fault.Kind
	}{
		"API server away": {"it is tried again", errors.New("connection refused"), fault.Unreachable},
		"forbidden":       {"a person has to allow it", apierrors.NewForbidden(schema.GroupResource{Resource: "lynctopologies"}, "org", nil), fault.Denied},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			broken := interceptor.NewClient(fakeObjects(t, lyncTopology()), interceptor.Funcs{
				SubResourcePatch: func(context.Context, client.Client, string, client.Object, client.Patch, ...client.SubResourcePatchOption) error {
					return c.err
				}})
			err := ledger{client: broken, topology: orgKey}.Publishing(t.Context(), proposal)
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != c.kind || f.Effect == "" || f.Next == "" {
				t.Errorf("%s: %v", c.reason, err)
			}
		})
	}
	var lt v1alpha1.LyncTopology
	objects := fakeObjects(t, lyncTopology())
	if err := (ledger{client: objects, topology: orgKey, uid: "of another organization"}).Publishing(t.Context(), proposal); err == nil {
		must(t, objects.Get(t.Context(), orgKey, &lt))
		t.Errorf("an object of another uid was written: %+v", lt.Status)
	}
}
