package kit

import (
	_ "embed" // for the three scripts
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

var (
	//go:embed parts/domain/Install-FedRoute.ps1
	domainInstallPart string
	//go:embed parts/domain/Grant-FedRoute.ps1
	domainGrantPart string
	//go:embed parts/domain/Uninstall-FedRoute.ps1
	domainUninstallPart string
)

// DomainFolder is the folder of a kit with what is done in the domain and on its servers.
const DomainFolder = "domain"

// groups of a new installation: who may read everything that Read-Topology reads, and who
// may also change it.
const (
	mayRead   = "RTCUniversalUserAdmins"
	mayChange = "RTCUniversalServerAdmins"
)

// domainWants is domain.json: what the three scripts make, grant and take away.
type domainWants struct {
	Domain          string // its NetBIOS name
	ServiceAccounts []serviceAccount
	Groups          []group
	Accounts        []string
	Servers         []string // which the kit is installed on
}

type serviceAccount struct {
	Name    string   // without the $
	Servers []string // that may use it
	Reads   []string // groups whose member it is, so that it can read
	Changes []string // the same, so that it can change; it leaves those of Reads
}

type group struct{ Name, Description string }

// Domain is what one administrator does in the domain, from one of its servers.
type Domain struct {
	Machines []Machine // all of the kit; those with groups of their own are passed over
	Accounts []Account // none: a person makes them
}

// servers are the machines of the domain.
func (d Domain) servers() []Machine {
	return slices.DeleteFunc(slices.Clone(d.Machines), func(m Machine) bool { return len(m.localGroups()) > 0 })
}

// Files are the scripts of the domain and what they read. The folders of its servers lie
// beside them.
func (d Domain) Files() []File {
	if len(d.servers()) == 0 {
		return nil
	}
	raw, err := json.MarshalIndent(d.wants(), "", "  ")
	if err != nil {
		panic(fmt.Sprintf("lists of names as JSON: %v", err)) // strings always can be written
	}
	files := []File{
		{Path: DomainFolder + "/domain.json", Text: ascii(string(raw)) + "\n"},
		{Path: DomainFolder + "/Install-FedRoute.ps1", Text: domainInstallPart},
		{Path: DomainFolder + "/Grant-FedRoute.ps1", Text: domainGrantPart},
		{Path: DomainFolder + "/Uninstall-FedRoute.ps1", Text: domainUninstallPart},
	}
	if len(d.Accounts) > 0 {
		files = append(files, accountsFile(DomainFolder, d.Accounts))
	}
	return files
}

func (d Domain) wants() domainWants {
	w := domainWants{ServiceAccounts: []serviceAccount{}, Groups: []group{}, Accounts: []string{}, Servers: []string{}}
	for _, m := range d.servers() {
		w.Servers = append(w.Servers, strings.ToLower(m.FQDN))
		w.Domain, _, _ = strings.Cut(m.Operators, `\`)
		for _, g := range []group{{nameOnly(m.Readers), "May read through fedroute's functions"}, {nameOnly(m.Operators), "May read and change through fedroute's functions"}} {
			if !slices.ContainsFunc(w.Groups, func(have group) bool { return have.Name == g.Name }) {
				w.Groups = append(w.Groups, g)
			}
		}
		if m.RunAs != "" {
			w.ServiceAccounts = m.addTo(w.ServiceAccounts)
		}
	}
	for _, a := range d.Accounts {
		w.Accounts = append(w.Accounts, a.Name)
	}
	return w
}

// addTo adds the machine's service account, or the machine to those that may use it.
func (m Machine) addTo(accounts []serviceAccount) []serviceAccount {
	name := strings.TrimSuffix(nameOnly(m.RunAs), "$")
	i := slices.IndexFunc(accounts, func(a serviceAccount) bool { return a.Name == name })
	if i < 0 {
		i = len(accounts)
		accounts = append(accounts, serviceAccount{Name: name, Servers: []string{}, Reads: []string{}, Changes: []string{}})
	}
	a := &accounts[i]
	a.Servers = append(a.Servers, strings.ToLower(m.FQDN))
	if m.Has(FrontEnd) {
		a.Reads, a.Changes = []string{mayRead}, []string{mayChange}
	}
	return accounts
}
