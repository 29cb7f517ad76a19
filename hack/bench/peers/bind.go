package peers

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/fedroute/fedroute/hack/bench/stage"
	"github.com/fedroute/fedroute/internal/dns"
	"github.com/fedroute/fedroute/internal/dns/rfc2136"
)

// The zone that BIND serves, and the key that may change and transfer it. The server
// lives for one measurement only, so the secret can be public.
const (
	zone      = "contoso.test"
	keyName   = "upd"
	keySecret = "c2VjcmV0LW9mLWEta2V5LXdpdGhvdXQtcmlnaHRz"
)

const zoneFile = `$ORIGIN contoso.test.
$TTL 300
@ IN SOA ns1 hostmaster 1 3600 600 86400 60
@ NS ns1
ns1 A 127.0.0.1
`

const bindConfig = `
key "%s" { algorithm hmac-sha256; secret "%s"; };
options {
	directory "."; pid-file "named.pid"; session-keyfile "session.key"; lock-file none;
	managed-keys-directory "."; key-directory ".";
	listen-on port %s { 127.0.0.1; }; listen-on-v6 { none; };
	recursion no; dnssec-validation no; minimal-responses yes; notify no;
};
controls { };
zone "contoso.test" { type primary; file "zone"; allow-transfer { key upd; }; update-policy { grant upd zonesub ANY; }; };
`

// bind is a BIND with a zone that has no records yet. The caller stops it.
type bind struct {
	address string
	process *exec.Cmd
	log     *os.File
}

// startBIND runs a BIND in the foreground from a folder of its own.
func startBIND(ctx context.Context, parent string) (*bind, error) {
	dir, err := os.MkdirTemp(parent, "bind")
	if err != nil {
		return nil, err
	}
	b := &bind{}
	if b.address, err = stage.FreeAddress(); err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(b.address)
	for name, text := range map[string]string{"zone": zoneFile, "named.conf": fmt.Sprintf(bindConfig, keyName, keySecret, port)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	if b.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		return nil, err
	}
	b.process = exec.Command("/usr/sbin/named", "-c", "named.conf", "-g")
	b.process.Dir, b.process.Stdout, b.process.Stderr = dir, b.log, b.log
	if err := b.process.Start(); err != nil {
		return nil, err
	}
	if err := b.ready(ctx); err != nil {
		b.stop()
		return nil, fmt.Errorf("BIND did not answer (see %s): %w", b.log.Name(), err)
	}
	return b, nil
}

func (b *bind) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	r, err := rfc2136.NewReader(rfc2136.Config{Server: b.address, Discovery: rfc2136.DiscoverNone})
	if err != nil {
		return err
	}
	apex := dns.NewKey(zone, dns.A)
	return stage.Until(ctx, 20*time.Millisecond, func() (bool, error) {
		found, err := r.Read(ctx, []dns.Key{apex})
		return err == nil && found[apex].Barrier == dns.BarrierNone, nil
	})
}

func (b *bind) stop() {
	_ = b.process.Process.Kill()
	_ = b.process.Wait()
	_ = b.log.Close()
}
