package cmdlets

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// A PSListModifier parameter takes @{Add=…}, @{Remove=…}, @{Replace=…}, or the items
// of the whole new list; $null empties the list.

// edit is one change of a list modifier.
type edit struct {
	verb  string // add, remove, replace
	items []any
}

func edits(parameter string, v any) ([]edit, error) {
	table, ok := v.(*value.Hashtable)
	if !ok {
		return []edit{{"replace", value.Unroll(v)}}, nil
	}
	var list []edit
	for _, key := range table.Keys() {
		verb := strings.ToLower(value.Text(key))
		if !slices.Contains([]string{"add", "remove", "replace"}, verb) {
			return nil, badArgument(parameter, value.Text(key), "a list is changed with Add, Remove or Replace")
		}
		items, _ := table.Get(key)
		list = append(list, edit{verb, value.Unroll(items)})
	}
	return list, nil
}

// modified applies a list modifier to simple URLs. To remove a URL, a script passes
// an object with the same values.
func modified(urls []farm.SimpleURL, modifier any) ([]farm.SimpleURL, error) {
	list, err := edits("SimpleUrl", modifier)
	if err != nil {
		return nil, err
	}
	urls = slices.Clone(urls)
	for _, e := range list {
		given, err := simpleURLsOf(e.items)
		if err != nil {
			return nil, err
		}
		switch e.verb {
		case "replace":
			urls = given
		case "add":
			urls = append(urls, given...)
		case "remove":
			urls = slices.DeleteFunc(urls, func(u farm.SimpleURL) bool {
				return slices.ContainsFunc(given, func(g farm.SimpleURL) bool { return sameURL(u, g) })
			})
		}
	}
	return urls, nil
}

// modifiedTexts applies the list modifier of a parameter to a list of names.
func modifiedTexts(names []string, parameter string, modifier any) ([]string, error) {
	list, err := edits(parameter, modifier)
	if err != nil {
		return nil, err
	}
	names = slices.Clone(names)
	for _, e := range list {
		var given []string
		for _, item := range e.items {
			given = append(given, value.Text(item))
		}
		switch e.verb {
		case "replace":
			names = given
		case "add":
			names = append(names, given...)
		case "remove":
			names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(given, n) })
		}
	}
	return names, nil
}

// simpleURLsOf reads simple URL objects.
func simpleURLsOf(v any) ([]farm.SimpleURL, error) {
	var urls []farm.SimpleURL
	for _, item := range value.Unroll(v) {
		u, err := simpleURLOf(item)
		if err != nil {
			return nil, err
		}
		urls = append(urls, u)
	}
	return urls, nil
}

func simpleURLOf(v any) (farm.SimpleURL, error) {
	o, ok := v.(*value.Object)
	if !ok {
		return farm.SimpleURL{}, badArgument("SimpleUrl", value.Text(v), "it is no simple URL; make one with New-CsSimpleUrl")
	}
	u := farm.SimpleURL{Component: text(o, "Component"), Domain: text(o, "Domain"), ActiveURL: text(o, "ActiveUrl")}
	entries, _ := o.Get("SimpleUrlEntry")
	u.Entries = entriesOf(value.Unroll(entries))
	return u, nil
}

// entriesOf reads simple URL entries, or plain addresses.
func entriesOf(items []any) []string {
	var urls []string
	for _, item := range items {
		url := value.Text(item)
		if e, ok := item.(*value.Object); ok {
			url = text(e, "Url")
		}
		urls = append(urls, url)
	}
	return urls
}

func sameURL(a, b farm.SimpleURL) bool {
	return strings.EqualFold(a.Component, b.Component) && strings.EqualFold(a.Domain, b.Domain) &&
		strings.EqualFold(a.ActiveURL, b.ActiveURL) && slices.Equal(a.Entries, b.Entries)
}
