package catalogue_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// Parameters that every cmdlet has.
var commonParameters = []string{"ErrorAction", "ErrorVariable", "WarningAction", "WarningVariable", "Verbose", "Debug", "OutVariable", "OutBuffer"}

// TestBinding binds every use of a product's cmdlet against the reference of
// every version that the script claims to support.
func TestBinding(t *testing.T) {
	bound := 0
	each(t, func(t *testing.T, c shell.Command) {
		uses := usesIn(tree(t, c))
		if len(uses) == 0 {
			t.Fatal("the script uses no cmdlet of the product or of the DnsServer module")
		}
		for _, version := range c.Versions {
			offered := offeredBy(t, c, version)
			for _, u := range uses {
				for _, complaint := range u.bind(offered, c.Optional) {
					t.Errorf("line %d, %s: %s: %s", u.line, version, u.cmdlet, complaint)
				}
				bound++
			}
		}
	})
	t.Logf("%d uses bound", bound)
}

// offeredBy returns the cmdlets of the module that the script uses, as a version has them.
// The reference says the same of the DnsServer module for all versions.
func offeredBy(t *testing.T, c shell.Command, version string) *reference.Catalogue {
	t.Helper()
	load := reference.Lync
	if onDNSServer(c) {
		load = reference.DNSServer
	}
	catalogue, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if onDNSServer(c) {
		return catalogue
	}
	return catalogue.In(reference.Version(version))
}

// onDNSServer reports whether a script is for the DnsServer module and not for the product.
func onDNSServer(c shell.Command) bool {
	return slices.ContainsFunc(c.Cmdlets, func(name string) bool { return strings.Contains(name, "-DnsServer") })
}

// use is one call of a cmdlet.
type use struct {
	cmdlet     string
	line       int
	parameters []string // as written
	positional int
	// splatted means that the script chooses further parameters while it runs.
	splatted bool
}

func usesIn(block *syntax.ScriptBlock) []use {
	tables := tablesIn(block)
	var uses []use
	syntax.Inspect(block, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Command)
		if !ok || !strings.Contains(c.Name(), "-Cs") && !strings.Contains(c.Name(), "-DnsServer") {
			return true
		}
		u := use{cmdlet: c.Name(), line: c.Line()}
		for i, e := range c.Elements[1:] {
			switch e := e.(type) {
			case *syntax.CommandParameter:
				u.parameters = append(u.parameters, e.Name)
			case *syntax.VariableExpression:
				if e.Splatted {
					u.splatted = true
					u.parameters = append(u.parameters, tables[strings.ToLower(e.Name)]...)
				} else if !isValue(c.Elements[i]) {
					u.positional++
				}
			default:
				if !isValue(c.Elements[i]) {
					u.positional++
				}
			}
		}
		uses = append(uses, u)
		return true
	})
	return uses
}

// isValue reports whether the element that follows may be the parameter's value.
func isValue(before syntax.CommandElement) bool {
	p, ok := before.(*syntax.CommandParameter)
	return ok && p.Argument == nil
}

// tablesIn returns the keys of each table that is assigned to a variable.
func tablesIn(block *syntax.ScriptBlock) map[string][]string {
	tables := map[string][]string{}
	syntax.Inspect(block, func(n syntax.Node) bool {
		a, ok := n.(*syntax.AssignmentStatement)
		if !ok {
			return true
		}
		variable, ok := a.Left.(*syntax.VariableExpression)
		if !ok {
			return true
		}
		right, ok := a.Right.(*syntax.CommandExpression)
		if !ok {
			return true
		}
		if table, ok := right.Expression.(*syntax.Hashtable); ok {
			for _, entry := range table.Entries {
				if key, ok := entry.Key.(*syntax.StringConstantExpression); ok {
					name := strings.ToLower(variable.Name)
					tables[name] = append(tables[name], key.Value)
				}
			}
		}
		return true
	})
	return tables
}

