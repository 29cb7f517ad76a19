//go:build interop

package scenario_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/interop/clients"
	"github.com/fedroute/fedroute/test/support/lyncsim"
)

// TestRealProceduresByHand lets people carry out the procedures with tools of their own.
// The organization must end in the state in which the controller leaves it, and the
// controller must find nothing to do there.
func TestRealProceduresByHand(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.DNS.TTL = 300 // as in the organizations of the programs
	s := tell(t, spec)
	r := s.route(clients.Primary, func(r *v1alpha1.FederationRoute) {
		r.Spec.Strategy, r.Spec.DNS.TTL = v1alpha1.StrategyProcedure, 300 // as by hand
		r.Spec.FrontEndPools = []v1alpha1.FrontEndPoolRoute{{FQDN: clients.FrontEnd, FailBack: true}}
	})
	s.settled(r)
	own := attached(s)
	disaster(t, own)
	s.moveTo(r, clients.Reserve)
	s.settled(r)
	over := outcomeOf(t, own)
	recovery(t, own)
	s.moveTo(r, clients.Primary)
	s.settled(r)
	back := outcomeOf(t, own)

	hands := map[string]struct {
		case_, with string
		do          clients.Procedure
		parameter   string // a parameter of Set-CsSite
	}{
		"pywinrm":   {"a script", "python3-winrm bind9-dnsutils", clients.Script, "XmppExternalFederationRoute"},
		"Ansible":   {"a playbook", "ansible-core python3-winrm bind9-dnsutils", clients.Playbook, "XmppFederationRoute"},
		"masterzen": {"a Go program", "github.com/masterzen/winrm bind9-dnsutils", clients.Library, "XmppFederationRoute"},
	}
	for name, hand := range hands {
		t.Run(name, func(t *testing.T) {
			t.Attr("case", "lyncsim failed over and back by "+hand.case_+" of "+name+" ends as the controller leaves it, and the controller finds nothing to do")
			t.Attr("with", hand.with)
			o := lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Extra: "\nxmppRouteParameter: " + hand.parameter + "\n"})
			disaster(t, o)
			hand.do(t, o, clients.FailOver, hand.parameter)
			compare(t, "failover", over, outcomeOf(t, o))
			recovery(t, o)
			hand.do(t, o, clients.FailBack, hand.parameter)
			compare(t, "failback", back, outcomeOf(t, o))
			if broken := o.Violations(t); len(broken) > 0 {
				t.Errorf("invariants broken: %+v", broken)
			}
			observed := s.observe(strings.ToLower(name), o, r)
			s.settled(observed)
			s.moveTo(observed, clients.Reserve)
			s.says(observed, v1alpha1.ReasonDrifted)
		})
	}
}

// disaster makes the state for which the failover procedure is meant.
func disaster(t *testing.T, o *lyncsim.Organization) {
	t.Helper()
	o.Do(t, "/pools/"+clients.Primary+"/kill", nil)
}

// recovery makes the state from which the failback procedure starts. The Edge pool is back
// with its services stopped, and the Front End pool's users are elsewhere.
func recovery(t *testing.T, o *lyncsim.Organization) {
	t.Helper()
	o.Do(t, "/pools/"+clients.Primary+"/return", map[string]string{"services": "stay-stopped"})
	o.Do(t, "/frontendpools/"+clients.FrontEnd+"/state", map[string]any{"state": farm.PoolFailedOver})
}

// attached returns the story's organization in the form in which tests see a lyncsim
// program.
func attached(s *story) *lyncsim.Organization {
	s.Helper()
	dir := s.TempDir()
	s.must(os.WriteFile(filepath.Join(dir, "ca.crt"), s.org.CA().CertPEM(), 0o600))
	return &lyncsim.Organization{Out: dir, Admin: s.org.AdminURL(), DNS: s.org.DNSServers(), Machines: s.org.Endpoints(), Accounts: s.org.Accounts()}
}

