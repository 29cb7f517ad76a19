package apply

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/plan"
)

// Ledger keeps what must be known after this process has ended.
type Ledger interface {
	// Publishing keeps what is about to be published, and what that may lose. It returns
	// once it is stored where a crash does not lose it. Faults: Unreachable, Denied.
	Publishing(ctx context.Context, p lync.Proposal) error
	// Restored drops the kept simple URLs: they were seen in their place. Faults as of
	// Publishing.
	Restored(ctx context.Context) error
	// SetUp keeps the protocols whose federation ports setup installed on the machine.
	// Faults as of Publishing.
	SetUp(ctx context.Context, server string, installed []lync.Protocol) error
	// TakingAway drops what is kept of the machine, because setup is about to take something
	// away there: where its end is not seen, nobody knows what is installed. Faults as of
	// Publishing.
	TakingAway(ctx context.Context, server string) error
}

// announce stores the digest of the document before the change publishes it, and the
// simple URLs, which publishing may empty. Where a topology is later found published and
// not enabled, the digest shows whether fedroute published it. The document's new
// Signature cannot show that, because it does not exist before the publish.
//
// expects is the digest that the document must have; "" for any. Fault: Refused.
func (w work) announce(ctx context.Context, change lync.FlagChange, expects string) error {
	if len(change.Flags) == 0 {
		return nil // nothing is published
	}
	proposal, err := w.hands.Operator.ProposeFlags(ctx, change)
	if err != nil {
		return err
	}
	if expects != "" && proposal.Digest != expects {
		return fault.New(fault.Refused, "clear returned flags in", "the topology", "somebody has published more than these flags since federation left the pool").
			With("nothing was published, and the flags are only told from now on", "clear the check boxes in Topology Builder if nobody wants them")
	}
	return w.hands.Ledger.Publishing(ctx, proposal)
}

// mayEnable fails where the account may publish and not enable: no replica would ever carry
// what it published. Where that is unknown it says so, and nothing is held. Fault:
// RightsMissing.
func (w work) mayEnable(ctx context.Context, change lync.FlagChange) (unknown string, err error) {
	if len(change.Flags) == 0 {
		return "", nil // nothing is published
	}
	lacks, err := w.hands.Operator.MayEnable(ctx)
	switch {
	case err != nil:
		return "whether the account may enable what it publishes is unknown: " + fault.Sentence(err), nil
	case lacks != "":
		return "", fault.New(fault.RightsMissing, "publish the federation flags", "", "the account could not enable what it would publish").
			With("nothing was published", lacks)
	}
	return "", nil
}

// restoreSimpleURLs puts back what a publish that nobody saw end may have emptied. What a
// person has set since is left.
func (w work) restoreSimpleURLs(ctx context.Context, a plan.RestoreSimpleURLs) (skipped bool, err error) {
	began := w.hands.Clock.Now()
	scopes, err := w.hands.Operator.RestoreSimpleURLs(ctx, a.Kept)
	if err != nil || len(scopes) > 0 {
		w.changed(began) // no replica is waited for that would bring what was not changed
	}
	if err != nil {
		return false, err
	}
	if len(scopes) > 0 {
		w.remark("put back those of " + strings.Join(scopes, ", ") + "; " + enableComputer)
	}
	return len(scopes) == 0, w.hands.Ledger.Restored(ctx)
}

// enableComputer is what Microsoft's reference asks for after simple URLs were set.
const enableComputer = "run Enable-CsComputer on the Front End servers"

// told says what was unknown before a publish, where the publish left what a person needs to
// undo more than flags, and what the person still has to do.
func told(p lync.Published, unknown string) string {
	var parts []string
	if unknown != "" {
		parts = append(parts, unknown)
	}
	if p.BackupFile != "" {
		parts = append(parts, "the document of before is in "+p.BackupFile)
	}
	switch {
	case p.ExportFile != "":
		parts = append(parts, "the configuration of before in "+p.ExportFile)
	case p.ExportError != "":
		parts = append(parts, "the configuration could not be exported: "+p.ExportError)
	}
	if p.SimpleURLsRestored {
		parts = append(parts, "publishing emptied the simple URLs and they were put back; "+enableComputer)
	}
	return strings.Join(parts, "; ")
}
