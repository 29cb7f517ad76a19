package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const head = `# Judged by others

Programs of other projects judge this one. Clients such as Ansible, pywinrm and curl drive the simulated organization, as they would drive Windows. fedroute drives servers such as BIND, Knot, PowerDNS, Samba and MIT Kerberos. The libraries of Flux and Argo CD deliver its objects from Git. ` + "`make interop`" + ` installs the programs from Debian packages and PyPI, runs every case on loopback addresses and writes this page. A case that cannot run fails; none is skipped. Where the second column is empty, the case needs no program from outside.

Three judges come from no package: a real PowerShell, recorded conversations with a real Windows, and recorded conversations of the real PowerShell engine. [Environment variables](../CONTRIBUTING.md#edit-and-test) name them. Where one is not named, its cases are not in the table. A number in parentheses counts recordings.

| case | judged with | result |
|---|---|---|
`

// table is the page with one row per case, sorted. It contains nothing that differs
// from one run to the next.
func table(cases []verdict, versions map[string]string) string {
	sorted := slices.SortedFunc(slices.Values(cases), func(a, b verdict) int { return cmp.Compare(a.Case, b.Case) })
	var b strings.Builder
	b.WriteString(head)
	for _, c := range sorted {
		var with []string
		for _, name := range c.With {
			with = append(with, name+" "+versions[name])
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", escape(c.Case), escape(strings.Join(with, ", ")), word(c.Passed))
	}
	return b.String()
}

func escape(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// judges are those that no package manager knows. An environment variable names where each
// is, and a case that needs one runs only where it is named.
var judges = map[string]func() (string, error){
	"PowerShell":         powershell,
	"windows-recordings": func() (string, error) { return conversations("FEDROUTE_WINDOWS_RECORDINGS", "*.yml") },
	"psrp-recordings":    func() (string, error) { return conversations("FEDROUTE_PSRP_RECORDINGS", "cases/*.decoded.jsonl*") },
}

// powershell is the version of the real PowerShell.
func powershell() (string, error) {
	out, err := exec.Command(os.Getenv("FEDROUTE_POWERSHELL"), "--version").Output()
	return strings.TrimPrefix(strings.TrimSpace(string(out)), "PowerShell "), err
}

// conversations is the number of recordings in a folder.
func conversations(folder, pattern string) (string, error) {
	files, err := filepath.Glob(filepath.Join(os.Getenv(folder), pattern))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s names a folder without recordings", folder)
	}
	return fmt.Sprintf("(%d)", len(files)), err
}

// versionsOf finds the versions of packages with dpkg, of modules with go, of Python
// packages with the interpreter beside this program, and of judges as each of them tells
// it. The names of modules contain a slash, those of Python packages begin with pypi:.
func versionsOf(names []string) (map[string]string, error) {
	versions := map[string]string{}
	for _, name := range names {
		if versions[name] != "" {
			continue
		}
		if version := judges[name]; version != nil {
			told, err := version()
			if err != nil {
				return nil, fmt.Errorf("version of %s: %w", name, err)
			}
			versions[name] = told
			continue
		}
		ask := exec.Command("dpkg-query", "--show", "--showformat", "${source:Upstream-Version}", name)
		if strings.Contains(name, "/") {
			ask = exec.Command("go", "list", "-m", "-f", "{{.Version}}", name)
		}
		if python, ok := strings.CutPrefix(name, "pypi:"); ok {
			ask = exec.Command(filepath.Join(filepath.Dir(os.Args[0]), "python/bin/python"), "-c",
				"import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))", python)
		}
		out, err := ask.Output()
		if err != nil {
			return nil, fmt.Errorf("version of %s: %w", name, err)
		}
		versions[name] = strings.TrimSpace(string(out))
	}
	return versions, nil
}
