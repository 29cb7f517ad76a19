package status_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/status"
)

// mayMoveTo makes edge2 a pool that is kept prepared, with a certificate.
func mayMoveTo(f *status.Facts, shown lync.Part[lync.Certificate]) {
	pool := lync.EdgePool{FQDN: "edge2.contoso.com", Servers: []lync.EdgeServer{{FQDN: "edge2.contoso.com"}}}
	f.Spec.Prepare = []v1alpha1.Hostname{"edge2.contoso.com"}
	f.Desired.Prepare = []lync.EdgePool{pool}
	f.Desired.Candidates = []plan.Candidate{{Pool: pool, Shown: []plan.Shown{{Names: []string{"fed.contoso.com"}}}}}
	f.Observed.Certificates = map[lync.Host]lync.Part[lync.Certificate]{"edge2.contoso.com": shown}
}

func TestAStandbyThatPartnersWouldRefuseIsTold(t *testing.T) {
	of := func(names ...string) lync.Part[lync.Certificate] {
		return lync.Part[lync.Certificate]{Value: lync.Certificate{Thumbprint: "AB", Names: names}}
	}
	unread := lync.Part[lync.Certificate]{Err: fault.New(fault.Unreachable, "read", "edge2.contoso.com", "no answer")}
	cases := map[string]struct {
		reason string
		shown  lync.Part[lync.Certificate]
		state  metav1.ConditionStatus // "": the condition is absent
		says   string
		heard  bool
	}{
		"well":   {"nothing is said of what is well", of("fed.contoso.com"), "", "", false},
		"bad":    {"a person learns it before the night in which he needs the pool", of("x"), metav1.ConditionTrue, "partners would refuse edge2.contoso.com if federation moved there: edge2.contoso.com lacks the name fed.contoso.com; nothing waits for it now; assign a certificate", true},
		"unread": {"unknown is neither well nor bad", unread, metav1.ConditionUnknown, "whether partners would accept edge2.contoso.com is not proven: the certificate of edge2.contoso.com could not be read (no answer); nothing waits for it now", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			f := inSync()
			mayMoveTo(&f, c.shown)
			next := status.Route(f)
			got := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionStandbyMayBeRefused)
			if (got != nil) != (c.state != "") || got != nil && (got.Status != c.state || !strings.Contains(got.Message, c.says)) {
				t.Errorf("%s: %+v, want %s %q", c.reason, got, c.state, c.says)
			}
			prepared := meta.FindStatusCondition(next.Conditions, v1alpha1.ConditionStandbyPrepared)
			if refers := strings.Contains(prepared.Message, "but for certificates"); refers != (c.state != "") || prepared.Status != metav1.ConditionTrue {
				t.Errorf("%s: StandbyPrepared is %+v", c.reason, prepared)
			}
			heard := 0
			for _, e := range status.RouteEvents(f.Previous, next) {
				if e.Reason == v1alpha1.ReasonStandbyMayBeRefused {
					heard++
				}
			}
			if (heard == 1) != c.heard {
				t.Errorf("%s: %d events", c.reason, heard)
			}
			f.Previous = next
			mayMoveTo(&f, of("fed.contoso.com"))
			if got := meta.FindStatusCondition(status.Route(f).Conditions, v1alpha1.ConditionStandbyMayBeRefused); got != nil {
				t.Errorf("the certificate was replaced, and the route says %+v", got)
			}
		})
	}
}
