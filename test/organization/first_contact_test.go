package organization_test

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/kerberos/kdctest"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/internal/kit/session"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/internal/psrp"
	"github.com/fedroute/fedroute/internal/remote"
	"github.com/fedroute/fedroute/internal/winrm"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// litware is a farm on which nobody gets anywhere without the kit. The tests go to one of
// its Front End servers.
const (
	litware   = "../../lyncsim/samples/enterprise-second-hop.yaml"
	frontEnd1 = "fe1.litware.com"
	reader    = `LITWARE\fedroute-reader`
)

// litwareWithAccounts starts the farm with the accounts and groups of a kit.
func litwareWithAccounts(t *testing.T) *sim.Organization {
	t.Helper()
	spec, err := farm.Load(litware)
	must(t, err)
	spec.Accounts = append(spec.Accounts,
		farm.Account{Name: reader, Groups: []string{"FedRoute Readers"}},
		farm.Account{Name: `LITWARE\fedroute-operator`, Groups: []string{"FedRoute Operators"}},
		farm.Account{Name: `LITWARE\fedroute$`, Groups: []string{farm.ServerAdmins}})
	o, err := sim.Start(t.Context(), sim.Config{Spec: spec})
	must(t, err)
	t.Cleanup(o.Close)
	return o
}

// edit changes the text of a file of the kit. A file without text is not there.
type edit func(name, text string) string

func asWritten(_, text string) string { return text }

// in replaces a text in one file, as a person does with an editor.
func in(file, before, after string) edit {
	return func(name, text string) string {
		if path.Base(name) != file {
			return text
		}
		if !strings.Contains(text, before) {
			panic(before + " is not in " + file)
		}
		return strings.Replace(text, before, after, 1)
	}
}

// kitOf is the kit of a machine, changed by edit.
func kitOf(role kit.Role, change edit) fstest.MapFS {
	m := kit.Machine{FQDN: frontEnd1, Roles: []kit.Role{role}, RunAs: `LITWARE\fedroute$`, Readers: `LITWARE\FedRoute Readers`, Operators: `LITWARE\FedRoute Operators`,
		Limits: kit.Limits{Sites: []string{"Seattle"}, Pools: []string{"edgepool1.litware.com", "edgepool2.litware.com", "pool1.litware.com"}}}
	out := fstest.MapFS{}
	for _, f := range m.Files(kit.Options{}) {
		name := strings.TrimPrefix(f.Path, m.Folder()+"/")
		if text := change(name, f.Text); text != "" {
			out[name] = &fstest.MapFile{Data: kit.File{Path: f.Path, Text: text}.Bytes()}
		}
	}
	return out
}

// byKit connects to the Front End server's session configuration with an account.
func byKit(t *testing.T, o *sim.Organization, configuration, user string) (*shell.Observer, *shell.Operator) {
	t.Helper()
	credentials := func(context.Context) (remote.Credentials, error) {
		for _, a := range o.Accounts() {
			if a.Name == user && len(a.Machines) == 0 {
				return remote.Credentials{Method: remote.NTLM, Username: a.Name, Password: a.Password}, nil
			}
		}
		return remote.Credentials{}, fault.New(fault.Denied, "sign in", user, "nobody has the name")
	}
	at := endpoint(o, frontEnd1)
	at.Configuration = configuration
	account := shell.Account{Management: credentials}
	fleet := shell.NewFleet(shell.Config{Management: []remote.Endpoint{at}, Reader: account, Operator: account, Dial: session.Dialer(psrp.Options{})})
	t.Cleanup(func() { fleet.Close(context.Background()) })
	return shell.NewObserver(fleet), shell.NewOperator(fleet)
}

// says checks that an error has the kind, and names cause and next act.
func says(t *testing.T, reason string, err error, kind fault.Kind, texts ...string) {
	t.Helper()
	sentence := ""
	if err != nil {
		sentence = fault.Sentence(err)
	}
	if fault.KindOf(err) != kind || strings.ContainsAny(sentence, "\r\n\t") {
		t.Errorf("%s: %s %q, want %s on one line", reason, fault.KindOf(err), sentence, kind)
	}
	for _, text := range texts {
		if !strings.Contains(sentence, text) {
			t.Errorf("%s: %q does not say %q", reason, sentence, text)
		}
	}
}

