package catalogue_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/fault"
	"github.com/fedroute/fedroute/internal/lync"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// TestRestoreSimpleURLs takes what a proposal kept, lets something happen to the simple
// URLs, and restores them.
func TestRestoreSimpleURLs(t *testing.T) {
	nora := farm.Actor{Machine: frontEnd, User: "nora"}
	empty := func(t *testing.T, o *organization) {
		if err := o.SetSimpleURLs(nora, "Global", nil); err != nil {
			t.Fatal(err)
		}
	}
	herOwn := []farm.SimpleURL{{Component: "Meet", Domain: "contoso.com", Entries: []string{"https://meet2.contoso.com"}, ActiveURL: "https://meet2.contoso.com"}}
	cases := map[string]struct {
		reason   string
		happens  func(t *testing.T, o *organization)
		restored []string
		want     func(before []farm.SimpleURLSet) []farm.SimpleURLSet
	}{
		"emptied":  {"they are put back as they were", empty, []string{"Global"}, func(b []farm.SimpleURLSet) []farm.SimpleURLSet { return b }},
		"not lost": {"nothing is written", func(*testing.T, *organization) {}, []string{}, func(b []farm.SimpleURLSet) []farm.SimpleURLSet { return b }},
		"set anew by a person": {"what a person set since is the person's", func(t *testing.T, o *organization) {
			if err := o.SetSimpleURLs(nora, "Global", herOwn); err != nil {
				t.Fatal(err)
			}
		}, []string{}, func([]farm.SimpleURLSet) []farm.SimpleURLSet {
			return []farm.SimpleURLSet{{Scope: "Global", URLs: herOwn}}
		}},
	}
	for name, c := range cases {
		for _, product := range farm.ProductIDs() {
			t.Run(name+" "+product, func(t *testing.T) {
				o := start(t, contoso(product))
				before := o.Truth().SimpleURLs
				kept := proposed(t, o)
				c.happens(t, o)
				writes := len(o.Journal())
				restored, err := o.operator().RestoreSimpleURLs(context.Background(), kept)
				if err != nil {
					t.Fatal(fault.Sentence(err))
				}
				if diff := cmp.Diff(c.restored, restored); diff != "" {
					t.Errorf("%s: restored (-want +got):\n%s", c.reason, diff)
				}
				if diff := cmp.Diff(c.want(before), o.Truth().SimpleURLs); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.reason, diff)
				}
				if n := len(o.Journal()) - writes; n != len(c.restored) {
					t.Errorf("%s: %d writes", c.reason, n)
				}
			})
		}
	}
}

// proposed gives the simple URLs as a proposal keeps them.
func proposed(t *testing.T, o *organization) string {
	t.Helper()
	p, err := o.operator().ProposeFlags(context.Background(), lync.FlagChange{Signature: o.topology(t).Signature, Flags: []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}}})
	if err != nil {
		t.Fatal(fault.Sentence(err))
	}
	if !strings.Contains(p.SimpleURLs, "https://meet.contoso.com") {
		t.Fatalf("the proposal keeps %q", p.SimpleURLs)
	}
	return p.SimpleURLs
}

// TestRestoreSimpleURLsRefuses: the text has been outside, and only what the catalogue
// wrote is taken back.
func TestRestoreSimpleURLsRefuses(t *testing.T) {
	cases := map[string]struct{ reason, kept string }{
		"no JSON":       {"it was damaged", "Global"},
		"another type":  {"a number is no URL", `[{"Identity":"Global","Urls":[{"Component":"Meet","Domain":"contoso.com","ActiveUrl":7,"Entries":[]}]}]`},
		"control":       {"a URL has one line", `[{"Identity":"Global","Urls":[{"Component":"Meet","Domain":"contoso.com","ActiveUrl":"https://meet\u000d.contoso.com","Entries":[]}]}]`},
		"unknown scope": {"no collection has this name", `[{"Identity":"Nowhere","Urls":[{"Component":"Meet","Domain":"contoso.com","ActiveUrl":"https://meet.contoso.com","Entries":["https://meet.contoso.com"]}]}]`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := start(t, contoso("SkypeForBusinessServerSE"))
			if err := o.SetSimpleURLs(farm.Actor{Machine: frontEnd, User: "nora"}, "Global", nil); err != nil {
				t.Fatal(err)
			}
			writes := len(o.Journal())
			if _, err := o.operator().RestoreSimpleURLs(context.Background(), c.kept); err == nil {
				t.Errorf("%s: got %v, want a refusal", c.reason, err)
			}
			if n := len(o.Journal()) - writes; n != 0 {
				t.Errorf("%s: %d writes", c.reason, n)
			}
		})
	}
}

// TestConfigurationIsExportedFirst: a person who has to undo more than flags has the whole
// configuration of before. Where it cannot be exported, the move goes on and the person is
// told.
func TestConfigurationIsExportedFirst(t *testing.T) {
	cases := map[string]struct {
		reason   string
		spoil    func(t *testing.T, o *organization, file string)
		exported bool
	}{
		"exported": {"the file lies beside the backup", func(*testing.T, *organization, string) {}, true},
		"no export": {"the disk refuses it", func(_ *testing.T, o *organization, file string) {
			m := o.machines[frontEnd]
			m.disk = refusing{m.disk, file}
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			o := start(t, contoso("SkypeForBusinessServerSE"))
			signature := o.topology(t).Signature
			export := `C:\Windows\Temp\fedroute-configuration-` + signature + `.zip`
			c.spoil(t, o, export)
			published, err := o.operator().PublishFlags(context.Background(), lync.FlagChange{Signature: signature, Flags: []lync.Flag{{Pool: edge2, Protocol: lync.SIP, On: true}}})
			if err != nil {
				t.Fatal(fault.Sentence(err))
			}
			if c.exported != (published.ExportFile == export) || c.exported != (published.ExportError == "") || c.exported != o.machines[frontEnd].disk.Exists(export) {
				t.Errorf("%s: exported to %q, error %q", c.reason, published.ExportFile, published.ExportError)
			}
			o.unharmed(t)
		})
	}
}

// refusing is a disk that refuses to write one file.
type refusing struct {
	dotnet.Files
	file string
}

func (r refusing) WriteFile(path string, data []byte) error {
	if path == r.file {
		return errors.New("the disk is full")
	}
	return r.Files.WriteFile(path, data)
}
