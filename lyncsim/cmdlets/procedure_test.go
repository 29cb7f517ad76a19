package cmdlets_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// reachable lists the ports that a partner can connect to.
func reachable(f *farm.Farm) []string {
	var list []string
	for _, l := range f.Reachable() {
		list = append(list, l.Machine+" "+string(l.Federation))
	}
	return list
}

// typed runs lines as an administrator would type them. None may give an error.
func (s *shell) typed(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if got := s.run(t, line); len(got.Errors) > 0 {
			t.Fatalf("%s> %s: %v", s.machine, line, got.Errors)
		}
	}
}

// builder is a person who ticks boxes in Topology Builder and saves a file to publish.
func builder(t *testing.T, s *shell, ticks map[string]bool) {
	t.Helper()
	doc := s.farm.Truth().Published
	for pool, on := range ticks {
		var err error
		if doc, err = doc.WithSIPFederation(pool, on); err != nil {
			t.Fatal(err)
		}
		if doc, err = doc.WithXMPPFederation(pool, on); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.files.WriteFile(`C:\topology.xml`, doc.Bytes()); err != nil {
		t.Fatal(err)
	}
}

// TestFailingBackStepByStep types by hand the procedure "Failing back the Edge pool used
// for Lync Server federation or XMPP federation". The restored pool is edge2, in Dublin.
func TestFailingBackStepByStep(t *testing.T) {
	f, _ := newFarm(t, func(s *farm.Spec) {
		s.Sites[1].FrontEndPools[0].EdgePool = "edge1.contoso.com"
	})
	management, edge := newShell(f, frontEnd), newShell(f, edge2)
	edge.who.Account = `edge2a\administrator`
	management.typed(t, `Invoke-CsPoolFailOver -PoolFqdn pool2.contoso.com -DisasterMode -Confirm:$false`)

	edge.typed(t, `Start-CsWindowsService`)
	builder(t, management, map[string]bool{"edge1.contoso.com": false, "edge2.contoso.com": true})
	management.typed(t,
		`$urls = Get-CsSimpleUrlConfiguration Global; Publish-CsTopology -FileName C:\topology.xml; Set-CsSimpleUrlConfiguration Global -SimpleUrl @{Replace=$urls.SimpleUrl}`,
		`Enable-CsTopology`,
		`foreach ($site in 'Redmond', 'Dublin') { Set-CsSite -Identity $site -FederationRoute EdgeServer:edge2.contoso.com }`,
		`Set-CsSite -Identity Dublin -XmppFederationRoute EdgeServer:edge2.contoso.com`)
	if diff := cmp.Diff([]string{"edge1a.contoso.com XMPP", "edge1b.contoso.com XMPP"}, reachable(f)); diff != "" {
		t.Errorf("before setup ran on the restored Edge (-want +got):\n%s", diff)
	}
	edge.typed(t, `Enable-CsComputer`, `Stop-CsWindowsService`, `Start-CsWindowsService`)
	for _, old := range []string{edge1, "edge1b.contoso.com"} {
		newShell(f, old).typed(t, `Enable-CsComputer`)
	}
	if diff := cmp.Diff([]string{"edge2a.contoso.com SIP", "edge2a.contoso.com XMPP"}, reachable(f)); diff != "" {
		t.Errorf("partners reach (-want +got):\n%s", diff)
	}

	management.typed(t,
		`Set-CsRegistrar Registrar:pool2.contoso.com -EdgeServer EdgeServer:edge2.contoso.com`,
		`Set-CsConferenceServer ConferencingServer:pool2.contoso.com -EdgeServer EdgeServer:edge2.contoso.com`,
		`Set-CsMediationServer MediationServer:pool2.contoso.com -EdgeServer EdgeServer:edge2.contoso.com`,
		`Invoke-CsPoolFailback -PoolFqdn pool2.contoso.com -Confirm:$false`)
	got := management.run(t, `(Get-CsService -EdgeServer -PoolFqdn edge2.contoso.com).DependentServiceList.Count; (Get-CsRegistrarConfiguration service:Registrar:pool2.contoso.com).PoolState`)
	if diff := cmp.Diff(answer{Out: []string{"3", "Active"}}, got); diff != "" {
		t.Errorf("associations and state (-want +got):\n%s", diff)
	}
	if v := f.Violations(); len(v) > 0 {
		t.Errorf("invariants broken: %+v", v)
	}
}
