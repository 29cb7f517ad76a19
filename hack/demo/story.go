package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/miekg/dns"
)

const (
	edge1 = "edge1.contoso.com"
	edge2 = "edge2.contoso.com"
	fed   = "fed.contoso.com"
	xmpp  = "_xmpp-server._tcp.contoso.com"
	sip   = "_sipfederationtls._tcp.contoso.com"
)

// chapter is one part of the story: something happens, federation settles, and the
// demo checks the result from outside.
type chapter struct {
	title string
	acts  []act
}

type act struct {
	what string
	do   func(context.Context) (string, error)
}

// tell plays all chapters.
func tell(ctx context.Context, s *stage, screen *screen) error {
	for _, c := range s.chapters(screen) {
		screen.line("\n%s", c.title)
		for _, a := range c.acts {
			err := screen.step(a.what, func() (string, error) { return a.do(ctx) }, func() string { return s.message(ctx) })
			if err != nil {
				return fmt.Errorf("%s: %w", a.what, err)
			}
		}
	}
	return nil
}

func (s *stage) chapters(screen *screen) []chapter {
	apply := func(pool string) act {
		return act{"kubectl apply: edgePool: " + pool, func(ctx context.Context) (string, error) { return s.apply(ctx, pool) }}
	}
	settle := func(pool string) act {
		return act{"kubectl wait --for=condition=Ready", func(ctx context.Context) (string, error) { return s.settle(ctx, pool) }}
	}
	look := func(when, pool string) act {
		return act{"ask DNS, ports and the organization from outside", func(ctx context.Context) (string, error) { return s.look(ctx, screen, when, pool) }}
	}
	post := func(what, path string, body any) act {
		return act{what, func(ctx context.Context) (string, error) { return "", s.admin(ctx, "POST", path, body, nil) }}
	}
	return []chapter{
		{"A new route: edge1 hosts federation and nothing is published yet", []act{
			{"kubectl apply: how to reach the organization", s.applyOrganization}, apply(edge1), settle(edge1), look("converged", edge1)}},
		{"The pool dies", []act{
			post("every machine of edge1 loses power", "/pools/"+edge1+"/kill", map[string]any{}),
			{"the route says so", s.notices}}},
		{"Fail over: one line", []act{apply(edge2), settle(edge2), look("failed over", edge2)}},
		{"The pool returns, with its services stopped", []act{
			post("edge1 has power again", "/pools/"+edge1+"/return", map[string]any{"services": "stay-stopped"})}},
		{"Fail back: the same line", []act{apply(edge1), settle(edge1), look("failed back", edge1)}},
		{"Somebody changes two things by hand", []act{
			post("a person points the XMPP route of Redmond at edge2", "/sites/Redmond/route", map[string]any{"protocol": "XMPP", "pool": edge2}),
			post("a person changes the A record of "+fed, "/dns/records", map[string]any{"name": fed, "type": "A", "values": []string{"192.0.2.66"}}),
			{"drift is noticed, told and undone", s.undone},
			settle(edge1), look("drift undone", edge1),
			{"kubectl get events tells who changed what", func(ctx context.Context) (string, error) { return s.told(ctx, screen) }}}},
		{"Afterwards", []act{
			{"invariants of the organization", func(ctx context.Context) (string, error) { return s.invariants(ctx, screen) }},
			{"nothing is written while nothing changes", func(ctx context.Context) (string, error) { return s.quiet(ctx, screen) }}}},
	}
}

func (s *stage) applyOrganization(ctx context.Context) (string, error) {
	if _, err := s.kubectl(ctx, "apply", "-f", filepath.Join(s.dir, "contoso", "organization.yaml")); err != nil {
		return "", err
	}
	// The default of one minute is right for an organization and too slow for a demo.
	_, err := s.kubectl(ctx, "patch", "lt", "contoso", "--type=merge", "-p", `{"spec":{"pollInterval":"2s"}}`)
	return "", err
}

