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
	note   func(message string) // takes the message of a step that is under way
	remark func(message string) // takes the message to show once the step is done
}

// do carries one step out. A step on a machine or a zone looks first, and is skipped when
// everything is already as the step wants it. A change through the management server does
// no harm when it is made twice, and the change itself reads back what it wrote.
func (w work) do(ctx context.Context, s plan.Step) (skipped bool, err error) {
	switch a := s.Act.(type) {
	case plan.StartEdgeServices:
		return w.startServices(ctx, a.Server)
	case plan.RestoreSimpleURLs:
		return w.restoreSimpleURLs(ctx, a)
	case plan.PublishFlags:
		return false, w.publishFlags(ctx, a)
	case plan.SetSiteRoute:
		return false, w.setSiteRoute(ctx, s, a)
	case plan.AwaitReplication:
		return false, w.awaitReplication(ctx, s, a)
	case plan.SetupEdgeServer:
		return w.setup(ctx, a)
	case plan.RestartEdgeServices:
		return w.restart(ctx, a)
	case plan.CheckPorts:
		return false, w.checkPort(ctx, s, a)
	case plan.UpdateDNS:
		return w.updateDNS(ctx, s, a)
	case plan.AssociateFrontEnd:
		return false, w.associate(ctx, s, a)
	case plan.FailBackFrontEnd:
		return w.failBack(ctx, s, a)
	default:
		return false, fault.New(fault.Internal, "carry out", string(s.Kind()), "no such kind of step")
	}
}

func (w work) startServices(ctx context.Context, server lync.EdgeServer) (bool, error) {
	state, err := w.readEdgeServer(ctx, server.FQDN)
	if err != nil {
		return false, err
	}
	if state.Running() {
		return true, nil
	}
	if err := w.hands.Operator.StartServices(ctx, server.FQDN); err != nil {
		return false, err
	}
	return false, w.untilRunning(ctx, server.FQDN)
}

func (w work) publishFlags(ctx context.Context, a plan.PublishFlags) error {
	change := lync.FlagChange{Signature: w.Base.Signature, Flags: a.Flags}
	if err := w.announce(ctx, change); err != nil {
		return err
	}
	w.changing()
	published, err := w.hands.Operator.PublishFlags(ctx, change)
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.signature = published.Signature
	w.mu.Unlock()
	if message := told(published); message != "" {
		w.remark(message)
	}
	if len(a.Flags) == 0 {
		return nil // nothing was published, so nothing was kept
	}
	return w.hands.Ledger.Restored(ctx)
}

func (w work) setSiteRoute(ctx context.Context, s plan.Step, a plan.SetSiteRoute) error {
	w.changing()
	found, err := w.hands.Operator.SetSiteRoute(ctx, a.Site, a.Protocol, a.EdgePool)
	if err != nil {
		return err
	}
	if !lync.SameHost(found, a.EdgePool) {
		return notKept(s, found)
	}
	return nil
}

// notKept makes the error for a change that was accepted while a read afterwards shows
// another value.
func notKept(s plan.Step, found string) error {
	return fault.New(fault.Failed, "verify", s.Target, fmt.Sprintf("it was set to %s and reads %q afterwards", s.To, found)).
		With("the rest of the plan was not begun", "look for someone or something that changes it back")
}

func (w work) setup(ctx context.Context, a plan.SetupEdgeServer) (bool, error) {
	state, err := w.readEdgeServer(ctx, a.Server.FQDN)
	if err != nil {
		return false, err
	}
	if setUp(state, a) {
		return true, nil
	}
	w.mu.Lock()
	signature := w.signature
	w.mu.Unlock()
	if err := w.hands.Operator.Setup(ctx, a.Server.FQDN, signature); err != nil {
		return false, err
	}
	if err := w.startAfterSetup(ctx, a.Server.FQDN); err != nil {
		return false, err
	}
	return false, w.untilServer(ctx, a.Server.FQDN, w.limits.bound(plan.KindSetupEdgeServer), "is set up", func(state lync.EdgeServerState) bool {
		return setUp(state, a)
	})
}

