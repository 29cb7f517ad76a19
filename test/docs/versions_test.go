package docs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const versionsPage = "docs/spec/versions.md"

// firstVersion lists the fields of version 0.1, a line each: the plural of the CRD, the
// path, the type, and the default.
const firstVersion = "test/docs/testdata/fields-0.1.txt"

// TestFieldsOfEachVersion holds the CRDs against the fields of version 0.1 and the table of
// those that came later: no field goes, none changes its type or default, and none is new
// without a row.
func TestFieldsOfEachVersion(t *testing.T) {
	kinds := map[string]string{"federationroutes": "FederationRoute", "lynctopologies": "LyncTopology"}
	var want []string
	for line := range strings.Lines(page(t, firstVersion)) {
		want = append(want, strings.TrimSpace(line))
	}
	if len(want) < 100 {
		t.Fatalf("%s has %d lines; version 0.1 had more fields", firstVersion, len(want))
	}
	for _, r := range rows(page(t, versionsPage)) {
		if len(r) < 4 || r[0] == "kind" || strings.HasPrefix(r[0], "-") {
			continue
		}
		for _, path := range codes(r[1]) {
			for plural, kind := range kinds {
				if r[0] == kind {
					want = append(want, strings.TrimSpace(strings.Join([]string{plural, path, r[2], strings.Trim(r[3], "`")}, " ")))
				}
			}
		}
	}
	var got []string
	for plural := range specPages {
		for _, f := range fields(t, plural) {
			if f.path == "spec" || f.path == "status" || strings.HasSuffix(f.path, "[]") {
				continue
			}
			value := ""
			if d, ok := f.schema["default"]; ok {
				value = fmt.Sprint(d)
			}
			kind := f.schema["type"]
			if f.schema["x-kubernetes-int-or-string"] == true {
				kind = "integer or string"
			}
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", plural, f.path, kind, value)))
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("%s is in a CRD, and neither a field of version 0.1 nor a row of %s says so", line, versionsPage)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("%s was promised, and no CRD has it so: a field never goes and never changes its type or default", line)
		}
	}
}
