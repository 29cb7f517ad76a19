package scenario_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/sim"
)

// elsewhere are the places that start a goroutine and that no failover comes to, with the test
// that makes the goroutine panic, or the reason why there is none.
var elsewhere = map[string]string{
	"internal/lync/shell/pool.go: Go close the session on": "TestAHostThatIsForgottenMayPanic",      // after six hours
	"internal/apply/ports.go: Go probe":                    "TestAPortWhoseLookPanicsDoesNotAnswer", // of a zone that is written long after its ports answered
	"internal/dns/rfc2136/servers.go: Go opAsk":            "TestAServerThatIsNotAskedIsNotLeftOut", // these farms have one DNS server
	"internal/psrp/pipeline.go: Go opStop":                 "TestAStopThatPanicsIsTold",             // no caller stops a pipeline yet
	"internal/psrp/call.go: Go Name":                       "TestAPipelineThatPanicsGivesItsTurn",   // its first statement gives the turn back
	"cmd/manager/serve.go: Go run":                         "",                                      // the manager itself, not an object: its end is the process's
	"internal/psrp/outofprocess/transport.go: Go read":     "",                                      // for tests only
}

// goroutines finds every place of the product that starts one: internal/contain is the only
// package that does (TestEveryGoroutineOfTheManagerIsContained). Each is named by file and line;
// the value names it by file and operation.
func goroutines(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, folder := range []string{"controllers", "internal", "cmd/manager"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			name, _ := filepath.Rel(root, path)
			if err != nil || d.IsDir() && name == "internal/contain" {
				return cmpOr(err, fs.SkipDir)
			}
			if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "kdctest") {
				return nil
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				f, ok := call.Fun.(*ast.SelectorExpr)
				if !ok || !slices.Contains([]string{"Go", "AfterFunc", "Later"}, f.Sel.Name) || len(call.Args) < 3 {
					return true
				}
				op := call.Args[map[string]int{"Go": 0, "AfterFunc": 1, "Later": 1}[f.Sel.Name]]
				word := ""
				switch op := op.(type) {
				case *ast.BasicLit:
					word = strings.Trim(op.Value, `"`)
				case *ast.Ident:
					word = op.Name
				case *ast.SelectorExpr:
					word = op.Sel.Name
				}
				out[fmt.Sprintf("%s:%d", name, files.Position(call.Lparen).Line)] = name + ": " + f.Sel.Name + " " + word
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func cmpOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// striking are the lines that the stricken manager has more than the real one: each place that
// starts a goroutine makes the first one panic. A goroutine that waits for the end of something
// panics at once.
var striking = map[string]map[string]string{
	"contain.go": {
		"func Go(op, target string, f func(), failed func(error)) {\n":                            "\tf = struck(f)\n",
		"func AfterFunc(ctx context.Context, op, target string, f func()) (stop func() bool) {\n": "\tearly(op, target)\n",
		"func Later(d time.Duration, op, target string, f func()) (stop func() bool) {\n":         "\tearly(op, target)\n",
	},
	"group.go": {"func (g *Group) Go(op, target string, f func() error) {\n": "\tf = struckToo(f)\n"},
}

const strikes = `package contain

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

var met sync.Map

func place() string {
	_, file, line, _ := runtime.Caller(4)
	_, file, _ = strings.Cut(file, "fedroute/fedroute/")
	return fmt.Sprintf("%s:%d", file, line)
}

func first(place string) bool {
	_, before := met.LoadOrStore(place, true)
	if before = before || spared[place]; !before {
		fmt.Fprintf(os.Stderr, "STRUCK %s\n", place)
	}
	return !before
}

func strike(place string) {
	if first(place) {
		panic("swordfish")
	}
}

func at() string { return place() }

func struck(f func()) func() {
	at := at()
	return func() { strike(at); f() }
}

func struckToo(f func() error) func() error {
	at := at()
	return func() error { strike(at); return f() }
}

func early(op, target string) {
	if at := at(); first(at) {
		go func() { _ = Run(op, target, func() error { panic("swordfish") }) }()
	}
}
`

// strickenManager builds the manager with these lines.
func strickenManager(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	put := func(name, text string) {
		at, err := filepath.Abs(filepath.Join(root, "internal/contain", name))
		if err != nil {
			t.Fatal(err)
		}
		replace[at] = filepath.Join(dir, name)
		if err := os.WriteFile(replace[at], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, lines := range striking {
		text, err := os.ReadFile(filepath.Join(root, "internal/contain", name))
		if err != nil {
			t.Fatal(err)
		}
		for head, line := range lines {
			if strings.Count(string(text), head) != 1 {
				t.Fatalf("%s has no %q", name, head)
			}
			text = []byte(strings.Replace(string(text), head, head+line, 1))
		}
		put(name, string(text))
	}
	var spared strings.Builder
	for at, name := range goroutines(t) {
		if _, known := elsewhere[name]; known {
			fmt.Fprintf(&spared, "%q: true,\n", at)
		}
	}
	put("strike.go", strikes+"\nvar spared = map[string]bool{\n"+spared.String()+"}\n")
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "manager")
	build := exec.Command("go", "build", "-trimpath", "-overlay", filepath.Join(dir, "overlay.json"), "-o", path, "./cmd/manager")
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return path
}

// TestEveryGoroutinePanics: a manager in which the first goroutine of every place panics serves
// two organizations, one by remote shells and one by the endpoint kit. The objects say that fedroute
// is at fault; the manager goes on; and once each place has panicked, both organizations fail over.
func TestEveryGoroutinePanics(t *testing.T) {
	t.Parallel()
	path := strickenManager(t)
	s := beginBy(t, sim.Config{Spec: sampleFarm(t, "one-site-two-pools")}, byWorker)
	kit := beginBy(t, sim.Config{Spec: sampleFarm(t, "one-site-two-pools")}, byKit)
	var routes []*v1alpha1.FederationRoute
	for _, o := range []*story{s, kit} {
		o.labels = map[string]string{alone: ""}
		o.credentials()
		o.create(o.topology())
		routes = append(routes, o.route("edge1.contoso.com", func(r *v1alpha1.FederationRoute) { r.Spec.Strategy = v1alpha1.StrategyProcedure }))
	}
	s.asksASilentKDC()
	var blamed blames
	blamed.watch(s)
	blamed.watch(kit)
	m := s.hireProgram(path, "--namespaces", s.namespace+","+kit.namespace)
	settle := func() {
		t.Helper()
		for i, o := range []*story{s, kit} {
			o.eventually("getting ready", func() bool {
				o.must(objects.Get(o.ctx, key(routes[i]), routes[i]))
				if !ready(routes[i]) {
					change(o, routes[i], func(r *v1alpha1.FederationRoute) {
						r.Annotations = map[string]string{v1alpha1.AnnotationRequestedAt: time.Now().UTC().Format(time.RFC3339Nano)}
					})
					time.Sleep(500 * time.Millisecond)
				}
				return ready(routes[i])
			}, func() string { return describe(routes[i]) })
		}
	}
	settle()
	for _, o := range []*story{s, kit} {
		o.slow("contoso.com", "1s") // a step is under way when the spec changes
	}
	for i, o := range []*story{s, kit} {
		o.moveTo(routes[i], "edge2.contoso.com")
	}
	settle()
	for _, o := range []*story{s, kit} {
		o.slow("contoso.com", "0s")
		change(o, o.organization(), func(lt *v1alpha1.LyncTopology) { lt.Spec.CABundle += "\n" }) // the connections are made anew
	}
	for i, o := range []*story{s, kit} {
		o.moveTo(routes[i], "edge1.contoso.com")
	}
	settle()
	for i, o := range []*story{s, kit} {
		o.moveTo(routes[i], "edge2.contoso.com")
	}
	settle()
	for _, o := range []*story{s, kit} {
		o.hosts("edge2.contoso.com")
	}
	s.must(m.Process.Signal(os.Interrupt))
	m.leave(s)
	s.everyPlaceWasStruck(m.log.String())
	if !blamed.topology.Load() || !blamed.route.Load() {
		t.Errorf("a LyncTopology said that fedroute is at fault: %v; a FederationRoute: %v", blamed.topology.Load(), blamed.route.Load())
	}
}

// asksASilentKDC describes an organization whose KDC accepts a connection and says nothing.
func (s *story) asksASilentKDC() {
	s.Helper()
	s.create(&corev1.Secret{ObjectMeta: s.named("silent-kdc"), StringData: map[string]string{"username": "fedroute", "realm": "CONTOSO.COM", "password": printable,
		"krb5.conf": "[realms]\n CONTOSO.COM = {\n  kdc = " + s.silentServer() + "\n }\n"}})
	lt := s.topology()
	lt.ObjectMeta = s.named("silent-kdc")
	lt.Spec.Management.Accounts = v1alpha1.Accounts{Authentication: v1alpha1.Authentication{Method: v1alpha1.AuthKerberos, SecretRef: v1alpha1.LocalReference{Name: "silent-kdc"}}}
	s.create(lt)
}

// blames notes which kinds of objects said that fedroute is at fault, in its one sentence. It
// watches them: the next look takes the sentence back.
type blames struct{ topology, route atomic.Bool }

func (b *blames) watch(s *story) {
	const sentence = "fedroute failed at it by a defect of its own (string); it was given up, and other objects are served as before"
	go watched(s, &v1alpha1.LyncTopologyList{}, func(o *v1alpha1.LyncTopology) {
		if slices.ContainsFunc(o.Status.Conditions, func(c metav1.Condition) bool {
			return c.Reason == v1alpha1.ReasonInternal && strings.Contains(c.Message, sentence)
		}) {
			b.topology.Store(true)
		}
	})
	go watched(s, &v1alpha1.FederationRouteList{}, func(o *v1alpha1.FederationRoute) {
		c := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionReady)
		if c != nil && strings.Contains(c.Message, sentence) ||
			slices.ContainsFunc(o.Status.History, func(h v1alpha1.HistoryEntry) bool { return strings.Contains(h.Message, sentence) }) {
			b.route.Store(true)
		}
	})
}

// everyPlaceWasStruck compares the places that panicked with those in the source.
func (s *story) everyPlaceWasStruck(log string) {
	s.Helper()
	struck := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^STRUCK (\S+)$`).FindAllStringSubmatch(log, -1) {
		struck[m[1]] = true
	}
	tested, left := goroutines(s.T), maps.Clone(elsewhere)
	for at, name := range tested {
		if _, known := elsewhere[name]; known {
			delete(left, name)
			if struck[at] {
				s.Errorf("%s panics here, too: take it out of the table", name)
			}
			continue
		}
		if !struck[at] {
			s.Errorf("no goroutine of %s (%s) panicked", at, name)
		}
	}
	if len(tested) < 25 || len(left) > 0 {
		s.Errorf("%d places start goroutines; of the table there are no %v", len(tested), slices.Collect(maps.Keys(left)))
	}
	if strings.Contains(log, "swordfish") || strings.Contains(log, "goroutine ") {
		s.Errorf("the log has the panic's value, or a panic that nobody recovered:\n%s", log)
	}
}
