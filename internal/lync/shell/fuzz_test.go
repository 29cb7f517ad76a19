package shell_test

import (
	"context"
	"os"
	"testing"

	"github.com/fedroute/fedroute/internal/lync/shell"
)

// FuzzReadTopology: whatever a server sends, ReadTopology gives an error or a topology with a
// signature and sites. It never panics.
func FuzzReadTopology(f *testing.F) {
	for _, name := range []string{"testdata/topology.json", "testdata/edgeserver.json"} {
		seed, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(seed))
	}
	f.Fuzz(func(t *testing.T, reply string) {
		w := newWorld()
		w.answers[first], w.answers[edge] = says(reply), says(reply)
		o := shell.NewObserver(w.fleet(t))
		topology, _, err := o.ReadTopology(context.Background())
		if err == nil && (topology.Signature == "" || len(topology.Sites) == 0) {
			t.Errorf("an empty organization was believed: %+v", topology)
		}
		if state, err := o.ReadEdgeServer(context.Background(), "edge01.contoso.com"); err != nil && len(state.Services) > 0 {
			t.Errorf("a value came with an error: %+v", state)
		}
	})
}
