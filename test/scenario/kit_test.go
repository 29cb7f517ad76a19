package scenario_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/api/v1alpha1"
	"github.com/fedroute/fedroute/lyncsim/farm"
	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/program"
)

// firstFarm is the page that leads from nothing to a failover. The story follows it to the
// letter.
const firstFarm = "docs/first-farm.md"

// desk is a folder in which a person works with kubectl.
type desk struct {
	*story
	dir  string
	page string
}

// newDesk has kubectl with the plugin, and the story's namespace as its own.
func newDesk(s *story) *desk {
	s.Helper()
	page, err := os.ReadFile(filepath.Join(root, firstFarm))
	s.must(err)
	d := &desk{s, s.TempDir(), string(page)}
	s.must(program.Build(root, "./cmd/kubectl-fedroute", filepath.Join(d.dir, "bin", "kubectl-fedroute")))
	config, err := os.ReadFile(plane.Kubeconfig)
	s.must(err)
	s.must(os.WriteFile(filepath.Join(d.dir, "kubeconfig"), config, 0o600))
	d.run("kubectl config set-context --current --namespace " + s.namespace)
	return d
}

// run runs one line of the page.
func (d *desk) run(line string) string {
	d.Helper()
	command := exec.CommandContext(d.ctx, "bash", "-c", line)
	command.Dir = d.dir
	bin, err := filepath.Abs(cluster.Bin(root))
	d.must(err)
	command.Env = append(os.Environ(), "KUBECONFIG="+filepath.Join(d.dir, "kubeconfig"),
		"PATH="+strings.Join([]string{filepath.Join(d.dir, "bin"), bin, os.Getenv("PATH")}, ":"))
	out, err := command.CombinedOutput()
	for _, secret := range d.secrets {
		if strings.Contains(string(out), secret) {
			d.Errorf("%s shows a secret", line)
		}
	}
	if err != nil {
		d.Fatalf("%s: %v: %s", line, err, out)
	}
	return string(out)
}

