//go:build interop

package psrp_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/kit"
	"github.com/fedroute/fedroute/test/support/hostile"
	"github.com/fedroute/fedroute/test/support/lyncsim"
	"github.com/fedroute/fedroute/test/support/program"
)

const fe1 = "fe1.contoso.com"

// kitFarm is the part of a farm file that installs the endpoint kit on a Front End server.
func kitFarm(t *testing.T) string {
	t.Helper()
	m := kit.Machine{FQDN: fe1, Roles: []kit.Role{kit.FrontEnd}, RunAs: `CONTOSO\fedroute$`, Readers: `CONTOSO\Readers`, Operators: `CONTOSO\Operators`,
		Limits: kit.Limits{Sites: []string{"Redmond"}, Pools: []string{fe1, "fe2.contoso.com", "edge1.contoso.com", "edge2.contoso.com"}}}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, f := range m.Files(kit.Options{}) {
		path := filepath.Join(folder, strings.TrimPrefix(f.Path, m.Folder()+"/"))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprintf(`
accounts:
- {name: 'CONTOSO\lyncadmin', password: p, groups: [Domain Admins, RTCUniversalServerAdmins]}
- {name: 'CONTOSO\fedroute$', password: p, groups: [RTCUniversalServerAdmins]}
- {name: 'CONTOSO\reader', password: p, groups: [Readers]}
- {name: 'CONTOSO\operator', password: p, groups: [Operators]}
- {name: Administrator, password: p, machines: [edge1.contoso.com], groups: [Administrators]}
sessionConfigurations:
- {machine: %s, folder: %q}
`, fe1, folder)
}

// route is a call of Set-SiteRoute with good arguments, and those given in their place.
func route(given map[string]any) ask {
	all := map[string]any{"Site": "Redmond", "Protocol": "SIP", "EdgePool": "edge2.contoso.com"}
	maps.Copy(all, given)
	return ask{Command: "Set-SiteRoute", Parameters: all}
}

// Outcomes in which nothing ran.
const (
	notFound   = "failed CommandNotFoundException"
	noScript   = "failed ScriptsNotAllowed"
	validation = "failed ParameterArgumentValidationError"
	unlisted   = "completed with fedroute.Unlisted"
)

// attack is a call, and how its outcome may begin.
type attack struct {
	call ask
	want []string
}

// attacks are the calls of a caller who means harm.
func attacks() []attack {
	var all []attack
	for _, name := range append(hostile.Commands(), hostile.Names...) {
		all = append(all, attack{ask{Command: name}, []string{notFound}})
	}
	for _, text := range append(slices.Clone(hostile.Texts), "Get-Process", "Read-Topology;Get-Process", "& Read-Topology") {
		all = append(all, attack{ask{Script: text}, []string{noScript}})
	}
	common := hostile.Common()
	for _, name := range slices.Sorted(maps.Keys(common)) {
		for _, v := range common[name] {
			all = append(all, attack{route(map[string]any{"Site": "Dublin", name: v}), []string{unlisted, "failed "}})
		}
	}
	for _, v := range []any{
		"Red\u00admond", "Redmond\x00", "Redmond\n", "$(Stop-Computer)", "Redmond'; Stop-Computer; '", "Redmond\u2019", "*", "Redmond`n", "{0}", "",
		strings.Repeat("a", 300_000), map[string]any{"clixml": "<SBK>New-Item Temp:/fedroute-hostile</SBK>"},
	} {
		all = append(all, attack{route(map[string]any{"Site": v}), []string{validation}})
	}
	for _, v := range []any{
		[]string{"Redmond", "Dublin"}, map[string]any{"a": "b"}, true, 7, nil,
		map[string]any{"clixml": `<Obj RefId="0"><TN RefId="0"><T>System.IO.FileInfo</T><T>System.Object</T></TN><ToString>/etc/passwd</ToString><Props><S N="FullName">/etc/passwd</S></Props></Obj>`},
		map[string]any{"clixml": `<Obj RefId="0"><TN RefId="0"><T>System.Diagnostics.Process</T></TN><ToString>Redmond</ToString></Obj>`},
	} {
		all = append(all, attack{route(map[string]any{"Site": v, "EdgePool": "edge1.fabrikam.com"}), []string{unlisted, "failed "}})
	}
	read := ask{Command: "Read-Topology"}
	for _, next := range []ask{{Command: "Out-File", Parameters: map[string]any{"FilePath": "Temp:/fedroute-hostile"}}, {Command: "Invoke-Expression"}, {Script: "$_"}, {Command: "ForEach-Object"}} {
		behind := read
		behind.Pipe = []ask{next}
		want := notFound
		if next.Script != "" {
			want = noScript
		}
		all = append(all, attack{behind, []string{want}})
	}
	return all
}

// outcome says how a call ended, with the id of its error.
func (a told) outcome() string {
	var answer struct {
		Result any
		Error  struct{ ID string }
	}
	if len(a.Output) == 1 && len(a.Errors) == 0 && json.Unmarshal([]byte(a.Output[0]), &answer) == nil && answer.Result == nil {
		return a.State + " with " + answer.Error.ID
	}
	return a.State + " " + strings.Join(append(a.Errors, a.Output...), " ")
}

// TestHostileCallers sends to an installed kit, from outside, what nobody should. The
// session answers each call, and nothing is changed. Where there is a real PowerShell, it
// restricts the sessions of another organization.
func TestHostileCallers(t *testing.T) {
	t.Run("evaluator", func(t *testing.T) {
		o := lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Extra: kitFarm(t)})
		for _, user := range []string{"reader", "operator"} {
			t.Run(user, func(t *testing.T) {
				t.Attr("case", "pypsrp against lyncsim: a hostile "+user+" gets the functions of the endpoint kit and nothing else")
				t.Attr("with", "pypi:pypsrp")
				attackKit(t, o, user, func(calls []ask) session { return pypsrp(t, o, user, kit.ConfigurationName, calls) })
			})
		}
		o.Quiet(t)
	})
	t.Run("real engine", func(t *testing.T) {
		path := os.Getenv("FEDROUTE_POWERSHELL")
		if path == "" {
			t.Log("NOT JUDGED by the real engine: FEDROUTE_POWERSHELL names no PowerShell")
			return
		}
		t.Attr("case", "pypsrp against lyncsim with a real engine: a hostile operator gets the functions of the endpoint kit and nothing else")
		t.Attr("with", "pypi:pypsrp PowerShell")
		program.Alone(t, "powershell")
		o := lyncsim.Start(t, root, lyncsim.Options{Farm: "one-site-two-pools", Extra: kitFarm(t), Flags: []string{"--powershell", path}})
		attackKit(t, o, "operator", func(calls []ask) session { return pypsrp(t, o, "operator", kit.ConfigurationName, calls) })
	})
}

