package api_test

import (
	"strings"
	"testing"
)

// A person who has typed a verb must see what was asked, of which object, and how to follow
// it.
func TestEveryVerbSaysWhatWasAsked(t *testing.T) {
	const id = "sha256-0123456789abcdef"
	stored(t, goodRoute, "asked")
	const hash = "sha256-00112233445566aa"
	patch := func(args ...string) {
		kubectl(t, append([]string{"patch", "-n", "default", "fr/asked", "--type=merge", "-p"}, args...)...)
	}
	patch(`{"spec":{"mode":"Approve"}}`)
	generation := kubectl(t, "get", "-n", "default", "fr/asked", "-o", "jsonpath={.metadata.generation}")
	patch(`{"status":{"observedGeneration":`+generation+`,"conditions":[{"type":"Ready","status":"False","reason":"AwaitingApproval","message":"m","lastTransitionTime":"2026-03-14T22:00:00Z"}],
		"plan":{"id":"`+id+`","steps":[{"kind":"SetSiteRoute","target":"SIP route of site Redmond","state":"Pending"}]},
		"owed":[{"part":"record fed.contoso.com A","since":"2026-03-14T22:00:00Z","message":"replace A of fed.contoso.com: set `+hash+` is not this route's: 192.0.2.80"}]}}`, "--subresource=status")
	for _, c := range []struct {
		verb []string
		says []string
	}{
		{[]string{"approve", "asked"}, []string{"SIP route of site Redmond", "approved " + id}},
		{[]string{"adopt", "asked", hash}, []string{"record fed.contoso.com A", "192.0.2.80", "the set " + hash + " may be replaced"}},
		{[]string{"suspend", "asked"}, []string{"is suspended", "no further change begins", "kubectl fedroute resume asked -n default"}},
		{[]string{"resume", "asked"}, []string{"is resumed", "mode Approve"}},
		{[]string{"reconcile", "asked"}, []string{"asked to look", "status.lastHandledReconcileAt"}},
		{[]string{"failback", "asked", "fe1.contoso.com"}, []string{"fe1.contoso.com is to be failed back once", "FrontEndsAssociated"}},
	} {
		out := strings.Join(strings.Fields(kubectl(t, append([]string{"fedroute", "-n", "default"}, c.verb...)...)), " ")
		for _, text := range append(c.says, "federationroute.fedroute.io/asked in namespace default", "follow it with kubectl fedroute status asked -n default") {
			if !strings.Contains(out, text) {
				t.Errorf("%s says %q, and not %q", c.verb[0], out, text)
			}
		}
	}
	if got := kubectl(t, "get", "-n", "default", "fr/asked", "-o", "jsonpath={.spec.dns.adopt} {.spec.dns.servers[0].zone}"); got != hash+" contoso.com" {
		t.Errorf("the consent and the zone are %q", got)
	}
}