// chapter is the part of the page under a heading.
func (d *desk) chapter(title string) string {
	_, text, found := strings.Cut(d.page, "\n## "+title+"\n")
	if !found {
		d.Fatalf("%s has no chapter %s", firstFarm, title)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// commands are the lines of a chapter that a person types.
func (d *desk) commands(title string) (lines []string) {
	for _, m := range regexp.MustCompile(`(?m)^ *\$ (.*)$`).FindAllStringSubmatch(d.chapter(title), -1) {
		lines = append(lines, m[1])
	}
	return lines
}

// file writes the page's file with the addresses of this organization.
func (d *desk) file() {
	d.Helper()
	fence := regexp.MustCompile("(?s) *```yaml\n(.*?)```").FindStringSubmatch(d.chapter("Look"))
	first, second, _ := strings.Cut(regexp.MustCompile(`(?m)^   `).ReplaceAllString(fence[1], ""), "\n---\n")
	var lt v1alpha1.LyncTopology
	var r v1alpha1.FederationRoute
	d.must(yaml.UnmarshalStrict([]byte(first), &lt))
	d.must(yaml.UnmarshalStrict([]byte(second), &r))
	lt.Spec.CABundle = string(d.org.CA().CertPEM())
	lt.Spec.PollInterval.Duration = d.topology().Spec.PollInterval.Duration
	urls := map[string]string{}
	for _, e := range d.org.Endpoints() {
		urls[e.Machine] = e.URL
	}
	for i := range lt.Spec.Management.Endpoints {
		e := &lt.Spec.Management.Endpoints[i]
		name, _, _ := strings.Cut(strings.TrimPrefix(string(e.URL), "https://"), ":")
		e.ServerName, e.URL = v1alpha1.Hostname(name), v1alpha1.WSManURL(urls[name])
	}
	for i := range lt.Spec.EdgeServers.Overrides {
		o := &lt.Spec.EdgeServers.Overrides[i]
		o.ServerName, o.URL = o.FQDN, v1alpha1.WSManURL(urls[string(o.FQDN)])
	}
	r.Spec.DNS.Servers[0].Address, r.Spec.DNS.Servers[0].ReadBackFrom = d.org.DNSServers()[0], d.org.DNSServers()
	var documents []string
	for _, o := range []any{lt, r} {
		text, err := yaml.Marshal(o)
		d.must(err)
		documents = append(documents, string(text))
	}
	d.must(os.WriteFile(filepath.Join(d.dir, "litware.yaml"), []byte(strings.Join(documents, "---\n")), 0o644))
}

// numbered counts the items of a numbered list.
func numbered(text string) int { return len(regexp.MustCompile(`(?m)^\d+\. `).FindAllString(text, -1)) }

// countsItsActs compares the page's table with its own list and with the kit's.
func (d *desk) countsItsActs() {
	d.Helper()
	table := regexp.MustCompile(`(?m)^\| \[the endpoint kit\][^|]*\| (\d+) \|`).FindStringSubmatch(d.page)
	readme, err := os.ReadFile(filepath.Join(d.dir, "kit", "README.md"))
	d.must(err)
	first, _, found := strings.Cut(strings.ReplaceAll(string(readme), "\r\n", "\n"), "\n## Before a route changes something")
	const most, beforeTheKit = 8, 2 // the file, and the command that writes the kit
	listed, inKit := numbered(d.chapter("Look")), numbered(first)+beforeTheKit
	if table == nil || !found || table[1] != fmt.Sprint(listed) || listed != inKit || listed > most {
		d.Errorf("acts before the first look: %v in the table, %d in the list, %d by the kit's page; at most %d are wanted", table, listed, inKit, most)
	}
}

// TestAPasswordReadsNothing: on an Enterprise farm whoever signs in over the network gets no
// further, and the LyncTopology says what helps.
func TestAPasswordReadsNothing(t *testing.T) {
	s := tell(t, sampleFarm(t, "enterprise-second-hop"))
	s.topologySays("org", v1alpha1.ReasonSecondHop, "install the endpoint kit")
}

// TestKitBringsAFarmFromNothingToFailover: a person does what docs/first-farm.md says, line
// by line, with kubectl alone on the cluster's side. Accounts that may only call the kit's
// functions do everything, and before the grant they cannot change anything.
func TestKitBringsAFarmFromNothingToFailover(t *testing.T) {
	spec := sampleFarm(t, "enterprise-second-hop")
	spec.DNS.Federation = farm.DNSEmpty // so that the first plan has something to do
	s := open(t, spec)
	d := newDesk(s)
	d.file()
	kit := os.DirFS(filepath.Join(d.dir, "kit"))
	r := &v1alpha1.FederationRoute{ObjectMeta: s.named("federation")}
	for _, line := range d.commands("Look") {
		if strings.Contains(line, "secrets/readers.yaml") { // the installers ran
			d.countsItsActs()
			s.must(s.org.InstallKit(kit, false))
			for _, a := range s.org.Accounts() {
				if a.Password != "" {
					s.secrets = append(s.secrets, a.Password)
				}
			}
		}
		d.run(line)
	}
	for _, a := range s.org.Accounts() {
		if a.Name == `LITWARE\fedroute$` && a.Groups[0] != farm.UserAdmins {
			s.Errorf("a first look needs no more than %s, and the service account has %v", farm.UserAdmins, a.Groups)
		}
	}
	if n := len(s.org.Farm().Journal()); n > 0 {
		s.Errorf("%d writes before anything was approved", n)
	}

	key := s.org.DNSKeys()[0]
	s.must(os.WriteFile(filepath.Join(d.dir, "dns-key.txt"), fmt.Appendf(nil, "name=%s\nalgorithm=%s\nsecret=%s\n", key.Name, key.Algorithm, key.Secret), 0o600))
	for _, line := range d.commands("Approve") {
		if strings.Contains(line, "secrets/operators.yaml") { // the grant ran
			s.must(s.org.InstallKit(kit, true))
		}
		if strings.Contains(line, " approve ") {
			s.says(r, v1alpha1.ReasonAwaitingApproval)
		}
		d.run(line)
	}
	s.hosts("edgepool1.litware.com")
	for _, line := range d.commands("Enforce") {
		d.run(line)
	}
	exchanged := strings.NewReplacer("edgepool1", "edgepool2", "edgepool2", "edgepool1")
	for _, to := range []string{"edgepool2.litware.com", "edgepool1.litware.com"} {
		for _, line := range d.commands("Fail over and back") {
			if to == "edgepool1.litware.com" {
				line = exchanged.Replace(line)
			}
			d.run(line)
		}
		s.settled(r)
		s.hosts(to)
		s.associated("pool1.litware.com", to)
	}
	for _, e := range s.org.Farm().Journal() {
		if strings.HasPrefix(e.Actor.Command, "Set-Cs") && e.Actor.User != `LITWARE\fedroute$` {
			s.Errorf("%+v was not done by the run-as account", e)
		}
	}
}
