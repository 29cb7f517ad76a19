package main

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"time"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/utility"
)

// refusal is the beginning of the evaluator's error for a construct that it does not
// simulate.
const refusal = "not supported by the simulator: "

// limit is how long one snippet may run.
const limit = 20 * time.Second

type outcome int

const (
	same outcome = iota
	refused
	documented // different in a way that is documented of Windows PowerShell 5.1
	different
)

func (o outcome) String() string {
	return [...]string{"same", "refused", "documented", "different"}[o]
}

// verdict compares the evaluator's answer to one snippet with the engine's.
type verdict struct {
	snippet
	outcome outcome
	refusal string // the construct
	got     answer
}

// judge runs one snippet in the evaluator and compares the answers.
func judge(s snippet) verdict {
	got, stderr := play(s.Script)
	if _, what, found := strings.Cut(stderr, refusal); found {
		what, _, _ = strings.Cut(what, "\n")
		return verdict{snippet: s, outcome: refused, refusal: what}
	}
	want, have := portable(s.answer), portable(got)
	switch {
	case reflect.DeepEqual(want, have):
		return verdict{snippet: s}
	case documentedIn51(want, have) != "":
		return verdict{snippet: s, outcome: documented, got: got}
	}
	return verdict{snippet: s, outcome: different, got: got}
}

func play(script string) (answer, string) {
	var stdout, stderr bytes.Buffer
	rs := powershell.New(powershell.Options{
		Edition: powershell.Core7, Notation: powershell.Recorded,
		Stdout: &stdout, Stderr: &stderr, Loaded: utility.Modules(),
	})
	defer rs.Close()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	code := rs.Run(ctx, script)
	return answer{Stdout: stdout.String(), Errors: errorsOf(stderr.String()), Exit: code}, stderr.String()
}

// portable returns an answer without the parts that depend on the operating system. The
// recorded engine ran on Linux. There lines end in LF, an exit code is a byte, and newer
// culture data put a narrow blank before AM.
func portable(a answer) answer {
	a.Stdout = strings.NewReplacer("\r\n", "\n", "\u202f", " ").Replace(a.Stdout)
	a.Exit &= 0xff
	if len(a.Errors) == 0 {
		a.Errors = nil
	}
	return a
}

// errorsOf reads the lines id, category, message.
func errorsOf(stderr string) []errorRecord {
	var list []errorRecord
	for line := range strings.Lines(stderr) {
		id, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if id == "" {
			continue
		}
		category, _, _ := strings.Cut(rest, "\t")
		list = append(list, errorRecord{ID: id, Category: category})
	}
	return list
}
