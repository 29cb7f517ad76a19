package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
	"github.com/fedroute/fedroute/internal/probe"
)

// work is the carrying out of one step.
type work struct {
	*Run
	note   func(message string) // of a step under way
	remark func(message string) // of a step that will have been done
}

// do acts on one step. What works on a machine or a zone looks first and skips
// when the world is already so; what goes through the management server cannot
// do harm twice and is verified by what it reads back.
func (w work) do(ctx context.Context, s plan.Step) (skipped bool, err error) {
	switch s.Kind {
	case plan.StartEdgeServices:
		return w.startServices(ctx, s)
	case plan.PublishFlags:
		return false, w.publishFlags(ctx, s)
	case plan.SetSiteRoute:
		return false, w.setSiteRoute(ctx, s)
	case plan.AwaitReplication:
		return false, w.awaitReplication(ctx, s)
	case plan.SetupEdgeServer:
		return w.setup(ctx, s)
	case plan.RestartEdgeServices:
		return w.restart(ctx, s)
	case plan.CheckPorts:
		return false, w.checkPort(ctx, s)
	case plan.UpdateDNS:
		return w.updateDNS(ctx, s)
	case plan.AssociateFrontEnd:
		return false, w.associate(ctx, s)
	case plan.FailBackFrontEnd:
		return w.failBack(ctx, s)
	default:
		return false, fault.New(fault.Internal, "carry out", string(s.Kind), "no such kind of step")
	}
}

func (w work) startServices(ctx context.Context, s plan.Step) (bool, error) {
	state, err := w.hands.Observer.ReadEdgeServer(ctx, s.Server.FQDN)
	if err != nil {
		return false, err
	}
	if state.Running() {
		return true, nil
	}
	if err := w.hands.Operator.StartServices(ctx, s.Server.FQDN); err != nil {
		return false, err
	}
	return false, w.untilRunning(ctx, s.Server.FQDN)
}

func (w work) publishFlags(ctx context.Context, s plan.Step) error {
	change := lync.FlagChange{Signature: w.Base.Signature, Flags: s.Flags}
	if err := w.announce(ctx, change); err != nil {
		return err
	}
	w.changing()
	published, err := w.hands.Operator.PublishFlags(ctx, change)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.signature = published.Signature
	return nil
}

func (w work) setSiteRoute(ctx context.Context, s plan.Step) error {
	w.changing()
	found, err := w.hands.Operator.SetSiteRoute(ctx, s.Site, s.Protocol, s.EdgePool)
	if err != nil {
		return err
	}
	if !lync.SameHost(found, s.EdgePool) {
		return notKept(s, found)
	}
	return nil
}

// notKept says that a change was accepted and a read afterwards shows another value.
func notKept(s plan.Step, found string) error {
	return fault.New(fault.Failed, "verify", s.Target, fmt.Sprintf("it was set to %s and reads %q afterwards", s.To, found)).
		With("the rest of the plan was not begun", "look for someone or something that changes it back")
}

func (w work) setup(ctx context.Context, s plan.Step) (bool, error) {
	state, err := w.hands.Observer.ReadEdgeServer(ctx, s.Server.FQDN)
	if err != nil {
		return false, err
	}
	if setUp(state, s) {
		return true, nil
	}
	w.mu.Lock()
	signature := w.signature
	w.mu.Unlock()
	if err := w.hands.Operator.Setup(ctx, s.Server.FQDN, signature); err != nil {
		return false, err
	}
	if err := w.startAfterSetup(ctx, s.Server.FQDN); err != nil {
		return false, err
	}
	return false, w.untilServer(ctx, s.Server.FQDN, w.limits.Ports, "is set up", func(state lync.EdgeServerState) bool {
		return setUp(state, s)
	})
}

// startAfterSetup starts what setup left stopped: it starts again only what ran
// when it began, which is nothing where an earlier setup failed.
func (w work) startAfterSetup(ctx context.Context, server string) error {
	state, err := w.hands.Observer.ReadEdgeServer(ctx, server)
	if err != nil || state.Running() {
		return err
	}
	return w.hands.Operator.StartServices(ctx, server)
}

// setUp reports whether setup has nothing left to do for the ports: the services
// run, SIP listens, XMPP has its proxy (which listens once it knows its route).
func setUp(state lync.EdgeServerState, s plan.Step) bool {
	return state.Running() && !slices.ContainsFunc(s.Ports, func(port uint16) bool {
		if port == lync.XMPP.Port() {
			return !state.HasXMPPProxy()
		}
		return !state.Listens(port, s.Server.InterfaceAddresses)
	})
}

func (w work) restart(ctx context.Context, s plan.Step) (bool, error) {
	listens := func(state lync.EdgeServerState) bool {
		return !slices.ContainsFunc(s.Ports, func(port uint16) bool { return !state.Listens(port, s.Server.InterfaceAddresses) })
	}
	state, err := w.hands.Observer.ReadEdgeServer(ctx, s.Server.FQDN)
	if err != nil {
		return false, err
	}
	if listens(state) {
		return true, nil
	}
	if err := w.hands.Operator.StopServices(ctx, s.Server.FQDN); err != nil {
		return false, err
	}
	if err := w.hands.Operator.StartServices(ctx, s.Server.FQDN); err != nil {
		return false, err
	}
	return false, w.untilServer(ctx, s.Server.FQDN, w.limits.Services, "listens again", func(state lync.EdgeServerState) bool {
		return state.Running() && listens(state)
	})
}

func (w work) associate(ctx context.Context, s plan.Step) error {
	w.changing()
	found, err := w.hands.Operator.Associate(ctx, s.FrontEnd, s.EdgePool)
	if err != nil {
		return err
	}
	if !found.Is(s.EdgePool) {
		return notKept(s, strings.Join([]string{found.Registrar, found.Conferencing, found.Mediation}, ", "))
	}
	return nil
}

// failBack looks again before it acts: since the plan was made somebody may have
// brought the pool back, or a machine of it may have died.
func (w work) failBack(ctx context.Context, s plan.Step) (bool, error) {
	t, _, err := w.hands.Observer.ReadTopology(ctx)
	if err != nil {
		return false, err
	}
	switch found := plan.PoolState(t, s.FrontEnd); found {
	case lync.PoolFailedOver:
	case lync.PoolFailingOver, lync.PoolStateNone:
		return false, fault.New(fault.WorldChanged, "fail back Front End pool", s.FrontEnd, fmt.Sprintf("its state is %q and not %q any more", found, s.From)).
			With("it was left as it is", "a new plan is made")
	default: // somebody brought it back
		return true, nil
	}
	down := plan.FrontEndsDown(s.FrontEnds, t, func(p probe.Target) probe.Reading { return w.hands.Prober.Probe(ctx, p) })
	if len(down) > 0 {
		return false, plan.Down(s.FrontEnd, down)
	}
	if err := w.hands.Operator.FailBack(ctx, s.FrontEnd); err != nil {
		return false, err
	}
	if t, _, err = w.hands.Observer.ReadTopology(ctx); err != nil {
		return false, err
	}
	switch found := plan.PoolState(t, s.FrontEnd); found {
	case lync.PoolFailedOver, lync.PoolFailingOver, lync.PoolStateNone:
		return false, notKept(s, string(found))
	default:
		return false, nil
	}
}
