//go:build !race

package chaos_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/test/support/page"
)

var (
	broken     = flag.String("broken", "", "a pattern: break the product in all ways whose names it matches, play each from -seed-base on, and write the results into docs/mutants.md")
	breakSome  = flag.Int("break", 2, "how many breakages are drawn, out of those that were caught before, where no pattern chooses them")
	brokenPage = filepath.Join(root, "docs/mutants.md")
)

// breakage is a way in which a controller could be wrong.
type breakage struct {
	name      string
	invariant string // whose check has to notice it
	edits     []edit
}

// edit is a change of the source. In Go, BROKEN stands for whether the breakage is chosen; a
// script is changed when it is loaded.
type edit struct{ file, was, becomes string }

const (
	publishScript = "internal/lync/shell/scripts/Publish-FederationFlags.ps1"
	setupScript   = "internal/lync/shell/scripts/Invoke-EdgeSetup.ps1"
)

// breakages are controllers that break an invariant each.
var breakages = []breakage{
	{"leads partners to ports without asking them", "I1", []edit{{"internal/apply/ports.go",
		"	reading := w.hands.Prober.Probe(ctx, port)\n", "	reading := w.hands.Prober.Probe(ctx, port)\n	reading.Spoke = reading.Spoke || BROKEN\n"}}},
	{"publishes what it read a minute before", "I2", []edit{{publishScript, "if ($found -ne $Signature)", "if ($false)"},
		{publishScript, "        Assert-Signature (Read-Document)\n", "        Start-Sleep -Seconds 60\n"}}},
	{"works while it is suspended", "I3", []edit{{"internal/guard/guard.go", "if !in.Spec.Suspend {", "if BROKEN || !in.Spec.Suspend {"}}},
	{"works in mode Observe", "I3", []edit{{"internal/guard/guard.go",
		"if in.Spec.Mode != v1alpha1.ModeObserve {", "if BROKEN || in.Spec.Mode != v1alpha1.ModeObserve {"}}},
	{"works without approval", "I3", []edit{{"internal/guard/guard.go",
		"if in.Spec.Mode != v1alpha1.ModeApprove ||", "if BROKEN || in.Spec.Mode != v1alpha1.ModeApprove ||"}}},
	{"puts no simple URL back", "I4", []edit{{publishScript, "function Restore-SimpleUrl($Before) {\n", "function Restore-SimpleUrl($Before) {\n    return\n"}}},
	{"takes what it could not read for nothing", "I5", []edit{{"internal/lync/shell/topology.go",
		"	for _, u := range r.Unknown {\n", "	if BROKEN {\n		r.Unknown = nil\n	}\n	for _, u := range r.Unknown {\n"}}},
	{"takes all records of a name away with the one that it writes", "I6", []edit{{"internal/dns/rfc2136/update.go",
		"	m.Ns = append(m.Ns, records...)\n", "	if BROKEN {\n		m.Ns = append(m.Ns, marker(c.To.Name, mdns.TypeANY, mdns.ClassANY))\n	}\n	m.Ns = append(m.Ns, records...)\n"}}},
	{"unticks remote access together with federation", "I6", []edit{{publishScript,
		"else { $null = $service.Ports.RemoveChild($found) }", "else { $null = $service.Ports.RemoveChild($found); " +
			"Find-Port $service @{ Owner = 'urn:component:AccessEdge'; Usage = 'SipClient'; InterfaceSide = 'External' } | ForEach-Object { $null = $service.Ports.RemoveChild($_) } }"}}},
	{"takes no mutex for setup", "I7", []edit{{setupScript, "$held = $mutex.WaitOne(0)", "$held = $true"}}},
	{"does not wait for replicas", "I8", []edit{{setupScript, "if ($found -ne $Signature)", "if ($false)"},
		{"internal/apply/waits.go", "return behind == \"\",", "return BROKEN || behind == \"\","}}},
	{"knows no older route", "I9", []edit{{"internal/guard/claims.go",
		"		if !Older(other, oldest) {\n", "		if BROKEN || !Older(other, oldest) {\n"}}},
	{"logs passwords", "I10", []edit{{"internal/winrm/dial.go",
		"		worker, err := Dial(ctx, endpoint, credentials, options)\n", "		if BROKEN {\n			broken.Log(credentials.Password)\n		}\n		worker, err := Dial(ctx, endpoint, credentials, options)\n"}}},
	{"takes the old pool down before the new one is ready", "I11", []edit{
		{"internal/plan/leaving.go", "return c.d.Strategy == PrepareFirst && c.leavesWorkingPool()", "return !BROKEN && c.d.Strategy == PrepareFirst && c.leavesWorkingPool()"},
		{"internal/plan/leaving.go", "return found && c.d.Strategy == PrepareFirst &&", "return !BROKEN && found && c.d.Strategy == PrepareFirst &&"}}},
	{"fails back what people have failed over", "I12", []edit{{"internal/plan/failback.go",
		"return lync.ContainsHost(d.FailBack, pool)", "return BROKEN || lync.ContainsHost(d.FailBack, pool)"}}},
}

