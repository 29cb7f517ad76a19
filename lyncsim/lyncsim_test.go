package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/lyncsim/farm"
)

const samples = "samples"

// lyncsim runs the program until it ends.
func lyncsim(t *testing.T, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, stdio{strings.NewReader(stdin), &out, &errs})
	return code, out.String(), errs.String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCommandLine(t *testing.T) {
	sample := filepath.Join(samples, "one-site-two-pools.yaml")
	cases := map[string]struct {
		reason string
		args   []string
		code   int
		want   string // on stdout when code is 0, else on stderr
	}{
		"schema":       {"the schema is printed", []string{"schema"}, 0, `"title": "A simulated Lync Server`},
		"help":         {"help names the commands", []string{"--help"}, 0, "powershell"},
		"no farm":      {"a farm file is needed", nil, 1, `"farm" not set`},
		"missing file": {"a missing file is named", []string{"--farm", "nowhere.yaml"}, 1, "nowhere.yaml"},
		"base":         {"the base is a prefix", []string{"--farm", sample, "--base", "here"}, 1, "--base"},
		"foreign base": {"only loopback is used", []string{"--farm", sample, "--base", "192.0.2.0/24"}, 1, "192.0.2"},
		"clock":        {"there are two clocks", []string{"--farm", sample, "--clock", "sun"}, 1, "there are real and manual"},
		"keytab":       {"a missing keytab is named", []string{"--farm", sample, "--keytab", "nowhere.keytab"}, 1, "nowhere.keytab"},
		"no program":   {"the PowerShell program must be there", []string{"--farm", sample, "--powershell", "no-such-powershell"}, 1, "find the PowerShell no-such-powershell"},
		"no folder":    {"a module needs a folder", []string{"powershell-module"}, 1, `"out" not set`},
		"unknown flag": {"unknown flags are refused", []string{"--frm", sample}, 1, "unknown flag"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			code, out, errs := lyncsim(t, "", tc.args...)
			text := out
			if tc.code != 0 {
				text = errs
			}
			if code != tc.code || !strings.Contains(text, tc.want) {
				t.Errorf("%s: exit code %d, stdout %q, stderr %q; want %d and %q", tc.reason, code, out, errs, tc.code, tc.want)
			}
		})
	}
}

// running starts lyncsim with a folder. Once the program is ready, it returns the folder,
// the program's output and its places.
func running(t *testing.T, sample string) (dir, stdout string, places map[string]any) {
	t.Helper()
	return runningFile(t, filepath.Join(samples, sample))
}

// runningFile is running with a farm file.
func runningFile(t *testing.T, file string) (dir, stdout string, places map[string]any) {
	t.Helper()
	dir = t.TempDir()
	ready := filepath.Join(dir, "ready")
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan int)
	go func() {
		code := run(ctx, []string{"--farm", file, "--out", filepath.Join(dir, "out"), "--ready-file", ready}, stdio{nil, w, w})
		_ = w.Close()
		done <- code
	}()
	t.Cleanup(func() {
		cancel()
		_, _ = io.Copy(io.Discard, r)
		if code := <-done; code != 0 {
			t.Errorf("lyncsim ended with %d", code)
		}
	})
	var text strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(text.String(), "kubectl apply") {
		n, err := r.Read(buf)
		must(t, err)
		text.Write(buf[:n])
	}
	places = map[string]any{}
	for {
		raw, err := os.ReadFile(ready) // appears whole, right after the text
		if err == nil {
			must(t, json.Unmarshal(raw, &places))
			return filepath.Join(dir, "out"), text.String(), places
		}
	}
}

