package chaos_test

import (
	"encoding/json"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/fedroute/fedroute/api/v1alpha1"
)

// series is something that must not grow from day to day.
type series struct {
	name  string
	unit  float64 // what is counted, divided by this, is shown
	count func(*soaked) float64
}

const heapOfFedroute = "heap of fedroute (KiB)"

// allSeries are added up over all organizations, so that what grows in one of them shows.
var allSeries = []series{
	{"goroutines", 1, func(*soaked) float64 { return float64(runtime.NumGoroutine()) }},
	{"goroutines of fedroute", 1, func(*soaked) float64 { return goroutines() }},
	{heapOfFedroute, 1 << 10, func(*soaked) float64 { return heap() }},
	{"connections", 1, func(s *soaked) float64 { return float64(s.network.Held()) }},
	{"watches", 1, func(s *soaked) float64 { return float64(s.api.Watches()) }},
	{"shells", 1, (*soaked).shells},
	{"events", 1, (*soaked).events},
	{"status (bytes)", 1, (*soaked).statuses},
	{"metrics", 1, (*soaked).metrics},
}

// samples is how often it is counted each day, and apart how far from each other: not a
// divisor of the time between two looks.
const (
	samples = 5
	apart   = 7 * time.Minute
)

// count counts everything when all goroutines wait for time or for the network, several
// times, and gives the medians.
func (s *soaked) count() []float64 {
	seen := make([][]float64, len(allSeries))
	for n := range samples {
		if n > 0 {
			s.until(time.Now().Add(apart))
		}
		synctest.Wait()
		for i, one := range allSeries {
			seen[i] = append(seen[i], one.count(s))
		}
	}
	out := make([]float64, len(allSeries))
	for i := range seen {
		slices.Sort(seen[i])
		out[i] = seen[i][samples/2]
	}
	return out
}

// limit is how much the last day may be above the first that counts.
const limit = 1.05

// grew names the series whose last day is above the day that they are compared with.
func grew(days [][]float64, from int) (names []string) {
	for i, one := range allSeries {
		if days[len(days)-1][i] > one.limit()*days[from-1][i] {
			names = append(names, one.name)
		}
	}
	return names
}

// limit is wider for the heap where days are few: which allocations are noted is chance, and
// their sum over few organizations is as far off as this.
func (s series) limit() float64 {
	if s.name == heapOfFedroute && *soakDays < 30 {
		return 1.25
	}
	return limit
}

func (s *soaked) shells() float64 {
	n := 0
	for _, t := range s.tenants {
		for _, e := range t.org.Endpoints() {
			shells, _ := t.org.WinRM(e.Machine).Live()
			n += shells
		}
	}
	return float64(n)
}

func (s *soaked) events() float64 {
	var list eventsv1.EventList
	s.must(s.objects.List(s.ctx, &list))
	return float64(len(list.Items))
}

func (s *soaked) statuses() float64 {
	n := 0
	var routes v1alpha1.FederationRouteList
	var topologies v1alpha1.LyncTopologyList
	for _, list := range []client.ObjectList{&routes, &topologies} {
		s.must(s.objects.List(s.ctx, list))
	}
	size := func(status any) {
		text, err := json.Marshal(status)
		s.must(err)
		n += len(text)
	}
	for _, r := range routes.Items {
		size(r.Status)
	}
	for _, lt := range topologies.Items {
		size(lt.Status)
	}
	return float64(n)
}

// metrics counts the series of objects. Counters of the process are left out: each kind of
// failure adds one when it happens for the first time.
func (s *soaked) metrics() float64 {
	families, err := metrics.Registry.Gather()
	s.must(err)
	n := 0
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "fedroute_") && f.GetType().String() == "GAUGE" {
			n += len(f.GetMetric())
		}
	}
	return float64(n)
}

// whose tells by the name of a function who owns what it allocates or runs.
func whose(function string) owner {
	const module = "github.com/fedroute/fedroute/"
	if strings.HasPrefix(function, module+"test/chaos_test.leaky") { // what a test breaks counts as the product's
		return product
	}
	for _, prefix := range []string{module + "lyncsim/", module + "test/", "k8s.io/apiserver/", "k8s.io/apiextensions-apiserver/",
		"k8s.io/apimachinery/pkg/util/managedfields", "sigs.k8s.io/structured-merge-diff/"} {
		if strings.HasPrefix(function, prefix) {
			return simulated
		}
	}
	for _, prefix := range []string{module, "sigs.k8s.io/controller-runtime/", "k8s.io/client-go/"} {
		if strings.HasPrefix(function, prefix) {
			return product
		}
	}
	return nobody
}

type owner int

const (
	nobody owner = iota
	product
	simulated
)

var owners = map[uintptr]owner{}

// ownerOf is whose the innermost function of a stack is that belongs to somebody.
func ownerOf(stack []uintptr) owner {
	for _, pc := range stack {
		o, known := owners[pc]
		if !known {
			if f := runtime.FuncForPC(pc - 1); f != nil {
				o = whose(f.Name())
			}
			owners[pc] = o
		}
		if o != nobody {
			return o
		}
	}
	return nobody
}

// goroutines counts those that are not the simulator's.
func goroutines() float64 {
	records := make([]runtime.StackRecord, 2*runtime.NumGoroutine())
	n, _ := runtime.GoroutineProfile(records)
	count := 0
	for _, r := range records[:n] {
		if ownerOf(r.Stack()) == product {
			count++
		}
	}
	return float64(count)
}

// noted is in how many bytes one allocation is noted. The chance by which some are noted moves
// the heap of 20 organizations by less than two percent. With 8 KiB it was two percent, and with
// two organizations more than four, so that two days of one size differed by a tenth. To note
// an allocation takes time: with 2 KiB it is a third of a soak's.
func noted(organizations int) int {
	if organizations < 10 {
		return 2 << 10
	}
	return 4 << 10
}

// heap is what is in use and was allocated by the product or its Kubernetes libraries, in
// bytes. The journals of farms and the changes that the API server remembers grow by design.
// A record has the innermost 32 functions; what was allocated deeper below its owner is left out.
func heap() float64 {
	runtime.GC()
	runtime.GC()
	n, _ := runtime.MemProfile(nil, false)
	records := make([]runtime.MemProfileRecord, n+n/4)
	n, _ = runtime.MemProfile(records, false)
	sum := 0.0
	for _, r := range records[:n] {
		if r.InUseObjects() <= 0 || ownerOf(r.Stack()) != product {
			continue
		}
		// One in so many bytes was noted; small objects stand for more of their kind.
		size := float64(r.InUseBytes()) / float64(r.InUseObjects())
		sum += float64(r.InUseBytes()) / (1 - math.Exp(-size/float64(runtime.MemProfileRate)))
	}
	return sum
}
