package chaos_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var broken = flag.String("broken", "^logs passwords$", "a pattern: break the product in the ways whose names it matches, and see that the judge notices")

// breakage is a way in which a controller could be wrong.
type breakage struct {
	invariant string // whose check has to notice it
	file      string
	changes   []string // by turns what is there and what is there instead
}

// breakages are controllers that break an invariant each. Beside the name stands what is wrong.
var breakages = map[string]breakage{
	"leads partners to ports without asking them": {"I1", "internal/apply/ports.go",
		[]string{"return reading.Answers(), reading.Detail, nil", `return true, reading.Detail, nil`}},
	"publishes whatever the topology is meanwhile": {"I2", "internal/lync/shell/scripts/Publish-FederationFlags.ps1",
		[]string{"if ($found -ne $Signature)", "if ($false)"}},
	"works while it is suspended": {"I3", "internal/guard/guard.go",
		[]string{"if !in.Spec.Suspend {", "if true {"}},
	"works in mode Observe": {"I3", "internal/guard/guard.go",
		[]string{"if in.Spec.Mode != v1alpha1.ModeObserve {", "if true {"}},
	"works without approval": {"I3", "internal/guard/guard.go",
		[]string{"func approval(in Input) Verdict {\n", "func approval(in Input) Verdict {\n\tif true {\n\t\treturn Verdict{}\n\t}\n"}},
	"puts no simple URL back": {"I4", "internal/lync/shell/scripts/Publish-FederationFlags.ps1",
		[]string{"function Restore-SimpleUrl($Before) {\n", "function Restore-SimpleUrl($Before) {\n    return\n"}},
	"changes what could not be read": {"I5", "internal/plan/graph.go",
		[]string{"func (p Plan) heldBy(s Step) error {\n", "func (p Plan) heldBy(s Step) error {\n\tif true {\n\t\treturn nil\n\t}\n"}},
	"takes no mutex for setup": {"I7", "internal/lync/shell/scripts/Invoke-EdgeSetup.ps1",
		[]string{"$held = $mutex.WaitOne(0)", "$held = $true"}},
	"does not wait for replicas": {"I8", "internal/lync/shell/scripts/Invoke-EdgeSetup.ps1",
		[]string{"if ($found -ne $Signature)", "if ($false)"}},
	"knows no older route": {"I9", "internal/guard/claims.go",
		[]string{"func Holder(mine Claims, others []Claims) (route, claim string) {\n", "func Holder(mine Claims, others []Claims) (route, claim string) {\n\tif true {\n\t\treturn \"\", \"\"\n\t}\n"}},
	"logs passwords": {"I10", "internal/winrm/dial.go",
		[]string{"import (\n", "import (\n\t\"log/slog\"\n",
			"worker, err := Dial(ctx, endpoint, credentials, options)\n", "slog.Info(\"signs in\", \"with\", credentials.Password)\n\t\tworker, err := Dial(ctx, endpoint, credentials, options)\n"}},
}

// enough is how many seeds a broken controller may survive.
const enough = 50

// TestBrokenControllers: the judge notices each broken controller by the check of the very
// invariant that it breaks.
func TestBrokenControllers(t *testing.T) {
	which := regexp.MustCompile(*broken)
	names := []string{}
	for name := range breakages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !which.MatchString(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b := breakages[name]
			program := b.build(t)
			for n := range uint64(enough) {
				o := playedBy(program, *seedBase+n)
				for _, v := range o.Violations {
					if strings.HasPrefix(v, b.invariant+" ") {
						t.Logf("seed %d, the %d. that was played: %s", o.Seed, n+1, v)
						return
					}
					t.Logf("seed %d: %s", o.Seed, v)
				}
			}
			t.Errorf("%s was broken, and its check noticed nothing in %d seeds", b.invariant, enough)
		})
	}
}

// build builds this test with the broken product.
func (b breakage) build(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, b.file))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(b.changes); i += 2 {
		if n := strings.Count(string(text), b.changes[i]); n != 1 {
			t.Fatalf("%s has %q %d times", b.file, b.changes[i], n)
		}
	}
	dir := t.TempDir()
	changed := filepath.Join(dir, "changed"+filepath.Ext(path))
	if err := os.WriteFile(changed, []byte(strings.NewReplacer(b.changes...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	return steady(t, "-overlay", filepath.Join(dir, "overlay.json"))
}
