package nameserver

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
)

// Program is one of the DNS servers against which fedroute is tested.
type Program struct {
	Package string // of Debian
	Start   func(testing.TB, Options) Server
}

// Programs are the DNS servers against which fedroute is tested, by name.
var Programs = map[string]Program{
	"BIND": {"bind9", func(t testing.TB, o Options) Server {
		t.Helper()
		return StartBIND(t, BINDOptions{Options: o})
	}},
	"Knot":     {"knot", StartKnot},
	"PowerDNS": {"pdns-server", StartPowerDNS},
}

// BINDOptions change one BIND.
type BINDOptions struct {
	Options
	Statements     string            // more for options
	ZoneStatements string            // more for the zone
	Policy         string            // the zone's update-policy, instead of the usual one, when not empty
	Zones          string            // statements instead of the zone's, when not empty
	Files          map[string]string // text of the zone files that these statements name, by file
	Env            []string          // more environment
}

// bindConfig has places for host, port, secret, options and zones.
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

// StartBIND runs a BIND.
func StartBIND(t testing.TB, o BINDOptions) Server {
	t.Helper()
	s := New(t, o.Options, o.Env...)
	host, port, _ := net.SplitHostPort(s.Addr)
	if o.Policy == "" {
		o.Policy = fmt.Sprintf("grant upd zonesub ANY; grant narrow name sip.%s. A;", s.Zone)
	}
	if o.Zones == "" {
		o.Zones = fmt.Sprintf(`zone %q { type primary; file "zone"; %s
			update-policy { %s }; };`, s.Zone, o.ZoneStatements, o.Policy)
	}
	if !strings.Contains(o.Statements, "notify") {
		o.Statements += " notify no;"
	}
	for name, text := range o.Files {
		s.Write(t, name, text)
	}
	s.Write(t, "named.conf", fmt.Sprintf(bindConfig, host, port, Secret, o.Statements, o.Zones))
	s.Stop = s.Serve(t, "named", "-c", "named.conf", "-g")
	return s
}

const knotConfig = `
server:
    rundir: "run"
    listen: %[1]s@%[2]s
key:
  - id: upd
    algorithm: hmac-sha256
    secret: %[3]s
  - id: narrow
    algorithm: hmac-sha256
    secret: %[3]s
acl:
  - id: updates
    key: upd
    action: [update, transfer]
  - id: one-name
    key: narrow
    action: update
    update-type: A
    update-owner: name
    update-owner-match: equal
    update-owner-name: sip
log:
  - target: stderr
    any: info
database:
    storage: "db"
zone:
  - domain: %[4]s
    storage: "."
    file: "zone"
    zonefile-sync: -1
    journal-content: all
    zonefile-load: difference-no-serial
    acl: [updates, one-name]
`

// StartKnot runs a Knot DNS.
func StartKnot(t testing.TB, o Options) Server {
	t.Helper()
	s := New(t, o)
	host, port, _ := net.SplitHostPort(s.Addr)
	for _, sub := range []string{"run", "db"} {
		if err := os.Mkdir(s.File(sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.Write(t, "knot.conf", fmt.Sprintf(knotConfig, host, port, Secret, s.Zone))
	s.Stop = s.Serve(t, "knotd", "-c", "knot.conf")
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

// StartPowerDNS runs a PowerDNS on SQLite.
func StartPowerDNS(t testing.TB, o Options) Server {
	t.Helper()
	s := New(t, o)
	host, port, _ := net.SplitHostPort(s.Addr)
	s.Write(t, "pdns.conf", fmt.Sprintf(powerConfig, host, port))
	schema, err := os.ReadFile("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
	if err != nil {
		t.Fatal(err)
	}
	s.Run(t, string(schema), "sqlite3", "pdns.db")
	for _, args := range []string{
		"load-zone " + s.Zone + " zone", "rectify-zone " + s.Zone,
		"import-tsig-key upd hmac-sha256 " + Secret,
		"import-tsig-key narrow hmac-sha256 " + Secret,
		"set-meta " + s.Zone + " TSIG-ALLOW-DNSUPDATE upd",
		"set-meta " + s.Zone + " ALLOW-DNSUPDATE-FROM 127.0.0.0/8",
		"set-meta " + s.Zone + " SOA-EDIT-DNSUPDATE INCREASE",
	} {
		s.Run(t, "", "pdnsutil", append([]string{"--config-dir=."}, strings.Fields(args)...)...)
	}
	s.Stop = s.Serve(t, "pdns_server", "--config-dir=.")
	return s
}
