package organization_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// endpointKit is a folder as an administrator installs it on a machine: a configuration
// that runs as an account of its own, a module, and two roles.
const endpointKit = "../data/endpoint"

// endpointFarm is an organization with a reader, an operator and somebody else, and with
// the configuration Demo on its first Front End server.
func endpointFarm(t *testing.T) *sim.Organization {
	t.Helper()
	o, _, _ := contoso(t, func(s *farm.Spec) {
		s.Accounts = []farm.Account{
			{Name: `CONTOSO\lyncadmin`, Password: "p", Groups: farm.AllRights()},
			{Name: `CONTOSO\demo$`, Password: "p", Groups: []string{farm.ServerAdmins}},
			{Name: `CONTOSO\reader`, Password: "p", Groups: []string{"Readers"}},
			{Name: `CONTOSO\operator`, Password: "p", Groups: []string{"Operators"}},
			{Name: `CONTOSO\nobody`, Password: "p"},
			{Name: "Administrator", Password: "p", Machines: []string{"edge1.contoso.com"}, Groups: []string{farm.LocalAdministrator}},
		}
	})
	must(t, o.Install("fe1.contoso.com", os.DirFS(endpointKit)))
	return o
}

func dialAs(t *testing.T, o *sim.Organization, configuration, user string) (*psrp.Session, error) {
	t.Helper()
	credentials := remote.Credentials{Method: remote.NTLM, Username: `CONTOSO\` + user, Password: "p"}
	s, err := psrp.Dial(t.Context(), endpoint(o, "fe1.contoso.com"), configuration, credentials, psrp.Options{})
	if err == nil {
		t.Cleanup(func() { _ = s.Close(t.Context()) })
	}
	return s, err
}

// ended is how a call ended, in the parts that a caller branches on.
type ended struct {
	Output, Warnings, Errors []string
	Failure                  string
}

func call(t *testing.T, s *psrp.Session, name string, parameters ...psrp.Parameter) ended {
	t.Helper()
	outcome, err := s.Call(t.Context(), psrp.Command{Name: name, Parameters: parameters, Limit: time.Minute})
	got := ended{Warnings: outcome.Warnings}
	for _, v := range outcome.Output {
		got.Output = append(got.Output, v.String())
	}
	for _, r := range outcome.Errors {
		got.Errors = append(got.Errors, r.ID)
	}
	if record, ok := errors.AsType[*psrp.ErrorRecord](err); ok {
		got.Failure = record.ID
	} else if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return got
}

func one(name string, value any) psrp.Parameter { return psrp.Parameter{Name: name, Value: value} }

func TestARestrictedSessionGivesWhatItsRoleNames(t *testing.T) {
	o := endpointFarm(t)
	s, err := dialAs(t, o, "Demo", "operator")
	must(t, err)
	for _, c := range []struct {
		reason string
		got    func() ended
		want   ended
	}{
		{"a function of the module runs as the run-as account, which may read the store",
			func() ended { return call(t, s, "Get-SiteNames") }, ended{Output: []string{"Site:Redmond"}}},
		{"parameters, private functions and files of the module; providers are hidden in the body of an advanced function only",
			func() ended { return call(t, s, "Get-Values", one("Name", "ab"), one("More", []string{"x y", "$z"})) },
			ended{Output: []string{"value ab [x y|$z] [] [FE1] contoso.com private 2"}}},
		{"a value outside its pattern", func() ended { return call(t, s, "Get-Values", one("Name", "AB")) },
			ended{Failure: "ParameterArgumentValidationError,Get-Values"}},
		{"a parameter that does not exist", func() ended { return call(t, s, "Get-Values", one("Nothing", "AB")) },
			ended{Failure: "NamedParameterNotFound,Get-Values"}},
		{"a function by its module", func() ended { return call(t, s, `Demo\Set-Value`, one("Kind", "sender")) },
			ended{Output: []string{`CONTOSO\operator as CONTOSO\demo$`}}},
		{"an error that ends nothing", func() ended { return call(t, s, "Set-Value", one("Kind", "soft")) },
			ended{Output: []string{"after"}, Errors: []string{"Demo.Soft,Set-Value"}}},
		{"an error that ends the call", func() ended { return call(t, s, "Set-Value", one("Kind", "throw")) }, ended{Failure: "thrown"}},
		{"an unqualified cmdlet is the proxy, in a body too", func() ended { return call(t, s, "Set-Value", one("Kind", "first")) },
			ended{Errors: []string{"NamedParameterNotFound,Select-Object"}}},
		{"a redirection needs a provider", func() ended { return call(t, s, "Set-Value", one("Kind", "file")) },
			ended{Errors: []string{"ProviderNotFound"}}},
		{"streams", func() ended { return call(t, s, "Set-Value", one("Kind", "streams")) }, ended{Output: []string{"out"}, Warnings: []string{"careful"}}},
		{"a body finds what callers cannot see", func() ended { return call(t, s, "Set-Value", one("Kind", "command")) }, ended{Output: []string{"Get-Private"}}},
		{"a private function", func() ended { return call(t, s, "Get-Private") }, ended{Failure: "CommandNotFoundException"}},
		{"a cmdlet of the product", func() ended { return call(t, s, "Get-CsSite") }, ended{Failure: "CommandNotFoundException"}},
		{"a cmdlet by its module", func() ended { return call(t, s, `Lync\Get-CsSite`) }, ended{Failure: "CommandNotFoundException"}},
		{"a cmdlet of PowerShell", func() ended { return call(t, s, "Invoke-Expression", one("Command", "1")) }, ended{Failure: "CommandNotFoundException"}},
		{"a script as a name", func() ended { return call(t, s, "Get-SiteNames; Get-Process") }, ended{Failure: "CommandNotFoundException"}},
		{"a proxy shows what the caller may see", func() ended { return call(t, s, "Get-Command", one("Name", "*-Value*")) },
			ended{Output: []string{"Get-Values", "Set-Value"}}},
	} {
		if diff := cmp.Diff(c.want, c.got()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

func TestRolesDecideWhoSeesWhat(t *testing.T) {
	o := endpointFarm(t)
	reader, err := dialAs(t, o, "Demo", "reader")
	must(t, err)
	if got := call(t, reader, "Get-Values", one("Name", "a")); got.Failure != "" {
		t.Errorf("a reading function: %+v", got)
	}
	if got := call(t, reader, "Set-Value"); got.Failure != "CommandNotFoundException" {
		t.Errorf("a writing function, for the reader: %+v", got)
	}
	for configuration, user := range map[string]string{"Demo": "nobody", "Microsoft.PowerShell": "operator", "Missing": "lyncadmin"} {
		if _, err := dialAs(t, o, configuration, user); err == nil || fault.Is(err, fault.OutcomeUnknown) {
			t.Errorf("%s in the configuration %s: %v", user, configuration, err)
		}
	}
}

func TestTheDefaultConfigurationRestrictsNothing(t *testing.T) {
	o := endpointFarm(t)
	s, err := dialAs(t, o, "Microsoft.PowerShell", "lyncadmin")
	must(t, err)
	if diff := cmp.Diff(ended{Output: []string{"a b"}}, call(t, s, "Write-Output", one("InputObject", "a b"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	long := strings.Repeat("ü€😀_x0041_<&>\"'\r\n\x01\uFFFE", 20_000)
	if got := call(t, s, "Write-Output", one("InputObject", long)); len(got.Output) != 1 || got.Output[0] != long {
		t.Error("any character, in many fragments, does not go there and back")
	}
}
