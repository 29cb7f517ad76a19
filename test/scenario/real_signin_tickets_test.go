//go:build interop

package scenario_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/pki"
	"github.com/fedroute/fedroute/lyncsim/wsman"
)

// TestRealTicketsRunOut: when a ticket has run out, hosts demand a new one and get it. The
// KDC gets no requests except those for tickets.
func TestRealTicketsRunOut(t *testing.T) {
	t.Attr("case", "Controller, tickets of 10 seconds run out again and again: no look fails, and the KDC is asked once per ticket")
	t.Attr("with", "krb5-kdc")
	const life = 10 * time.Second
	k := &tickets{life: life}
	began := time.Now()
	s := enter(t, v1alpha1.AuthKerberos, v1alpha1.AuthKerberos, k)
	r := s.route("edge2.contoso.com")
	s.settled(r)
	since := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady).LastTransitionTime

	fe := s.org.WinRM("fe1.contoso.com")
	s.eventually("tickets running out", func() bool { return time.Since(began) > 3*life && fe.Counters().Unauthorized >= 4 },
		func() string { return fmt.Sprintf("%+v", fe.Counters()) })
	s.lookedAt(1)
	s.must(objects.Get(s.ctx, key(r), r))
	if c := meta.FindStatusCondition(r.Status.Conditions, v1alpha1.ConditionReady); !ready(r) || !c.LastTransitionTime.Equal(&since) {
		t.Errorf("federation was not in order all the time: %s", describe(r))
	}

	// A worker gets a new ticket for itself at 5/6 of the life of the one before. With it,
	// the worker gets a ticket for its host when the host asks.
	elapsed, workers := time.Since(began), int(s.org.Counters().PowerShellStarts)
	log := string(k.kdc.Read(t, "kdc.log"))
	granted, hosts := issued(log, "AS_REQ"), issued(log, "TGS_REQ")
	if most := workers * (int(elapsed/(life*5/6)) + 1); granted > most || hosts > granted {
		t.Errorf("%d tickets for users and %d for hosts, in %s for %d workers; want at most %d and not more for hosts", granted, hosts, elapsed, workers, most)
	}
	// With a password the client first asks the KDC how to make the key from it.
	if as, tgs := k.kdc.Asked("AS_REQ"), k.kdc.Asked("TGS_REQ"); as > 2*granted || tgs != hosts {
		t.Errorf("%d AS and %d TGS exchanges for %d and %d tickets", as, tgs, granted, hosts)
	}
	t.Logf("%d calls by %d workers in %s: %d tickets for users and %d for hosts", s.org.Counters().WinRM.Requests/2, workers, elapsed.Round(time.Second), granted, hosts)
}

// issued counts the tickets of a kind in the KDC's log.
func issued(log, kind string) int {
	n := 0
	for line := range strings.Lines(log) {
		if strings.Contains(line, kind+" (") && strings.Contains(line, ": ISSUE:") {
			n++
		}
	}
	return n
}

func TestRealCertificateHasExpired(t *testing.T) {
	t.Attr("case", "Controller, a client certificate that has expired: the condition says so; a renewed one counts at once")
	s := enter(t, v1alpha1.AuthNTLM, v1alpha1.AuthCertificate, &certificates{passwords{wsman.Certificate}})
	s.put(forEdge, s.clientCertificate(pki.Request{CommonName: forEdge, Client: true, NotAfter: time.Now().Add(-time.Minute)}))
	before := s.writes()
	r := s.route("edge2.contoso.com")
	s.says(r, v1alpha1.ReasonDenied, "read Edge server edge2.contoso.com", "client certificate", "expired")
	s.unchanged(before)
	s.put(forEdge, s.clientCertificate(pki.Request{CommonName: forEdge, Client: true}))
	s.settled(r)
	s.hosts("edge2.contoso.com")
}
