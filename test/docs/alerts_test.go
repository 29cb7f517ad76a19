package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// TestEveryAlertHasItsRunbook compares the alerts that are shipped with the pages about them: the
// page that runbook_url names, the index of runbooks, and the table of alerts.
func TestEveryAlertHasItsRunbook(t *testing.T) {
	const folder, site = "docs/runbooks", "https://github.com/fedroute/fedroute/blob/main/"
	var shipped monitoringv1.PrometheusRule
	strictly(t, "config/prometheus/rules.yaml", &shipped)
	described := map[string]row{}
	for _, r := range rows(section(t, page(t, metricsPage), "## Alerts")) {
		described[linkText(r[0])] = r
	}
	var alerts []string
	for _, rule := range shipped.Spec.Groups[0].Rules {
		alerts = append(alerts, rule.Alert)
		path := folder + "/" + rule.Alert + ".md"
		if rule.Annotations["runbook_url"] != site+path {
			t.Errorf("%s: runbook_url is %q, want %s%s", rule.Alert, rule.Annotations["runbook_url"], site, path)
		}
		text := page(t, path)
		for _, part := range []string{"# " + rule.Alert + "\n", "**Means.**", "**Urgent.**", "\n## Look at\n", "\n## Do\n", "\n## Does not prove\n"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s has no %q", path, part)
			}
		}
		if r := described[rule.Alert]; r == nil || r[2] != string(*rule.For) || r[3] != rule.Labels["severity"] {
			t.Errorf("%s, %s: the table says %v, the rule says after %s, severity %s", metricsPage, rule.Alert, r, *rule.For, rule.Labels["severity"])
		}
		for _, name := range metric.FindAllString(rule.Expr.String(), -1) {
			if !strings.Contains(page(t, metricsPage), "| `"+name+"` |") {
				t.Errorf("%s asks for the metric %s, which is not listed", rule.Alert, name)
			}
		}
	}
	var indexed []string
	for _, r := range rows(section(t, page(t, folder+"/README.md"), "## Alerts")) {
		indexed = append(indexed, linkText(r[0]))
	}
	same(t, "alerts of the index", indexed, alerts)
	there, err := filepath.Glob(filepath.Join(root, folder, "Fedroute*.md"))
	if err != nil || len(there) == 0 {
		t.Fatalf("found the pages %v (%v)", there, err)
	}
	for _, path := range there {
		if name := strings.TrimSuffix(filepath.Base(path), ".md"); !slices.Contains(alerts, name) {
			t.Errorf("%s is about an alert that is not shipped", path)
		}
	}
}

// strictly reads an object as its own project does, and takes no field that is unknown there.
func strictly(t *testing.T, path string, into any) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(page(t, path)), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

var linkWords = regexp.MustCompile(`^\[([^\]]+)\]`)

// linkText gives the words of the link that a cell begins with.
func linkText(cell string) string {
	if m := linkWords.FindStringSubmatch(cell); m != nil {
		return m[1]
	}
	return cell
}

// TestTheMonitorFindsTheManagers compares the ServiceMonitor with the Service that both variants
// install. It must keep the label "namespace" of the series, which names the objects' namespace.
func TestTheMonitorFindsTheManagers(t *testing.T) {
	var monitor monitoringv1.ServiceMonitor
	var service corev1.Service
	strictly(t, "config/prometheus/monitor.yaml", &monitor)
	strictly(t, "config/manager/metrics_service.yaml", &service)
	if !monitor.Spec.NamespaceSelector.Any {
		t.Error("managers of other namespaces are not found")
	}
	e := monitor.Spec.Endpoints
	if len(e) != 1 || !e[0].HonorLabels || e[0].Port != service.Spec.Ports[0].Name {
		t.Fatalf("%d endpoints, want one with the port %s and honorLabels", len(e), service.Spec.Ports[0].Name)
	}
	if r := e[0].RelabelConfigs; len(r) != 1 || r[0].TargetLabel != "job" || len(r[0].SourceLabels) != 2 {
		t.Error("managers of two namespaces are one job, and one that works hides one that does not")
	}
	for _, variant := range []string{"default", "namespaced"} {
		text, err := os.ReadFile(filepath.Join(root, "config", variant, "kustomization.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var kustomization struct {
			Resources []string
			Labels    []struct{ Pairs map[string]string }
		}
		if err := yaml.Unmarshal(text, &kustomization); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(kustomization.Resources, "../manager") {
			t.Errorf("config/%s does not install the Service of config/manager", variant)
		}
		for name, want := range monitor.Spec.Selector.MatchLabels {
			if service.Labels[name] != want && kustomization.Labels[0].Pairs[name] != want {
				t.Errorf("config/%s: the Service has no label %s=%s, which the monitor wants", variant, name, want)
			}
		}
	}
}
