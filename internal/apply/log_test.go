package apply_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/plan"
)

// TestARunCanBeFollowedInTheLog compares, for each level, the lines that an administrator reads of
// a run that succeeds and of a run that fails.
func TestARunCanBeFollowedInTheLog(t *testing.T) {
	answers := func(f *farm) { f.open[edgeA.ExternalAddresses[0]] = true }
	cases := map[string]struct {
		reason string
		level  slog.Level
		steps  []plan.Step
		set    func(*farm)
		want   []string
	}{
		"succeeds": {"the beginning, a line for each step, the end", slog.LevelInfo, []plan.Step{checkPort, ledDNS}, answers, []string{
			`level=INFO msg="run begins" why="the spec changed" by=kubectl-edit steps=2`,
			`level=INFO msg="step ended" step="CheckPorts 192.0.2.1 port 5061:  -> answers" result=Done took=0s`,
			`level=INFO msg="step ended" step="UpdateDNS zone contoso.com: sip.contoso.com A 192.0.2.9 (ttl 300) -> sip.contoso.com A 192.0.2.1 (ttl 300)" result=Done took=0s`,
			`level=INFO msg="run ended" result=Done took=0s`,
		}},
		"fails": {"the step and the run say why, and what was not begun has no line", slog.LevelInfo, []plan.Step{checkPort, ledDNS}, func(*farm) {}, []string{
			`level=INFO msg="run begins" why="the spec changed" by=kubectl-edit steps=2`,
			`level=WARN msg="step ended" step="CheckPorts 192.0.2.1 port 5061:  -> answers" result=Failed took=10s message="check 192.0.2.1 port 5061: connection refused; DNS stays where it is; open the port on the Edge server's external side and its firewall, it is tried again"`,
			`level=WARN msg="run ended before its last step" result=Unreachable took=10s error="check 192.0.2.1 port 5061: connection refused; DNS stays where it is; open the port on the Edge server's external side and its firewall, it is tried again"`,
		}},
		"in detail": {"a DNS update names zone, records and answer, and no key", slog.LevelDebug, []plan.Step{checkPort, ledDNS}, func(f *farm) {
			answers(f)
			f.zone.write = func(z *zone, to dns.RRSet) error {
				return fault.New(fault.Denied, "update", "contoso.com", "the key is not known")
			}
		}, []string{
			`level=INFO msg="run begins" why="the spec changed" by=kubectl-edit steps=2`,
			`level=DEBUG msg="step begins" step="CheckPorts 192.0.2.1 port 5061:  -> answers"`,
			`level=INFO msg="step ended" step="CheckPorts 192.0.2.1 port 5061:  -> answers" result=Done took=0s`,
			`level=DEBUG msg="step begins" step="UpdateDNS zone contoso.com: sip.contoso.com A 192.0.2.9 (ttl 300) -> sip.contoso.com A 192.0.2.1 (ttl 300)"`,
			`level=DEBUG msg="DNS update" zone=contoso.com to="[sip.contoso.com A 192.0.2.1]" took=0s result=Denied`,
			`level=WARN msg="step ended" step="UpdateDNS zone contoso.com: sip.contoso.com A 192.0.2.9 (ttl 300) -> sip.contoso.com A 192.0.2.1 (ttl 300)" result=Failed took=0s message="update contoso.com: the key is not known"`,
			`level=WARN msg="run ended before its last step" result=Denied took=0s error="update contoso.com: the key is not known"`,
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			f := newFarm()
			c.set(f)
			f.log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: c.level, ReplaceAttr: withoutTime}))
			_, _ = f.carryOut(t, c.steps...) // the log says how it ended
			if diff := cmp.Diff(c.want, strings.Split(strings.TrimSpace(out.String()), "\n")); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

// withoutTime removes the time from a line of the log.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
