package nameserver

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/test/support/program"
)

// Directory is a Samba Active Directory domain controller. It is also the DNS server
// of its domain.
type Directory struct {
	Server
	Realm string
	Host  string // its own name, as in its principal DNS/<host>
	Conf  string // the text of a krb5.conf for its clients
}

// Backend is the program that answers for the zones of the directory.
type Backend string

// Samba's own DNS server signs its answers in a way that no client can verify. BIND
// reads zones and rights from the directory (DLZ) and signs correctly.
const (
	SambaInternal Backend = "SAMBA_INTERNAL"
	BIND9DLZ      Backend = "BIND9_DLZ"
)

const (
	adminPassword = "Passw0rd.of.the.domain"
	dlzModule     = "/usr/lib/*/samba/bind9/dlz_bind9_18.so"
)

// sambaConfig has places for host, realm, domain, folder, DNS port and services.
const sambaConfig = `[global]
realm = %[2]s
workgroup = CORP
netbios name = DC1
server role = active directory domain controller
interfaces = %[1]s/8
bind interfaces only = yes
server services = kdc, rpc, ldap%[6]s
tls enabled = no
dcerpc endpoint servers = epmapper, samr, lsarpc, netlogon, drsuapi, dnsserver
dns port = %[5]s
dns forwarder =
allow dns updates = secure only
dns update command = /bin/true
private dir = %[4]s/dc/private
state directory = %[4]s/dc/state
cache directory = %[4]s/dc/cache
lock directory = %[4]s/dc
pid directory = %[4]s/dc/run
ncalrpc dir = %[4]s/dc/run/ncalrpc
winbindd socket directory = %[4]s/dc/run/winbindd
ntp signd socket directory = %[4]s/dc/run/ntp
binddns dir = %[4]s/dc/bind-dns
log file = %[4]s/dc/log/samba.log
[sysvol]
path = %[4]s/dc/state/sysvol
[netlogon]
path = %[4]s/dc/state/sysvol/%[3]s/scripts
`

const directoryClientConfig = `[libdefaults]
 default_realm = %[1]s
 dns_lookup_realm = false
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 %[1]s = {
  kdc = %[2]s
 }
[domain_realm]
 .%[3]s = %[1]s
 %[3]s = %[1]s
`

// StartSamba creates a new domain with the zone's name and runs its domain
// controller. The controller has a loopback address of its own, because some of its
// ports are fixed. The zone has all the obstacles of Records. Options.Records is not
// used.
func StartSamba(t testing.TB, b Backend, o Options) Directory {
	t.Helper()
	host := ownAddress(t)
	if o.Addr == "" && b == SambaInternal {
		o.Addr = program.FreeAddr(t, host)
	}
	d := Directory{Server: New(t, o)}
	d.Realm, d.Host = strings.ToUpper(d.Zone), "dc1."+d.Zone
	d.Conf = fmt.Sprintf(directoryClientConfig, d.Realm, host, d.Zone)
	d.Env = []string{"KRB5_CONFIG=" + d.File("krb5.conf"), "KRB5CCNAME=FILE:" + d.File("tickets"), "SMB_CONF_PATH=" + d.File("smb.conf")}
	d.Write(t, "krb5.conf", d.Conf)
	d.provision(t, host)
	d.configure(t, b, host)
	ready := func() bool {
		return program.Listens(host+":88") && program.Listens(host+":389") && (b != SambaInternal || d.answers(t))
	}
	d.Stop = d.Place.Serve(t, ready, "samba", "-s", d.File("smb.conf"), "-i", "-M", "single", "--debug-stdout")
	if b == BIND9DLZ {
		d.Stop = d.startDLZ(t)
	}
	d.Run(t, adminPassword+"\n", "kinit", "Administrator")
	d.Sign, d.Unverifiable = []string{"-g"}, b == SambaInternal
	d.ByHand(t, furnishing(d.Zone)...)
	return d
}

