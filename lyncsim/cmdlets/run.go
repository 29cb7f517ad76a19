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
	// honours names the parameters that the behaviour acts on, separated by blanks.
	// The cmdlet refuses any other parameter that is bound, so that none is silently
	// ignored.
	honours string
	// needs says on what the cmdlet depends.
	needs need
	// act is what the session must be allowed to do. In families of cmdlets that need
	// the domain or the store it is left out: reading for Get, Test and Export, and
	// writing the store for every other verb.
	act farm.Act
	// impact is the ConfirmImpact; empty means Medium.
	impact string
	// slow cmdlets take their time inside the farm; all others take Durations.Cmdlet.
	slow bool
}

// need says on what a cmdlet depends. The zero need is the cmdlet's machine alone.
type need int

const (
	// domain is a machine of the domain, and what the act of the cmdlet needs there.
	domain need = iota + 1
	// store is the Central Management Store, reached from a machine of the domain; with
	// -LocalStore it is the machine's own replica instead.
	store
)

// always are the parameters that every cmdlet honours. The domain controller
// parameters are among them, because the farm does not distinguish domain
// controllers.
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

// process checks what the cmdlet needs, runs it and reports the result.
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

// provide checks a need, and opens the store when the cmdlet needs it.
func (r *run) provide(n need) error {
	switch {
	case n == store:
		return r.openStore()
	case n == domain:
		return r.domainMember()
	case r.cmdlet.act != "":
		return r.Farm.May(r.Who, r.Machine, r.cmdlet.act)
	}
	return nil
}

// openStore reads the configuration on which the cmdlet works.
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

// domainMember refuses a workgroup machine, because it cannot reach the Central
// Management Store and Active Directory, and whoever may not do the cmdlet's act.
func (r *run) domainMember() error {
	if r.onEdge() {
		return refusal.New(refusal.Unreachable, "connect to", "the Central Management Store",
			"this Edge server is in a workgroup and has only its local replica")
	}
	if err := r.Farm.May(r.Who, r.Machine, r.act()); err != nil {
		return err
	}
	return r.Farm.Denied(r.Name(), r.Who.Account)
}

// act is what the session must be allowed to do for the cmdlet.
func (r *run) act() farm.Act {
	verb, _, _ := strings.Cut(r.Name(), "-")
	reads := verb == "Get" || verb == "Test" || verb == "Export"
	switch {
	case r.cmdlet.act != "":
		return r.cmdlet.act
	case !reads:
		return farm.WriteStore
	case r.cmdlet.needs == store:
		return farm.ReadStore
	}
	return farm.ReadDirectory
}

// onEdge reports whether the session's machine is an Edge server.
func (r *run) onEdge() bool {
	m, err := r.Farm.Machine(r.Machine)
	return err == nil && m.Role == farm.RoleEdge
}

// by is the actor that the farm's journal names for this cmdlet's writes.
func (r *run) by() farm.Actor { return r.actor(r.Name()) }

// proceed asks for confirmation of the change to target.
func (r *run) proceed(target string) (bool, error) { return r.ShouldProcess(target, r.Name()) }

// refuse is the behaviour of cmdlets that the farm cannot simulate.
func refuse(_ context.Context, r *run) error { return unsupported(r.Name()) }
