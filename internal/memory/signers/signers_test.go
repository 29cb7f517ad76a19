package signers

import (
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/dns/rfc2136"
)

func TestSignersOfRoutesThatAreGone(t *testing.T) {
	now := time.Date(2026, 3, 14, 22, 0, 0, 0, time.UTC)
	m := New(func() time.Time { return now })
	account := rfc2136.Kerberos{Realm: "CONTOSO.COM", Username: "updater", Password: "swordfish"}
	for _, c := range []struct {
		server string
		after  time.Duration
		want   int
	}{
		{"a:53", 0, 1},
		{"b:53", time.Hour, 2},
		{"b:53", idle, 1}, // for a whole idle time a:53 was not asked for
	} {
		now = now.Add(c.after)
		if _, err := m.Kerberos(Key{Server: c.server}, account); err != nil {
			t.Fatal(err)
		}
		if len(m.held) != c.want {
			t.Errorf("%s later: %d signers are held, want %d", c.after, len(m.held), c.want)
		}
	}
	for server, namespace := range map[string]string{"b:53": "lync", "c:53": "other"} {
		if _, err := m.Kerberos(Key{Server: server, Namespace: namespace}, account); err != nil {
			t.Fatal(err)
		}
	}
	if m.Forget("lync"); len(m.held) != 2 || m.held[Key{Server: "b:53", Namespace: "lync"}] != nil {
		t.Errorf("%d signers are held after a route of one namespace is gone", len(m.held))
	}
	if m.Close(); len(m.held) != 0 {
		t.Error("a stopping manager holds signers")
	}
}
