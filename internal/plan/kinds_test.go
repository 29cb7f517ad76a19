package plan_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/plan"
)

// declared reads the package's source. It lists the names of the constants of type Kind and, for
// each act, the constant that its method kind returns.
func declared(t *testing.T) (constants []string, acts map[string]string) {
	t.Helper()
	acts = map[string]string{}
	for _, name := range []string{"kinds.go", "act.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if kind, ok := n.Type.(*ast.Ident); ok && kind.Name == "Kind" {
					constants = append(constants, n.Names[0].Name)
				}
			case *ast.FuncDecl:
				if n.Recv != nil && n.Name.Name == "kind" {
					acts[n.Recv.List[0].Type.(*ast.Ident).Name] = n.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.Ident).Name
				}
			}
			return true
		})
	}
	return constants, acts
}

// TestEveryKindHasAnActAndRules: each kind that is declared has an act and rules. Without them its
// steps would run in no order, or never.
func TestEveryKindHasAnActAndRules(t *testing.T) {
	constants, acts := declared(t)
	if diff := cmp.Diff(slices.Sorted(slices.Values(constants)), slices.Sorted(maps.Values(acts))); diff != "" {
		t.Errorf("kinds that acts name (-declared +acts):\n%s", diff)
	}
	var names []string
	for act, constant := range acts {
		if constant != "Kind"+act {
			t.Errorf("the act %s is of %s", act, constant)
		}
		names = append(names, act)
	}
	slices.Sort(names)
	if diff := cmp.Diff(names, slices.Sorted(slices.Values(texts(plan.Kinds())))); diff != "" {
		t.Errorf("kinds with rules, in running order (-declared +there):\n%s", diff)
	}
}

func texts(kinds []plan.Kind) []string {
	var out []string
	for _, k := range kinds {
		out = append(out, string(k))
	}
	return out
}

// TestKindsStandBehindWhatTheyWaitFor: each kind of the table stands behind the kinds of its After,
// unless an earlier stage or an earlier turn is meant, and each dependency says why. So no steps
// wait for each other in a circle; of turns TestRolloutLeavesMachinesToUsers tells.
func TestKindsStandBehindWhatTheyWaitFor(t *testing.T) {
	order := plan.Kinds()
	for i, k := range order {
		r := k.Rules()
		for _, before := range r.After {
			earlier := before.Which == plan.Prepared || before.Which == plan.Moved || before.Which == plan.InTurn
			if at := slices.Index(order, before.Kind); at < 0 || at >= i && !earlier {
				t.Errorf("%s comes after %s, which stands at %d of %v", k, before.Kind, at, order)
			}
			if strings.TrimSpace(before.Why) == "" {
				t.Errorf("%s does not say why it comes after %s", k, before.Kind)
			}
			if before.Which != plan.All && before.Which != plan.OnTheSame && !earlier {
				t.Errorf("%s does not say after which steps of %s it comes: %q", k, before.Kind, before.Which)
			}
		}
		if r.Looks && r.Wait == 0 {
			t.Errorf("%s looks and does not say how long", k)
		}
	}
}

// TestPlanIDsStay: a plan keeps its id from version to version, because approvals given to earlier
// versions name plans by id. The id of the procedure was made when a step still kept its kind as a
// field; a move from a dead pool had the same steps then.
func TestPlanIDsStay(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(*world)
		want   string
	}{
		"nothing differs":                 {"no steps have no id", func(*world) {}, ""},
		"by the procedure":                {"its meaning is what it was", func(w *world) { w.intent.EdgePool, w.intent.Strategy = "edge2.contoso.com", plan.Procedure }, "sha256-49f6e6f1494bfa63"},
		"away from a dead pool":           {"it is left by the procedure", func(w *world) { w.intent.EdgePool = "edge2.contoso.com"; w.dead("edge1.contoso.com") }, "sha256-49f6e6f1494bfa63"},
		"away from a stopped pool":        {"it serves nobody either", func(w *world) { w.intent.EdgePool = "edge2.contoso.com"; w.edgeServer("edge1.contoso.com", stop) }, "sha256-49f6e6f1494bfa63"},
		"away from a pool that is served": {"it means something else since the new pool is prepared first", func(w *world) { w.intent.EdgePool = "edge2.contoso.com" }, "sha256-89dfef4e2d888db5"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := settled()
			c.change(w)
			p, err := w.compute()
			if err != nil {
				t.Fatal(err)
			}
			if p.ID != c.want {
				t.Errorf("%s: the plan has the id %q, which was %q\n%s", c.reason, p.ID, c.want, text(p))
			}
		})
	}
}

// TestPartsOfAPlanKeepNothing: no part of Compute changes the comparison that other parts read. The
// result of one part is passed to the next instead, so that a reader need not know in which order
// the parts are called.
func TestPartsOfAPlanKeepNothing(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			receiver := f.Recv.List[0].Type
			if star, pointer := receiver.(*ast.StarExpr); pointer && star.X.(*ast.Ident).Name == "comparison" {
				t.Errorf("%s may change the comparison that other parts are made from", f.Name.Name)
			} else if name, ok := receiver.(*ast.Ident); ok && name.Name == "comparison" {
				seen++
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d parts were seen; the search is broken", seen)
	}
}
