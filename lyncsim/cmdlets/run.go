package cmdlets

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// cmdlet is the simulated behaviour of one cmdlet.
type cmdlet struct {
	run func(ctx context.Context, r *run) error
	// honours names the parameters that the behaviour acts on, separated by
	// blanks. Any other that is bound makes the cmdlet refuse, so that nothing
	// is ever ignored in silence.
	honours string
	// needs says what must be there before the cmdlet can do anything.
	needs need
	// impact is the ConfirmImpact; empty means Medium.
	impact string
	// slow cmdlets take their time in the farm; the others take Durations.Cmdlet.
	slow bool
}

// need is what a cmdlet depends on; the zero need is nothing but its machine.
type need int

const (
	// domain: a domain account on a domain machine.
	domain need = iota + 1
	// store: the Central Management Store, reached as a domain account from a
	// domain machine; with -LocalStore the machine's own replica instead.
	store
)

// always are the parameters that every cmdlet honours. The domain controller
// parameters name servers that the farm does not model apart.
var always = strings.Fields("Force Confirm WhatIf Report GlobalCatalog GlobalSettingsDomainController " +
	"Verbose Debug ErrorAction WarningAction InformationAction ErrorVariable WarningVariable " +
	"InformationVariable OutVariable OutBuffer PipelineVariable")

// run is one run of a cmdlet in a session.
type run struct {
	*powershell.Call
	*Session
	cmdlet cmdlet
	config *farm.Configuration
}

// process checks what the cmdlet needs, runs it and reports how it went.
func (r *run) process(ctx context.Context) error {
	err := r.attempt(ctx)
	if report := r.Text("Report"); report != "" {
		if failed := r.writeReport(report, err); failed != nil && err == nil {
			err = failed
		}
	}
	return r.tell(ctx, err)
}

func (r *run) attempt(ctx context.Context) error {
	if err := r.honoured(); err != nil {
		return err
	}
	if !r.cmdlet.slow {
		if err := r.take(ctx, r.Farm.Durations().Cmdlet); err != nil {
			return err
		}
	}
	if err := r.provide(r.cmdlet.needs); err != nil {
		return err
	}
	return r.cmdlet.run(ctx, r)
}

// honoured refuses parameters that the behaviour would have to ignore.
func (r *run) honoured() error {
	known := append(strings.Fields(r.cmdlet.honours), always...)
	for _, name := range r.Names() {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
			return unsupported(r.Name() + " -" + name)
		}
	}
	return nil
}

// provide checks a need and opens the store where one is asked for.
func (r *run) provide(n need) error {
	switch n {
	case domain:
		return r.domainMember()
	case store:
		return r.openStore()
	}
	return nil
}

// openStore reads the configuration that the cmdlet works on.
func (r *run) openStore() error {
	var err error
	if r.On("LocalStore") {
		r.config, err = r.Farm.LocalStore(r.Machine)
		return err
	}
	if err := r.domainMember(); err != nil {
		return err
	}
	r.config, err = r.Farm.CMS()
	return err
}

// domainMember refuses what a workgroup machine or a local account cannot do:
// reach the Central Management Store and Active Directory.
func (r *run) domainMember() error {
	if r.onEdge() {
		return refusal.New(refusal.Unreachable, "connect to", "the Central Management Store",
			"this Edge server is in a workgroup and has only its local replica")
	}
	if r.localAccount() {
		return refusal.New(refusal.Denied, "connect to", "the Central Management Store",
			r.User+" is a local account of this machine and unknown to the domain")
	}
	return nil
}

// onEdge reports whether the session's machine is an Edge server.
func (r *run) onEdge() bool {
	m, err := r.Farm.Machine(r.Machine)
	return err == nil && m.Role == farm.RoleEdge
}

// localAccount reports whether the session's user exists only on some machines.
func (r *run) localAccount() bool {
	return slices.ContainsFunc(r.Farm.Spec().Accounts, func(a farm.Account) bool {
		return strings.EqualFold(a.Name, r.User) && len(a.Machines) > 0
	})
}

// by is who the farm's journal names for this cmdlet's writes.
func (r *run) by() farm.Actor { return r.actor(r.Name()) }

// proceed asks whether to go on with the change to target.
func (r *run) proceed(target string) (bool, error) { return r.ShouldProcess(target, r.Name()) }

// refuse is the behaviour of cmdlets that the farm cannot answer for.
func refuse(_ context.Context, r *run) error { return unsupported(r.Name()) }
