package scenario_test

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

// A run tests one version of the product. make versions makes a run for each version.
var (
	version        = flag.String("product", "", "the version of every organization, such as SkypeForBusinessServer2019; empty: the samples' own")
	routeParameter = flag.String("route-parameter", "", "how Set-CsSite calls the XMPP route, where the version has it; empty: as the reference does")
)

// dependOnVersion names the stories whose ending depends on the version, and what makes it
// depend. A run of one version tells these and no others. The other stories end alike on
// every version: make versions STORIES=. tells all.
var dependOnVersion = map[string]string{
	"TestAPersonTicksTheBoxes":               "what a person has to tick: XMPP, where there is XMPP",
	"TestAnyStateConverges":                  "every read and every write, from random states",
	"TestEdgePoolDies":                       "the whole procedure",
	"TestFailoverOnPurposeIsLeft":            "2010 cannot fail a pool over",
	"TestFirewallWasForgotten":               "it is the XMPP port that is closed, where there is one",
	"TestFirstManagementServerIsDead":        "2010 cannot fail the Central Management Store over",
	"TestFrontEndMachineIsDead":              "2010 cannot fail a pool over",
	"TestManyThingsDriftAtOnce":              "what there is to drift",
	"TestMoveFailsBackOnce":                  "2010 cannot fail a pool over",
	"TestMoveIsInterruptedBeforeTheFailBack": "2010 cannot fail a pool over",
	"TestOneLineMovesFederation":             "the whole procedure, on each sample",
	"TestOneLinkWasMovedByHand":              "the parameters of the three Set-Cs cmdlets",
	"TestNextHopFollowsAndComesBack":         "2010 cannot fail a pool over",
	"TestNextHopIsFailedOver":                "2010 cannot fail a pool over",
	"TestPersonAsksForAFailBack":             "2010 cannot fail a pool over",
	"TestPublishedAndNothingElseDiffers":     "the topology document",
	"TestRouteIsMadeWhileAPoolIsFailedOver":  "2010 cannot fail a pool over",
	"TestSIPAlone":                           "there is no XMPP to leave alone since 2019",
	"TestServicesDoNotStart":                 "the setup program",
	"TestServicesOfAFrontEndAreStopped":      "2010 cannot fail a pool over",
	"TestServicesWereStopped":                "the services of an Edge machine",
	"TestSetupEndsHalfWay":                   "the setup program",
	"TestShellIsLostWhilePublishing":         "the topology document",
	"TestSomebodyMovesThingsByHand":          "the parameters of Set-CsSite",
	"TestStoreIsDown":                        "2010 cannot fail the Central Management Store over",
	"TestXMPPAlone":                          "XMPP is another product in 2010 and removed since 2019",
	"TestXMPPIsAskedForTheFirstTime":         "XMPP is another product in 2010 and removed since 2019",
}

// storiesOfThisRun is the pattern of test.run that leaves out the stories that end alike on
// every version, in both worlds of listeners, or in which little meets for the race detector;
// "" where all stories are told.
func storiesOfThisRun() string {
	stories := dependOnVersion
	switch {
	case *version != "":
	case *listenersIgnoreRoute:
		stories = dependOnListeners
	case raceDetector && !*everyStory:
		stories = withTheRaceDetector()
	default:
		return ""
	}
	return "^(" + strings.Join(slices.Sorted(maps.Keys(stories)), "|") + ")$"
}

