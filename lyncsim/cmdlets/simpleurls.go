package cmdlets

import (
	"context"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

var simpleURLCmdlets = map[string]cmdlet{
	"Get-CsSimpleUrlConfiguration":    {run: getSimpleURLs, needs: store, honours: "Identity Filter LocalStore"},
	"Set-CsSimpleUrlConfiguration":    {run: setSimpleURLs, needs: store, honours: "Identity Instance SimpleUrl"},
	"New-CsSimpleUrlConfiguration":    {run: newSimpleURLs, needs: store, honours: "Identity SimpleUrl InMemory"},
	"Remove-CsSimpleUrlConfiguration": {run: removeSimpleURLs, needs: store, honours: "Identity"},
	"New-CsSimpleUrl":                 {run: newSimpleURL, honours: "Component Domain ActiveUrl SimpleUrlEntry"},
	"New-CsSimpleUrlEntry":            {run: newSimpleURLEntry, honours: "Url"},
}

func scope(s farm.SimpleURLSet) string { return s.Scope }

func getSimpleURLs(_ context.Context, r *run) error {
	sets, err := pick(r, "simple URL configuration", r.config.SimpleURLs, scope)
	if err != nil {
		return err
	}
	return emitAll(r, sets, func(s farm.SimpleURLSet) any { return simpleURLSetObject(s) })
}

func simpleURLSetObject(s farm.SimpleURLSet) *value.Object {
	var urls []any
	for _, u := range s.URLs {
		urls = append(urls, simpleURLObject(u))
	}
	return value.NewObject("Microsoft.Rtc.Management.WritableConfig.Settings.SimpleUrl.SimpleUrlConfiguration").
		Set("Identity", s.Scope).
		Set("SimpleUrl", value.NewList("Microsoft.Rtc.Management.WritableConfig.Settings.SimpleUrl.SimpleUrl", urls...))
}

func simpleURLObject(u farm.SimpleURL) *value.Object {
	var entries []any
	for _, url := range u.Entries {
		entries = append(entries, simpleURLEntryObject(url))
	}
	o := value.NewObject("Microsoft.Rtc.Management.WritableConfig.Settings.SimpleUrl.SimpleUrl").
		Set("SimpleUrlEntry", value.NewList("Microsoft.Rtc.Management.WritableConfig.Settings.SimpleUrl.SimpleUrlEntry", entries...)).
		Set("Component", u.Component).
		Set("Domain", u.Domain).
		Set("ActiveUrl", u.ActiveURL)
	o.Text = func() string { return "Component=" + u.Component + ";Domain=" + u.Domain + ";ActiveUrl=" + u.ActiveURL }
	return o
}

func simpleURLEntryObject(url string) *value.Object {
	o := value.NewObject("Microsoft.Rtc.Management.WritableConfig.Settings.SimpleUrl.SimpleUrlEntry").Set("Url", url)
	o.Text = func() string { return "Url=" + url }
	return o
}

func newSimpleURL(_ context.Context, r *run) error {
	list, err := edits("SimpleUrlEntry", r.Value("SimpleUrlEntry"))
	if err != nil {
		return err
	}
	u := farm.SimpleURL{Component: r.Text("Component"), Domain: r.Text("Domain"), ActiveURL: r.Text("ActiveUrl")}
	for _, e := range list {
		u.Entries = append(u.Entries, entriesOf(e.items)...)
	}
	return r.EmitWhole(simpleURLObject(u))
}

func newSimpleURLEntry(_ context.Context, r *run) error {
	return r.EmitWhole(simpleURLEntryObject(r.Text("Url")))
}

func setSimpleURLs(_ context.Context, r *run) error {
	set, err := r.simpleURLSet()
	if err != nil {
		return err
	}
	urls := set.URLs
	if instance, ok := r.Value("Instance").(*value.Object); ok {
		given, _ := instance.Get("SimpleUrl")
		if urls, err = simpleURLsOf(given); err != nil {
			return err
		}
	}
	if r.Has("SimpleUrl") {
		if urls, err = modified(urls, r.Value("SimpleUrl")); err != nil {
			return err
		}
	}
	if yes, err := r.proceed(set.Scope); !yes || err != nil {
		return err
	}
	return r.Farm.SetSimpleURLs(r.by(), set.Scope, urls)
}

// simpleURLSet is the collection that -Identity or -Instance names, or the global
// one when neither is given.
func (r *run) simpleURLSet() (farm.SimpleURLSet, error) {
	wanted := r.Text("Identity")
	if instance, ok := r.Value("Instance").(*value.Object); ok {
		wanted = text(instance, "Identity")
	}
	if wanted == "" {
		wanted = "Global"
	}
	for _, s := range r.config.SimpleURLs {
		if strings.EqualFold(s.Scope, wanted) {
			return s, nil
		}
	}
	return farm.SimpleURLSet{}, notFound("simple URL configuration", wanted)
}

func newSimpleURLs(_ context.Context, r *run) error {
	identity := r.Text("Identity")
	site := unprefixed(identity, sitePrefix)
	if _, ok := r.config.Site(site); !ok || site == identity {
		return badArgument("Identity", identity, "a new collection can only be made at the scope of an existing site (site:Redmond)")
	}
	if slices.ContainsFunc(r.config.SimpleURLs, func(s farm.SimpleURLSet) bool { return strings.EqualFold(s.Scope, identity) }) {
		return alreadyThere(identity)
	}
	urls, err := modified(nil, r.Value("SimpleUrl"))
	if err != nil {
		return err
	}
	set := farm.SimpleURLSet{Scope: sitePrefix + site, URLs: urls}
	if !r.On("InMemory") {
		if yes, err := r.proceed(set.Scope); !yes || err != nil {
			return err
		}
		if err := r.Farm.SetSimpleURLs(r.by(), set.Scope, set.URLs); err != nil {
			return err
		}
	}
	return r.EmitWhole(simpleURLSetObject(set))
}

func removeSimpleURLs(_ context.Context, r *run) error {
	set, err := r.simpleURLSet()
	if err != nil {
		return err
	}
	if yes, err := r.proceed(set.Scope); !yes || err != nil {
		return err
	}
	return r.Farm.RemoveSimpleURLs(r.by(), set.Scope)
}
