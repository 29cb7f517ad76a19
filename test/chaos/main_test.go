// The dice of client-go follow from a seed.
//go:debug randseednop=0

// Package chaos_test hunts faults of fedroute on seeds. Each seed is an organization, an API
// and the real manager in one testing/synctest bubble, and a script of what goes wrong and of
// what people do. A judge that shares no code with fedroute watches.
package chaos_test

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

var loud = flag.Bool("loud", false, "print the managers' log")

// lastLine is what a hunt prints in the end.
var lastLine string

func TestMain(m *testing.M) {
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	if *loud {
		h := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})
		slog.SetDefault(slog.New(h))
		ctrl.SetLogger(logr.FromSlogHandler(h))
	}
	code := m.Run()
	if lastLine != "" {
		fmt.Println(lastLine)
	}
	os.Exit(code)
}
