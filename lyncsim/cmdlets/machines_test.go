package cmdlets_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/cmdlets"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/identity"
)

func TestWindowsServices(t *testing.T) {
	check(t, map[string]oneLiner{
		"running": {
			reason: "Status is an enumeration that compares with its name",
			on:     edge1,
			script: `(Get-CsWindowsService | Where-Object { $_.Status -eq 'Running' }).Name -join ' '`,
			want:   answer{Out: []string{"RTCSRV RTCDATAPROXY RTCMRAUTH RTCMEDIARELAY REPLICA RTCCLSAGT RTCXMPPTGWPROXY"}},
		},
		"stop all": {
			reason: "all services include REPLICA",
			on:     edge1,
			script: `Stop-CsWindowsService; (Get-CsWindowsService -Name REPLICA).Status`,
			want:   answer{Out: []string{"Stopped"}},
		},
		"stop but the agent": {
			reason: "-LeaveClsAgentRunning spares the logging agent",
			on:     edge1,
			script: `Stop-CsWindowsService -LeaveClsAgentRunning; (Get-CsWindowsService | Where-Object { $_.Status -eq 'Running' }).Name`,
			want:   answer{Out: []string{"RTCCLSAGT"}},
		},
		"piped": {
			reason: "services can be piped into Start and Stop",
			on:     edge1,
			script: `Get-CsWindowsService -Name RTCSRV | Stop-CsWindowsService; Get-CsWindowsService RTCSRV | Start-CsWindowsService; (Get-CsWindowsService RTCSRV).Status`,
			want:   answer{Out: []string{"Running"}},
		},
		"unknown": {
			reason: "an unknown service is an error",
			on:     edge1,
			script: `Start-CsWindowsService -Name RTCXMPP`,
			want:   answer{Errors: []string{"ItemNotFound,Start-CsWindowsService"}},
		},
		"another Front End": {
			reason: "the domain's machines know the domain's accounts",
			script: `(Get-CsWindowsService -ComputerName fe2.contoso.com -Name RTCSRV).DisplayName`,
			want:   answer{Out: []string{"Front-End"}},
		},
		"an Edge from a Front End": {
			reason: "a workgroup Edge does not know them",
			script: `Start-CsWindowsService -ComputerName edge1a.contoso.com`,
			want:   answer{Errors: []string{"AccessDenied,Start-CsWindowsService"}},
		},
	})
}

func TestServicesTakeTheirTime(t *testing.T) {
	f, clock := newFarm(t, func(s *farm.Spec) { s.Durations.ServiceStop = farm.Duration(10 * time.Second) })
	s := newShell(f, edge1)
	done := make(chan answer)
	go func() { done <- s.run(t, `Stop-CsWindowsService RTCSRV; (Get-CsWindowsService RTCSRV).Status`) }()
	clock.AwaitSleepers(1)
	machine, err := f.Machine(edge1)
	if err != nil {
		t.Fatal(err)
	}
	if got := machine.Services[0].Status; got != farm.StopPending {
		t.Errorf("while stopping: %s", got)
	}
	clock.Advance(10 * time.Second)
	if diff := cmp.Diff(answer{Out: []string{"Stopped"}}, <-done); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Stop-CsWindowsService", "Get-CsWindowsService"}, s.ran); diff != "" {
		t.Errorf("cmdlets told to the hook (-want +got):\n%s", diff)
	}
}

func TestSetupByCmdlet(t *testing.T) {
	check(t, map[string]oneLiner{
		"enable": {
			reason: "setup runs on the machine itself and brings its services back",
			on:     edge1,
			script: `Enable-CsComputer; (Get-CsWindowsService RTCSRV).Status`,
			want:   answer{Out: []string{"Running"}},
		},
		"wrong name": {
			reason: "setup finds no roles under another name and leaves the services disabled",
			on:     edge1,
			edit:   func(s *farm.Spec) { s.Sites[0].EdgePools[0].Servers[0].HostName = "edge1a" },
			script: `Enable-CsComputer; (Get-CsWindowsService RTCSRV).Status`,
			want:   answer{Out: []string{"Stopped"}, Errors: []string{"ProcessingFailed,Enable-CsComputer"}},
		},
		"disable asks": {
			reason: "a non-interactive shell cannot answer",
			on:     edge1,
			script: `try { Disable-CsComputer } catch { 'refused' }; (Get-CsWindowsService RTCSRV).Status`,
			want:   answer{Out: []string{"refused", "Running"}},
		},
		"disable": {
			reason: "-Confirm:$false is the answer",
			on:     edge1,
			script: `Disable-CsComputer -Confirm:$false; (Get-CsWindowsService RTCSRV).Status`,
			want:   answer{Out: []string{"Stopped"}},
		},
		"replica": {
			reason: "the replica is there already",
			on:     edge1,
			script: `Enable-CsReplica; (Get-CsWindowsService REPLICA).Status`,
			want:   answer{Out: []string{"Running"}},
		},
		"certificate": {
			reason: "the diagnostic tool's check on the Edge itself",
			on:     edge1,
			script: `(Get-CsCertificate -Type AccessEdgeExternal).AlternativeNames -contains 'sip1.contoso.com'`,
			want:   answer{Out: []string{"True"}},
		},
		"version": {
			reason: "the base build and the license in one text",
			script: `Get-CsServerVersion`,
			want:   answer{Out: []string{"Microsoft Lync Server 2013 (5.0.8308.0): Volume license key installed."}},
		},
		"patches of 2013": {
			reason: "the cmdlet came with 2015",
			script: `Get-CsServerPatchVersion`,
			want:   answer{Errors: []string{"CommandNotFoundException"}},
		},
		"patches of 2019": {
			reason: "every component tells its build",
			edit:   product("SkypeForBusinessServer2019"),
			script: `(Get-CsServerPatchVersion)[0].Version`,
			want:   answer{Out: []string{"7.0.2046.0"}},
		},
	})
}

