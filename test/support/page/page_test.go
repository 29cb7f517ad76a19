package page_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/test/support/page"
)

func TestRewrite(t *testing.T) {
	for name, c := range map[string]struct{ reason, text, want, fails string }{
		"between":  {"what stands there is known, and the rest stays", "a\n<b>\nold\n<e>\nz", "a\n<b>\nold, new\n<e>\nz", ""},
		"nothing":  {"a page may wait for its first results", "<b>\n<e>", "<b>\n, new\n<e>", ""},
		"no begin": {"a page without a place stays", "a\n<e>", "a\n<e>", `page.md lacks the marks "<b>" and "<e>": write them where the results are to stand`},
		"reversed": {"the end comes after the beginning", "<e>\n<b>\n", "<e>\n<b>\n", `page.md lacks the marks "<b>" and "<e>": write them where the results are to stand`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			const path = "page.md"
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			said := ""
			if err := page.Rewrite(path, "<b>\n", "<e>", func(before string) string { return strings.TrimSuffix(before, "\n") + ", new\n" }); err != nil {
				said = err.Error()
			}
			now, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{c.want, c.fails}, []string{string(now), said}); d != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, d)
			}
		})
	}
}
