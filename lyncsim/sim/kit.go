package sim

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// domainFolder is the folder of a kit for the domain and its servers.
const domainFolder = "domain"

// kitDomain is the part of domain.json that decides what accounts may do.
type kitDomain struct {
	Domain          string
	ServiceAccounts []struct {
		Name                    string
		Servers, Reads, Changes []string
	}
}

// InstallKit does what the installers of an endpoint kit do: it makes the accounts and
// registers the session configurations of every machine that has a folder. It runs no
// installer. With the right to change it also does what the kit's grant does.
func (o *Organization) InstallKit(kit fs.FS, change bool) error {
	folders := map[string]string{} // of machines
	for _, parent := range []string{".", domainFolder} {
		found, err := fs.Glob(kit, path.Join(parent, "*", "*.pssc"))
		if err != nil {
			return err
		}
		for _, file := range found {
			folders[path.Base(path.Dir(file))] = path.Dir(file)
		}
	}
	if len(folders) == 0 {
		return refusal.New(refusal.Invalid, "install", "the kit", "no folder of a machine with a .pssc file is in it")
	}
	if err := o.joinDomain(kit, change); err != nil {
		return err
	}
	for _, fqdn := range slices.Sorted(maps.Keys(folders)) {
		files, err := fs.Sub(kit, folders[fqdn])
		if err != nil {
			return err
		}
		if err := o.Install(fqdn, files); err != nil {
			return err
		}
		if err := o.makeAccounts(files, "", fqdn); err != nil {
			return err
		}
	}
	return nil
}

// joinDomain makes the accounts of the domain. A kit of Edge machines alone has none.
func (o *Organization) joinDomain(kit fs.FS, change bool) error {
	text, err := fs.ReadFile(kit, domainFolder+"/domain.json")
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var domain kitDomain
	if err := json.Unmarshal(text, &domain); err != nil {
		return refusal.New(refusal.Invalid, "install", "the kit", "domain.json: "+err.Error())
	}
	if !strings.EqualFold(domain.Domain, o.spec.NetBIOSDomain) {
		return refusal.New(refusal.Invalid, "install", "the kit", "it is of the domain "+domain.Domain+", and this is "+o.spec.NetBIOSDomain)
	}
	for _, s := range domain.ServiceAccounts {
		a := farm.Account{Name: domain.Domain + `\` + s.Name + "$", Groups: s.Reads, UsableOn: s.Servers}
		if change {
			a.Groups, a.AdministratorOf = s.Changes, s.Servers
			o.farm.GrantEnabling(a.Name)
		}
		o.putAccount(a)
	}
	files, err := fs.Sub(kit, domainFolder)
	if err != nil {
		return err
	}
	return o.makeAccounts(files, domain.Domain+`\`, "")
}

// makeAccounts makes the accounts of a folder's accounts.tsv: name, group and password.
func (o *Organization) makeAccounts(folder fs.FS, domain, machine string) error {
	text, err := fs.ReadFile(folder, "accounts.tsv")
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		if len(fields) != 3 {
			return refusal.New(refusal.Invalid, "install", "the kit", "a line of accounts.tsv has not three fields") // the line may be a password
		}
		a := farm.Account{Name: domain + fields[0], Groups: []string{fields[1]}, Password: fields[2]}
		if machine != "" {
			a.Machines = []string{machine}
		}
		o.putAccount(a)
	}
	return nil
}

// putAccount adds an account, or replaces the one of that name and machine.
func (o *Organization) putAccount(a farm.Account) {
	if len(a.Machines) == 0 {
		o.farm.KnowGroups(a.Groups...)
	}
	o.people.Lock()
	defer o.people.Unlock()
	i := slices.IndexFunc(o.spec.Accounts, func(have farm.Account) bool {
		return strings.EqualFold(have.Name, a.Name) && slices.EqualFunc(have.Machines, a.Machines, strings.EqualFold)
	})
	if i < 0 {
		o.spec.Accounts = append(o.spec.Accounts, a)
		return
	}
	o.spec.Accounts[i] = a
}
