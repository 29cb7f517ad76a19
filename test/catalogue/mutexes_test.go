package catalogue_test

import (
	"context"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// TestMutexOfAnotherAccountIsHeld checks each script that takes a mutex while a session of
// another account holds it. Windows does not let the script open that mutex. The script says
// Busy and who is at work, and changes nothing.
func TestMutexOfAnotherAccountIsHeld(t *testing.T) {
	ctx := context.Background()
	farmWide := func(do func(t *testing.T, o *organization) error) func(t *testing.T, host string) (*machine, func() error) {
		return func(t *testing.T, host string) (*machine, func() error) {
			o := start(t, contoso("LyncServer2013"))
			return o.machines[host], func() error {
				err := do(t, o)
				o.unharmed(t)
				return err
			}
		}
	}
	flags := func(t *testing.T, o *organization) lync.FlagChange {
		return lync.FlagChange{Signature: o.topology(t).Signature, Flags: []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}}}
	}
	cases := map[string]struct {
		host, mutex string
		open        func(t *testing.T, host string) (*machine, func() error)
	}{
		"publish": {frontEnd, "publish", farmWide(func(t *testing.T, o *organization) error {
			_, err := o.operator().PublishFlags(ctx, flags(t, o))
			return err
		})},
		"propose": {frontEnd, "publish", farmWide(func(t *testing.T, o *organization) error {
			_, err := o.operator().ProposeFlags(ctx, flags(t, o))
			return err
		})},
		"restore the simple URLs": {frontEnd, "publish", farmWide(func(t *testing.T, o *organization) error {
			_, err := o.operator().RestoreSimpleURLs(ctx, "[]")
			return err
		})},
		"setup": {edge2a, "setup", farmWide(func(t *testing.T, o *organization) error {
			return o.operator().Setup(ctx, edge2a, flags(t, o).Signature)
		})},
		"start":    {edge2a, "setup", farmWide(func(t *testing.T, o *organization) error { return o.operator().StartServices(ctx, edge2a) })},
		"restart":  {edge2a, "setup", farmWide(func(t *testing.T, o *organization) error { return o.operator().RestartServices(ctx, edge2a) })},
		"failback": {frontEnd, "failback-" + pool1, farmWide(func(t *testing.T, o *organization) error { return o.operator().FailBack(ctx, pool1) })},
		"records": {dnsHost, "dns-contoso.com", func(t *testing.T, _ string) (*machine, func() error) {
			z := startZone(t)
			return z.host, func() error {
				return z.writer.Write(ctx, []dns.Change{{From: set(t, "new.contoso.com", dns.A, 300), To: set(t, "new.contoso.com", dns.A, 300, "192.0.2.9")}}, func() error { return nil })
			}
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			m, do := c.open(t, c.host)
			other := powershell.New(powershell.Options{Machine: m, Account: `CONTOSO\fedroute-gmsa$`})
			t.Cleanup(other.Close)
			other.Run(ctx, `$m = [System.Threading.Mutex]::new($true, 'Global\fedroute-`+c.mutex+`')`)
			before := len(m.farm.Journal())
			err := do()
			if !fault.Is(err, fault.Busy) || !strings.Contains(err.Error(), "another account") {
				t.Errorf("got %v, want Busy with a word of the other account", err)
			}
			if n := len(m.farm.Journal()); n != before {
				t.Errorf("%d changes were made", n-before)
			}
		})
	}
}
