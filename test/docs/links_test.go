package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksResolve(t *testing.T) {
	followed := 0
	for _, from := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(withoutFences(page(t, from)), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			followed++
			path := from
			if target != "" {
				path = filepath.Join(filepath.Dir(from), target)
			}
			if _, err := os.Stat(filepath.Join(root, path)); err != nil {
				t.Errorf("%s: %s leads nowhere", from, m[1])
				continue
			}
			if anchor != "" && !hasAnchor(page(t, path), anchor) {
				t.Errorf("%s: %s names no heading of %s", from, m[1], path)
			}
		}
	}
	if followed < 50 {
		t.Errorf("only %d links were followed; the search is broken", followed)
	}
}

var (
	heading     = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N}\-_ ]`)
)

// hasAnchor reports whether a heading of the page gets the anchor on GitHub.
func hasAnchor(text, anchor string) bool {
	for _, m := range heading.FindAllStringSubmatch(withoutFences(text), -1) {
		slug := strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		if slug == anchor {
			return true
		}
	}
	return false
}

func TestHasAnchor(t *testing.T) {
	text := "# One page\n\n## Waiting, Flux, Argo CD\n```\n# not a heading\n```\n### `spec.mode`\n"
	cases := map[string]struct {
		reason string
		anchor string
		want   bool
	}{
		"words":       {"spaces become hyphens, commas vanish", "waiting-flux-argo-cd", true},
		"code":        {"backticks and dots vanish", "specmode", true},
		"not a title": {"a comment in a block is no heading", "not-a-heading", false},
		"absent":      {"what is not there is not found", "two-pages", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := hasAnchor(text, c.anchor); got != c.want {
				t.Errorf("%s: got %v", c.reason, got)
			}
		})
	}
}