func TestBootstrapper(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		host   string
		exit   int
		want   string
	}{
		"as documented": {"no argument is what administrators are told to run", nil, "", 0, "Task completed successfully."},
		"wrong name":    {"no roles under another name", nil, "edge1a", 1, "no roles found"},
		"from media":    {"installing from media is not simulated", []string{"/SourceDirectory:D:"}, "", 1, "not supported by the simulator"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f, _ := newFarm(t, func(s *farm.Spec) { s.Sites[0].EdgePools[0].Servers[0].HostName = tc.host })
			session := &cmdlets.Session{Farm: f, Machine: edge1, Who: identity.Identity{Account: `edge1a\admin`, Groups: farm.Token(farm.LocalAdministrator)}}
			var out bytes.Buffer
			if got := session.Bootstrapper(context.Background(), tc.args, &out); got != tc.exit {
				t.Errorf("%s: exit code %d, want %d", tc.reason, got, tc.exit)
			}
			if !strings.Contains(out.String(), tc.want) {
				t.Errorf("%s: it said %q, want %q", tc.reason, out.String(), tc.want)
			}
		})
	}
}

func TestReplication(t *testing.T) {
	check(t, map[string]oneLiner{
		"status": {
			reason: "one state per computer",
			script: `Get-CsManagementStoreReplicationStatus | ForEach-Object { "$($_.ReplicaFqdn) $($_.UpToDate) $($_.ProductVersion)" }`,
			want: answer{Out: []string{"fe1.contoso.com True 5.0.8308.0", "edge1a.contoso.com True 5.0.8308.0", "edge1b.contoso.com True 5.0.8308.0",
				"fe2.contoso.com True 5.0.8308.0", "edge2a.contoso.com True 5.0.8308.0"}},
		},
		"stopped replica": {
			reason: "a replica that does not take the change is not up to date",
			edit:   func(s *farm.Spec) { s.Faults = []farm.Fault{{Kind: farm.FaultStuckReplica, Target: edge2}} },
			script: `Set-CsSite Dublin -FederationRoute EdgeServer:edge2.contoso.com; Get-CsManagementStoreReplicationStatus | Where-Object { -not $_.UpToDate } | ForEach-Object { $_.ReplicaFqdn }`,
			want:   answer{Out: []string{edge2}},
		},
		"store": {
			reason: "the failover procedure reads these two",
			script: `$s = Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus; $s.ActiveMasterFqdn; $s.ActiveFileTransferAgents`,
			want:   answer{Out: []string{"pool1.contoso.com", frontEnd}},
		},
		"unknown": {
			reason: "an unknown replica is an error",
			script: `Get-CsManagementStoreReplicationStatus nowhere.contoso.com`,
			want:   answer{Errors: []string{"ItemNotFound,Get-CsManagementStoreReplicationStatus"}},
		},
		"forced": {
			reason: "forcing forgets the status and sends a full copy, here at once",
			script: `Invoke-CsManagementStoreReplication -ReplicaFqdn edge2a.contoso.com; (Get-CsManagementStoreReplicationStatus edge2a.contoso.com).UpToDate`,
			want:   answer{Out: []string{"True"}},
		},
		"by hand": {
			reason: "the documented remedy: export and import into a replica",
			script: `Export-CsConfiguration -FileName C:\c.zip; Import-CsConfiguration -FileName C:\c.zip -LocalStore; ([xml](Get-CsTopology -LocalStore -AsXml).ToString()).Topology.Sites.CentralSite[0].Name`,
			want:   answer{Out: []string{"Redmond"}},
		},
	})
}
