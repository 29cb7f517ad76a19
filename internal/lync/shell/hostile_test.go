package shell

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestATopologyStaysSmall reads topology documents of a hostile server. None may cost many
// times its size, or seconds, and what is refused has a reason.
func TestATopologyStaysSmall(t *testing.T) {
	cases := map[string]struct {
		reason, text, want string
		allocated          uint64 // MiB in all
	}{
		"many elements":  {"1.6 MB of small elements are allowed", "<T>" + strings.Repeat(`<a b='c'/>`, 160_000) + "</T>", "", 250},
		"a huge one":     {"9 MB of small elements", "<T>" + strings.Repeat(`<a b='c'/>`, 900_000) + "</T>", "it has more than", 300},
		"nested":         {"700 kB of elements in each other", strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000), "deep", 32},
		"many of a kind": {"9 MB of empty elements", "<T>" + strings.Repeat(`<a/>`, 2_250_000) + "</T>", "it has more than", 300},
	}
	for name, c := range cases {
		for reader, read := range map[string]func() error{
			"digest":   func() error { _, err := documentDigest(c.text); return err },
			"elements": func() error { _, err := readDocument([]string{c.text}, nil); return err },
		} {
			t.Run(name+" "+reader, func(t *testing.T) {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				began := time.Now()
				err := read()
				took := time.Since(began)
				runtime.ReadMemStats(&after)
				allocated, held := (after.TotalAlloc-before.TotalAlloc)>>20, max(after.HeapSys, before.HeapSys)-before.HeapSys
				t.Logf("%d kB: %d MiB allocated in all, the heap grew by %d MiB, %s, %v", len(c.text)/1000, allocated, held>>20, took.Round(time.Millisecond), err)
				if allocated > c.allocated || took > time.Minute {
					t.Errorf("%s: %d MiB and %s", c.reason, allocated, took)
				}
				if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s: %v", c.reason, err)
				}
			})
		}
	}
}
