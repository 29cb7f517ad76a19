package cmdlets

import (
	"context"
	"time"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var checkCmdlets = map[string]cmdlet{
	"Test-CsTopology":         {run: testTopology, needs: store},
	"Test-CsComputer":         {run: testComputer},
	"Test-CsReplica":          {run: testReplica},
	"Test-CsManagementServer": {run: testManagementServer, needs: domain},
	"Test-CsSetupPermission":  {run: testSetupPermission, needs: domain, honours: "ComputerOU Domain DomainController"},
}

// outcome emits a check's result; an empty problem means success.
func (r *run) outcome(problem string) error {
	result := "Success"
	if problem != "" {
		result = "Failure"
	}
	return r.EmitWhole(value.NewObject("Microsoft.Rtc.SyntheticTransactions.TaskOutput").
		Set("TargetFqdn", r.Machine).
		Set("Result", result).
		Set("Latency", time.Duration(0)).
		Set("Error", problem).
		Set("Diagnosis", ""))
}

// testTopology fails for a topology that was published and never enabled.
func testTopology(_ context.Context, r *run) error {
	if r.config.Published != r.config.Enabled {
		return r.outcome("the published topology is not enabled")
	}
	return r.outcome("")
}

// testComputer fails when a service of the machine does not run.
func testComputer(_ context.Context, r *run) error {
	m, err := r.Farm.Machine(r.Machine)
	if err != nil {
		return err
	}
	for _, s := range m.Services {
		if s.Status != farm.Running {
			return r.outcome("the service " + s.Name + " is " + string(s.Status))
		}
	}
	return r.outcome("")
}

func testReplica(_ context.Context, r *run) error {
	if _, err := r.Farm.LocalStore(r.Machine); err != nil {
		return r.outcome(err.Error())
	}
	return r.outcome("")
}

// testSetupPermission tells whether the containers were prepared. It says nothing about
// the account that asks, and an organization's containers are all alike.
func testSetupPermission(_ context.Context, r *run) error {
	return r.EmitWhole(r.Farm.SetupPermissionGranted())
}

func testManagementServer(_ context.Context, r *run) error {
	if _, err := r.Farm.CMS(); err != nil {
		return r.outcome(err.Error())
	}
	return r.outcome("")
}
