package peers

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
	"github.com/fedroute/fedroute/internal/fault"
)

// own is fedroute's way to change a zone: read, write the differences in one guarded
// update, read back.
type own struct {
	reader dns.Reader
	writer *rfc2136.Writer
}

func openOwn(address string) (syncer, error) { return newOwn(address) }

func newOwn(address string) (*own, error) {
	config := rfc2136.Config{Server: address, Discovery: rfc2136.DiscoverNone, Standings: rfc2136.NewStandings()} // as the manager shares them
	r, err := rfc2136.NewReader(config)
	if err != nil {
		return nil, err
	}
	signer, err := rfc2136.HMAC(rfc2136.TSIG{Name: keyName, Secret: keySecret})
	if err != nil {
		return nil, err
	}
	w, err := rfc2136.NewWriter(config, signer)
	return &own{r, w}, err
}

func (o *own) close() { _ = o.writer.Close() }

func (o *own) sync(ctx context.Context, wants ...[]dns.RRSet) (time.Duration, error) {
	g, ctx := errgroup.WithContext(ctx)
	from := time.Now()
	for _, want := range wants {
		g.Go(func() error {
			err := o.move(ctx, want)
			if len(wants) > 1 && fault.Is(err, fault.WorldChanged) {
				return nil // another writer was faster; the controller would observe again
			}
			return err
		})
	}
	err := g.Wait()
	return time.Since(from), err
}

func (o *own) move(ctx context.Context, want []dns.RRSet) error {
	found, err := o.reader.Read(ctx, keysOf(want))
	if err != nil {
		return err
	}
	var changes []dns.Change
	for _, s := range want {
		if !found[s.Key].Set.Same(s) {
			changes = append(changes, found[s.Key].ChangeTo(s))
		}
	}
	if err := o.writer.Write(ctx, changes, dns.Always); err != nil {
		return err
	}
	_, err = o.reader.Read(ctx, keysOf(want))
	return err
}

func keysOf(sets []dns.RRSet) []dns.Key {
	keys := make([]dns.Key, len(sets))
	for i, s := range sets {
		keys[i] = s.Key
	}
	return keys
}

// byHand replaces what the zone holds by the sets, as a person would.
func (b *bind) byHand(ctx context.Context, sets []dns.RRSet) error {
	o, err := newOwn(b.address)
	if err != nil {
		return err
	}
	defer o.close()
	return o.move(ctx, sets)
}

// held counts the sets that the server serves exactly as wanted.
func (b *bind) held(ctx context.Context, want []dns.RRSet) (int, error) {
	o, err := newOwn(b.address)
	if err != nil {
		return 0, err
	}
	defer o.close()
	found, err := o.reader.Read(ctx, keysOf(want))
	n := 0
	for _, s := range want {
		if found[s.Key].Set.Same(s) {
			n++
		}
	}
	return n, err
}