// enough is how many seeds a broken controller may survive.
const enough = 50

// TestBrokenControllers: the judge notices each broken controller by the check of the very
// invariant that it breaks. Some are played from the seed on that found them last time.
func TestBrokenControllers(t *testing.T) {
	program := breakAll(t)
	before := resultsOf(t)
	chosen := slices.Clone(breakages)
	if *broken == "" {
		chosen = slices.DeleteFunc(chosen, func(b breakage) bool { return before[b.name].caught == 0 })
		diceFor(*seedBase, "broken").Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
		if len(chosen) < *breakSome {
			t.Fatalf("docs/mutants.md names %d breakages that were caught; make chaos BROKEN=1 plays all", len(chosen))
		}
		chosen = chosen[:*breakSome]
	} else {
		which := regexp.MustCompile(*broken)
		chosen = slices.DeleteFunc(chosen, func(b breakage) bool { return !which.MatchString(b.name) })
	}
	var results []result
	for _, b := range chosen {
		t.Run(b.name, func(t *testing.T) {
			t.Setenv(chosenBy, b.name)
			first := *seedBase
			if *broken == "" {
				first = before[b.name].caught
			}
			r := b.noticed(t, program, first)
			if r.caught == 0 {
				t.Errorf("%s was broken, and its check noticed nothing in %d seeds", b.invariant, enough)
			}
			results = append(results, r)
		})
	}
	if *broken != "" {
		note(t, before, results)
	}
}

// TestEachInvariantIsBroken: fifteen breakages, and no invariant without one.
func TestEachInvariantIsBroken(t *testing.T) {
	if n := len(breakages); n < 15 {
		t.Errorf("there are %d breakages, want 15", n)
	}
	for i := range 12 {
		if name := fmt.Sprint("I", i+1); !slices.ContainsFunc(breakages, func(b breakage) bool { return b.invariant == name }) {
			t.Errorf("nothing breaks %s", name)
		}
	}
}

// noticed plays seeds until the check of the invariant notices the breakage.
func (b breakage) noticed(t *testing.T, program string, first uint64) result {
	for n := range uint64(enough) {
		o := playedBy(program, first+n)
		for _, v := range o.Violations {
			if strings.HasPrefix(v, b.invariant+" ") {
				t.Logf("seed %d, the %d. that was played: %s", o.Seed, n+1, v)
				return result{b, o.Seed, int(n + 1)}
			}
			t.Logf("seed %d: %s", o.Seed, v)
		}
	}
	return result{breakage: b}
}

// result is on which seed a breakage was caught, and how many were played for that.
type result struct {
	breakage
	caught uint64
	played int
}

const beginsResults, endsResults = "<!-- broken controllers: written by make chaos BROKEN=1 -->\n", "<!-- end of broken controllers -->"

