package apply

import (
	"context"

	"github.com/fedroute/fedroute/internal/lync"
)

// Ledger keeps what must be known after this process has ended.
type Ledger interface {
	// Publishing keeps the digest of the document that is about to be published. It
	// returns once the digest is stored where a crash does not lose it. Faults:
	// Unreachable, Denied.
	Publishing(ctx context.Context, digest string) error
}

// announce stores the digest of the document before the change publishes it. Where a
// topology is later found published and not enabled, the digest shows whether fedroute
// published it. The document's new Signature cannot show that, because it does not exist
// before the publish.
func (w work) announce(ctx context.Context, change lync.FlagChange) error {
	if len(change.Flags) == 0 {
		return nil // nothing is published
	}
	digest, err := w.hands.Operator.ProposeFlags(ctx, change)
	if err != nil {
		return err
	}
	return w.hands.Ledger.Publishing(ctx, digest)
}
