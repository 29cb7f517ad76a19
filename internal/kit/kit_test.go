package kit

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden kit anew")

// contoso is a kit with every role.
func contoso() []File {
	limits := Limits{Sites: []string{"Redmond", "München"}, Pools: []string{"edge1.contoso.com", "Edge2.contoso.com", "fe1.contoso.com"}, Zones: []string{"contoso.com"}}
	return Kit{
		Options: Options{Transcripts: `C:\FedRoute\Transcripts`},
		Limits:  limits,
		Machines: []Machine{
			{FQDN: "fe1.contoso.com", Roles: []Role{FrontEnd}, RunAs: `CONTOSO\fedroute$`, Readers: `CONTOSO\FedRoute Readers`, Operators: `CONTOSO\FedRoute Operators`, Limits: limits},
			{FQDN: "edge1.contoso.com", Roles: []Role{Edge}, Readers: `EDGE1\FedRoute Readers`, Operators: `EDGE1\FedRoute Operators`, Limits: limits,
				Accounts: []Account{{"fedroute-reader", "FedRoute Readers", "one"}, {"fedroute-operator", "FedRoute Operators", "two"}}},
			{FQDN: "edge2.contoso.com", Roles: []Role{Edge}, Readers: `EDGE2\FedRoute Readers`, Operators: `EDGE2\FedRoute Operators`, Limits: limits},
			{FQDN: "dc1.contoso.com", Roles: []Role{DNS}, RunAs: `CONTOSO\fedroutedns$`, Readers: `CONTOSO\FedRoute Operators`, Operators: `CONTOSO\FedRoute Operators`, Limits: limits},
		},
		Accounts: []Account{{"fedroute-reader", "FedRoute Readers", "three"}, {"fedroute-operator", "FedRoute Operators", "four"}},
		Secrets: []Credential{
			{Namespace: "messaging", Name: "contoso-reader", Username: `CONTOSO\fedroute-reader`, Password: "three"},
			{Name: "contoso-operator", Username: "fedroute-operator", Realm: "CONTOSO.COM", Password: "it's four", Writes: true},
		},
	}.Files()
}

// TestKit compares a whole kit with the golden one. A changed module is a change of what
// administrators have installed: see Version and Function.Generation.
func TestKit(t *testing.T) {
	const golden = "testdata/contoso"
	var want []string
	for _, f := range contoso() {
		path := filepath.Join(golden, filepath.FromSlash(f.Path))
		want = append(want, path)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(string(text), f.Text); diff != "" {
			t.Errorf("%s (-golden +got); write it anew with -update, and decide whether Version or a Generation becomes one more:\n%s", f.Path, diff)
		}
	}
	var there []string
	err := filepath.WalkDir(golden, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			there = append(there, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	slices.Sort(there)
	if diff := cmp.Diff(there, want); diff != "" {
		t.Errorf("files (-golden +got):\n%s", diff)
	}
}

func TestFilesAreReadAsTheyWereWritten(t *testing.T) {
	for _, f := range contoso() {
		got := string(f.Bytes())
		if strings.Contains(strings.ReplaceAll(got, "\r\n", ""), "\n") {
			t.Errorf("%s has a line that ends in LF alone", f.Path)
		}
		if plain := strings.ReplaceAll(strings.TrimPrefix(got, "\ufeff"), "\r\n", "\n"); plain != f.Text {
			t.Errorf("%s is not its text", f.Path)
		}
		if ascii := !strings.ContainsFunc(f.Text, func(r rune) bool { return r > 126 }); ascii == strings.HasPrefix(got, "\ufeff") {
			t.Errorf("%s: ASCII %v, mark %v", f.Path, ascii, !ascii)
		}
	}
}

func TestMachinesAreChecked(t *testing.T) {
	good := Machine{FQDN: "fe1", Roles: []Role{FrontEnd}, RunAs: `A\b$`, Readers: `A\r`, Operators: `A\Grüße der Leser`}
	for _, c := range []struct {
		reason string
		edit   func(*Machine)
		fails  bool
	}{
		{"as it should be", func(*Machine) {}, false},
		{"a virtual account has no name", func(m *Machine) { m.RunAs = "" }, false},
		{"a quotation mark would end the text", func(m *Machine) { m.Readers = `A\it's` }, true},
		{"so would another of PowerShell's", func(m *Machine) { m.Operators = "A\\it\u2019s" }, true},
		{"a line of its own", func(m *Machine) { m.RunAs = "A\\b$\n(calc)" }, true},
		{"nobody", func(m *Machine) { m.Readers = "" }, true},
		{"a virtual account on a domain controller is a Domain Admin", func(m *Machine) { m.Roles, m.RunAs = []Role{FrontEnd, DNS}, "" }, true},
		{"an Edge machine is outside the domain", func(m *Machine) { m.Roles = []Role{FrontEnd, Edge} }, true},
	} {
		m := good
		c.edit(&m)
		if err := m.Check(); (err != nil) != c.fails {
			t.Errorf("%s: %v", c.reason, err)
		}
	}
}