// User creates an account of the domain and makes it a member of the groups.
func (d Directory) User(t testing.TB, name, password string, groups ...string) {
	t.Helper()
	here := []string{"-s", d.File("smb.conf"), "-H", d.File("dc/private/sam.ldb")}
	d.Run(t, "", "samba-tool", append([]string{"user", "create", name, password}, here...)...)
	for _, group := range groups {
		d.Run(t, "", "samba-tool", append([]string{"group", "addmembers", group, name}, here...)...)
	}
}

// ownAddress is a loopback address that no other domain controller of a test has.
// The test locks the address by listening on a port that Samba does not use.
func ownAddress(t testing.TB) string {
	t.Helper()
	for n := 1; n < 250; n++ {
		host := fmt.Sprintf("127.53.%d.1", n)
		if lock, err := net.Listen("tcp", host+":1"); err == nil {
			t.Cleanup(func() { _ = lock.Close() })
			return host
		}
	}
	t.Fatal("no loopback address is free for a domain controller")
	return ""
}

// provision creates the domain. It uses Samba's own defaults, not the configuration
// that the package has in /etc.
func (d Directory) provision(t testing.TB, host string) {
	t.Helper()
	d.Write(t, "smb.conf", "[global]\n")
	d.Run(t, "", "samba-tool", "domain", "provision", "--targetdir="+d.File("dc"), "--realm="+d.Realm, "--domain=CORP", "--server-role=dc",
		"--dns-backend=SAMBA_INTERNAL", "--host-name=dc1", "--host-ip="+host, "--adminpass="+adminPassword,
		"--option=interfaces = "+host, "--option=bind interfaces only = yes", "--option=dns forwarder =")
	for _, folder := range []string{"dc/log", "dc/run"} {
		if err := os.MkdirAll(d.File(folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// configure writes smb.conf. For BIND it also gives BIND access to the directory.
func (d Directory) configure(t testing.TB, b Backend, host string) {
	t.Helper()
	port, services := "0", ""
	if b == SambaInternal {
		_, port, _ = net.SplitHostPort(d.Addr)
		services = ", dns"
	}
	d.Write(t, "smb.conf", fmt.Sprintf(sambaConfig, host, d.Realm, d.Zone, d.Folder, port, services))
	if b == BIND9DLZ {
		d.Run(t, "", "samba_upgradedns", "--dns-backend=BIND9_DLZ", "--configfile="+d.File("smb.conf"))
	}
}

// startDLZ runs BIND on the directory's zones.
func (d Directory) startDLZ(t testing.TB) (stop func()) {
	t.Helper()
	module, err := filepath.Glob(dlzModule)
	if err != nil || len(module) != 1 {
		t.Fatalf("Samba's module for BIND is not there: %v %v", module, err)
	}
	return StartBIND(t, BINDOptions{
		Options: Options{Addr: d.Addr, Zone: d.Zone}, Env: d.Env,
		Statements: fmt.Sprintf("tkey-gssapi-keytab %q;", d.File("dc/bind-dns/dns.keytab")),
		Zones:      fmt.Sprintf("dlz \"AD\" { database \"dlopen %s -H %s\"; };", module[0], d.File("dc/bind-dns/dns/sam.ldb")),
	}).Stop
}

// furnishing are the obstacles of Records as input of nsupdate. The records that a
// route may own are left out, because in a directory a record belongs to the account
// that created it.
func furnishing(zone string) []string {
	return strings.Split(strings.ReplaceAll(`update add alias.@ 300 CNAME dc1.@
update add away.@ 300 CNAME www.fabrikam.test.
update add *.wild.@ 300 A 192.0.2.99
update add exact.wild.@ 300 A 192.0.2.99
update add sub.@ 300 NS ns.sub.@
update add ns.sub.@ 300 A 127.0.0.9`, "@", zone+"."), "\n")
}
