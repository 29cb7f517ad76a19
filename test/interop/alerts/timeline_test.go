//go:build interop

package alerts_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/fedroute/fedroute/test/support/program"
)

// timeline is a history of series, one sample a minute, as promtool takes it. Its time
// begins at 0.
type timeline struct {
	minutes int
	series  map[string]map[int]string // sample by minute
}

// seen is what Prometheus sees of one pod for some minutes. An empty pod is gone.
type seen struct {
	pod  string
	pair pair
}

// add lets the pods look the same for some minutes.
func (l *timeline) add(t *testing.T, minutes int, pods ...seen) {
	t.Helper()
	for _, p := range pods {
		earlier := map[string]float64{}
		for _, s := range samples(t, p.pod, p.pair.first) {
			earlier[s.series] = s.value
		}
		for _, s := range samples(t, p.pod, p.pair.second) {
			if l.series == nil {
				l.series = map[string]map[int]string{}
			}
			if l.series[s.series] == nil {
				l.series[s.series] = map[int]string{}
			}
			for m := range minutes {
				value := s.value
				switch {
				case !strings.Contains(s.series, "_timestamp_seconds{"):
					if first, ok := earlier[s.series]; ok {
						value = first // a situation may change while a look is waited for
					}
				case s.value > earlier[s.series]:
					value += float64(60*(l.minutes+m)) - float64(p.pair.second.at.Unix()) // it moves on with time
				default:
					value += float64(60*l.minutes) - float64(p.pair.second.at.Unix())
				}
				l.series[s.series][l.minutes+m] = strconv.FormatFloat(value, 'f', -1, 64)
			}
		}
	}
	l.minutes += minutes
}

type sample struct {
	series string
	value  float64
}

var (
	line    = regexp.MustCompile(`(?m)^((?:fedroute|leader_election)_\w+)(?:\{(.*)\})? (\S+)$`)
	ofScope = regexp.MustCompile(`(^|,)namespace="`)
)

// samples reads the manager's own series from a scrape, and adds the labels of the target
// as the ServiceMonitor leads to them: it keeps the label "namespace" of a series.
func samples(t *testing.T, pod string, s scrape) []sample {
	t.Helper()
	var out []sample
	for _, m := range line.FindAllStringSubmatch(s.text, -1) {
		if strings.HasSuffix(m[1], "_bucket") {
			continue
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		labels := fmt.Sprintf(`job="fedroute-system/fedroute-metrics",pod=%q`, pod)
		if !ofScope.MatchString(m[2]) {
			labels += `,namespace="fedroute-system"`
		}
		if m[2] != "" {
			labels += "," + m[2]
		}
		out = append(out, sample{m[1] + "{" + labels + "}", value})
	}
	if len(out) < 2 {
		t.Fatalf("a scrape has only %d series; the search is broken", len(out))
	}
	return out
}

// input gives the series in promtool's words. Where a series ends, Prometheus puts a mark.
func (l *timeline) input() []map[string]string {
	var out []map[string]string
	for _, name := range slices.Sorted(maps.Keys(l.series)) {
		values := make([]string, l.minutes)
		for m := range values {
			values[m] = "_"
			if v, ok := l.series[name][m]; ok {
				values[m] = v
			} else if _, ended := l.series[name][m-1]; ended {
				values[m] = "stale"
			}
		}
		out = append(out, map[string]string{"series": name, "values": strings.Join(values, " ")})
	}
	return out
}

// expected is which alerts fire in a minute, and for how many things each. With only set,
// other alerts do not count.
type expected struct {
	minute int
	only   string
	alerts map[string]int
}

// judge lets promtool compare the alerts that fire with the expected ones.
func (l *timeline) judge(t *testing.T, rules string, want []expected) {
	t.Helper()
	var asks []any
	for _, e := range want {
		matchers := `alertstate="firing"`
		if e.only != "" {
			matchers += `,alertname="` + e.only + `"`
		}
		fires := []any{}
		for name, things := range e.alerts {
			fires = append(fires, map[string]any{"labels": `{alertname="` + name + `"}`, "value": things})
		}
		asks = append(asks, map[string]any{"expr": "count by (alertname) (ALERTS{" + matchers + "})", "eval_time": fmt.Sprintf("%dm", e.minute), "exp_samples": fires})
	}
	text, err := yaml.Marshal(map[string]any{"rule_files": []string{rules}, "evaluation_interval": "1m",
		"tests": []any{map[string]any{"interval": "1m", "input_series": l.input(), "promql_expr_test": asks}}})
	if err != nil {
		t.Fatal(err)
	}
	p := program.In(t)
	p.Write(t, "test.yaml", string(text))
	if out, err := p.Try(t, "", "promtool", "test", "rules", "test.yaml"); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}