// outcome is the complete result of a procedure.
type outcome struct {
	State    sim.State
	Records  map[string][]string
	Document []string // the published topology
}

// outcomeOf leaves out the parts in which two runs may differ: times, the number of writes
// (version and SOA serial), the random signature of a published document, the order of XML
// attributes, and the loopback addresses.
func outcomeOf(t *testing.T, o *lyncsim.Organization) string {
	t.Helper()
	settle(t, o)
	got := outcome{State: o.State(t), Records: o.Records(t)}
	signature, state := got.State.Signature, &got.State
	state.Now, state.Version = time.Time{}, 0
	for i := range state.Replicas {
		state.Replicas[i].LastStatus, state.Replicas[i].LastUpdate = time.Time{}, time.Time{}
	}
	for _, lines := range got.Records {
		for i, line := range lines {
			if name, _, soa := strings.Cut(line, " SOA "); soa {
				lines[i] = name + " SOA"
			}
		}
	}
	document := clients.Connect(t, o, clients.FrontEnd).PowerShell(t, "(Get-CsTopology -AsXml).ToString()")
	got.Document = strings.Split(sorted(t, document), "\n")
	text, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	a := o.Machines[0].URL // https://127.34.118.10:5986/wsman
	net := a[len("https://") : strings.LastIndexByte(a, '.')+1]
	return strings.NewReplacer(signature, "signature", net, "127.0.0.").Replace(string(text))
}

// sorted puts a document's attributes into a fixed order. A tool that copies a port keeps
// its order, a tool that creates a port uses its own, and the order means nothing in XML.
func sorted(t *testing.T, document string) string {
	t.Helper()
	d := etree.NewDocument()
	if err := d.ReadFromString(document); err != nil {
		t.Fatal(err)
	}
	for _, e := range d.FindElements("//*") {
		e.SortAttrs()
	}
	d.Indent(1)
	text, err := d.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// settle waits until every replica has the last write.
func settle(t *testing.T, o *lyncsim.Organization) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		behind := ""
		for _, r := range o.State(t).Replicas {
			if !r.UpToDate && r.ReplicaFQDN != clients.Primary {
				behind = r.ReplicaFQDN
			}
		}
		if behind == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the replica of %s is behind", behind)
		}
	}
}

func compare(t *testing.T, procedure, want, got string) {
	t.Helper()
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s by the controller (-) and by hand (+):\n%s", procedure, diff)
	}
}

// observe describes the organization to the story's API server as lyncsim describes it, and
// makes a route that only observes.
func (s *story) observe(name string, o *lyncsim.Organization, like *v1alpha1.FederationRoute) *v1alpha1.FederationRoute {
	s.Helper()
	text, err := os.ReadFile(o.File("organization.yaml"))
	s.must(err)
	for _, doc := range strings.Split(string(text), "\n---\n") {
		var object client.Object = &corev1.Secret{}
		if strings.Contains(doc, "kind: LyncTopology") {
			object = &v1alpha1.LyncTopology{}
		}
		s.must(yaml.UnmarshalStrict([]byte(doc), object))
		object.SetNamespace(s.namespace)
		object.SetName(name + "-" + object.GetName())
		if lt, ok := object.(*v1alpha1.LyncTopology); ok {
			for _, a := range []*v1alpha1.Authentication{&lt.Spec.Management.Authentication, &lt.Spec.EdgeServers.Authentication} {
				a.SecretRef.Name = name + "-" + a.SecretRef.Name
			}
		}
		s.create(object)
	}
	r := &v1alpha1.FederationRoute{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}, Spec: *like.Spec.DeepCopy()}
	r.Spec.Mode = v1alpha1.ModeObserve
	r.Spec.TopologyRef.Name = name + "-contoso"
	for i := range r.Spec.DNS.Servers {
		d := &r.Spec.DNS.Servers[i]
		d.Address, d.ReadBackFrom, d.TSIGSecretRef.Name = o.DNS[0], o.DNS, name+"-contoso-dns"
	}
	s.create(r)
	return r
}
