package apply

import (
	"context"
	"strings"

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
}

// announce stores the digest of the document before the change publishes it, and the
// simple URLs, which publishing may empty. Where a topology is later found published and
// not enabled, the digest shows whether fedroute published it. The document's new
// Signature cannot show that, because it does not exist before the publish.
func (w work) announce(ctx context.Context, change lync.FlagChange) error {
	if len(change.Flags) == 0 {
		return nil // nothing is published
	}
	proposal, err := w.hands.Operator.ProposeFlags(ctx, change)
	if err != nil {
		return err
	}
	return w.hands.Ledger.Publishing(ctx, proposal)
}

// restoreSimpleURLs puts back what a publish that nobody saw end may have emptied. What a
// person has set since is left.
func (w work) restoreSimpleURLs(ctx context.Context, a plan.RestoreSimpleURLs) (skipped bool, err error) {
	w.changing()
	scopes, err := w.hands.Operator.RestoreSimpleURLs(ctx, a.Kept)
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

// told says where a publish left what a person needs to undo more than flags, and what the
// person still has to do.
func told(p lync.Published) string {
	var parts []string
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
