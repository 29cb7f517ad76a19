package winrm

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/fedroute/fedroute/internal/fault"
)

// TestSmallRepliesStaySmall reads replies of a hostile host, each about as large as a reply
// may be. None may cost many times its size, or seconds.
func TestSmallRepliesStaySmall(t *testing.T) {
	const (
		head = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>`
		tail = `</s:Body></s:Envelope>`
	)
	for name, c := range map[string]struct{ reason, body, want string }{
		"many elements":    {"1.6 MB of elements that say nothing", head + strings.Repeat(`<a b='c'/>`, 160_000) + tail, "elements and attributes"},
		"nested elements":  {"700 kB of elements in each other", head + strings.Repeat(`<a>`, 100_000) + strings.Repeat(`</a>`, 100_000) + tail, "deep"},
		"many attributes":  {"one element is enough", head + `<a` + strings.Repeat(` b=''`, 300_000) + `/>` + tail, "more than 1000 attributes"},
		"behind the reply": {"a reader may go on behind the envelope", head + tail + strings.Repeat(`<a b='c'/>`, 160_000), "elements and attributes"},
		"many streams":     {"they are read into a list", head + `<ReceiveResponse xmlns="http://schemas.microsoft.com/wbem/wsman/1/windows/shell">` + strings.Repeat(`<Stream/>`, 160_000) + `</ReceiveResponse>` + tail, "elements and attributes"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			err := checkAnswer(200, nil, []byte(c.body))
			if err == nil {
				_, _ = readOutput([]byte(c.body))
				_, _ = readShellID([]byte(c.body))
				_, _ = readCommandID([]byte(c.body))
			}
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%d kB: %d MiB allocated in all, %s", len(c.body)/1000, allocated, took.Round(time.Millisecond))
			if allocated > 100 || took > time.Minute {
				t.Errorf("%s: %d MiB and %s", c.reason, allocated, took)
			}
			if err == nil {
				t.Fatalf("%s: it is read", c.reason)
			}
			said := fault.Sentence(explain(opListen, "mgmt.contoso.com", err))
			if !strings.Contains(said, c.want) || !strings.Contains(said, "; ") || !fault.Is(explain(opListen, "mgmt.contoso.com", err), fault.Failed) {
				t.Errorf("%s: %q", c.reason, said)
			}
		})
	}
}