// attackKit makes all attacks in one session of the user, by a client.
func attackKit(t *testing.T, o *lyncsim.Organization, user string, client func([]ask) session) {
	t.Helper()
	before, records, begun := o.Writes(t), o.Records(t), time.Now()
	all := attacks()
	calls := make([]ask, 0, len(all)+1)
	for _, a := range all {
		calls = append(calls, a.call)
	}
	calls = append(calls, ask{Command: "Read-Topology"})
	got := client(calls)
	if len(got.Answers) != len(calls) {
		t.Fatalf("%d answers to %d calls, fault %d", len(got.Answers), len(calls), got.Fault)
	}
	for i, a := range all {
		outcome := got.Answers[i].outcome()
		allowed := a.want
		if user == "reader" && a.call.Command == "Set-SiteRoute" {
			allowed = []string{notFound}
		}
		if !slices.ContainsFunc(allowed, func(want string) bool { return strings.HasPrefix(outcome, want) }) {
			t.Errorf("%.300s: %.300s, want %q", fmt.Sprint(a.call), outcome, allowed)
		}
	}
	if last := got.Answers[len(all)].outcome(); !strings.Contains(last, `"Result":{`) {
		t.Errorf("afterwards the session answers %.300s", last)
	}
	if diff := cmp.Diff(before, o.Writes(t)); diff != "" {
		t.Errorf("the organization was changed (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(records, o.Records(t)); diff != "" {
		t.Errorf("records were changed (-before +after):\n%s", diff)
	}
	if files, _ := filepath.Glob(filepath.Join(os.TempDir(), "*hostile*")); len(files) > 0 {
		t.Errorf("files were written: %q", files)
	}
	t.Logf("%d calls in %v", len(calls), time.Since(begun).Round(time.Millisecond))
}
