package powershell

import (
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// programRunner runs an external program. Text that is piped to the program is its standard
// input, line by line; the program runs once, when the pipeline has ended. No other objects
// can be piped.
type programRunner struct {
	inv   *invocation
	path  string
	args  []string
	input strings.Builder
	piped bool
	ran   bool
}

func newProgramRunner(inv *invocation, path string, args []argument) (runner, error) {
	inv.name, inv.class = path, path
	inv.params, inv.bound = &paramTable{}, newBound()
	r := &programRunner{inv: inv, path: path}
	for _, a := range args {
		if a.name != "" {
			text := "-" + a.name
			if a.hasValue {
				text += ":" + value.Text(a.value)
			}
			r.args = append(r.args, text)
			continue
		}
		for _, v := range value.Unroll(a.value) {
			r.args = append(r.args, value.Text(v))
		}
	}
	return r, nil
}

func (r *programRunner) begin() error { return nil }

func (r *programRunner) process(v any, piped bool) error {
	if !piped {
		return r.run()
	}
	text, ok := v.(string)
	if !ok {
		return r.inv.frame.refuse("objects other than text piped to the program " + r.path)
	}
	r.piped = true
	r.input.WriteString(text + "\r\n")
	return nil
}

func (r *programRunner) run() error {
	r.ran = true
	f := r.inv.frame
	output, code, err := f.rs.options.Programs.Run(f.ctx, r.path, r.args, r.input.String())
	if err != nil {
		return f.raising(err)
	}
	f.rs.global.set("LASTEXITCODE", int32(code))
	r.inv.failed = code != 0
	for _, line := range lines(output) {
		if err := r.inv.out(line); err != nil {
			return err
		}
	}
	return nil
}

func (r *programRunner) end() error {
	if r.piped {
		if err := r.run(); err != nil {
			return err
		}
	}
	r.inv.finish()
	return nil
}

// lines splits output at its line ends. A last line without a line end counts too.
func lines(s string) []string {
	s = strings.TrimSuffix(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