// apply writes the pool into the sample route and applies it, with this run's
// addresses.
func (s *stage) apply(ctx context.Context, pool string) (string, error) {
	sample, err := os.ReadFile(filepath.Join(s.root, "config/samples/contoso.yaml"))
	if err != nil {
		return "", err
	}
	file := filepath.Join(s.dir, "contoso.yaml")
	text, err := placed(sample, pool, s.places.DNS)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return "", err
	}
	_, err = s.kubectl(ctx, "apply", "-f", file)
	return "", err
}

// settle waits until the route is Ready for its present spec, and lists the steps
// that were taken.
func (s *stage) settle(ctx context.Context, pool string) (string, error) {
	var ready string
	err := poll(ctx, 60*time.Second, func() bool {
		ready, _ = s.kubectl(ctx, "get", "fr", "contoso", "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status} {.status.observedGeneration}/{.metadata.generation} {.status.sipEdgePool}`)
		var status, generations, active string
		_, _ = fmt.Sscan(ready, &status, &generations, &active)
		observed, wanted, _ := strings.Cut(generations, "/")
		return status == "True" && observed == wanted && active == pool
	})
	if err != nil {
		return "", fmt.Errorf("the route did not get ready (%s): %s", ready, s.message(ctx))
	}
	return s.message(ctx), nil
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
	return clip(s.message(ctx), 100), err
}

// look checks what a partner and an administrator would see.
func (s *stage) look(ctx context.Context, screen *screen, when, pool string) (string, error) {
	address := s.address(pool)
	var state farmState
	if err := s.admin(ctx, "GET", "/state", nil, &state); err != nil {
		return "", err
	}
	for _, c := range []check{
		{what: "address of federation", asked: "dig " + fed + " A", answer: s.dig(fed, dns.TypeA), ok: true},
		{what: "SIP port", asked: "connect " + address + ":5061", answer: port(address, 5061)},
		{what: "XMPP port", asked: "connect " + address + ":5269", answer: port(address, 5269)},
		{what: "SIP discovery", asked: "dig " + sip + " SRV", answer: s.dig(sip, dns.TypeSRV)},
		{what: "XMPP discovery", asked: "dig " + xmpp + " SRV", answer: s.dig(xmpp, dns.TypeSRV)},
		{what: "SIP route", asked: "Get-CsSite Redmond", answer: state.Sites[0].FederationRoute},
		{what: "XMPP route", asked: "Get-CsSite Redmond", answer: state.Sites[0].XMPPFederationRoute},
		{what: "Front End association", asked: "Get-CsService -Registrar", answer: state.FrontEndPools[0].RegistrarEdge},
	} {
		if err := screen.check(when+": "+c.what, c.asked, c.answer, s.wanted(c.what, pool)); err != nil {
			return "", err
		}
	}
	return "8 answers", nil
}

func (s *stage) wanted(what, pool string) string {
	switch what {
	case "address of federation":
		return s.address(pool)
	case "SIP port", "XMPP port":
		return "open"
	case "SIP discovery":
		return "0 0 5061 " + fed + "."
	case "XMPP discovery":
		return "0 0 5269 " + fed + "."
	default:
		return pool
	}
}

// undone waits until fedroute has undone both edits.
func (s *stage) undone(ctx context.Context) (string, error) {
	err := poll(ctx, 90*time.Second, func() bool {
		var state farmState
		if err := s.admin(ctx, "GET", "/state", nil, &state); err != nil {
			return false
		}
		return state.Sites[0].XMPPFederationRoute == edge1 && s.dig(fed, dns.TypeA) == s.address(edge1)
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
		if err := screen.check("drift of "+word, "kubectl get events", answer, "told"); err != nil {
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
	if err := screen.check("broken invariants", "GET /violations", fmt.Sprint(len(broken)), "0"); err != nil {
		return "", err
	}
	var state farmState
	if err := s.admin(ctx, "GET", "/state", nil, &state); err != nil {
		return "", err
	}
	return "", screen.check("simple URLs lost by publishing", "GET /state", fmt.Sprint(len(state.LostSimpleUrls)), "0")
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
	return "", screen.check("writes to the API server while idle", "kubectl get, twice in 6s", answer, "none")
}