// TestFirstContactWithAKitThatIsNotWhatItWas: whatever was done to the kit, the first look
// says what is wrong and what to do, and writes nothing. After the kit was installed anew,
// the look sees everything.
func TestFirstContactWithAKitThatIsNotWhatItWas(t *testing.T) {
	const anew = "write the kit anew with kubectl fedroute kit and install it on that machine"
	cases := map[string]struct {
		reason        string
		change        edit
		role          kit.Role // "" for a Front End server's
		configuration string   // "" for the kit's
		user          string   // "" for the reader
		kind          fault.Kind
		says          []string
	}{
		"a module that is none": {"edited by hand, and not by somebody who knows the language", in("FedRoute.psm1", "# FedRoute: the", "function {\n# FedRoute: the"), "", "", "",
			fault.Failed, []string{"the host closed the session while it was opened", "Missing name after function keyword", "a module that it imports may be missing or broken"}},
		"a chatty module": {"edited by hand, to see what happens", in("FedRoute.psm1", "    $answer = @{", "    'I am here'\n    $answer = @{"), "", "", "",
			fault.Unsupported, []string{"is not one of fedroute's kit: it wrote 2 objects instead of one string", "install the kit there"}},
		"another field": {"edited by hand, to be clearer", in("FedRoute.psm1", "    ServerTime          =", "    Now                 ="), "", "", "",
			fault.Unsupported, []string{"the endpoint kit there was changed", `unknown field "Now"`, "nothing is concluded from its answer", anew}},
		"a field less": {"edited by hand: what is unknown would look like known and empty", in("FedRoute.psm1", "    Unknown             = $unknown\n", ""), "", "", "",
			fault.Unsupported, []string{"the endpoint kit there was changed", "it has no Unknown", anew}},
		"a field less, further in": {"edited by hand: a site without a route looks like one that federation left", in("FedRoute.psm1", "; SipRoute = [string]$site.FederationRoute", ""), "", "", "",
			fault.Unsupported, []string{"it has no Sites.SipRoute", anew}},
		"names that are no JSON": {"the list of names was edited by hand", in("FedRoute.limits.json", `"Sites"`, `"Sites`), "", "", "",
			fault.Failed, []string{"it cannot say what it is: Invalid JSON primitive", "nothing there is called", anew}},
		"an older version": {"no kit calls itself 0", in("FedRoute.psm1", fmt.Sprintf("$kitVersion = %d", kit.Version), "$kitVersion = 0"), "", "", "",
			fault.Unsupported, []string{"is not one of fedroute's kit", "install the kit there"}},
		"a newer generation": {"another release wrote it", in("FedRoute.psm1", "    'Read-Topology' = @{\n        Generation = 1", "    'Read-Topology' = @{\n        Generation = 2"), "", "", "",
			fault.Unsupported, []string{"is newer than this program", "install the release of fedroute that the kit was written with"}},

		"a role that lost a function": {"somebody took it out of the role capability", in("FedRouteReader.psrc", `'Read-Topology', `, ``), "", "", "",
			fault.Denied, []string{"shows this account no function Read-Topology", "check with the installer that the kit is whole"}},
		"a role that lost the description": {"the first function that is called", in("FedRouteReader.psrc", `'Get-FedRouteKit', `, ``), "", "", "",
			fault.Denied, []string{"shows this account no function of the endpoint kit", "with the installer that the kit is whole"}},
		"a module that lost a function": {"a name that the module lacks hides all of them", in("FedRoute.psm1", "function Read-Topology {", "function Read-Topologie {"), "", "", "",
			fault.Denied, []string{"shows this account no function of the endpoint kit", "with the installer that the kit is whole"}},
		"another group": {"the account is in none that the configuration admits", in("FedRoute.pssc", "FedRoute Readers", "Others"), "", "", "",
			fault.Denied, []string{"Access is denied", "check that the account may use the session configuration FedRoute there"}},

		"nothing of the name": {"the kit was never installed there", asWritten, "", "FedRouted", "",
			fault.Invalid, []string{"the host has no session configuration of that name", "install the endpoint kit on that host, or correct configuration"}},
		"the default configuration": {"an administrator named that one", asWritten, "", "microsoft.powershell", `LITWARE\lyncadmin`,
			fault.Denied, []string{"shows this account no function of the endpoint kit", "check that configuration names the kit's"}},
		"the kit of another machine": {"the address leads to an Edge server, or somebody mixed the folders up", asWritten, kit.Edge, "", "",
			fault.Unsupported, []string{"has no function Read-Topology", anew}},

		"a managed account of nobody": {"the account does not exist, or the host may not retrieve its password", in("FedRoute.pssc", `LITWARE\fedroute$`, `LITWARE\nobody$`), "", "", "",
			fault.RightsMissing, []string{"the host cannot sign in the account that the session configuration runs as", "Test-ADServiceAccount"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := litwareWithAccounts(t)
			role, configuration, user := kit.FrontEnd, kit.ConfigurationName, reader
			if c.role != "" {
				role = c.role
			}
			if c.configuration != "" {
				configuration = c.configuration
			}
			if c.user != "" {
				user = c.user
			}
			must(t, o.Install(frontEnd1, kitOf(role, c.change)))
			before := len(o.Farm().Journal())
			observer, _ := byKit(t, o, configuration, user)
			_, _, err := observer.ReadTopology(t.Context())
			says(t, c.reason, err, c.kind, c.says...)

			must(t, o.Install(frontEnd1, kitOf(kit.FrontEnd, asWritten)))
			observer, _ = byKit(t, o, kit.ConfigurationName, reader)
			topology, _, err := observer.ReadTopology(t.Context())
			if err != nil || len(topology.Sites) != 1 || len(topology.Unknown) > 0 {
				t.Errorf("%s: the kit was installed anew, and the look gives %+v, %v", c.reason, topology, err)
			}
			if n := len(o.Farm().Journal()); n != before {
				t.Errorf("%s: %d writes", c.reason, n-before)
			}
		})
	}
}

