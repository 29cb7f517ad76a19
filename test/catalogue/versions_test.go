package catalogue_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/cmdlets/reference"
	"github.com/fedroute/fedroute/lyncsim/farm"
)

// generation is one version, in the product's type and in the simulator's.
type generation struct {
	lync.Generation
	simulated farm.Product
}

// known pairs the versions that both know, oldest first.
func known(t *testing.T) []generation {
	t.Helper()
	var all []generation
	for _, g := range lync.Generations() {
		for _, id := range farm.ProductIDs() {
			if p, err := farm.ProductByID(id); err == nil && p.Name == g.Name {
				all = append(all, generation{g, p})
			}
		}
	}
	if len(all) != len(farm.ProductIDs()) || len(all) != len(reference.Versions()) {
		t.Fatalf("product, simulator and reference know %d, %d and %d versions", len(lync.Generations()), len(farm.ProductIDs()), len(reference.Versions()))
	}
	return all
}

// TestGenerationsAgree checks that the product expects of each version what the simulator
// does.
func TestGenerationsAgree(t *testing.T) {
	for i, g := range known(t) {
		if string(reference.Versions()[i]) != g.Name {
			t.Errorf("the reference calls %s %s", g.Name, reference.Versions()[i])
		}
		if g.Module != g.simulated.Module || (g.WithoutXMPP == "") != g.simulated.XMPP || !strings.HasPrefix(g.simulated.Version, fmt.Sprint(g.Major, ".")) {
			t.Errorf("product and simulator differ on %s: %+v, %+v", g.Name, g.Generation, g.simulated)
		}
		catalogue, err := reference.Lync()
		if err != nil {
			t.Fatal(err)
		}
		set, _ := catalogue.In(reference.Version(g.Name)).Cmdlet("Set-CsSite")
		if _, has := set.Parameter(farm.XMPPRouteByReference); has != g.simulated.XMPPRoute {
			t.Errorf("Set-CsSite of %s has the parameter by the reference: %t", g.Name, has)
		}
		_, pairs := catalogue.In(reference.Version(g.Name)).Cmdlet("Invoke-CsPoolFailBack")
		if pairs != g.simulated.PairsPools() {
			t.Errorf("%s has Invoke-CsPoolFailBack by the reference: %t", g.Name, pairs)
		}
	}
}

