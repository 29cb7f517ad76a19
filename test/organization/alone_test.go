package organization_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// calls says how a person calls each script of the catalogue by hand, in the order of a
// failover: the machine, the arguments, the part of the output to show, and that part's
// text. #SIGNATURE# is the signature of the document in force.
var calls = []struct{ script, machine, arguments, show, want string }{
	{"Read-Topology", "fe1.contoso.com", "", `$_.DefaultDomain + ' ' + $_.Module + ' ' + $_.Sites[0].SipRoute + ' ' + $_.Services.Count`, "contoso.com Lync EdgeServer:edge1.contoso.com 8"},
	{tokens, "fe1.contoso.com", "", `$_.DomainAdmin`, "True"},
	{"Publish-FederationFlags", "fe1.contoso.com", "Signature = '#SIGNATURE#'; EnableSip = @('edge2.contoso.com'); EnableXmpp = @('edge2.contoso.com')",
		`$_.Signature.Length -gt 0 -and $_.SimpleUrlsRestored`, "True"},
	{"Set-SiteRoute", "fe1.contoso.com", "Site = 'Redmond'; Protocol = 'SIP'; EdgePool = 'edge2.contoso.com'", `$_.Route`, "EdgeServer:edge2.contoso.com"},
	{"Invoke-EdgeSetup", "edge2.contoso.com", "Signature = '#SIGNATURE#'; HostName = 'edge2.contoso.com'", `$_.Ran`, "Bootstrapper"},
	{"Read-TopologyDocument", "fe1.contoso.com", "", `[string](([xml]$_.Document).Topology.Signature -eq $_.Signature) + ' ' + $_.Signature.Length`, "True 36"},
	{"Publish-FederationFlags", "fe1.contoso.com", "Signature = '#SIGNATURE#'; DisableSip = 'edge2.contoso.com'; ProposeOnly = $true", `[string]($_.Document -like '*edge2.contoso.com*') + ' ' + @(ConvertFrom-Json -InputObject $_.SimpleUrls)[0].Identity`, "True Global"},
	{"Restore-SimpleUrls", "fe2.contoso.com", `SimpleUrls = '[{"Identity":"Global","Urls":[]}]'`, `@($_.Restored).Count`, "0"},
	{"Restart-EdgeServices", "edge2.contoso.com", "", `$_.Services -gt 3`, "True"},
	{"Start-EdgeServices", "edge2.contoso.com", "", `$_.Services -gt 3`, "True"},
	{"Read-EdgeServer", "edge2.contoso.com", "", `[string]$_.LocalSignature.Length + ' ' + (@($_.Listening -like '*:5061').Count -gt 0) + ' ' + @($_.Services.State | Sort-Object -Unique)`, "36 True Running"},
	{"Read-EdgeCertificate", "edge2.contoso.com", "", `[string]$_.Thumbprint.Length + ' ' + ($_.Names -contains 'fed.contoso.com') + ' ' + ([datetime]$_.NotAfter -gt [datetime]$_.NotBefore)`, "40 True True"},
	{"Set-EdgeAssociation", "fe1.contoso.com", "FrontEndPool = 'fe1.contoso.com'; EdgePool = 'edge2.contoso.com'", `$_.Registrar`, "EdgeServer:edge2.contoso.com"},
	{"Invoke-PoolFailBack", "fe2.contoso.com", "FrontEndPool = 'fe1.contoso.com'", `$_.FrontEndPool`, "fe1.contoso.com"},
	{"Set-NextHop", "fe1.contoso.com", "EdgePool = 'edge2.contoso.com'; FrontEndPool = 'fe2.contoso.com'", `$_.NextHop + ' ' + $_.Signature.Length`, "Registrar:fe2.contoso.com 36"},
	{"Set-DnsRecords", "dc1.contoso.com", "Zone = 'contoso.com'; Changes = @(@{ Name = 'fed'; Type = 'A'; TTL = '00:05:00'; Before = @(); After = @('192.0.2.7') })",
		`$_.Sets[0].Name + ' ' + $_.Sets[0].Values`, "fed 192.0.2.7"},
}

