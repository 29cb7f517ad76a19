// Package clients does by hand what fedroute does: Microsoft's procedures to fail
// federation over and back, as an administrator would write them down for pywinrm,
// for Ansible and for masterzen's client. Its tests let these clients and curl use
// lyncsim as they use Windows.
package clients

import (
	_ "embed" // for the script and the playbook
	"encoding/json"
	"strconv"
	"testing"

	"github.com/fedroute/fedroute/test/support/lyncsim"
	"github.com/fedroute/fedroute/test/support/program"
)

// Direction is one of the two procedures, for the organization of the sample farm
// one-site-two-pools.
type Direction string

// The procedures.
const (
	FailOver Direction = "failover" // from edge1, which is gone, to edge2
	FailBack Direction = "failback" // from edge2 to edge1, which is back with its services stopped
)

// Procedure carries a direction out in a running organization. XMPPParameter is
// the parameter that its Set-CsSite has.
type Procedure func(t testing.TB, o *lyncsim.Organization, d Direction, xmppParameter string)

// The names that the procedures use.
const (
	Primary    = "edge1.contoso.com"
	Reserve    = "edge2.contoso.com"
	FrontEnd   = "fe1.contoso.com"
	Site       = "Redmond"
	Domain     = "contoso.com"
	Federation = "fed.contoso.com" // the host that SRV records point to
	TTL        = 300
)

var (
	//go:embed failback.py
	script string
	//go:embed failback.yml
	playbook string
)

// move returns the pools that a direction leaves and enters.
func (d Direction) move() (from, to string) {
	if d == FailBack {
		return Reserve, Primary
	}
	return Primary, Reserve
}

// Script runs failback.py, which uses pywinrm.
func Script(t testing.TB, o *lyncsim.Organization, d Direction, xmppParameter string) {
	t.Helper()
	host := func(name, transport string) map[string]any {
		m := o.Machine(t, name)
		a := o.Account(t, m)
		return map[string]any{"name": name, "url": m.URL, "transport": transport, "user": a.Name, "password": a.Password,
			"ca": o.File("ca.crt"), "publicAddress": m.PublicAddress.String()}
	}
	place := program.In(t)
	place.Write(t, "failback.py", script)
	write(t, place, "organization.json", map[string]any{
		"site": Site, "domain": Domain, "host": Federation, "ttl": TTL, "frontEnd": FrontEnd, "primary": Primary, "reserve": Reserve,
		"xmppParameter": xmppParameter, "management": host(FrontEnd, "ntlm"),
		"edge": map[string]any{Primary: host(Primary, "ntlm"), Reserve: host(Reserve, "basic")},
		"dns":  map[string]any{"server": o.DNS[0], "keyFile": o.KeyFile(t)},
	})
	place.Run(t, "", "/usr/bin/python3", "failback.py", "organization.json", string(d))
}

// Playbook runs failback.yml with Ansible.
func Playbook(t testing.TB, o *lyncsim.Organization, d Direction, xmppParameter string) {
	t.Helper()
	host := func(name string) map[string]any {
		m := o.Machine(t, name)
		a := o.Account(t, m)
		address, port := lyncsim.Host(m)
		return map[string]any{name: map[string]any{
			"ansible_connection": "winrm", "ansible_shell_type": "powershell", "ansible_host": address, "ansible_port": port,
			"ansible_winrm_scheme": "https", "ansible_winrm_transport": "ntlm", "ansible_winrm_ca_trust_path": o.File("ca.crt"),
			"ansible_user": a.Name, "ansible_password": a.Password, "public_address": m.PublicAddress.String(),
		}}
	}
	place := program.In(t, "LC_ALL=C.UTF-8")
	place.Env = append(place.Env, "ANSIBLE_HOME="+place.Folder, "ANSIBLE_LOCAL_TEMP="+place.Folder)
	place.Write(t, "failback.yml", playbook)
	write(t, place, "organization.json", map[string]any{
		"management": map[string]any{"hosts": host(FrontEnd)},
		"edge":       map[string]any{"children": map[string]any{"primary": map[string]any{"hosts": host(Primary)}, "reserve": map[string]any{"hosts": host(Reserve)}}},
		"all": map[string]any{"vars": map[string]any{"site": Site, "domain": Domain, "host": Federation, "ttl": TTL, "front_end": FrontEnd,
			"dns_server": o.DNS[0], "dns_key_file": o.KeyFile(t), "xmpp_parameter": xmppParameter}},
	})
	from, to := d.move()
	place.Run(t, "", "/usr/bin/ansible-playbook", "--inventory", "organization.json", "failback.yml",
		"--extra-vars", "old="+from+" new="+to+" failing_back="+strconv.FormatBool(d == FailBack))
}

func write(t testing.TB, p program.Place, name string, content any) {
	t.Helper()
	text, err := json.MarshalIndent(content, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	p.Write(t, name, string(text))
}
