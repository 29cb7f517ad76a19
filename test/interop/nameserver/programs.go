package nameserver

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
)

// Program is one server of the matrix.
type Program struct {
	Package string // of Debian
	Start   func(testing.TB) Server
}

// Programs are the servers of the matrix, by name.
var Programs = map[string]Program{
	"BIND":     {"bind9", func(t testing.TB) Server { t.Helper(); return StartBIND(t, BINDOptions{}) }},
	"Knot":     {"knot", StartKnot},
	"PowerDNS": {"pdns-server", StartPowerDNS},
}

// Records is the text of the zone, whose name server is at the address.
func Records(addr string) string {
	host, _, _ := net.SplitHostPort(addr)
	return strings.ReplaceAll(records, "@NS1@", host)
}

// BINDOptions change one BIND.
type BINDOptions struct {
	Addr    string   // "": a free one
	Options string   // more statements for options
	Zone    string   // more statements for the zone
	Policy  string   // its update-policy, instead of the usual one, when not empty
	Zones   string   // instead of the zone, when not empty
	Records string   // instead of the usual ones, when not empty
	Env     []string // more environment
}

// bindConfig wants host, port, secret, options and zones.
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
	s := New(t, o.Env...)
	if o.Addr != "" {
		s.Addr = o.Addr
	}
	host, port, _ := net.SplitHostPort(s.Addr)
	if o.Policy == "" {
		o.Policy = "grant upd zonesub ANY; grant narrow name sip.contoso.test. A;"
	}
	if o.Zones == "" {
		o.Zones = fmt.Sprintf(`zone %q { type primary; file "zone"; %s
			update-policy { %s }; };`, Zone, o.Zone, o.Policy)
	}
	if !strings.Contains(o.Options, "notify") {
		o.Options += " notify no;"
	}
	if o.Records == "" {
		o.Records = Records(s.Addr)
	}
	s.Write(t, "zone", o.Records)
	s.Write(t, "named.conf", fmt.Sprintf(bindConfig, host, port, Secret, o.Options, o.Zones))
	s.Stop = s.Serve(t, "named", "-c", "named.conf", "-g")
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

// StartKnot runs a Knot DNS.
func StartKnot(t testing.TB) Server {
	t.Helper()
	s := New(t)
	host, port, _ := net.SplitHostPort(s.Addr)
	for _, sub := range []string{"run", "db"} {
		if err := os.Mkdir(s.File(sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.Write(t, "zone", Records(s.Addr))
	s.Write(t, "knot.conf", fmt.Sprintf(knotConfig, host, port, Secret))
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
func StartPowerDNS(t testing.TB) Server {
	t.Helper()
	s := New(t)
	host, port, _ := net.SplitHostPort(s.Addr)
	s.Write(t, "zone", Records(s.Addr))
	s.Write(t, "pdns.conf", fmt.Sprintf(powerConfig, host, port))
	schema, err := os.ReadFile("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
	if err != nil {
		t.Fatal(err)
	}
	s.Run(t, string(schema), "sqlite3", "pdns.db")
	for _, args := range []string{
		"load-zone contoso.test zone", "rectify-zone contoso.test",
		"import-tsig-key upd hmac-sha256 " + Secret,
		"set-meta contoso.test TSIG-ALLOW-DNSUPDATE upd",
		"set-meta contoso.test ALLOW-DNSUPDATE-FROM 127.0.0.0/8",
		"set-meta contoso.test SOA-EDIT-DNSUPDATE INCREASE",
	} {
		s.Run(t, "", "pdnsutil", append([]string{"--config-dir=."}, strings.Fields(args)...)...)
	}
	s.Stop = s.Serve(t, "pdns_server", "--config-dir=.")
	return s
}
