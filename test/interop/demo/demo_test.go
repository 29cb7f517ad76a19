//go:build interop

// Package demo_test runs the demo with a real PowerShell on every machine.
package demo_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/fedroute/fedroute/test/support/cluster"
	"github.com/fedroute/fedroute/test/support/program"
)

const root = "../../.."

func TestDemoWithARealPowerShell(t *testing.T) {
	path := os.Getenv("FEDROUTE_POWERSHELL")
	if path == "" {
		t.Log("NOT JUDGED by the real engine: FEDROUTE_POWERSHELL names no PowerShell")
		return
	}
	t.Attr("case", "make demo with a real engine on every machine: every check passes")
	t.Attr("with", "PowerShell")
	program.Alone(t, "powershell")
	bin, err := filepath.Abs(cluster.Bin(root))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	demo := exec.CommandContext(ctx, filepath.Join(bin, "demo"), "--bin", bin, "--powershell", path)
	demo.Dir, demo.Cancel = root, func() error { return demo.Process.Signal(os.Interrupt) } // it then ends what it started
	demo.WaitDelay = 30 * time.Second
	said, err := demo.CombinedOutput()
	if err != nil || !regexp.MustCompile(`demo: PASS \(\d+ checks\)`).Match(said) {
		t.Errorf("%v:\n%s", err, said)
	}
}
