package cmdlets

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var roleCmdlets = map[string]cmdlet{
	"Get-CsAdminRole":    {run: getRoles, needs: store, honours: "Identity Filter LocalStore"},
	"New-CsAdminRole":    {run: newRole, needs: store, honours: "Identity Template Cmdlets ScriptModules"},
	"Remove-CsAdminRole": {run: removeRole, needs: store, honours: "Identity", impact: "High"},
}

// roleless are the cmdlets that no standard role has: their reference pages name groups
// and no role, or they are for the machine on which they run.
var roleless = strings.Fields("Get-CsTopology Publish-CsTopology Enable-CsTopology Enable-CsComputer Disable-CsComputer Test-CsComputer")

// everybodys are cmdlets that every standard role has. The reference gives them as part
// of the example of a role.
var everybodys = strings.Fields("Get-CsComputer Get-CsPool Get-CsService Get-CsSite")

// verbs are those of the cmdlets that a standard role has. The roles' tasks are documented,
// their lists of cmdlets are not: the verbs are inferred.
var verbs = map[string]string{
	"CsServerAdministrator":   "Get Test Start Stop",
	"CsViewOnlyAdministrator": "Get",
}

// OfRole lists the cmdlets of a role, by the names of the reference.
func OfRole(product farm.Product, role farm.AdminRole) ([]string, error) {
	all, err := reference.Lync()
	if err != nil {
		return nil, err
	}
	var list []string
	for _, c := range all.In(reference.Version(product.Name)).Cmdlets() {
		if roleHas(role, c.Name) {
			list = append(list, c.Name)
		}
	}
	return list, nil
}

func roleHas(role farm.AdminRole, cmdlet string) bool {
	has := func(list []string) bool {
		return slices.ContainsFunc(list, func(c string) bool { return strings.EqualFold(c, cmdlet) })
	}
	if role.Cmdlets != nil {
		return has(role.Cmdlets)
	}
	standard := role.Name
	if role.Template != "" {
		standard = role.Template
	}
	verb, _, _ := strings.Cut(cmdlet, "-")
	switch {
	case has(roleless):
		return false
	case strings.EqualFold(standard, "CsAdministrator"), has(everybodys):
		return true
	}
	for name, own := range verbs {
		if strings.EqualFold(name, standard) {
			return slices.Contains(strings.Fields(own), verb)
		}
	}
	return false
}

// roleObject is a role as scripts see it. What a standard role has is inferred, so it is not
// shown.
func roleObject(role farm.AdminRole) *value.Object {
	o := value.NewObject("Microsoft.Rtc.Management.WritableConfig.Settings.Roles.Role").Set("Identity", role.Name)
	if role.Cmdlets != nil {
		o.Set("Cmdlets", value.NewList("System.String", texts(role.Cmdlets)...))
	}
	return o.Set("ScriptModules", value.NewList("System.String", texts(role.ScriptModules)...)).
		Set("IsStandardRole", role.Template == "").Set("Template", role.Template)
}

func texts(list []string) []any {
	var all []any
	for _, s := range list {
		all = append(all, s)
	}
	return all
}

func getRoles(_ context.Context, r *run) error {
	found, err := pick(r, "role", r.config.AdminRoles(), func(a farm.AdminRole) string { return a.Name })
	if err != nil {
		return err
	}
	for _, role := range found {
		if role.Cmdlets == nil { // an answer without them would mislead
			return unsupported("Get-CsAdminRole of " + role.Name + ", whose cmdlets are not known")
		}
	}
	return emitAll(r, found, func(a farm.AdminRole) any { return roleObject(a) })
}

func newRole(_ context.Context, r *run) error {
	role := farm.AdminRole{Name: r.Text("Identity"), Template: r.Text("Template")}
	var err error
	if r.Has("Cmdlets") {
		standard, err := OfRole(r.Farm.Product(), farm.AdminRole{Name: role.Template})
		if err == nil {
			role.Cmdlets, err = modifiedTexts(standard, "Cmdlets", r.Value("Cmdlets"))
		}
		if err != nil {
			return err
		}
	}
	if r.Has("ScriptModules") {
		if role.ScriptModules, err = modifiedTexts(nil, "ScriptModules", r.Value("ScriptModules")); err != nil {
			return err
		}
	}
	for _, s := range role.ScriptModules {
		file, _, _ := strings.Cut(s, ":")
		if !strings.HasSuffix(strings.ToLower(file), ".ps1") || strings.ContainsAny(file, `\/`) {
			return badArgument("ScriptModules", s, "it is no script.ps1:function")
		}
	}
	if yes, err := r.proceed(role.Name); !yes || err != nil {
		return err
	}
	if err := r.Farm.AddAdminRole(r.by(), role); err != nil {
		return err
	}
	return r.EmitWhole(roleObject(role))
}

func removeRole(_ context.Context, r *run) error {
	if yes, err := r.proceed(r.Text("Identity")); !yes || err != nil {
		return err
	}
	return r.Farm.RemoveAdminRole(r.by(), r.Text("Identity"))
}
