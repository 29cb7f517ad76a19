// Package page puts what a run has measured into a page of the documentation.
package page

import (
	"fmt"
	"os"
	"strings"
)

// Rewrite replaces what stands between two marks of a page. The function gets what stands
// there, and gives what takes its place. A page without the marks, in this order, is an error
// and stays as it is.
func Rewrite(path, begins, ends string, between func(before string) string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(text), begins)
	before, tail, closed := strings.Cut(rest, ends)
	if !found || !closed {
		return fmt.Errorf("%s lacks the marks %q and %q: write them where the results are to stand", path, strings.TrimSpace(begins), strings.TrimSpace(ends))
	}
	return os.WriteFile(path, []byte(head+begins+between(before)+ends+tail), 0o644)
}
