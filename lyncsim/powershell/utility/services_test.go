package utility_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// served is a machine with two services.
type served struct{ dotnet.Machine }

func (served) WindowsServices() ([]utility.Service, error) {
	return []utility.Service{
		{Name: "W3SVC", DisplayName: "World Wide Web Publishing Service", Status: "Stopped", StartType: "Manual"},
		{Name: "REPLICA", DisplayName: "Replica Replicator Agent", Status: "Running", StartType: "Automatic"},
	}, nil
}

func TestGetService(t *testing.T) {
	cases := map[string]struct {
		reason, script string
		want           reply
	}{
		"all":      {"by name", `Get-Service | ForEach-Object { "$_ $($_.Status) $($_.StartType)" }`, out("REPLICA Running Automatic", "W3SVC Stopped Manual")},
		"status":   {"Stopped is less than Running", `(Get-Service | Sort-Object Status | Select-Object -First 1).Name; [int](Get-Service REPLICA).Status`, out("W3SVC", "4")},
		"display":  {"by its long name", `(Get-Service -DisplayName World*).Name; (Get-Service -Name * -Exclude R*).Name`, out("W3SVC", "W3SVC")},
		"piped":    {"names from the pipeline", `'W3SVC' | Get-Service | ForEach-Object DisplayName`, out("World Wide Web Publishing Service")},
		"missing":  {"its own error; a pattern may find none", `Get-Service none; Get-Service n*`, fails("NoServiceFoundForGivenName" + of("GetService"))},
		"its acts": {"only shown", `(Get-Service W3SVC).Start()`, refuses("Start() of a service")},
		"remote":   {"this machine only", `Get-Service -ComputerName fe1`, refuses("Get-Service -ComputerName")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			lines, errs := run(t, powershell.Options{Machine: served{dotnet.NewLoneMachine("FE1", "fe1.contoso.com")}}, tc.script)
			if diff := cmp.Diff(tc.want, reply{lines, ids(errs)}); diff != "" {
				t.Errorf("%s: -want +got:\n%s%q", tc.reason, diff, errs)
			}
		})
	}
}

// old is a machine whose service objects have no StartType.
type old struct{ served }

func (o old) WindowsServices() ([]utility.Service, error) {
	all, err := o.served.WindowsServices()
	all = append(all, utility.Service{Name: "RTCSRV", Status: "Stopped", StartType: "Disabled"})
	for i := range all {
		all[i].HidesStartType = true
	}
	return all, err
}

func TestGetWMIObject(t *testing.T) {
	cases := map[string]struct {
		reason, script string
		want           reply
	}{
		"modes":      {"in the words of WMI", `Get-WmiObject Win32_Service | ForEach-Object { "$($_.Name) $($_.State) $($_.StartMode)" }`, out("REPLICA Running Auto", "RTCSRV Stopped Disabled", "W3SVC Stopped Manual")},
		"properties": {"what is not asked for is not there", `(Get-WmiObject -Class win32_service -Property Name)[0] | ForEach-Object { "$($_.Name) $($null -eq $_.StartMode)" }`, out("REPLICA True")},
		"an object":  {"which lacks what .NET lacked", `$null -eq (Get-Service RTCSRV).StartType`, out("True")},
		"classes":    {"one is known", `Get-WmiObject Win32_Process`, refuses("Get-WmiObject -Class Win32_Process")},
		"a property": {"of many", `Get-WmiObject Win32_Service -Property PathName`, refuses("the property PathName of Win32_Service")},
		"remote":     {"this machine only", `Get-WmiObject Win32_Service -ComputerName fe1`, refuses("Get-WmiObject -ComputerName")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			lines, errs := run(t, powershell.Options{Machine: old{served{dotnet.NewLoneMachine("FE1", "fe1.contoso.com")}}}, tc.script)
			if diff := cmp.Diff(tc.want, reply{lines, ids(errs)}); diff != "" {
				t.Errorf("%s: -want +got:\n%s%q", tc.reason, diff, errs)
			}
		})
	}
}

func TestGetServiceWithoutServices(t *testing.T) {
	_, errs := run(t, powershell.Options{}, `Get-Service`)
	if diff := cmp.Diff([]string{"not supported by the simulator: Get-Service on a machine of no organization, line 1"}, errs); diff != "" {
		t.Error(diff)
	}
}
