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
func endpointFarm(t *testing.T, c sim.Config) *sim.Organization {
	t.Helper()
	var err error
	c.Spec, err = farm.Load(sample)
	must(t, err)
	c.Spec.Accounts = []farm.Account{
		{Name: `CONTOSO\lyncadmin`, Password: "p", Groups: farm.AllRights()},
		{Name: `CONTOSO\demo$`, Password: "p", Groups: []string{farm.ServerAdmins}},
		{Name: `CONTOSO\reader`, Password: "p", Groups: []string{"Readers"}},
		{Name: `CONTOSO\operator`, Password: "p", Groups: []string{"Operators"}},
		{Name: `CONTOSO\nobody`, Password: "p"},
		{Name: "Administrator", Password: "p", Machines: []string{"edge1.contoso.com"}, Groups: []string{farm.LocalAdministrator}},
	}
	o, err := sim.Start(t.Context(), c)
	must(t, err)
	t.Cleanup(o.Close)
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

// restrictedCalls are calls in a session of the role DemoOperator.
var restrictedCalls = []struct {
	reason, name string
	parameters   []psrp.Parameter
	want         ended
}{
	{"a body does not load modules by the use of their commands", "Set-Value", []psrp.Parameter{one("Kind", "unknown")},
		ended{Failure: "CommandNotFoundException,Set-Value"}},
	{"a function of the module runs as the run-as account, which may read the store", "Get-SiteNames", nil,
		ended{Output: []string{"Site:Redmond"}}},
	{"parameters, private functions and files of the module; providers are hidden in the body of an advanced function only", "Get-Values", []psrp.Parameter{one("Name", "ab"), one("More", []string{"x y", "$z"})},
		ended{Output: []string{"value ab [x y|$z] [] [FE1] contoso.com private 2"}}},
	{"a value outside its pattern", "Get-Values", []psrp.Parameter{one("Name", "AB")},
		ended{Failure: "ParameterArgumentValidationError,Get-Values"}},
	{"a parameter that does not exist", "Get-Values", []psrp.Parameter{one("Nothing", "AB")},
		ended{Failure: "NamedParameterNotFound,Get-Values"}},
	{"a function by its module", `Demo\Set-Value`, []psrp.Parameter{one("Kind", "sender")},
		ended{Output: []string{`CONTOSO\operator as CONTOSO\demo$`}}},
	{"an error that ends nothing", "Set-Value", []psrp.Parameter{one("Kind", "soft")},
		ended{Output: []string{"after"}, Errors: []string{"Demo.Soft,Set-Value"}}},
	{"an error that ends the call", "Set-Value", []psrp.Parameter{one("Kind", "throw")},
		ended{Failure: "thrown"}},
	{"an unqualified cmdlet is the proxy, in a body too", "Set-Value", []psrp.Parameter{one("Kind", "first")},
		ended{Failure: "NamedParameterNotFound,Set-Value"}},
	{"a redirection needs a provider", "Set-Value", []psrp.Parameter{one("Kind", "file")},
		ended{Failure: "ProviderNotFound,Set-Value"}},
	{"streams", "Set-Value", []psrp.Parameter{one("Kind", "streams")},
		ended{Output: []string{"out"}, Warnings: []string{"careful"}}},
	{"a body finds what callers cannot see", "Set-Value", []psrp.Parameter{one("Kind", "command")},
		ended{Output: []string{"Get-Private"}}},
	{"a private function", "Get-Private", nil,
		ended{Failure: "CommandNotFoundException"}},
	{"a cmdlet of the product", "Get-CsSite", nil,
		ended{Failure: "CommandNotFoundException"}},
	{"a cmdlet by its module", `Lync\Get-CsSite`, nil,
		ended{Failure: "CommandNotFoundException"}},
	{"a cmdlet of PowerShell", "Invoke-Expression", []psrp.Parameter{one("Command", "1")},
		ended{Failure: "CommandNotFoundException"}},
	{"a script as a name", "Get-SiteNames; Get-Process", nil,
		ended{Failure: "CommandNotFoundException"}},
	{"a proxy shows what the caller may see", "Get-Command", []psrp.Parameter{one("Name", "*-Value*")},
		ended{Output: []string{"Get-Values", "Set-Value"}}},
}

func judgeRestrictedCalls(t *testing.T, s *psrp.Session, otherwise map[string]bool) {
	t.Helper()
	for _, c := range restrictedCalls {
		if otherwise[c.reason] {
			continue
		}
		if diff := cmp.Diff(c.want, call(t, s, c.name, c.parameters...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
}

func TestARestrictedSessionGivesWhatItsRoleNames(t *testing.T) {
	s, err := dialAs(t, endpointFarm(t, sim.Config{}), "Demo", "operator")
	must(t, err)
	judgeRestrictedCalls(t, s, nil)
}

// TestARestrictedSessionInARealPowerShell makes the same calls in a session that the real
// engine restricts.
func TestARestrictedSessionInARealPowerShell(t *testing.T) {
	path := os.Getenv("FEDROUTE_POWERSHELL")
	if path == "" {
		t.Log("NOT JUDGED by the real engine: FEDROUTE_POWERSHELL names no PowerShell")
		return
	}
	turn(t, path)
	s, err := dialAs(t, endpointFarm(t, sim.Config{PowerShell: path}), "Demo", "operator")
	must(t, err)
	judgeRestrictedCalls(t, s, map[string]bool{"a function by its module": true}) // pwsh -s does not say who the caller is
}

func TestRolesDecideWhoSeesWhat(t *testing.T) {
	o := endpointFarm(t, sim.Config{})
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

// TestInstallingEndsSessions checks that no session goes on with functions that were
// replaced.
func TestInstallingEndsSessions(t *testing.T) {
	o := endpointFarm(t, sim.Config{})
	reader, err := dialAs(t, o, "Demo", "reader")
	must(t, err)
	must(t, o.Install("fe1.contoso.com", os.DirFS(endpointKit)))
	if _, err := reader.Call(t.Context(), psrp.Command{Name: "Get-Values"}); !fault.Is(err, fault.Unreachable) && !fault.Is(err, fault.OutcomeUnknown) {
		t.Errorf("a call in the session of before ended with %v", err)
	}
	again, err := dialAs(t, o, "Demo", "reader")
	must(t, err)
	if got := call(t, again, "Get-Values", one("Name", "a")); got.Failure != "" {
		t.Errorf("a new session: %+v", got)
	}
}

func TestTheDefaultConfigurationRestrictsNothing(t *testing.T) {
	o := endpointFarm(t, sim.Config{})
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
