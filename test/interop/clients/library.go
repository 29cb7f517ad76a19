package clients

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/masterzen/winrm"

	"github.com/fedroute/fedroute/test/support/lyncsim"
	"github.com/fedroute/fedroute/test/support/program"
)

// Machine is a computer reached by masterzen's client over NTLM.
type Machine struct {
	*winrm.Client
	name, address string
}

// Connect signs in to a machine as its administrator.
func Connect(t testing.TB, o *lyncsim.Organization, name string) Machine {
	t.Helper()
	m := o.Machine(t, name)
	a := o.Account(t, m)
	host, port := lyncsim.Host(m)
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(o.File("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	p := *winrm.DefaultParameters
	p.TransportDecorator = func() winrm.Transporter { return &winrm.ClientNTLM{} }
	c, err := winrm.NewClientWithParameters(winrm.NewEndpoint(host, number, true, false, ca, nil, nil, 20*time.Second), a.Name, a.Password, &p)
	if err != nil {
		t.Fatal(err)
	}
	return Machine{c, name, m.PublicAddress.String()}
}

// Run runs a line of cmd.exe that must succeed and returns its output.
func (m Machine) Run(t testing.TB, line string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code, err := m.RunWithContext(context.Background(), line, &out, &errs)
	if err != nil || code != 0 {
		t.Fatalf("%s: %.80s: exit code %d, %v: %s", m.name, line, code, err, &errs)
	}
	return strings.TrimSpace(out.String())
}

// PowerShell runs one line of PowerShell.
func (m Machine) PowerShell(t testing.TB, format string, args ...any) string {
	t.Helper()
	return m.Run(t, `powershell -NoProfile -Command "`+fmt.Sprintf(format, args...)+`"`)
}

// moveBoxes makes the change that Topology Builder makes to the two check boxes.
const moveBoxes = `$ErrorActionPreference = 'Stop'
$x = [xml](Get-CsTopology -AsXml).ToString()
$ports = '%s', '%s' | ForEach-Object {
    $pool = $_
    $id = ($x.Topology.Clusters.Cluster | Where-Object { $_.Fqdn -eq $pool }).ClusterId
    $x.Topology.Services.Service | Where-Object { $_.ServiceId.RoleName -eq 'EdgeServer' -and $_.InstalledOn.ClusterId.Number -eq $id.Number }
} | ForEach-Object { $_.Ports }
foreach ($port in @($ports[0].Port)) {
    $sip = $port.Owner -eq 'urn:component:AccessEdge' -and $port.Usage -eq 'SipServer' -and $port.InterfaceSide -eq 'External'
    if ($sip) { $port.ConfiguredFqdn = ($ports[1].Port | Where-Object { $_.Usage -eq 'SipClient' -and $_.InterfaceSide -eq 'External' }).ConfiguredFqdn }
    if ($sip -or $port.Owner -eq 'urn:component:XmppFederationProxy') { $null = $ports[1].AppendChild($ports[0].RemoveChild($port)) }
}
$x.Save('C:\topology.xml')
$urls = @(Get-CsSimpleUrlConfiguration)
Publish-CsTopology -FileName C:\topology.xml -Force -Confirm:$false
$urls | ForEach-Object { Set-CsSimpleUrlConfiguration -Identity $_.Identity -SimpleUrl @{ Replace = $_.SimpleUrl } -Force -Confirm:$false }
Enable-CsTopology -Force -Confirm:$false`

const signature = "([xml](Get-CsTopology %s -AsXml).ToString()).Topology.Signature"

// Library carries out the procedure in Go, with masterzen's client.
func Library(t testing.TB, o *lyncsim.Organization, d Direction, xmppParameter string) {
	t.Helper()
	from, to := d.move()
	management, edge := Connect(t, o, FrontEnd), Connect(t, o, to)
	if d == FailBack {
		edge.PowerShell(t, "Start-CsWindowsService")
	}
	management.Run(t, winrm.Powershell(fmt.Sprintf(moveBoxes, from, to)))
	management.PowerShell(t, "Set-CsSite -Identity %s -FederationRoute EdgeServer:%s", Site, to)
	published := management.PowerShell(t, signature, "")
	await(t, "the topology", func() bool { return edge.PowerShell(t, signature, "-LocalStore") == published })
	edge.Run(t, `"%ProgramFiles%\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe"`)
	if d == FailOver {
		edge.PowerShell(t, "Stop-CsWindowsService")
	}
	management.PowerShell(t, "Set-CsSite -Identity %s -%s EdgeServer:%s", Site, xmppParameter, to)
	edge.PowerShell(t, "Start-CsWindowsService")
	for _, port := range []string{":5061", ":5269"} {
		await(t, "port "+port, func() bool { return program.Listens(edge.address + port) })
	}
	publishNames(t, o, edge.address)
	for cmdlet, service := range map[string]string{"Registrar": "Registrar", "ConferenceServer": "ConferencingServer", "MediationServer": "MediationServer"} {
		management.PowerShell(t, "Set-Cs%s -Identity %s:%s -EdgeServer EdgeServer:%s", cmdlet, service, FrontEnd, to)
	}
	if d == FailBack {
		management.PowerShell(t, "Invoke-CsPoolFailBack -PoolFqdn %s -Force -Confirm:$false", FrontEnd)
	}
}

// publishNames points partners to an address, with nsupdate.
func publishNames(t testing.TB, o *lyncsim.Organization, address string) {
	t.Helper()
	lines := []string{"server " + strings.Replace(o.DNS[0], ":", " ", 1), "zone " + Domain, "update delete " + Federation + " A",
		fmt.Sprintf("update add %s %d A %s", Federation, TTL, address)}
	for service, port := range map[string]int{"_sipfederationtls._tcp.": 5061, "_xmpp-server._tcp.": 5269} {
		lines = append(lines, "update delete "+service+Domain+" SRV", fmt.Sprintf("update add %s %d SRV 0 0 %d %s", service+Domain, TTL, port, Federation))
	}
	cmd := exec.Command("nsupdate", "-v", "-k", o.KeyFile(t))
	cmd.Stdin = strings.NewReader(strings.Join(append(lines, "send", ""), "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("nsupdate: %v: %s", err, out)
	}
}

func await(t testing.TB, what string, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ready(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
	}
}
