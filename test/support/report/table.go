package main

import (
	"cmp"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

const head = `# Judged by others

Programs of other projects judge this one. Clients such as Ansible, pywinrm and curl drive the simulated organization, as they would drive Windows. fedroute drives servers such as BIND, Knot, PowerDNS, Samba and MIT Kerberos. The libraries of Flux and Argo CD deliver its objects from Git. ` + "`make interop`" + ` installs the programs from Debian packages, runs every case on loopback addresses and writes this page. A case that cannot run fails; none is skipped. Where the second column is empty, the case needs no program from outside.

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

// versionsOf finds the versions of packages with dpkg and of modules with go. The
// names of modules contain a slash.
func versionsOf(names []string) (map[string]string, error) {
	versions := map[string]string{}
	for _, name := range names {
		if versions[name] != "" {
			continue
		}
		ask := exec.Command("dpkg-query", "--show", "--showformat", "${source:Upstream-Version}", name)
		if strings.Contains(name, "/") {
			ask = exec.Command("go", "list", "-m", "-f", "{{.Version}}", name)
		}
		out, err := ask.Output()
		if err != nil {
			return nil, fmt.Errorf("version of %s: %w", name, err)
		}
		versions[name] = strings.TrimSpace(string(out))
	}
	return versions, nil
}
