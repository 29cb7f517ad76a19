package controllers

import (
	"context"
	"errors"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
)

var proposal = lync.Proposal{Digest: "sha256-ours", SimpleURLs: `[{"Identity":"Global","Urls":[]}]`}

func TestLedgerKeepsBesideWhatWasSeen(t *testing.T) {
	lt := lyncTopology()
	s := newStage(t, lt, managerSecret())
	s.atHome()
	s.look(lt)
	l := ledger{client: s.objects, topology: orgKey, uid: lt.UID}
	must(t, l.Publishing(t.Context(), proposal))
	s.look(lt)
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
