package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	announced = `{"Action":"attr","Package":"p","Test":"A","Key":"case","Value":"curl signs in"}
{"Action":"attr","Package":"p","Test":"A","Key":"with","Value":"github.com/google/go-cmp"}
{"Action":"output","Package":"p","Test":"A","Output":"why it failed\n"}
`
	passed = `{"Action":"pass","Package":"p","Test":"A"}
`
)

func TestEveryCaseIsTold(t *testing.T) {
	cases := map[string]struct {
		reason string
		events string
		want   string // in what is printed
		err    string
	}{
		"passes":         {"the usual", announced + passed, "pass  curl signs in\n", ""},
		"fails":          {"its output is shown", announced + `{"Action":"fail","Package":"p","Test":"A"}`, "why it failed\nFAIL  curl signs in\n", "failed"},
		"skipped":        {"nobody judged, so it failed", announced + `{"Action":"skip","Package":"p","Test":"A"}`, "FAIL  curl signs in\n", "failed"},
		"does not build": {"no test ran at all", `{"Action":"build-output","ImportPath":"p","Output":"syntax error\n"}` + "\n" + `{"Action":"build-fail","ImportPath":"p"}`, "syntax error\n", "failed"},
		"no case":        {"nothing was judged", `{"Action":"pass","Package":"p","Test":"B"}`, "", "no test announced itself"},
		"no events":      {"the tests could not be started", "go: command not found", "", "not an event"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			err := run(strings.NewReader(tc.events), &out, filepath.Join(t.TempDir(), "interop.md"))
			if (err == nil) != (tc.err == "") || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%s: got %v, want %q", tc.reason, err, tc.err)
			}
			if !strings.Contains(out.String(), tc.want) {
				t.Errorf("%s: printed %q, want %q in it", tc.reason, out.String(), tc.want)
			}
		})
	}
}

func TestTableHasOneSortedRowPerCase(t *testing.T) {
	got := table([]verdict{
		{Case: "b | c", With: []string{"bind9", "krb5-kdc"}, Passed: true}, {Case: "a", With: []string{"curl"}},
	}, map[string]string{"bind9": "9.18", "krb5-kdc": "1.20", "curl": "7.88"})
	want := head + "| a | curl 7.88 | FAIL |\n| b \\| c | bind9 9.18, krb5-kdc 1.20 | pass |\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestVersions(t *testing.T) {
	got, err := versionsOf([]string{"github.com/google/go-cmp"})
	if err != nil || !strings.HasPrefix(got["github.com/google/go-cmp"], "v0.") {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := versionsOf([]string{"no-such-package"}); err == nil {
		t.Error("a package that is not installed has a version")
	}
}

func TestVersionsOfJudges(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "pwsh")
	for file, text := range map[string]string{program: "#!/bin/sh\n[ \"$1\" = --version ] && echo PowerShell 7.6.9\n", filepath.Join(folder, "a.yml"): "", filepath.Join(folder, "b.yml"): ""} {
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("FEDROUTE_POWERSHELL", program)
	t.Setenv("FEDROUTE_WINDOWS_RECORDINGS", folder)
	t.Setenv("FEDROUTE_PSRP_RECORDINGS", folder)
	got, err := versionsOf([]string{"PowerShell", "windows-recordings", "PowerShell"})
	if d := cmp.Diff(map[string]string{"PowerShell": "7.6.9", "windows-recordings": "(2)"}, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if _, err := versionsOf([]string{"psrp-recordings"}); err == nil {
		t.Error("a folder without recordings was counted")
	}
}
