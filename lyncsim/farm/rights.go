package farm

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/identity"
)

// Act is a thing to do for which the session of an account needs rights, or has to
// reach another machine.
type Act string

// The acts of the cmdlets.
const (
	// ReadDirectory reads the location of the Central Management Store in Active
	// Directory.
	ReadDirectory Act = "read Active Directory"
	// ReadStore reads the Central Management Store.
	ReadStore Act = "read the store"
	// ReadProtected reads the topology document and the Access Edge configuration, which
	// take more than the other parts of the store.
	ReadProtected Act = "read the protected parts of the store"
	// WriteStore changes it.
	WriteStore Act = "write the store"
	// EnableTopology writes computers into Active Directory, and rights into the file
	// share.
	EnableTopology Act = "enable the topology"
	// ReadServices lists the Windows services of the machine.
	ReadServices Act = "read services"
	// ControlServices starts and stops them.
	ControlServices Act = "control services"
	// ControlOtherServices does both with services of another machine of the domain.
	ControlOtherServices Act = "control services of another machine"
	// SetUp runs setup on the machine.
	SetUp Act = "set up the machine"
)

// Resource is what a session needs for an act.
type Resource string

// The resources of acts.
const (
	Directory     Resource = "Active Directory"
	StoreServer   Resource = "the SQL Server of the Central Management Store"
	StoreContent  Resource = "the content of the Central Management Store"
	Containers    Resource = "the containers of the servers in Active Directory"
	FileShare     Resource = "the file share"
	Services      Resource = "the service control manager"
	ServiceList   Resource = "the list of services"
	OtherServices Resource = "the service control manager of another machine"
)

// Barrier is why an identity may not do an act: what it cannot use, and as whom the
// resource sees it.
type Barrier struct {
	Resource Resource
	// As is the account that the resource sees; "" is an anonymous logon.
	As string
	// Stranger means that the domain does not know the account.
	Stranger bool
}

// Error tells the barrier to people who read the simulator's own errors.
func (b *Barrier) Error() string {
	switch {
	case b.As == "":
		return string(b.Resource) + " sees an anonymous logon: the network logon left no credential to pass on"
	case b.Stranger:
		return string(b.Resource) + " does not know " + b.As
	}
	return string(b.Resource) + " denies access to " + b.As
}

// May says whether an identity may do an act in a session on a machine; a *Barrier
// when it may not. Resources are tried in the order in which the cmdlets need them:
// Active Directory tells where the store is, so it comes first.
func (f *Farm) May(who identity.Identity, machine string, what Act) error {
	for _, n := range needs[what] {
		if b := f.barrier(who, machine, n); b != nil {
			return b
		}
	}
	return nil
}

// need is one resource of an act, and the groups that it lets in; none means
// everybody whom it knows.
type need struct {
	resource Resource
	groups   []identity.SID
}

var (
	directory = need{resource: Directory}
	reading   = need{StoreServer, sids(ServerAdmins, UserAdmins, ReadOnlyAdmins)}
	protected = need{StoreContent, sids(ServerAdmins, UserAdmins)}
	writing   = need{StoreContent, sids(ServerAdmins)}
)

var needs = map[Act][]need{
	ReadDirectory:        {directory},
	ReadStore:            {directory, reading},
	ReadProtected:        {directory, reading, protected},
	WriteStore:           {directory, reading, writing},
	EnableTopology:       {directory, reading, writing, {Containers, sids(DomainAdmins)}, {FileShare, sids(DomainAdmins)}},
	ReadServices:         {{ServiceList, sids(LocalAdministrator)}},
	ControlServices:      {{Services, sids(LocalAdministrator)}},
	ControlOtherServices: {{OtherServices, sids(DomainAdmins)}},
	SetUp:                {{Services, sids(LocalAdministrator)}},
}

// sids are the SIDs of groups.
func sids(groups ...string) []identity.SID {
	var all []identity.SID
	for _, name := range groups {
		all = append(all, sidOf("", name))
	}
	return all
}

func (f *Farm) barrier(who identity.Identity, machine string, n need) *Barrier {
	as := who.Account
	if f.elsewhere(n.resource, machine) {
		as = f.seen(who, machine, n.resource)
		if stranger := as != "" && !strings.Contains(as, `\`); as == "" || stranger {
			return &Barrier{n.resource, as, stranger}
		}
	}
	if len(n.groups) == 0 || f.grants(n.resource, as) || n.resource == ServiceList && who.SignIn == identity.Console {
		return nil
	}
	if as == who.Account && who.Member(n.groups...) {
		return nil
	}
	return &Barrier{Resource: n.resource, As: as}
}

// seen is the account that a resource of another machine sees.
func (f *Farm) seen(who identity.Identity, machine string, r Resource) string {
	as := who.Abroad(f.computerAccount(machine))
	if as == "" && !who.Local() && f.takesAnonymous(r) {
		return who.Account
	}
	return as
}

// elsewhere reports whether a resource is on another machine. Active Directory always
// is. The store and the file share are on the Front End server itself in a pool of
// one server with the pool's own name, which is a Standard Edition server; an
// Enterprise pool keeps them on other servers.
func (f *Farm) elsewhere(r Resource, machine string) bool {
	switch r {
	case Services, ServiceList:
		return false
	case Directory, Containers, OtherServices:
		return true
	default:
		return key(f.Truth().CMSPool) != key(machine)
	}
}

// WithoutSecondHop is the description of a farm on which whoever signs in over the network
// gets to Active Directory and SQL Server. No real farm is known to be like that.
func (s Spec) WithoutSecondHop() Spec {
	s.ADReadableFromNetworkLogon, s.SQLReachableFromNetworkLogon = true, true
	return s
}

// takesAnonymous reports whether the farm is one in which a network logon reaches the
// resource.
func (f *Farm) takesAnonymous(r Resource) bool {
	if r == Directory || r == Containers {
		return f.spec.ADReadableFromNetworkLogon
	}
	return f.spec.SQLReachableFromNetworkLogon
}

// GrantEnabling does what Enable-CsTopology asks for beside a group: it grants the setup
// permission on every container, and an account full control over the file share.
func (f *Farm) GrantEnabling(account string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.setupPermission = true
	f.shareControl = append(f.shareControl, account)
}

// SetupPermissionGranted reports whether Grant-CsSetupPermission ran for every container.
func (f *Farm) SetupPermissionGranted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.setupPermission
}

// grants reports whether a resource lets an account in beyond the groups of its need.
func (f *Farm) grants(r Resource, account string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch r {
	case Containers:
		return f.setupPermission
	case FileShare:
		return slices.ContainsFunc(f.shareControl, func(a string) bool { return strings.EqualFold(a, account) })
	default:
		return false
	}
}

// computerAccount is the account of a machine in the domain.
func (f *Farm) computerAccount(machine string) string {
	name, _, _ := strings.Cut(machine, ".")
	return f.spec.Domain() + `\` + strings.ToUpper(name) + "$"
}

// Domain is the short name of the Active Directory domain.
func (s Spec) Domain() string {
	if s.NetBIOSDomain != "" {
		return s.NetBIOSDomain
	}
	return strings.ToUpper(s.Name)
}