// TestWhatAChangedKitAnswersToAWrite: a function that changes something and then answers
// what no kit answers may have changed it. Nobody may take that for a refusal.
func TestWhatAChangedKitAnswersToAWrite(t *testing.T) {
	o := litwareWithAccounts(t)
	must(t, o.Install(frontEnd1, kitOf(kit.FrontEnd, in("FedRoute.psm1", "    ConvertTo-Json -InputObject $answer", "    if ($Name -eq 'Set-SiteRoute') { 'done' }\n    ConvertTo-Json -InputObject $answer"))))
	_, operator := byKit(t, o, kit.ConfigurationName, `LITWARE\fedroute-operator`)
	_, err := operator.SetSiteRoute(t.Context(), "Seattle", lync.SIP, "edgepool2.litware.com")
	says(t, "it wrote a text of its own beside the answer", err, fault.OutcomeUnknown, "it wrote 2 objects instead of one string", "it may have taken effect", "write the kit anew")
	if route := o.Farm().Truth().Sites()[0].Routes.SIP; !strings.Contains(route, "edgepool2") {
		t.Errorf("the route is %q: the test does not test what it says", route)
	}
}

// TestFirstContactByKerberos: what keeps a ticket from being given or taken is said with its
// cause and what to do, and no server is called with less.
func TestFirstContactByKerberos(t *testing.T) {
	const password, minutes = "swordfish", 10 * time.Minute
	cases := map[string]struct {
		reason   string
		kdc      kdctest.Options
		skew     time.Duration // that the host bears; 0: as usual
		delegate bool
		says     []string // nil: the look is made
	}{
		"nothing wrong": {"the case to compare with", kdctest.Options{}, 0, true, nil},
		"a protected user": {"the ticket cannot be handed over", kdctest.Options{Sensitive: true}, 0, true,
			[]string{"the KDC gives no ticket of this account that could be handed over", "remove delegate, or use an account that is neither in Protected Users nor marked as sensitive"}},
		"a name owned twice": {"the KDC does not know for whom to encrypt", kdctest.Options{Owned: func(string) int { return 2 }}, 0, false,
			[]string{"more than one account owns the service's name", "HTTP/fe1.contoso.com", "find them with setspn -X"}},
		"the KDC's clock":      {"it is ten minutes ahead", kdctest.Options{Ahead: minutes}, 0, false, []string{"the clocks of KDC and controller differ too much", "set both clocks by NTP"}},
		"the KDC's clock back": {"or ten minutes behind", kdctest.Options{Ahead: -minutes}, 0, false, []string{"the clocks of KDC and controller differ too much", "set both clocks by NTP"}},
		"the host's clock":     {"it bears less than it differs", kdctest.Options{}, time.Nanosecond, false, []string{"the clocks of host and controller differ too much", "set both clocks by NTP"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kdctest.Start(t, "CONTOSO.COM", password, c.kdc)
			spec, err := farm.Load(sample)
			must(t, err)
			spec.Accounts = append(spec.Accounts, farm.Account{Name: `CONTOSO\manager`, Groups: farm.AllRights()})
			keys := *k.Keytab("HTTP/fe1.contoso.com") // a copy: the KDCs of all cases share the keys
			keys.Entries = slices.Clone(keys.Entries)
			for _, machine := range []string{"fe2.contoso.com"} {
				keys.Entries = append(keys.Entries, k.Keytab("HTTP/"+machine).Entries...)
			}
			table, err := keys.Marshal()
			must(t, err)
			o, err := sim.Start(t.Context(), sim.Config{Spec: spec, SignIn: sim.SignIn{Keytab: table, Skew: c.skew}})
			must(t, err)
			t.Cleanup(o.Close)
			at := endpoint(o, "fe1.contoso.com")
			at.Delegate = c.delegate
			signIn := func(context.Context) (remote.Credentials, error) {
				return remote.Credentials{Method: remote.Kerberos, Username: "manager", Password: password, Kerberos: &remote.KerberosConfig{Realm: k.Realm, Krb5Conf: kdctest.Conf(k)}}, nil
			}
			fleet := shell.NewFleet(shell.Config{Management: []remote.Endpoint{at}, Reader: shell.Account{Management: signIn}, Dial: winrm.Dialer(winrm.Options{})})
			t.Cleanup(func() { fleet.Close(context.Background()) })
			_, _, err = shell.NewObserver(fleet).ReadTopology(t.Context())
			if c.says == nil {
				must(t, err)
				return
			}
			says(t, c.reason, err, fault.Denied, c.says...)
			if n := o.Counters().PowerShellStarts; n != 0 || strings.Contains(fault.Sentence(err), password) {
				t.Errorf("%s: %d PowerShells were started: %v", c.reason, n, err)
			}
		})
	}
}
