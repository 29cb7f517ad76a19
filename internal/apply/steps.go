package apply

import (
	"context"
	"errors"
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

// do carries one step out. An operation that somebody else began, such as a manager that
// died, may still be at work on the server. The step then waits for its end, within the
// limit of the step, and begins anew with its look: what the operation has made of the world
// is not made again.
func (w work) do(ctx context.Context, s plan.Step) (skipped bool, err error) {
	deadline := w.hands.Clock.Now().Add(w.limits.Of(s.Kind()))
	for {
		skipped, err = w.attempt(ctx, s)
		if !errors.Is(err, lync.ErrAtWork) || !w.hands.Clock.Now().Before(deadline) {
			return skipped, err
		}
		waits := "waits: " + fault.Cause(err)
		w.note(waits)
		if err := w.hands.Clock.Sleep(w.looks, w.limits.Poll); err != nil {
			return false, w.cut(ctx, waits)
		}
		if err := w.mayBegin(s); err != nil {
			return false, err
		}
	}
}

// attempt tries to carry one step out. A step on a machine or a zone looks first, and is skipped when
// everything is already as the step wants it. A change through the management server does
// no harm when it is made twice, and the change itself reads back what it wrote.
func (w work) attempt(ctx context.Context, s plan.Step) (skipped bool, err error) {
	switch a := s.Act.(type) {
	case plan.StartEdgeServices:
		return w.startServices(ctx, a.Server)
	case plan.RestoreSimpleURLs:
		return w.restoreSimpleURLs(ctx, a)
	case plan.PublishFlags:
		return false, w.publishFlags(ctx, a)
	case plan.SetNextHop:
		return false, w.setNextHop(ctx, s, a)
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
	change := lync.FlagChange{Signature: w.published(), Flags: a.Flags}
	unknown, err := w.mayEnable(ctx, change)
	if err != nil {
		return err
	}
	if err := w.announce(ctx, change, a.Expects); err != nil {
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
	if message := told(published, unknown); message != "" {
		w.remark(message)
	}
	if len(a.Flags) == 0 {
		return nil // nothing was published, so nothing was kept
	}
	return w.hands.Ledger.Restored(ctx)
}

// setNextHop changes the document, so the run goes on with the signature that it has then.
func (w work) setNextHop(ctx context.Context, s plan.Step, a plan.SetNextHop) error {
	w.changing()
	found, signature, err := w.hands.Operator.SetNextHop(ctx, a.EdgePool, a.Now)
	if err != nil {
		return err
	}
	if !lync.SameHost(found, a.Now) {
		return notKept(s, found)
	}
	w.mu.Lock()
	w.signature = signature
	w.mu.Unlock()
	return nil
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

// errNotKept is in the chain of the error for a value that was changed back at once.
var errNotKept = errors.New("the value was not kept")

// notKept makes the error for a change that was accepted while a read afterwards shows
// another value.
func notKept(s plan.Step, found string) error {
	err := fault.New(fault.Failed, "verify", s.Target, fmt.Sprintf("it was set to %s and reads %q afterwards", s.To, found)).
		With("the rest of the plan was not begun", "look for someone or something that changes it back")
	err.Err = errNotKept
	return err
}

func (w work) setup(ctx context.Context, a plan.SetupEdgeServer) (bool, error) {
	state, err := w.readEdgeServer(ctx, a.Server.FQDN)
	if err != nil {
		return false, err
	}
	if setUp(state, a) {
		return true, w.hands.Ledger.SetUp(ctx, a.Server.FQDN, a.Installs)
	}
	if a.Removes {
		if err := w.hands.Ledger.TakingAway(ctx, a.Server.FQDN); err != nil {
			return false, err
		}
	}
	if err := w.hands.Operator.Setup(ctx, a.Server.FQDN, w.published()); err != nil {
		return false, err
	}
	isSetUp := func(state lync.EdgeServerState) bool {
		return state.Running() && (!slices.Contains(a.Ports, lync.XMPP.Port()) || state.HasXMPPProxy())
	}
	state, err = w.startAfterSetup(ctx, a.Server.FQDN)
	if err == nil && !isSetUp(state) {
		err = w.untilServer(ctx, a.Server.FQDN, w.limits.bound(plan.KindSetupEdgeServer), "is set up", isSetUp)
	}
	if err != nil {
		return false, err
	}
	return false, w.hands.Ledger.SetUp(ctx, a.Server.FQDN, a.Installs)
}

// published is the Signature of the topology document as far as the run knows.
func (w work) published() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.signature
}

// startAfterSetup starts the services that setup left stopped. Setup starts only those
// services again that ran when it began. After an earlier setup failed, none of them ran.
// The state that it gives is read although the run may be stopped meanwhile: what setup has
// done is noted then, too, and no plan does it again.
func (w work) startAfterSetup(ctx context.Context, server string) (lync.EdgeServerState, error) {
	state, err := w.hands.Observer.ReadEdgeServer(ctx, server)
	if err != nil || state.Running() {
		return state, err
	}
	if err := w.hands.Operator.StartServices(ctx, server); err != nil {
		return state, err
	}
	return w.hands.Observer.ReadEdgeServer(ctx, server)
}

// setUp reports whether the machine itself shows that setup has nothing left to do: the
// services run, the SIP port listens, and the XMPP proxy is installed, which listens only
// once it knows its route. A machine cannot show that nothing is left to take away. One that
// does not show it may still be set up: a pool need not listen before a route names it.
func setUp(state lync.EdgeServerState, a plan.SetupEdgeServer) bool {
	return !a.Removes && !a.Anew && state.Running() && !slices.ContainsFunc(a.Ports, func(port uint16) bool {
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
	if err := w.hands.Operator.RestartServices(ctx, a.Server.FQDN); err != nil {
		return false, err
	}
	return false, w.untilServer(ctx, a.Server.FQDN, w.limits.bound(plan.KindRestartEdgeServices), "listens again", func(state lync.EdgeServerState) bool {
		return state.Running() && listens(state)
	})
}

func (w work) associate(ctx context.Context, s plan.Step, a plan.AssociateFrontEnd) error {
	if err := w.portsStillAnswer(ctx, s); err != nil {
		return err
	}
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
	if skipped, err := w.untilFrontEndsMayReturn(ctx, s, a); skipped || err != nil {
		return skipped, err
	}
	if err := w.portsStillAnswer(ctx, s); err != nil {
		return false, err
	}
	if err := w.hands.Operator.FailBack(ctx, a.Pool); err != nil {
		return false, err
	}
	t, err := w.afterChange(ctx)
	if err != nil {
		return false, err
	}
	if err := t.Unread(lync.PartServices, lync.PartPoolStates); err != nil {
		return false, err
	}
	switch found := plan.PoolState(t, a.Pool); found {
	case lync.PoolFailedOver, lync.PoolFailingOver, lync.PoolStateNone:
		return false, notKept(s, string(found))
	default:
		return false, nil
	}
}

// untilFrontEndsMayReturn waits until the replicas of the pool's machines are up to date: the
// step before it has changed the pool's links. It reports whether somebody has failed the pool
// back.
func (w work) untilFrontEndsMayReturn(ctx context.Context, s plan.Step, a plan.FailBackFrontEnd) (returned bool, err error) {
	var behind []string
	err = w.until(ctx, w.limits.bound(plan.KindFailBackFrontEnd), func() (bool, string, error) {
		t, err := w.readTopology(ctx)
		if err != nil {
			return false, "", err
		}
		if err := plan.KindFailBackFrontEnd.Unread(t); err != nil {
			return false, "", err
		}
		switch found := plan.PoolState(t, a.Pool); found {
		case lync.PoolFailedOver:
		case lync.PoolFailingOver, lync.PoolStateNone:
			return false, "", fault.New(fault.WorldChanged, "fail back Front End pool", a.Pool, fmt.Sprintf("its state is %q and not %q any more", found, s.From)).
				With("it was left as it is", "a new plan is made")
		default:
			returned = true
			return true, "", nil
		}
		if down := plan.FrontEndsDown(a.Machines, t, func(p probe.Target) probe.Reading { return w.hands.Prober.Probe(w.looks, p) }); len(down) > 0 {
			return false, "", plan.Down(a.Pool, down)
		}
		behind = plan.FrontEndsBehind(a.Machines, t)
		return len(behind) == 0, "waits for " + strings.Join(behind, ", "), nil
	}, func(string) error { return plan.Down(a.Pool, behind) })
	return returned, err
}