// bind returns the objections that the reference has to the use.
func (u use) bind(offered *reference.Catalogue, optional []string) []string {
	cmdlet, ok := offered.Cmdlet(u.cmdlet)
	if !ok {
		if slices.Contains(optional, u.cmdlet) {
			return nil
		}
		return []string{"this version has no such cmdlet"}
	}
	var complaints []string
	complain := func(format string, arguments ...any) {
		complaints = append(complaints, fmt.Sprintf(format, arguments...))
	}

	given := map[string]bool{}
	for _, name := range u.parameters {
		p, ok := cmdlet.Parameter(name)
		switch {
		case ok && p.Name == name:
			given[name] = true
		case slices.Contains(commonParameters, name), slices.Contains(optional, u.cmdlet+" -"+name):
		default:
			complain("it has no parameter written exactly %s", name)
		}
	}
	if u.positional > 0 {
		complain("a value is given by position")
	}
	if len(complaints) == 0 && !u.fits(cmdlet, given) {
		complain("no parameter set takes %v", u.parameters)
	}
	// A script runs in a session that nobody watches, so its cmdlets must not ask
	// questions.
	if cmdlet.ShouldProcess() {
		for _, name := range []string{"Confirm", "Force"} {
			if _, has := cmdlet.Parameter(name); has && !given[name] && u.fits(cmdlet, with(given, name)) {
				complain("-%s is missing", name)
			}
		}
	}
	return complaints
}

// with adds a name.
func with(given map[string]bool, name string) map[string]bool {
	more := maps.Clone(given)
	more[name] = true
	return more
}

// fits reports whether one parameter set holds every given parameter and has no other
// mandatory one.
func (u use) fits(cmdlet reference.Cmdlet, given map[string]bool) bool {
	sets := cmdlet.Sets
	if len(sets) == 0 {
		sets = []string{""}
	}
	return slices.ContainsFunc(sets, func(set string) bool {
		for _, p := range cmdlet.Parameters {
			membership, in := p.In(set)
			if given[p.Name] && !in || !given[p.Name] && in && membership.Mandatory && !u.splatted {
				return false
			}
		}
		return true
	})
}

// TestBindingComplains shows that the test above can fail.
func TestBindingComplains(t *testing.T) {
	catalogue, err := reference.Lync()
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		reason  string
		use     use
		version reference.Version
	}{
		"cmdlet":    {"2010 cannot fail back", use{cmdlet: "Invoke-CsPoolFailBack", parameters: []string{"PoolFqdn", "Force", "Confirm"}}, reference.Lync2010},
		"parameter": {"2010 has no XMPP route", use{cmdlet: "Set-CsSite", parameters: []string{"Identity", "XmppFederationRoute", "Force", "Confirm"}}, reference.Lync2010},
		"name":      {"the procedures' name", use{cmdlet: "Set-CsSite", parameters: []string{"Identity", "XmppExternalFederationRoute", "Force", "Confirm"}}, reference.Lync2013},
		"short":     {"abbreviations end with the next version", use{cmdlet: "Get-CsTopology", parameters: []string{"AsX"}}, reference.Lync2013},
		"mandatory": {"a pool is needed", use{cmdlet: "Invoke-CsPoolFailBack", parameters: []string{"Force", "Confirm"}}, reference.SfB2019},
		"set":       {"two roles at once", use{cmdlet: "Get-CsService", parameters: []string{"EdgeServer", "Registrar"}}, reference.SfB2015},
		"confirm":   {"it would ask", use{cmdlet: "Set-CsSite", parameters: []string{"Identity", "FederationRoute", "Force"}}, reference.SfB2015},
		"force":     {"it would ask", use{cmdlet: "Enable-CsTopology", parameters: []string{"Confirm"}}, reference.SfBSE},
		"position":  {"positions differ between pages", use{cmdlet: "Get-CsSite", positional: 1}, reference.SfBSE},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if complaints := c.use.bind(catalogue.In(c.version), nil); len(complaints) == 0 {
				t.Errorf("%s: nothing was said", c.reason)
			}
		})
	}
}
