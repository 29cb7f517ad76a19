package apply

import (
	"context"

	"github.com/fedroute/fedroute/internal/lync"
)

// Ledger keeps what must be known after this process has ended.
type Ledger interface {
	// Publishing keeps the digest of the document that is about to be published.
	// It returns when that will outlive a crash. Faults: Unreachable, Denied.
	Publishing(ctx context.Context, digest string) error
}

// announce keeps what the change would publish before it is published: when the
// topology is not enabled afterwards, that tells whose publish it was. The
// document's new Signature cannot tell, because it exists only afterwards.
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
