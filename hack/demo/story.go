package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	domain = "contoso.com"
	edge1  = "edge1.contoso.com"
	edge2  = "edge2.contoso.com"
	fed    = "fed.contoso.com"
	// frontEnd is the server at which an administrator sits.
	frontEnd = "fe1.contoso.com"
	xmpp     = "_xmpp-server._tcp.contoso.com"
	sip      = "_sipfederationtls._tcp.contoso.com"

	sample = "config/samples/contoso.yaml" // the route
)

// chapter is one part of the story: something happens, federation settles, and the
// demo checks the result from outside.
type chapter struct {
	title string
	seen  bool // what a partner saw is shown at the end
	acts  []act
}

type act struct {
	what string
	do   func(context.Context) (string, error)
}

// tell plays all chapters while a partner watches.
func tell(ctx context.Context, s *stage, screen *screen) error {
	watched, stop := context.WithCancel(ctx)
	var partner sync.WaitGroup
	partner.Go(func() { s.partner.watch(watched) })
	defer partner.Wait()
	defer stop()
	for _, c := range s.chapters(screen) {
		screen.say("\n%s", c.title)
		for _, a := range c.acts {
			err := screen.step(a.what, func() (string, error) { return a.do(ctx) }, func() string { return s.message(ctx) })
			if err != nil {
				return fmt.Errorf("%s: %w", a.what, err)
			}
		}
		if c.seen {
			s.seen(screen)
		}
	}
	return nil
}

func (s *stage) chapters(screen *screen) []chapter {
	apply := func(pool string) act {
		return act{"kubectl apply: contoso.yaml with edgePool: " + pool, func(ctx context.Context) (string, error) { return s.apply(ctx, pool) }}
	}
	plan := act{"kubectl fedroute plan contoso", s.plan}
	settle := func(pool string) act {
		return act{"kubectl wait --for=condition=Ready fr/contoso", func(ctx context.Context) (string, error) { return s.settle(ctx, pool) }}
	}
	look := func(when, pool string) act {
		return act{"ask DNS, the ports and, at its console, a Front End server", func(ctx context.Context) (string, error) { return s.look(ctx, screen, when, pool) }}
	}
	simulate := func(what, path string, body any) act {
		return act{"lyncsim: " + what, func(ctx context.Context) (string, error) { return "", s.admin(ctx, "POST", path, body, nil) }}
	}
	return []chapter{
		{"Nothing is installed: a password alone would read nothing", false, []act{
			{"kubectl fedroute kit: what administrators install, with passwords for it", s.writeKit},
			{"lyncsim: the installers run in the domain and on each server", s.installKit},
			{"kubectl apply: the accounts that they made; the kit is deleted", s.storeAccounts}}},
		{"A new route: edge1 hosts federation and nothing is published yet", true, []act{
			{"kubectl apply: how to reach the organization", s.applyOrganization},
			{"kubectl patch: look there every 2 seconds", s.lookOften},
			apply(edge1), settle(edge1), look("published", edge1)}},
		{"The pool dies", false, []act{
			simulate("every machine of edge1 loses power", "/pools/"+edge1+"/kill", map[string]any{}),
			{"kubectl get: the route is not Ready any more", s.notices}}},
		{"Fail over: one line", true, []act{apply(edge2), plan, settle(edge2), look("failed over", edge2)}},
		{"The pool returns, with its services stopped", false, []act{
			simulate("edge1 has power again", "/pools/"+edge1+"/return", map[string]any{"services": "stay-stopped"})}},
		{"Fail back: the same line", true, []act{apply(edge1), plan, settle(edge1), look("failed back", edge1)}},
		{"Somebody changes two things by hand", true, []act{
			{setRoute, func(ctx context.Context) (string, error) { return s.atFrontEnd(ctx, setRoute) }},
			simulate("the A record of "+fed+" is changed", "/dns/records", map[string]any{"name": fed, "type": "A", "values": []string{s.nobody()}}),
			{"wait until Get-CsSite and DNS answer as before", s.undone},
			settle(edge1), look("put right", edge1),
			{"kubectl get events: both changes are told", func(ctx context.Context) (string, error) { return s.told(ctx, screen) }}}},
		{"Afterwards", false, []act{
			{"lyncsim: which invariants were broken", func(ctx context.Context) (string, error) { return s.invariants(ctx, screen) }},
			{"kubectl get: wait until every Edge replica is up to date", s.replicated},
			{"kubectl get: do route and topology change when nothing happens", func(ctx context.Context) (string, error) { return s.quiet(ctx, screen) }}}},
	}
}

