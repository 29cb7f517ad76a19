package scenario_test

import (
	"cmp"
	"crypto/rand"
	"flag"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// The ways in which fedroute works on an organization.
const (
	byKit    = "kit"    // session configurations, on a farm with the second hop, as reader and operator
	byWorker = "worker" // remote shells, on a farm that lets a network logon go on, as an administrator
	byHand   = "hand"   // the story prepares its farm itself
)

var everyWay = flag.String("way", "", "kit or worker: how every story works on its organization; empty: with the kit, but for the stories and versions in the tables")

// toldOtherwise is a way other than the kit, and why.
type toldOtherwise struct{ way, reason string }

// ways names the stories that are not told with the kit, which a user is advised to
// install. A run with -way tells all but those byHand one way.
var ways = map[string]toldOtherwise{
	"TestAPasswordReadsNothing":               {byHand, "nothing is installed on its farm"},
	"TestFirstContactGoesWrong":               {byHand, "its kits are changed by hand"},
	"TestKitBringsAFarmFromNothingToFailover": {byHand, "its kit is what the command line writes"},

	"TestOcsPowershellBringsAFarmFromNothingToFailover": {byHand, "nobody may touch WinRM of its Front End servers"},

	"TestAnotherVersionTakesOver":       {byWorker, "version 0.1 knows no kit"},
	"TestApprovalOutlivesTheVersion":    {byWorker, "version 0.1 knows no kit"},
	"TestAccountMayPublishAndNotEnable": {byWorker, "the account in the Secret is the one whose rights change"},
	"TestFaultAtEveryStep":              {byWorker, "its faults are those of shells, processes and single requests"},
	"TestShellIsLostWhilePublishing":    {byWorker, "a shell ends and its process does not"},
	"TestSecretsAreBroken":              {byWorker, "one account serves as reader and operator"},

	// Stories of each kind, so that a failover, a crash, an approval and drift are told of
	// both ways.
	"TestManagerIsReplacedAgainAndAgain": {byWorker, "a crash"},
	"TestManyThingsDriftAtOnce":          {byWorker, "drift"},
	"TestMoveFailsBackOnce":              {byWorker, "a Front End pool"},
	"TestPlanComesAndGoes":               {byWorker, "an approval"},
	"TestPoolDiesBetweenTwoZones":        {byWorker, "a failover"},
}

// olderPowerShell is the Windows PowerShell of all machines in a run of one of these
// versions. Roles need 5.1, so the kit cannot be installed there, and the worker tells such a
// run.
var olderPowerShell = map[string]string{"LyncServer2010": "3.0", "LyncServer2013": "4.0"}

// wayOf is the way in which a story works.
func wayOf(t *testing.T) string {
	name, _, _ := strings.Cut(t.Name(), "/")
	switch told := ways[name].way; {
	case told == byHand || *everyWay == "" && told != "":
		return told
	case strings.HasPrefix(name, "TestReal"):
		return byWorker // it signs in with accounts that programs of other projects know
	case *everyWay == "" && olderPowerShell[*version] != "":
		return byWorker
	default:
		return cmp.Or(*everyWay, byKit)
	}
}

// The groups and accounts of the kit of every organization.
const (
	readers, operators = "FedRoute Readers", "FedRoute Operators"
	reader, operator   = "fedroute-reader", "fedroute-operator"
	runAs              = "fedroute$"
)

// kitOf is the kit of an organization, with every site and pool that it has. The accounts
// of all Edge machines are alike.
func kitOf(s *story) kit.Kit {
	spec := s.org.Farm().Spec()
	k := kit.Kit{Limits: kit.Limits{Zones: spec.SIPDomains}, Accounts: []kit.Account{{Name: reader, Group: readers, Password: password()}, {Name: operator, Group: operators, Password: password()}}}
	for _, site := range s.org.State().Sites {
		k.Limits.Sites = append(k.Limits.Sites, site.Name)
	}
	for _, p := range s.org.State().EdgePools {
		k.Limits.Pools = append(k.Limits.Pools, p.FQDN)
	}
	for _, p := range s.org.State().FrontEndPools {
		k.Limits.Pools = append(k.Limits.Pools, p.FQDN)
	}
	edgeAccounts := []kit.Account{{Name: reader, Group: readers, Password: password()}, {Name: operator, Group: operators, Password: password()}}
	for _, e := range s.org.Endpoints() {
		home := spec.Domain()
		m := kit.Machine{FQDN: e.Machine, Roles: []kit.Role{kit.FrontEnd}, RunAs: home + `\` + runAs, Limits: k.Limits}
		if slices.ContainsFunc(spec.ManagementServers, func(server farm.MachineSpec) bool { return server.FQDN == e.Machine && len(server.DNSZones) > 0 }) {
			m.Roles = append(m.Roles, kit.DNS)
		}
		if e.Role == farm.RoleEdge {
			home = kit.ComputerName(e.Machine)
			m.Roles, m.RunAs, m.Accounts = []kit.Role{kit.Edge}, "", edgeAccounts
		}
		m.Readers, m.Operators = home+`\`+readers, home+`\`+operators
		k.Machines = append(k.Machines, m)
	}
	return k
}

func password() string { return "Aa1-" + rand.Text() }

// install puts the kit on every machine of the organization.
func (s *story) install(k kit.Kit) {
	s.Helper()
	files := fstest.MapFS{}
	for _, f := range k.Files() {
		files[f.Path] = &fstest.MapFile{Data: f.Bytes()}
	}
	s.must(s.org.InstallKit(files, true))
}

// accountSecret is the Secret of an account of the domain, or of all Edge machines.
func (s *story) accountSecret(name string, edge bool) map[string]string {
	s.Helper()
	for _, a := range s.org.Accounts() {
		if local := len(a.Machines) > 0; local == edge && a.Name[strings.LastIndex(a.Name, `\`)+1:] == name {
			return map[string]string{"username": a.Name, "password": a.Password}
		}
	}
	s.Fatalf("there is no account %s", name)
	return nil
}

// ended names Secrets with an ending.
func ended(a v1alpha1.Accounts, ending string) v1alpha1.Accounts {
	for _, one := range []*v1alpha1.Authentication{&a.Authentication, &a.Reader, &a.Operator} {
		if one.SecretRef.Name != "" {
			one.SecretRef.Name += ending
		}
	}
	return a
}

// accounts are the reader and the operator with the Secrets of these names.
func accounts(reader, operator string) v1alpha1.Accounts {
	one := func(secret string) v1alpha1.Authentication {
		return v1alpha1.Authentication{Method: v1alpha1.AuthNTLM, SecretRef: v1alpha1.LocalReference{Name: secret}}
	}
	return v1alpha1.Accounts{Reader: one(reader), Operator: one(operator)}
}
