package main

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"text/tabwriter"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// The clocks that --clock chooses from.
const (
	clockReal   = "real"
	clockManual = "manual"
)

type serveOptions struct {
	farm, base, out, ready, clock, powershell, keytab string
	seed                                              uint64
}

// serve runs the organization until ctx ends.
func serve(ctx context.Context, o serveOptions, out io.Writer) error {
	org, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer org.Close()
	if o.out != "" {
		if err := writeFolder(org, o.out); err != nil {
			return err
		}
	}
	describe(org, o, out)
	if o.ready != "" {
		raw, err := endpoints(org)
		if err != nil {
			return err
		}
		if err := writeWhole(o.ready, raw, 0o644); err != nil {
			return fmt.Errorf("write the ready file: %w", err)
		}
	}
	<-ctx.Done()
	return nil
}

func start(ctx context.Context, o serveOptions) (*sim.Organization, error) {
	spec, err := farm.Load(o.farm)
	if err != nil {
		return nil, err
	}
	c := sim.Config{Spec: spec, Seed: o.seed, PowerShell: o.powershell}
	if o.base != "" {
		if c.Base, err = netip.ParsePrefix(o.base); err != nil {
			return nil, fmt.Errorf("--base: %w", err)
		}
	}
	if o.keytab != "" {
		if c.SignIn.Keytab, err = os.ReadFile(o.keytab); err != nil {
			return nil, fmt.Errorf("--keytab: %w", err)
		}
	}
	switch o.clock {
	case "", clockReal:
	case clockManual:
		c.Clock = farm.NewManualClock(time.Now())
	default:
		return nil, fmt.Errorf("--clock %s: there are %s and %s", o.clock, clockReal, clockManual)
	}
	return sim.Start(ctx, c)
}

// describe prints the addresses of machines and services for people. The passwords
// are only in the folder of --out.
func describe(org *sim.Organization, o serveOptions, out io.Writer) {
	spec := org.Farm().Spec()
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	p("%s: %s on %s", spec.Name, org.Farm().Product().Name, org.Addresses().Base)
	p("")
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "MACHINE\tROLE\tPOOL\tWINRM\tPUBLIC ADDRESS")
	for _, e := range org.Endpoints() {
		public := ""
		if e.PublicAddress.IsValid() {
			public = e.PublicAddress.String()
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Machine, e.Role, e.Pool, e.URL, public)
	}
	_ = w.Flush() // nobody would see an error of standard output
	p("")
	for _, s := range org.DNSServers() {
		p("DNS    %s", s)
	}
	p("Admin  %s", org.AdminURL())
	if o.out == "" {
		p("\nPasswords, keys and the CA certificate are only given out with --out FOLDER.")
		return
	}
	p("\n%s has ca.crt, credentials.yaml, endpoints.json and organization.yaml;", o.out)
	p("try: kubectl apply -f %s", o.out+string(os.PathSeparator)+"organization.yaml")
}