// facts are the rows of the first table. The tags name the source of each version's fact.
var facts = []struct {
	name string
	tags []string // 2010, 2013, 2015, 2019, SE
	cell func(generation) string
}{
	{"`Get-CsServerVersion` says", []string{"inferred", "field", "inferred", "field", "unknown"},
		func(g generation) string { return "`" + g.simulated.Printed + " (" + g.simulated.Version + "): …`" }},
	{"module", []string{"inferred", "documented", "field", "field", "inferred"}, func(g generation) string { return "`" + g.Module + "`" }},
	{"`Version` of its services", []string{"inferred", "inferred", "field", "field", "inferred"}, func(g generation) string { return fmt.Sprint(g.simulated.ServiceVersion) }},
	{"setup program", []string{"inferred", "documented", "documented", "documented", "unknown"}, setupProgram},
	{"XMPP federation", []string{"documented", "documented", "documented", "documented", "inferred"}, func(g generation) string {
		if g.WithoutXMPP != "" {
			return "no: " + g.WithoutXMPP
		}
		return "built in"
	}},
	{"`Set-CsSite` parameter for the XMPP route", []string{"documented", "documented", "documented", "documented", "inferred"}, func(g generation) string {
		switch {
		case !g.simulated.XMPPRoute:
			return "none"
		case !g.simulated.XMPP:
			return "`-" + farm.XMPPRouteByReference + "`, without effect"
		}
		return "`-" + farm.XMPPRouteByReference + "`"
	}},
	{"paired pools, failover", []string{"documented", "documented", "documented", "documented", "inferred"}, func(g generation) string { return yes(g.simulated.PairsPools()) }},
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// setupProgram is the path that Invoke-EdgeSetup looks for.
func setupProgram(g generation) string {
	if knowsFolder(g) {
		return "`" + g.simulated.Bootstrapper() + "`"
	}
	return "in a folder that nobody has published"
}

func knowsFolder(g generation) bool {
	folder := strings.TrimSuffix(strings.TrimPrefix(g.simulated.Deployment, `C:\Program Files\`), `\Deployment`)
	for _, c := range shell.Commands() {
		if c.Name == "Invoke-EdgeSetup" {
			return strings.Contains(c.Text, "'"+folder+"'")
		}
	}
	return false
}

// behaviours describe what fedroute does on a version.
var behaviours = []struct {
	name string
	cell func(generation) string
}{
	{"`spec.sip`", func(generation) string { return "routed" }},
	{"`spec.xmpp`", func(g generation) string {
		if g.WithoutXMPP != "" {
			return "`Unsupported`, nothing is changed"
		}
		return "routed"
	}},
	{"Edge setup", func(g generation) string {
		if knowsFolder(g) {
			return "`Bootstrapper.exe`"
		}
		return "`Enable-CsComputer`"
	}},
	{"`frontEndPools[].failBack`", func(g generation) string {
		if g.simulated.PairsPools() {
			return "`Invoke-CsPoolFailBack` as part of a move, if the pool was failed over"
		}
		return "nothing to do: pools do not fail over"
	}},
}

// TestVersionsPage compares the tables of docs/versions.md with the data.
func TestVersionsPage(t *testing.T) {
	const path = "../../docs/versions.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for name, table := range map[string]string{"facts": factTable(t), "behaviour": behaviourTable(t), "cmdlets": cmdletTable(t)} {
		begin, end := "<!-- "+name+" -->\n", "<!-- end -->"
		before, rest, found := strings.Cut(text, begin)
		old, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("the page has no table %q", name)
		}
		if *update {
			text = before + begin + table + end + after
		} else if diff := cmp.Diff(table, old); diff != "" {
			t.Errorf("table %s is not what the data says; run the test with -update (-want +got):\n%s", name, diff)
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func heads(t *testing.T) string {
	line, rule := "| |", "|---|"
	for _, g := range known(t) {
		line += " " + strings.NewReplacer("Skype for Business Server ", "", "Lync Server ", "", "Subscription Edition", "SE").Replace(g.Name) + " |"
		rule += "---|"
	}
	return line + "\n" + rule + "\n"
}

func factTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString(heads(t))
	for _, fact := range facts {
		fmt.Fprintf(&b, "| %s |", fact.name)
		for i, g := range known(t) {
			fmt.Fprintf(&b, " %s [%s] |", fact.cell(g), fact.tags[i])
		}
		b.WriteString("\n")
	}
	return b.String()
}

func behaviourTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString(heads(t))
	for _, behaviour := range behaviours {
		fmt.Fprintf(&b, "| %s |", behaviour.name)
		for _, g := range known(t) {
			fmt.Fprintf(&b, " %s |", behaviour.cell(g))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cmdletTable says, for every cmdlet of the product that a script uses, which versions have
// it and with which of the parameters that scripts give.
func cmdletTable(t *testing.T) string {
	catalogue, err := reference.Lync()
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]map[string]bool{}
	for _, c := range shell.Commands() {
		for _, u := range usesIn(tree(t, c)) {
			if !strings.Contains(u.cmdlet, "-Cs") {
				continue // a cmdlet of Windows, not of the product
			}
			if given[u.cmdlet] == nil {
				given[u.cmdlet] = map[string]bool{}
			}
			for _, p := range append(u.parameters, optionalParameters(u.cmdlet, c.Optional)...) {
				given[u.cmdlet][p] = !slices.Contains(commonParameters, p)
			}
		}
	}
	var b strings.Builder
	b.WriteString(heads(t))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		fmt.Fprintf(&b, "| `%s` |", name)
		for _, v := range reference.Versions() {
			fmt.Fprintf(&b, " %s |", offer(catalogue.In(v), name, given[name]))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func optionalParameters(cmdlet string, optional []string) []string {
	var out []string
	for _, o := range optional {
		if p, is := strings.CutPrefix(o, cmdlet+" -"); is {
			out = append(out, p)
		}
	}
	return out
}

// offer is "yes", "no", or the parameters that a version lacks.
func offer(offered *reference.Catalogue, cmdlet string, given map[string]bool) string {
	c, ok := offered.Cmdlet(cmdlet)
	if !ok {
		return "no"
	}
	var lacking []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, has := c.Parameter(name); !has && given[name] {
			lacking = append(lacking, "`-"+name+"`")
		}
	}
	if len(lacking) > 0 {
		return "without " + strings.Join(lacking, ", ")
	}
	return "yes"
}