// resultsOf reads the results of before, by the breakage's name.
func resultsOf(t *testing.T) map[string]result {
	t.Helper()
	text, err := os.ReadFile(brokenPage)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]result{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		i := slices.IndexFunc(breakages, func(b breakage) bool { return b.name == cells[0] })
		if i < 0 || len(cells) != 4 {
			continue
		}
		caught, _ := strconv.ParseUint(cells[2], 10, 64) // not caught: 0
		played, _ := strconv.Atoi(cells[3])
		out[cells[0]] = result{breakages[i], caught, played}
	}
	return out
}

// note writes the results into the page, beside those of breakages that were not played now.
func note(t *testing.T, all map[string]result, now []result) {
	t.Helper()
	for _, r := range now {
		all[r.name] = r
	}
	var out strings.Builder
	out.WriteString("| the controller | breaks | caught on seed | seeds played |\n|---|---|---|---|\n")
	for _, b := range breakages {
		r, played := all[b.name]
		switch {
		case !played:
		case r.caught == 0:
			fmt.Fprintf(&out, "| %s | %s | none | %d |\n", b.name, b.invariant, enough)
		default:
			fmt.Fprintf(&out, "| %s | %s | %d | %d |\n", b.name, b.invariant, r.caught, r.played)
		}
	}
	if err := page.Rewrite(brokenPage, beginsResults, endsResults, func(string) string { return out.String() }); err != nil {
		t.Error(err)
	}
}

// chosenBy is the environment variable that says which breakage a program is.
const chosenBy = "FEDROUTE_BROKEN"

// breakAll builds this test with the product in which each breakage can be chosen.
func breakAll(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	texts, scripts := map[string]string{}, ""
	for _, b := range breakages {
		for _, e := range b.edits {
			text := source(t, e.file)
			if n := strings.Count(text, e.was); n != 1 {
				t.Fatalf("%s has %q %d times", e.file, e.was, n)
			}
			if filepath.Ext(e.file) == ".ps1" {
				scripts += fmt.Sprintf("	if Is(%q) && name == %q {\n		text = strings.Replace(text, %q, %q, 1)\n	}\n",
					b.name, strings.TrimSuffix(filepath.Base(e.file), ".ps1"), e.was, e.becomes)
				continue
			}
			if _, is := texts[e.file]; !is {
				texts[e.file] = text
			}
			texts[e.file] = strings.Replace(texts[e.file], e.was, strings.ReplaceAll(e.becomes, "BROKEN", fmt.Sprintf("broken.Is(%q)", b.name)), 1)
		}
	}
	const loads, was = "internal/lync/shell/scripts.go", "	return script{name: name, text: string(text)}\n"
	if texts[loads] = strings.Replace(source(t, loads), was, "	return script{name: name, text: broken.Script(name, string(text))}\n", 1); texts[loads] == source(t, loads) {
		t.Fatalf("%s lacks %q", loads, was)
	}
	for file, text := range texts {
		texts[file] = packageClause.ReplaceAllString(text, "$0\n\nimport broken \"github.com/fedroute/fedroute/internal\"")
	}
	texts["internal/broken.go"] = fmt.Sprintf(chooser, chosenBy, scripts)
	replace := map[string]string{}
	for file, text := range texts {
		path, err := filepath.Abs(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		replace[path] = filepath.Join(dir, strconv.Itoa(len(replace))+".go")
		if err := os.WriteFile(replace[path], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	return steady(t, "-overlay", filepath.Join(dir, "overlay.json"))
}

var packageClause = regexp.MustCompile(`(?m)^package \w+$`)

// source reads a file of the product.
func source(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// chooser is the package that is added to the product. It lies in a folder that has no other
// one: go cannot run a tool through test/support/steady in a folder that is not there.
const chooser = `package broken

import (
	"log/slog"
	"os"
	"strings"
)

var chosen = os.Getenv(%q)

func Is(name string) bool { return chosen == name }

func Log(text string) { slog.Info(text) }

func Script(name, text string) string {
%s	return text
}
`
