package api_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/fedroute/fedroute/test/support/cluster"
)

// This project puts together the kubectl in bin, and with it the way in which kubectl finds
// plugins.
func TestKubectlFindsItsPlugins(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "kubectl-say_it"), []byte("#!/bin/sh\necho \"$# $2\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	kubectl := exec.CommandContext(t.Context(), filepath.Join(cluster.Bin(root), "kubectl"), "say-it", "-n", "two words")
	kubectl.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := kubectl.CombinedOutput(); err != nil || string(out) != "2 two words\n" {
		t.Errorf("kubectl say-it gave %v: %s", err, out)
	}
}
