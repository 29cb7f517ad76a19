package sim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGetServiceShowsTheMachine(t *testing.T) {
	o := newOrganization(t, "one-site-two-pools.yaml", nil)
	const text = `Stop-CsWindowsService RTCSRV; (Get-Service RTCSRV).Status.ToString(); (Get-Service -DisplayName 'Replica*').Name`
	code, out, errs := script(t, o, "edge1.contoso.com", text)
	if diff := cmp.Diff([]string{"Stopped", "REPLICA"}, out); diff != "" || code != 0 || len(errs) > 0 {
		t.Errorf("Get-Service must show the farm's services: exit code %d, errors %q (-want +got):\n%s", code, errs, diff)
	}
}
