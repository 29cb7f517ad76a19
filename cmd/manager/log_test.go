package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

// registered gives the manager's options before any command line is parsed.
func registered() (*flag.FlagSet, *settings) {
	fs := flag.NewFlagSet("manager", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return fs, register(fs)
}

// TestNoOptionReachesLevelsThatPrintSecrets: no option of the manager turns on a level at which
// libraries print secrets. The API client logs bodies from V(8) on, and headers from klog's
// -v=6 on.
func TestNoOptionReachesLevelsThatPrintSecrets(t *testing.T) {
	for text, takes := range map[string]bool{"DEBUG": true, "info": true, "WARN": true, "ERROR": true,
		"DEBUG-4": false, "INFO-12": false, "-8": false, "": false} {
		fs, s := registered()
		err := fs.Parse([]string{"--log-level=" + text})
		if (err == nil) != takes {
			t.Errorf("--log-level=%s: %v, want it taken: %t", text, err, takes)
			continue
		}
		log := logr.FromSlogHandler(newLog(io.Discard, s.logLevel.Level))
		if log.V(5).Enabled() {
			t.Errorf("--log-level=%s lets V(5) of the libraries through", text)
		}
	}
	fs, _ := registered()
	for _, of := range []*flag.FlagSet{fs, flag.CommandLine} {
		for _, name := range []string{"v", "vmodule", "logtostderr"} {
			if of.Lookup(name) != nil {
				t.Errorf("klog's option -%s is there", name)
			}
		}
	}
}

// TestAFailedCheckIsNotToldForNothing sends the kubelet's request to a health check that fails,
// and counts the lines that the manager logs at each level.
func TestAFailedCheckIsNotToldForNothing(t *testing.T) {
	var out bytes.Buffer
	var now slog.LevelVar
	ctrl.SetLogger(logr.FromSlogHandler(newLog(&out, &now)))
	checks := &healthz.Handler{Checks: map[string]healthz.Checker{"caches": func(*http.Request) error { return errors.New("not synced") }}}
	for _, c := range []struct {
		reason string
		level  slog.Level
		lines  int
	}{
		{"statuses:[{}] every ten seconds names nothing", slog.LevelInfo, 0},
		{"who looks closer gets check and error, once", slog.LevelDebug, 1},
	} {
		out.Reset()
		now.Set(c.level)
		checks.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		if got := out.String(); strings.Count(got, "\n") != c.lines || c.lines > 0 && !strings.Contains(got, `"checker":"caches","error":"not synced"`) {
			t.Errorf("at %s the log says\n%s\nwant %d lines: %s", c.level, got, c.lines, c.reason)
		}
	}
}