// startAfterSetup starts the services that setup left stopped. Setup starts only those
// services again that ran when it began. After an earlier setup failed, none of them ran.
func (w work) startAfterSetup(ctx context.Context, server string) error {
	state, err := w.hands.Observer.ReadEdgeServer(ctx, server)
	if err != nil || state.Running() {
		return err
	}
	return w.hands.Operator.StartServices(ctx, server)
}

// setUp reports whether setup has nothing left to do for the ports. The services have to
// run. For SIP the port has to listen. For XMPP the proxy has to be installed; it listens
// only once it knows its route.
func setUp(state lync.EdgeServerState, a plan.SetupEdgeServer) bool {
	return state.Running() && !slices.ContainsFunc(a.Ports, func(port uint16) bool {
		if port == lync.XMPP.Port() {
			return !state.HasXMPPProxy()
		}
		return !state.Listens(port, a.Server.InterfaceAddresses)
	})
}

func (w work) restart(ctx context.Context, a plan.RestartEdgeServices) (bool, error) {
	listens := func(state lync.EdgeServerState) bool {
		return !slices.ContainsFunc(a.Ports, func(port uint16) bool { return !state.Listens(port, a.Server.InterfaceAddresses) })
	}
	state, err := w.readEdgeServer(ctx, a.Server.FQDN)
	if err != nil {
		return false, err
	}
	if listens(state) {
		return true, nil
	}
	if err := w.hands.Operator.StopServices(ctx, a.Server.FQDN); err != nil {
		return false, err
	}
	if err := w.hands.Operator.StartServices(ctx, a.Server.FQDN); err != nil {
		return false, err
	}
	return false, w.untilServer(ctx, a.Server.FQDN, w.limits.bound(plan.KindRestartEdgeServices), "listens again", func(state lync.EdgeServerState) bool {
		return state.Running() && listens(state)
	})
}

func (w work) associate(ctx context.Context, s plan.Step, a plan.AssociateFrontEnd) error {
	w.changing()
	found, err := w.hands.Operator.Associate(ctx, a.Pool, a.EdgePool)
	if err != nil {
		return err
	}
	if !found.Is(a.EdgePool) {
		return notKept(s, strings.Join([]string{found.Registrar, found.Conferencing, found.Mediation}, ", "))
	}
	return nil
}

// failBack reads the pool again before it acts. Since the plan was made, somebody may have
// failed the pool back, or a machine of the pool may have died.
func (w work) failBack(ctx context.Context, s plan.Step, a plan.FailBackFrontEnd) (bool, error) {
	t, err := w.readTopology(ctx)
	if err != nil {
		return false, err
	}
	switch found := plan.PoolState(t, a.Pool); found {
	case lync.PoolFailedOver:
	case lync.PoolFailingOver, lync.PoolStateNone:
		return false, fault.New(fault.WorldChanged, "fail back Front End pool", a.Pool, fmt.Sprintf("its state is %q and not %q any more", found, s.From)).
			With("it was left as it is", "a new plan is made")
	default: // somebody failed it back
		return true, nil
	}
	down := plan.FrontEndsDown(a.Machines, t, func(p probe.Target) probe.Reading { return w.hands.Prober.Probe(w.looks, p) })
	if len(down) > 0 {
		return false, plan.Down(a.Pool, down)
	}
	if err := w.hands.Operator.FailBack(ctx, a.Pool); err != nil {
		return false, err
	}
	if t, _, err = w.hands.Observer.ReadTopology(ctx); err != nil {
		return false, err
	}
	switch found := plan.PoolState(t, a.Pool); found {
	case lync.PoolFailedOver, lync.PoolFailingOver, lync.PoolStateNone:
		return false, notKept(s, string(found))
	default:
		return false, nil
	}
}
