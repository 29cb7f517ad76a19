package configuration

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/identity"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Set holds the session configurations of one machine.
type Set struct {
	configurations map[string]*Configuration // by lower-case name
	modules        modules
}

// Configuration is one registered session configuration.
type Configuration struct {
	Name       string
	restricted bool // SessionType RestrictedRemoteServer
	given      capability
	roles      []role
	runAs      identity.SignIn // "": as the caller
	account    string          // group managed service account
	modules    modules
}

// role gives a group, or an account, role capabilities by their names.
type role struct {
	group        string
	capabilities []string
}

// Load reads a folder as an administrator installs it on a machine: each NAME.pssc is
// registered under its name, each sub-folder is a module. The error says what in which
// file is wrong.
func Load(files fs.FS) (*Set, error) {
	s := &Set{configurations: make(map[string]*Configuration)}
	var err error
	if s.modules, err = readModules(files); err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*.pssc")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		c, err := readConfiguration(files, name)
		if err != nil {
			return nil, err
		}
		c.modules = s.modules
		if err := c.resolve(); err != nil {
			return nil, err
		}
		s.configurations[strings.ToLower(c.Name)] = c
	}
	if len(names) == 0 {
		return nil, errors.New("the folder has no .pssc file")
	}
	return s, nil
}

// Find gives the configuration of a name; nil when none is registered under it.
func (s *Set) Find(name string) *Configuration { return s.configurations[strings.ToLower(name)] }

// Names lists the registered names, sorted.
func (s *Set) Names() []string {
	var names []string
	for _, c := range s.configurations {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return names
}

func readConfiguration(files fs.FS, name string) (*Configuration, error) {
	t, err := readTable(files, name)
	if err != nil {
		return nil, err
	}
	err = t.check(capabilityKeys+" SessionType LanguageMode RoleDefinitions RunAsVirtualAccount GroupManagedServiceAccount",
		describing+" SchemaVersion ExecutionPolicy TranscriptDirectory PowerShellVersion",
		capabilityRefused+" RequiredGroups RunAsVirtualAccountGroups MountUserDrive UserDriveMaximumSize")
	if err != nil {
		return nil, err
	}
	c := &Configuration{Name: strings.TrimSuffix(path.Base(name), ".pssc")}
	if c.given, err = readCapability(t); err != nil {
		return nil, err
	}
	switch kind, language := t.text("SessionType"), t.text("LanguageMode"); {
	case strings.EqualFold(kind, "RestrictedRemoteServer") && (language == "" || strings.EqualFold(language, "NoLanguage")):
		c.restricted = true
	case (kind == "" || strings.EqualFold(kind, "Default")) && (language == "" || strings.EqualFold(language, "FullLanguage")):
	default:
		return nil, fmt.Errorf("%s: not supported by the simulator: SessionType %s with LanguageMode %s", name, kind, language)
	}
	c.account = t.text("GroupManagedServiceAccount")
	virtual, _ := t.Get("RunAsVirtualAccount")
	switch {
	case c.account != "" && value.Truth(virtual):
		return nil, fmt.Errorf("%s: RunAsVirtualAccount and GroupManagedServiceAccount exclude each other", name)
	case c.account != "":
		c.runAs = identity.ServiceAccount
	case value.Truth(virtual):
		c.runAs = identity.VirtualAccount
	}
	return c, c.readRoles(t)
}

func (c *Configuration) readRoles(t table) error {
	list, err := t.tables("RoleDefinitions")
	if err != nil {
		return err
	}
	for _, all := range list {
		for _, group := range all.Keys() {
			v, _ := all.Get(group)
			h, ok := v.(*value.Hashtable)
			if !ok {
				return fmt.Errorf("%s: the role of %s is no hashtable", t.file, value.Text(group))
			}
			one := table{t.file, h}
			if err := one.check("RoleCapabilities", "", "RoleCapabilityFiles "+capabilityKeys); err != nil {
				return err
			}
			names, err := one.texts("RoleCapabilities")
			if err != nil {
				return err
			}
			c.roles = append(c.roles, role{value.Text(group), names})
		}
	}
	return nil
}

// resolve checks that the role capabilities exist.
func (c *Configuration) resolve() error {
	for _, r := range c.roles {
		for _, name := range r.capabilities {
			if _, ok := c.modules.capability(name); !ok {
				return fmt.Errorf("%s.pssc: no module has the role capability %s", c.Name, name)
			}
		}
	}
	return nil
}

// Admits reports whether a caller may open a session. A configuration with roles admits
// those who have one, and one without roles the administrators of the machine.
func (c *Configuration) Admits(caller identity.Identity) bool {
	if len(c.roles) == 0 {
		return caller.Member(identity.Administrators)
	}
	return slices.ContainsFunc(c.roles, func(r role) bool { return r.has(caller) })
}

// has reports whether a caller is the account of the role, or a member of its group. The
// part before \ is the domain or the machine; groups in tokens are written without it.
func (r role) has(caller identity.Identity) bool {
	_, short, qualified := strings.Cut(r.group, `\`)
	if !qualified {
		short = r.group
	}
	return strings.EqualFold(r.group, caller.Account) || caller.Local() && strings.EqualFold(short, caller.Account) || caller.Has(short, r.group)
}

// Modules are the modules that a session of the caller imports.
func (c *Configuration) Modules(caller identity.Identity) []string { return c.granted(caller).modules }

// RunAs is how a session acts: as the caller ("" and no account), as a virtual account,
// or as a group managed service account.
func (c *Configuration) RunAs() (how identity.SignIn, account string) { return c.runAs, c.account }

// granted is what a caller gets: what the file gives to everybody and what the caller's
// roles give.
func (c *Configuration) granted(caller identity.Identity) capability {
	all := c.given
	for _, r := range c.roles {
		if !r.has(caller) {
			continue
		}
		for _, name := range r.capabilities {
			if found, ok := c.modules.capability(name); ok {
				all = all.join(found)
			}
		}
	}
	return all
}
