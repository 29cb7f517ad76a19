package pwsh

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

const (
	exitFailure = 1
	// exitKilled is the exit code that Windows gives a process that another one ended
	// (STATUS_CONTROL_C_EXIT).
	exitKilled = -1073741510
	// maxCommandText bounds a script on the command line, in characters. Linux
	// accepts 128 KiB per argument, and encoding makes up to three bytes of each
	// character.
	maxCommandText = 30000
	// outputGrace is how long a killed program's children may keep its output open.
	outputGrace = 2 * time.Second
)

// Run runs one powershell.exe. It starts the program in a machine's place, with the
// console's streams, and gives its exit code. The program is killed when ctx ends.
func (h *Host) Run(ctx context.Context, seat Seat, in console.Invocation) int {
	code, err := h.run(ctx, seat, in)
	if err != nil {
		_, _ = fmt.Fprintf(in.Stderr, "lyncsim: %v\r\n", err)
	}
	return code
}

func (h *Host) run(ctx context.Context, seat Seat, in console.Invocation) (int, error) {
	at, err := h.place(seat)
	if err != nil {
		return exitFailure, err
	}
	script, err := at.commandText(in)
	if err != nil {
		return exitFailure, err
	}
	life, end := context.WithCancel(ctx)
	defer end() // ends calls that a killed process left behind
	token := h.endpoint.admit(life, visit{seat: seat, temp: at.temp})
	defer h.endpoint.dismiss(token)

	cmd := exec.CommandContext(life, h.program, arguments(in, script)...)
	cmd.Env = append(h.environment(at, in), "LYNCSIM_MODULE="+seat.Product.Name, module.EnvToken+"="+token)
	cmd.Dir = at.temp
	cmd.Stdout, cmd.Stderr = in.Stdout, in.Stderr
	cmd.WaitDelay = outputGrace
	alone(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return exitFailure, fmt.Errorf("start %s: %w", h.program, err)
	}
	if err := cmd.Start(); err != nil {
		return exitFailure, fmt.Errorf("start %s: %w", h.program, err)
	}
	// The copy is not left to the exec package: Wait must not wait for a client that
	// never closes its stdin.
	go func() {
		_, _ = io.Copy(stdin, in.Stdin)
		_ = stdin.Close()
	}()
	return exitCode(ctx, cmd.Wait())
}

func exitCode(ctx context.Context, err error) (int, error) {
	if ctx.Err() != nil {
		return exitKilled, nil
	}
	if ended, ok := errors.AsType[*exec.ExitError](err); ok && ended.ExitCode() >= 0 {
		return ended.ExitCode(), nil
	}
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return exitFailure, fmt.Errorf("the PowerShell ended: %w", err)
	}
	return 0, nil
}

// arguments are those of a client that sends an encoded command, whatever the
// client's own arguments were. The output format that the client named or implied is
// kept.
func arguments(in console.Invocation, script string) []string {
	args := []string{"-NoProfile", "-NonInteractive"}
	switch {
	case in.OutputAsXML:
		args = append(args, "-OutputFormat", "XML")
	case !in.ErrorsAsXML:
		args = append(args, "-OutputFormat", "Text")
	}
	return append(args, "-EncodedCommand", encode(script))
}

// encode is base64 of UTF-16LE.
func encode(script string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		raw = binary.LittleEndian.AppendUint16(raw, unit)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// quote writes a text as a literal PowerShell string.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
