//go:build interop

package interop

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dnsServers are the server programs of the matrix.
var dnsServers = map[string]func(t *testing.T) dnsServer{
	"BIND":     func(t *testing.T) dnsServer { return startBIND(t, bindOptions{}) },
	"Knot":     startKnot,
	"PowerDNS": startPowerDNS,
}

func zoneText(addr string) string {
	host, _, _ := net.SplitHostPort(addr)
	return strings.ReplaceAll(dnsRecords, "@NS1@", host)
}

// bindOptions change one BIND.
type bindOptions struct {
	addr    string   // "": a free one
	options string   // more statements for options
	zone    string   // more statements for the zone
	zones   string   // instead of the zone, when not empty
	records string   // instead of dnsRecords, when not empty
	env     []string // more environment
}

const bindConfig = `
key "upd" { algorithm hmac-sha256; secret "%[3]s"; };
key "narrow" { algorithm hmac-sha256; secret "%[3]s"; };
options {
	directory "."; pid-file "named.pid"; session-keyfile "session.key"; lock-file none;
	managed-keys-directory "."; key-directory ".";
	listen-on port %[2]s { %[1]s; }; listen-on-v6 { none; };
	recursion no; dnssec-validation no; minimal-responses yes;
	%[4]s
};
controls { };
%[5]s
`

func startBIND(t *testing.T, o bindOptions) dnsServer {
	t.Helper()
	s := dnsServer{addr: o.addr, folder: t.TempDir()}
	if s.addr == "" {
		s.addr = dnsFreeAddr(t, "127.0.0.1")
	}
	host, port, _ := net.SplitHostPort(s.addr)
	if o.zones == "" {
		o.zones = fmt.Sprintf(`zone %q { type primary; file "zone"; %s
			update-policy { grant upd zonesub ANY; grant narrow name sip.contoso.test. A; }; };`, dnsZone, o.zone)
	}
	if !strings.Contains(o.options, "notify") {
		o.options += " notify no;"
	}
	if o.records == "" {
		o.records = zoneText(s.addr)
	}
	dnsWrite(t, s.folder, "zone", o.records)
	dnsWrite(t, s.folder, "named.conf", fmt.Sprintf(bindConfig, host, port, dnsSecret, o.options, o.zones))
	dnsServe(t, s, o.env, "named", "-c", "named.conf", "-g")
	return s
}

const knotConfig = `
server:
    rundir: "run"
    listen: %s@%s
key:
  - id: upd
    algorithm: hmac-sha256
    secret: %s
acl:
  - id: updates
    key: upd
    action: [update, transfer]
log:
  - target: stderr
    any: info
database:
    storage: "db"
zone:
  - domain: contoso.test
    storage: "."
    file: "zone"
    zonefile-sync: -1
    journal-content: all
    zonefile-load: difference-no-serial
    acl: [updates]
`

func startKnot(t *testing.T) dnsServer {
	t.Helper()
	s := dnsServer{addr: dnsFreeAddr(t, "127.0.0.1"), folder: t.TempDir()}
	host, port, _ := net.SplitHostPort(s.addr)
	for _, sub := range []string{"run", "db"} {
		if err := os.Mkdir(filepath.Join(s.folder, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	dnsWrite(t, s.folder, "zone", zoneText(s.addr))
	dnsWrite(t, s.folder, "knot.conf", fmt.Sprintf(knotConfig, host, port, dnsSecret))
	dnsServe(t, s, nil, "knotd", "-c", "knot.conf")
	return s
}

const powerConfig = `launch=gsqlite3
gsqlite3-database=pdns.db
local-address=%s
local-port=%s
socket-dir=.
setuid=
setgid=
dnsupdate=yes
allow-dnsupdate-from=127.0.0.0/8
disable-axfr=yes
daemon=no
guardian=no
security-poll-suffix=
query-cache-ttl=0
cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
`

func startPowerDNS(t *testing.T) dnsServer {
	t.Helper()
	s := dnsServer{addr: dnsFreeAddr(t, "127.0.0.1"), folder: t.TempDir()}
	host, port, _ := net.SplitHostPort(s.addr)
	dnsWrite(t, s.folder, "zone", zoneText(s.addr))
	dnsWrite(t, s.folder, "pdns.conf", fmt.Sprintf(powerConfig, host, port))
	schema, err := os.ReadFile("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := dnsRun(t, s.folder, string(schema), "sqlite3", "pdns.db"); err != nil {
		t.Fatalf("sqlite3: %v\n%s", err, out)
	}
	for _, args := range []string{
		"load-zone contoso.test zone", "rectify-zone contoso.test",
		"import-tsig-key upd hmac-sha256 " + dnsSecret,
		"set-meta contoso.test TSIG-ALLOW-DNSUPDATE upd",
		"set-meta contoso.test ALLOW-DNSUPDATE-FROM 127.0.0.0/8",
		"set-meta contoso.test SOA-EDIT-DNSUPDATE INCREASE",
	} {
		if out, err := dnsRun(t, s.folder, "", "pdnsutil", append([]string{"--config-dir=."}, strings.Fields(args)...)...); err != nil {
			t.Fatalf("pdnsutil %s: %v\n%s", args, err, out)
		}
	}
	dnsServe(t, s, nil, "pdns_server", "--config-dir=.")
	return s
}
