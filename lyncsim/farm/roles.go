package farm

import (
	"maps"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// OcsPowershellSpec is the product's own endpoint for remote administration,
// https://<pool>/OcsPowershell, on every Front End server. Members of a role of the
// product's role-based access control (RBAC) may run what the role has there.
type OcsPowershellSpec struct {
	// Port of the listener, 8443 when left out. On a real server it is 443, which needs
	// privileges here.
	Port uint16 `json:"port,omitempty"`
	// Groups of the server's account, in whose name commands run there;
	// RTCUniversalServerAdmins when left out. Nothing public says which it has.
	Groups []string `json:"groups,omitempty"`
}

const defaultOcsPort = 8443

// Listens is the port of the endpoint, 0 when there is none.
func (o *OcsPowershellSpec) Listens() uint16 {
	switch {
	case o == nil:
		return 0
	case o.Port == 0:
		return defaultOcsPort
	}
	return o.Port
}

// ServiceIdentity is in whose name the endpoint of a server runs commands: the server's own
// account, which is known to the domain.
func (f *Farm) ServiceIdentity(machine string) identity.Identity {
	groups := f.spec.OcsPowershell.Groups
	if groups == nil {
		groups = []string{ServerAdmins}
	}
	return identity.Identity{Account: f.computerAccount(machine), SignIn: identity.ServiceAccount, Groups: f.spec.token("", groups)}
}

// AdminRole is a custom role. Its name is that of the group whose members have it.
type AdminRole struct {
	Name     string
	Template string
	// Cmdlets replace those of the template; nil leaves them.
	Cmdlets []string
	// ScriptModules are scripts in the folder AdminScripts of each server, script.ps1 or
	// script.ps1:function.
	ScriptModules []string
}

// standardRoles are the roles of a new installation, which nobody can change.
var standardRoles = []string{
	"CsAdministrator", "CsArchivingAdministrator", "CsHelpDesk", "CsLocationAdministrator", "CsPersistentChatAdministrator",
	"CsResponseGroupAdministrator", "CsResponseGroupManager", "CsServerAdministrator", "CsUserAdministrator", "CsViewOnlyAdministrator",
	"CsVoiceAdministrator",
}

// AdminRoles lists the standard roles and the custom ones.
func (c *Configuration) AdminRoles() []AdminRole {
	var all []AdminRole
	for _, name := range standardRoles {
		all = append(all, AdminRole{Name: name})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Roles)) {
		all = append(all, c.Roles[name])
	}
	return all
}

// IsStandardRole reports whether a role is one of a new installation.
func IsStandardRole(name string) bool {
	return slices.ContainsFunc(standardRoles, func(s string) bool { return strings.EqualFold(s, name) })
}

// RolesOf are the roles that a caller has: those of whose groups the caller is a member.
func (f *Farm) RolesOf(who identity.Identity) []AdminRole {
	all := f.Truth().AdminRoles()
	return slices.DeleteFunc(all, func(r AdminRole) bool { return !who.Member(GroupSID(r.Name)) })
}

// AddAdminRole makes a custom role. Its group has to be there before. Fault: Invalid.
func (f *Farm) AddAdminRole(a Actor, r AdminRole) error {
	return f.changeRole(a, r.Name, func(c *Configuration) error {
		refuse := func(why string) error { return refusal.New(refusal.Invalid, "make the role", r.Name, why) }
		switch {
		case !IsStandardRole(r.Template):
			return refuse("there is no standard role " + r.Template)
		case IsStandardRole(r.Name), c.Roles[key(r.Name)].Name != "":
			return refuse("there is one already")
		case !f.groups[key(r.Name)]:
			return refuse("the domain has no group of this name")
		}
		c.Roles[key(r.Name)] = r
		return nil
	})
}

// RemoveAdminRole removes a custom role. Its group stays. Fault: Invalid.
func (f *Farm) RemoveAdminRole(a Actor, name string) error {
	return f.changeRole(a, name, func(c *Configuration) error {
		if c.Roles[key(name)].Name == "" {
			return notFound("remove the role", "custom role", name)
		}
		delete(c.Roles, key(name))
		return nil
	})
}

func (f *Farm) changeRole(a Actor, name string, edit func(*Configuration) error) error {
	return f.change(a, revision{object: "AdminRole:" + name, edit: edit, show: func(c *Configuration) string {
		r := c.Roles[key(name)]
		return strings.Join(slices.Concat([]string{r.Template}, r.Cmdlets, r.ScriptModules), " ")
	}})
}

// KnowGroups tells the farm which groups the domain has.
func (f *Farm) KnowGroups(names ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range names {
		f.groups[key(name)] = true
	}
}
