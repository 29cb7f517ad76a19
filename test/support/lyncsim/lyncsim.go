// Package lyncsim runs the program lyncsim for one test. Through lyncsim's admin
// endpoint it reads and changes the organization.
package lyncsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/lyncsim/sim"
	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/program"
)

// Organization is a running lyncsim. Out is the folder of --out.
type Organization struct {
	Out      string
	Admin    string
	Base     string
	DNS      []string
	Machines []sim.Endpoint
	Accounts []farm.Account
	DNSKeys  []farm.DNSKey
}

// Options change how lyncsim is started.
type Options struct {
	Farm  string // file name of a sample farm, without extension
	Extra string // YAML to add to it
	// Besides are further machines of the sample's pools, each named after the machine that it
	// stands beside.
	Besides map[string]string
	Flags   []string // further flags
}

// withoutSecondHop lets whoever signs in with a password go on to Active Directory and SQL
// Server, because programs of other projects sign in and know of no endpoint kit.
const withoutSecondHop = "\nadReadableFromNetworkLogon: true\nsqlReachableFromNetworkLogon: true\n"

// Start runs bin/lyncsim of the checkout at root until the test ends. Its organization has
// no second hop.
func Start(t testing.TB, root string, o Options) *Organization {
	t.Helper()
	place := program.In(t)
	sample, err := os.ReadFile(filepath.Join(root, "lyncsim/samples", o.Farm+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(sample)
	for machine, further := range o.Besides {
		line := "    servers:\n    - fqdn: " + machine + "\n"
		if !strings.Contains(text, line) {
			t.Fatalf("the sample %s has no machine %s", o.Farm, machine)
		}
		text = strings.Replace(text, line, line+"    - fqdn: "+further+"\n", 1)
	}
	place.Write(t, "farm.yaml", text+withoutSecondHop+o.Extra)
	bin, err := filepath.Abs(filepath.Join(cluster.Bin(root), "lyncsim"))
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--farm", "farm.yaml", "--out", "out", "--ready-file", "ready.json"}, o.Flags...)
	place.Serve(t, func() bool { _, err := os.Stat(place.File("ready.json")); return err == nil }, bin, args...)
	org := &Organization{Out: place.File("out")}
	for name, into := range map[string]any{"ready.json": org, "out/credentials.yaml": org} {
		if err := yaml.Unmarshal(place.Read(t, name), into); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return org
}

// File is a file of the folder of --out.
func (o *Organization) File(name string) string { return filepath.Join(o.Out, name) }

// Machine gives the machine with that fully qualified name.
func (o *Organization) Machine(t testing.TB, fqdn string) sim.Endpoint {
	t.Helper()
	for _, m := range o.Machines {
		if m.Machine == fqdn {
			return m
		}
	}
	t.Fatalf("there is no machine %s", fqdn)
	return sim.Endpoint{}
}

// Account is the account that manages a machine: the domain's account, or on an Edge
// server a local one.
func (o *Organization) Account(t testing.TB, m sim.Endpoint) farm.Account {
	t.Helper()
	for _, a := range o.Accounts {
		if (len(a.Machines) > 0) == (m.Role == farm.RoleEdge) {
			return a
		}
	}
	t.Fatalf("nobody manages %s", m.Machine)
	return farm.Account{}
}

// State is the whole state of the organization.
func (o *Organization) State(t testing.TB) sim.State {
	t.Helper()
	return get[sim.State](t, o, "/state")
}

// Counters are the numbers of requests so far and of shells that are open now.
func (o *Organization) Counters(t testing.TB) sim.Counters {
	t.Helper()
	return get[sim.Counters](t, o, "/counters")
}

// Records are the lines of every zone.
func (o *Organization) Records(t testing.TB) map[string][]string {
	t.Helper()
	return get[map[string][]string](t, o, "/dns/records")
}

// Writes are all writes so far.
func (o *Organization) Writes(t testing.TB) []farm.Entry {
	t.Helper()
	return get[[]farm.Entry](t, o, "/writes")
}

// Violations are the invariants that are broken now.
func (o *Organization) Violations(t testing.TB) []farm.Violation {
	t.Helper()
	return get[[]farm.Violation](t, o, "/violations")
}

// Quiet waits until no shell is open. When that takes too long, the test fails and
// names what is still open.
func (o *Organization) Quiet(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		c := o.Counters(t)
		if c.OpenShells == 0 && c.LiveProcesses == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d shells and %d processes stay behind", c.OpenShells, c.LiveProcesses)
		}
	}
}

// Do requests a change at the admin endpoint, such as POST /pools/{fqdn}/kill.
func (o *Organization) Do(t testing.TB, path string, body any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(o.Admin+path, "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: %s", path, response.Status)
	}
}

// KeyFile writes the first DNS key in the format of nsupdate -k and gives its path.
func (o *Organization) KeyFile(t testing.TB) string {
	t.Helper()
	k := o.DNSKeys[0]
	text := fmt.Sprintf("key %q { algorithm %s; secret %q; };\n", k.Name, k.Algorithm, k.Secret)
	if err := os.WriteFile(o.File("dns.key"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return o.File("dns.key")
}

// Host gives the address and the port in a machine's URL.
func Host(m sim.Endpoint) (host, port string) {
	at := strings.TrimSuffix(strings.TrimPrefix(m.URL, "https://"), "/wsman")
	host, port, _ = strings.Cut(at, ":")
	return host, port
}

func get[T any](t testing.TB, o *Organization, path string) (v T) {
	t.Helper()
	response, err := http.Get(o.Admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&v); err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return v
}
