package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// TestPublishDiesWithItsServer: the server on which the topology is published burns down
// when the simple URLs are emptied and not yet put back. Meet and Dialin come back through
// another server.
func TestPublishDiesWithItsServer(t *testing.T) {
	spec := sampleFarm(t, "one-site-two-pools")
	spec.Durations.Cmdlet = farm.Duration(300 * time.Millisecond) // time to strike before the simple URLs are back
	s := tell(t, spec)
	urls := s.org.State().SimpleURLs
	r := s.route("edge1.contoso.com")
	s.settled(r)
	s.moveTo(r, "edge2.contoso.com")
	s.eventually("the simple URLs being emptied", func() bool { return s.org.Farm().LostSimpleURLs() != nil }, s.journal)
	s.must(s.org.Farm().Kill(nora, "fe1.contoso.com"))
	s.must(s.org.Farm().MoveCMS(nora, "fe2.contoso.com"))
	s.eventually("the loss being kept", func() bool { return s.owedURLs() != "" }, s.journal)

	lt := s.organization()
	s.must(objects.Get(s.ctx, key(lt), lt))
	change(s, lt, func(lt *v1alpha1.LyncTopology) { // nobody waits for the dead server any more
		lt.Spec.Management.Endpoints = lt.Spec.Management.Endpoints[1:]
	})
	s.settled(r)
	s.hosts("edge2.contoso.com")
	s.sameURLs(urls)
	s.eventually("nothing being owed", func() bool { return s.owedURLs() == "" }, s.journal)
	told := false
	for _, h := range r.Status.History {
		told = told || h.Kind == "RestoreSimpleURLs" && strings.Contains(h.Message, "run Enable-CsComputer on the Front End servers")
	}
	if !told {
		t.Errorf("nobody is told that Enable-CsComputer is due: %+v", r.Status.History)
	}
}

// owedURLs are the simple URLs that the LyncTopology keeps.
func (s *story) owedURLs() string {
	s.Helper()
	lt := s.organization()
	s.must(objects.Get(s.ctx, key(lt), lt))
	return lt.Status.SimpleURLs
}
