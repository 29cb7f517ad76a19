package catalogue_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/internal/lync/shell"
)

var update = flag.Bool("update", false, "write docs/catalogue.md")

func TestDocs(t *testing.T) {
	const path = "../../docs/catalogue.md"
	want := shell.Markdown(shell.Commands())
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/catalogue.md is not what the headers say; run the test with -update (-want +got):\n%s", diff)
	}
}