func TestServe(t *testing.T) {
	dir, stdout, places := running(t, "three-sites-four-pools.yaml")
	for _, want := range []string{"edge-ams1.northwind.com", "Skype for Business Server 2015", places["admin"].(string)} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout does not name %s:\n%s", want, stdout)
		}
	}
	resp, err := http.Get(places["admin"].(string) + "/state")
	must(t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("admin endpoint: %s", resp.Status)
	}

	raw, err := os.ReadFile(filepath.Join(dir, "credentials.yaml"))
	must(t, err)
	var secrets struct {
		Accounts []farm.Account
		DNSKeys  []farm.DNSKey
	}
	must(t, yaml.Unmarshal(raw, &secrets))
	if len(secrets.Accounts) != 2 || len(secrets.DNSKeys) != 1 {
		t.Fatalf("credentials: %+v", secrets)
	}
	for _, a := range secrets.Accounts {
		if a.Password == "" || strings.Contains(stdout, a.Password) {
			t.Errorf("the password of %s is missing, or on the screen", a.Name)
		}
	}
	modes := map[string]os.FileMode{}
	for _, name := range []string{"ca.crt", "endpoints.json", "credentials.yaml", "organization.yaml", "administrator.crt", "administrator.key"} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		modes[name] = info.Mode().Perm()
	}
	want := map[string]os.FileMode{"ca.crt": 0o644, "endpoints.json": 0o644, "credentials.yaml": 0o600, "organization.yaml": 0o600,
		"administrator.crt": 0o644, "administrator.key": 0o600}
	if diff := cmp.Diff(want, modes); diff != "" {
		t.Errorf("modes of the files (-want +got):\n%s", diff)
	}
}

// TestOrganizationIsForItsWay checks whose accounts organization.yaml names, and that it
// brings the Secrets of those that no kit makes.
func TestOrganizationIsForItsWay(t *testing.T) {
	const passwords = "adReadableFromNetworkLogon: true\nsqlReachableFromNetworkLogon: true\n"
	type account struct{ SecretRef struct{ Name string } }
	type accounts struct{ Authentication, Reader, Operator account }
	names := func(a accounts) string {
		return strings.TrimSpace(strings.Join([]string{a.Authentication.SecretRef.Name, a.Reader.SecretRef.Name, a.Operator.SecretRef.Name}, " "))
	}
	cases := map[string]struct {
		reason, sample, more string
		configuration        string
		want                 map[string]string // machine, or "management", and the Secrets of its accounts
		secrets              []string
	}{
		"kit": {"a password alone reads nothing", "one-site-two-pools.yaml", "", "FedRoute", map[string]string{"management": "contoso-reader contoso-operator",
			"edge1.contoso.com": "contoso-edge-edge1-reader contoso-edge-edge1-operator", "edge2.contoso.com": "contoso-edge-edge2-reader contoso-edge-edge2-operator"},
			[]string{"contoso-dns"}},
		"own": {"the second Edge server has another password", "enterprise-second-hop.yaml", passwords, "", map[string]string{"management": "litware-management",
			"edge1.litware.com": "", "edge2.litware.com": "litware-edge-edge2"}, []string{"litware-dns", "litware-edge", "litware-edge-edge2", "litware-management"}},
		"same": {"one account is for all", "one-site-two-pools.yaml", passwords, "", map[string]string{"management": "contoso-management",
			"edge1.contoso.com": "", "edge2.contoso.com": ""}, []string{"contoso-dns", "contoso-edge", "contoso-management"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(samples, c.sample))
			must(t, err)
			file := filepath.Join(t.TempDir(), "farm.yaml")
			must(t, os.WriteFile(file, append(text, c.more...), 0o600))
			dir, _, _ := runningFile(t, file)
			raw, err := os.ReadFile(filepath.Join(dir, "organization.yaml"))
			must(t, err)
			got := map[string]string{}
			var secrets []string
			configuration := "none"
			for _, doc := range strings.Split(string(raw), "\n---\n") {
				var o struct {
					Kind     string
					Metadata struct{ Name string }
					Spec     struct {
						Management struct {
							accounts
							Endpoints []struct{ Configuration string }
						}
						EdgeServers struct {
							Configuration string
							Overrides     []struct {
								accounts
								FQDN string
							}
						}
					}
				}
				must(t, yaml.Unmarshal([]byte(doc), &o))
				if o.Kind == "Secret" {
					secrets = append(secrets, o.Metadata.Name)
					continue
				}
				configuration = o.Spec.EdgeServers.Configuration
				got["management"] = names(o.Spec.Management.accounts)
				for _, e := range o.Spec.Management.Endpoints {
					if e.Configuration != configuration {
						t.Errorf("%s: a Front End has the configuration %q", c.reason, e.Configuration)
					}
				}
				for _, e := range o.Spec.EdgeServers.Overrides {
					got[e.FQDN] = names(e.accounts)
				}
			}
			slices.Sort(secrets)
			if configuration != c.configuration {
				t.Errorf("%s: configuration %q, want %q", c.reason, configuration, c.configuration)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, diff)
			}
			if diff := cmp.Diff(c.secrets, secrets); diff != "" {
				t.Errorf("%s: Secrets (-want +got):\n%s", c.reason, diff)
			}
		})
	}
}