// ofThisRun changes a sample into an organization of the version that this run tests. When
// the version has no XMPP federation, the sample's XMPP parts are removed.
func ofThisRun(t *testing.T, spec farm.Spec) farm.Spec {
	t.Helper()
	if *version != "" {
		spec.Product = *version
	}
	if older := olderPowerShell[*version]; older != "" && wayOf(t) == byWorker {
		spec.Hosts = append(spec.Hosts, farm.HostSpec{PowerShell: older})
	}
	spec.Behaviour.SIPListenerIgnoresRoute = *listenersIgnoreRoute
	spec.DNS.TTL = 1 // the old pool of a move drains for that long
	product, err := farm.ProductByID(spec.Product)
	if err != nil {
		t.Fatal(err)
	}
	if product.XMPPRoute {
		spec.XMPPRouteParameter = *routeParameter
	}
	if product.XMPP {
		return spec
	}
	spec.XMPPDomains, spec.XMPPPartners = nil, nil
	for i := range spec.Sites {
		spec.Sites[i].XMPPFederationRoute = ""
		for j := range spec.Sites[i].EdgePools {
			spec.Sites[i].EdgePools[j].XMPP = false
		}
	}
	return spec
}

// TestEveryStoryCanBeToldOfEveryVersion: each story takes its organizations from
// sampleFarm, none sets a version of its own, and none is skipped. make versions must make
// a run for every version, with both names of the parameter, and each story that it tells
// must exist, and each that has a way of its own.
func TestEveryStoryCanBeToldOfEveryVersion(t *testing.T) {
	functions := sources(t)
	stories := 0
	for story := range functions {
		if !strings.HasPrefix(story, "Test") || story == "TestMain" || story == t.Name() {
			continue
		}
		stories++
		if !reaches(functions, story, "sampleFarm") {
			t.Errorf("%s takes no organization of this run's version", story)
		}
		for _, skip := range []string{"Skip", "Skipf", "SkipNow"} {
			if reaches(functions, story, skip) {
				t.Errorf("%s may be skipped", story)
			}
		}
	}
	for story := range dependOnVersion {
		if functions[story] == nil {
			t.Errorf("%s is to be told of every version, and is no story", story)
		}
	}
	for story, told := range ways {
		if functions[story] == nil || told.reason == "" {
			t.Errorf("%s is to be told by %s because %q: is it a story, and is there a reason?", story, told.way, told.reason)
		}
	}
	for version := range olderPowerShell {
		if !slices.Contains(farm.ProductIDs(), version) {
			t.Errorf("%s is told by the worker, and is no version", version)
		}
	}
	for name, uses := range functions {
		if uses["Product ="] && name != "ofThisRun" {
			t.Errorf("%s sets a version of its own", name)
		}
	}
	if stories < 40 {
		t.Errorf("only %d stories were found", stories)
	}

	script, err := os.ReadFile(filepath.Join(root, "hack/versions.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range append(farm.ProductIDs(), "LyncServer2013 -route-parameter "+farm.XMPPRouteByProcedures) {
		if !strings.Contains(string(script), "\n-product "+run+"\n") {
			t.Errorf("hack/versions.sh makes no run for %s", run)
		}
	}
}

// sources returns the names that each function of this package uses. It leaves out the
// stories with real parts, in make interop, which are about those parts and not about
// versions.
func sources(t *testing.T) map[string]map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	functions := map[string]map[string]bool{}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(text), "//go:build interop\n") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, is := d.(*ast.FuncDecl); is {
				functions[f.Name.Name] = names(f)
			}
		}
	}
	return functions
}

// reaches reports whether a function uses a name, itself or through other functions.
func reaches(functions map[string]map[string]bool, from, name string) bool {
	seen, todo := map[string]bool{}, []string{from}
	for len(todo) > 0 {
		f := todo[0]
		todo = todo[1:]
		if f == name {
			return true
		}
		if !seen[f] {
			seen[f] = true
			todo = slices.AppendSeq(todo, maps.Keys(functions[f]))
		}
	}
	return false
}

// names are the functions that a story calls and, as "Name =", the fields that it sets.
func names(f *ast.FuncDecl) map[string]bool {
	all := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch called := n.Fun.(type) {
			case *ast.Ident:
				all[called.Name] = true
			case *ast.SelectorExpr:
				all[called.Sel.Name] = true
			}
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if field, is := left.(*ast.SelectorExpr); is {
					all[field.Sel.Name+" ="] = true
				}
			}
		}
		return true
	})
	return all
}