// setRoute is an administrator's edit that the route did not ask for.
const setRoute = "Set-CsSite -Identity Redmond -XmppFederationRoute EdgeServer:" + edge2

// seen prints what the partner saw since this was last printed.
func (s *stage) seen(screen *screen) {
	now := time.Now()
	of := map[string][]period{}
	for _, way := range protocols {
		of[way.name] = s.partner.diary.between(way.name, s.shown, now)
	}
	screen.print(paragraph(screen.width(), 2, fmt.Sprintf("what a partner saw in these %.1fs, looking %d times a second:",
		now.Sub(s.shown).Seconds(), time.Second/everyLook))...)
	screen.print(timeline(screen.width(), of)...)
	s.shown = now
}

func (s *stage) applyOrganization(ctx context.Context) (string, error) {
	_, err := s.kubectl(ctx, "apply", "-f", filepath.Join(s.dir, "contoso", "organization.yaml"))
	return "", err
}

// lookOften: the default of one minute is right for an organization and too slow for a
// demo.
func (s *stage) lookOften(ctx context.Context) (string, error) {
	_, err := s.kubectl(ctx, "patch", "lt", "contoso", "--type=merge", "-p", `{"spec":{"pollInterval":"2s"}}`)
	return "", err
}

// apply writes the pool into the sample route and applies it, with this run's
// addresses. The note shows the lines that differ from what was applied before.
func (s *stage) apply(ctx context.Context, pool string) (string, error) {
	text, err := os.ReadFile(filepath.Join(s.root, sample))
	if err != nil {
		return "", err
	}
	file := filepath.Join(s.dir, "contoso.yaml")
	text, err = placed(text, pool, s.places.DNS)
	if err != nil {
		return "", err
	}
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return "", err
	}
	_, err = s.kubectl(ctx, "apply", "-f", file)
	return changed(string(before), string(text)), err
}

// plan waits until the route shows the plan for its present spec, and gives it as the
// plugin prints it.
func (s *stage) plan(ctx context.Context) (string, error) {
	var text string
	err := poll(ctx, 30*time.Second, func() bool {
		seen, err := s.kubectl(ctx, "get", "fr", "contoso", "-o", "jsonpath={.status.observedGeneration}/{.metadata.generation} {.status.plan.id}")
		var generations, id string
		_, _ = fmt.Sscan(seen, &generations, &id)
		observed, wanted, _ := strings.Cut(generations, "/")
		if err != nil || observed != wanted || id == "" {
			return false
		}
		text, err = s.kubectl(ctx, "fedroute", "plan", "contoso")
		return err == nil
	})
	return text, err
}

// settle waits until the route is Ready for its present spec. Federation must then be
// on the wanted pool.
func (s *stage) settle(ctx context.Context, pool string) (string, error) {
	if _, err := s.kubectl(ctx, "wait", "--for=condition=Ready", "fr/contoso", "--timeout=60s"); err != nil {
		return "", fmt.Errorf("the route did not get ready: %s", s.message(ctx))
	}
	active, err := s.kubectl(ctx, "get", "fr", "contoso", "-o", "jsonpath={.status.sipEdgePool}")
	if err == nil && active != pool {
		err = fmt.Errorf("the route is Ready and names %s", active)
	}
	return "the route says: " + s.message(ctx), err
}