// tokens is the script that reads the token of its account. Only .NET on Windows has tokens, so a
// program on another system says nothing.
const tokens = "Read-EnablePermission"

// TestEveryScriptRunsAlone sends each script of the catalogue as a person would, through
// powershell.exe on its machine and without the product's worker. The text becomes a script
// block, and its arguments are splatted.
func TestEveryScriptRunsAlone(t *testing.T) {
	for name, powershell := range map[string]string{"evaluator": "", "program": chosen(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := alone(t, powershell)
			texts, called := map[string]string{}, map[string]bool{}
			for _, c := range shell.Commands() {
				texts[c.Name] = c.Text
			}
			for _, call := range calls {
				arguments := strings.ReplaceAll(call.arguments, "#SIGNATURE#", o.Farm().Truth().Published.Signature)
				script := "$arguments = @{ " + arguments + " }\n& {\n" + texts[call.script] + "\n} @arguments | ForEach-Object { " + call.show + " }"
				want := call.want
				if call.script == tokens && name == "program" {
					want = ""
				}
				if got := command(t, o, call.machine, script); got != want {
					t.Errorf("%s: %s, want %s", call.script, got, want)
				}
				called[call.script] = true
			}
			for name := range texts {
				if !called[name] {
					t.Errorf("no call of %s is known", name)
				}
			}
			if diff := cmp.Diff([]farm.Violation{}, append([]farm.Violation{}, o.Farm().Violations()...)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

// TestScriptFile calls a script as a file.
func TestScriptFile(t *testing.T) {
	for name, powershell := range map[string]string{"evaluator": "", "program": chosen(t)} {
		t.Run(name, func(t *testing.T) {
			o := alone(t, powershell)
			i := slices.IndexFunc(shell.Commands(), func(c shell.Command) bool { return c.Name == "Set-SiteRoute" })
			file := filepath.Join(t.TempDir(), "Set-SiteRoute.ps1")
			must(t, o.WriteFile("fe1.contoso.com", file, []byte(shell.Commands()[i].Text)))
			var out, errs bytes.Buffer
			_, err := o.RunCommand(t.Context(), "fe1.contoso.com", sim.Script{
				Text:  "powershell.exe -NoProfile -File " + file + " -Site Redmond -Protocol SIP -EdgePool edge2.contoso.com",
				Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
			})
			must(t, err)
			if !strings.Contains(out.String(), "EdgeServer:edge2.contoso.com") || errs.Len() > 0 {
				t.Errorf("stdout %q, stderr %q", out.String(), errs.String())
			}
		})
	}
}

// alone starts an organization with a DNS server. Its first Front End pool was failed over
// to the second.
func alone(t *testing.T, powershell string) *sim.Organization {
	t.Helper()
	turn(t, powershell)
	spec, err := farm.Load(sample)
	must(t, err)
	spec.ManagementServers = append(spec.ManagementServers, farm.MachineSpec{FQDN: "dc1.contoso.com", DNSZones: []string{"contoso.com"}})
	o, err := sim.Start(t.Context(), sim.Config{Spec: spec.WithoutSecondHop(), PowerShell: powershell})
	must(t, err)
	t.Cleanup(o.Close)
	must(t, o.Farm().SetPoolState(farm.Actor{User: "anna"}, "fe1.contoso.com", farm.PoolFailedOver))
	return o
}

// command runs powershell.exe on a machine and returns its output.
func command(t *testing.T, o *sim.Organization, fqdn, script string) string {
	t.Helper()
	var raw []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	var out, errs bytes.Buffer
	code, err := o.RunCommand(t.Context(), fqdn, sim.Script{
		Text:  "powershell.exe -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand " + base64.StdEncoding.EncodeToString(raw),
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
	})
	must(t, err)
	if code != 0 || errs.Len() > 0 {
		t.Logf("exit code %d, errors %s", code, errs.String())
	}
	return strings.TrimSpace(out.String())
}
