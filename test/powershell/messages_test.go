package powershell_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// TestRecordedMessages checks that the recorded error streams hold each message as the
// engine's record has it. Line ends are written as " | ".
func TestRecordedMessages(t *testing.T) {
	for _, name := range []string{"parse-error", "parse-error-quote"} {
		_, err := syntax.Parse(read(t, name, "script.ps1"))
		wrong, ok := errors.AsType[*syntax.ParseError](err)
		if !ok {
			t.Fatalf("%s: the error is %v", name, err)
		}
		got := wrong.IDs()[0] + "\tParserError\t" + strings.ReplaceAll(wrong.Message(), "\n", " | ")
		if diff := cmp.Diff(strings.TrimSpace(read(t, name, "stderr")), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