func TestPowerShell(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.ps1")
	sample := filepath.Join(samples, "one-site-two-pools.yaml")
	cases := map[string]struct {
		reason, text, stdin string
		args                []string
		code                int
		stdout, stderr      string
	}{
		"outline": {"a tree in the notation of the corpus", "$x = 1", "", []string{"outline"}, 0,
			"(ScriptBlock (NamedBlock End (AssignmentStatement Equals (VariableExpression $x) (CommandExpression (ConstantExpression Int32 1)))))\n", ""},
		"output":    {"each object is a line", "1..3", "", []string{"run"}, 0, "1\n2\n3\n", ""},
		"stdin":     {"the script reads standard input", "[Console]::In.ReadLine()", "hello\n", []string{"run"}, 0, "hello\n", ""},
		"exit code": {"exit gives the exit code", "exit 7", "", []string{"run"}, 7, "", ""},
		"farm":      {"with a farm file the cmdlets are there", "(Get-CsSite).Identity", "", []string{"run", "--farm", sample}, 0, "Site:Redmond\n", ""},
		"md":        {"what every Windows PowerShell has is refused, not missing", "try { md C:\\x } catch { 'caught' }", "", []string{"run"}, 1, "", "not supported by the simulator: the command md, line 1\n"},
		"product": {"a cmdlet that the reference does not hold is refused", "try { Get-CsDatabaseMirrorState } catch { 'caught' }", "", []string{"run", "--farm", sample}, 1, "",
			"not supported by the simulator: the command Get-CsDatabaseMirrorState, line 1\n"},
		"program": {"a program that is not simulated ends the script", "try { ping fe1 } catch { 'caught' }", "", []string{"run", "--farm", sample}, 1, "",
			"not supported by the simulator: the program ping, line 1\n"},
		"utf-16": {"an encoding that is not simulated is named", "\xff\xfe1\x00", "", []string{"run"}, 1, "",
			"lyncsim: not supported by the simulator: a script file in UTF-16; save it as UTF-8 with a byte order mark\n"},
		"marked": {"a byte order mark makes it UTF-8", "\ufeff'\u2014'.Length", "", []string{"run"}, 0, "1\n", ""},
		"edge":   {"a script runs on the machine it is sent to", "$env:COMPUTERNAME; (Get-CsWindowsService -Name REPLICA).Status", "", []string{"run", "--farm", sample, "--machine", "edge1.contoso.com"}, 0, "EDGE1\nRunning\n", ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			must(t, os.WriteFile(script, []byte(tc.text), 0o600))
			args := append([]string{"powershell", tc.args[0], script}, tc.args[1:]...)
			code, out, errs := lyncsim(t, tc.stdin, args...)
			if code != tc.code || out != tc.stdout || errs != tc.stderr {
				t.Errorf("%s: exit code %d, stdout %q, stderr %q; want %d, %q, %q", tc.reason, code, out, errs, tc.code, tc.stdout, tc.stderr)
			}
		})
	}
}

func TestPowerShellModule(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		folder string
		has    map[string]bool // text of the module file
	}{
		"reference": {"without a farm file: every cmdlet, as Lync", nil, "Lync",
			map[string]bool{"function Get-CsXmppAllowedPartner": true, "function Get-SimulatedMachine": true, "[string]$XmppFederationRoute": true}},
		"2019": {"with one: the module of that product", []string{"--farm", filepath.Join(samples, "sfb2019-no-xmpp.yaml")}, "SkypeForBusiness",
			map[string]bool{"function Set-CsSite": true, "function Get-CsPoolUpgradeReadinessState": false, "function Get-CsUserPoolInfo": true}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			code, out, errs := lyncsim(t, "", append([]string{"powershell-module", "--out", dir}, tc.args...)...)
			if code != 0 || !strings.Contains(out, tc.folder) || errs != "" {
				t.Fatalf("%s: exit code %d, stdout %q, stderr %q", tc.reason, code, out, errs)
			}
			text, err := os.ReadFile(filepath.Join(dir, tc.folder, tc.folder+".psm1"))
			must(t, err)
			for part, want := range tc.has {
				if got := strings.Contains(string(text), part); got != want {
					t.Errorf("%s: %q is in the module: %t, want %t", tc.reason, part, got, want)
				}
			}
		})
	}
}