func (s *stage) message(ctx context.Context) string {
	text, err := s.kubectl(ctx, "get", "fr", "contoso", "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].message}`)
	if err != nil {
		return ""
	}
	return text
}

// notices waits until the route's status says that its pool does not answer.
func (s *stage) notices(ctx context.Context) (string, error) {
	err := poll(ctx, 40*time.Second, func() bool {
		ready, err := s.kubectl(ctx, "get", "fr", "contoso", "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status}`)
		return err == nil && ready == "False"
	})
	return "the route says: " + s.message(ctx), err
}

// look checks what a partner and an administrator see.
func (s *stage) look(ctx context.Context, screen *screen, when, pool string) (string, error) {
	found, err := s.organization(ctx)
	if err != nil {
		return "", err
	}
	checks := []check{
		{what: "address", asked: "A of " + fed, answer: s.ask(fed, dns.TypeA)},
		{what: "SIP discovery", asked: "SRV of " + sip, answer: s.ask(sip, dns.TypeSRV)},
		{what: "XMPP discovery", asked: "SRV of " + xmpp, answer: s.ask(xmpp, dns.TypeSRV)},
		{what: "partner by SIP", asked: "SRV, A, TLS with " + fed, answer: s.partner.look(ctx, protocols[0]).what},
		{what: "partner by XMPP", asked: "SRV, A, stream, TLS with " + domain, answer: s.partner.look(ctx, protocols[1]).what},
		{what: "SIP route", asked: "Get-CsSite -Identity Redmond", answer: found[0]},
		{what: "XMPP route", asked: "Get-CsSite -Identity Redmond", answer: found[1]},
		{what: "Front End association", asked: "Get-CsService -Registrar", answer: found[2]},
	}
	want := []string{s.address(pool), "0 0 5061 " + fed + ".", "0 0 5269 " + fed + ".", pool, pool,
		"EdgeServer:" + pool, "EdgeServer:" + pool, "EdgeServer:" + pool}
	for i, c := range checks {
		c.when = when
		if err := screen.check(c, want[i]); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d answers, as wanted", len(checks)), nil
}

// organization asks a Front End server for the SIP and the XMPP route of the site and
// the Edge pool of the first Front End pool.
func (s *stage) organization(ctx context.Context) ([]string, error) {
	text, err := s.atFrontEnd(ctx, `$site = Get-CsSite -Identity Redmond
$registrar = Get-CsService -Registrar | Where-Object { $_.PoolFqdn -eq 'fe1.contoso.com' }
"$($site.FederationRoute)"; "$($site.XmppFederationRoute)"; "$($registrar.EdgeServer)"`)
	lines := strings.Fields(text)
	if err == nil && len(lines) != 3 {
		err = fmt.Errorf("the Front End server answered %q", text)
	}
	return lines, err
}

// undone waits until fedroute has undone both edits.
func (s *stage) undone(ctx context.Context) (string, error) {
	err := poll(ctx, 90*time.Second, func() bool {
		if s.ask(fed, dns.TypeA) != s.address(edge1) {
			return false
		}
		found, err := s.organization(ctx)
		return err == nil && found[1] == "EdgeServer:"+edge1
	})
	return "", err
}

// told looks for the events that report both edits.
func (s *stage) told(ctx context.Context, screen *screen) (string, error) {
	for _, word := range []string{"XMPP federation route of site Redmond", fed + " A"} {
		var events string
		err := poll(ctx, 15*time.Second, func() bool {
			events, _ = s.kubectl(ctx, "get", "events.events.k8s.io", "-o", `jsonpath={range .items[?(@.reason=="DriftDetected")]}{.note}{"\n"}{end}`)
			return strings.Contains(events, word)
		})
		answer := "told"
		if err != nil {
			answer = "not told"
		}
		if err := screen.check(check{"drift", word, "kubectl get events", answer, false}, "told"); err != nil {
			return "", err
		}
	}
	return "", nil
}

func (s *stage) invariants(ctx context.Context, screen *screen) (string, error) {
	var broken []any
	if err := s.admin(ctx, "GET", "/violations", nil, &broken); err != nil {
		return "", err
	}
	if err := screen.check(check{"at the end", "broken invariants", "lyncsim: GET /violations", fmt.Sprint(len(broken)), false}, "0"); err != nil {
		return "", err
	}
	var state farmState
	if err := s.admin(ctx, "GET", "/state", nil, &state); err != nil {
		return "", err
	}
	return "", screen.check(check{"at the end", "simple URLs lost by publishing", "lyncsim: GET /state", fmt.Sprint(len(state.LostSimpleUrls)), false}, "0")
}

// replicated waits until the last change has reached all Edge servers, because the
// LyncTopology shows that.
func (s *stage) replicated(ctx context.Context) (string, error) {
	return "", poll(ctx, 30*time.Second, func() bool {
		replicas, err := s.kubectl(ctx, "get", "lt", "contoso", "-o", "jsonpath={.status.edgePools[*].servers[*].replica}")
		return err == nil && replicas == "UpToDate UpToDate"
	})
}

// quiet compares resource versions across more than one poll of everything.
func (s *stage) quiet(ctx context.Context, screen *screen) (string, error) {
	version := func() string {
		text, _ := s.kubectl(ctx, "get", "fr/contoso", "lt/contoso", "-o", "jsonpath={.items[*].metadata.resourceVersion}")
		return text
	}
	before := version()
	select {
	case <-time.After(6 * time.Second):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	answer := "none"
	if after := version(); after != before {
		answer = before + " -> " + after
	}
	return "", screen.check(check{"at the end", "changes of route and topology", "kubectl get, twice in 6s", answer, false}, "none")
}
