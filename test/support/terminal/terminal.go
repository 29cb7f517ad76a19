// Package terminal runs a program on a pseudo terminal, and shows what a person then has
// on the screen.
package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// rows is enough for everything that a program writes, so that nothing scrolls away.
const rows = 1000

// Run runs the program on a terminal of that many columns until it ends. It returns what
// the program wrote, and the program's error.
func Run(program *exec.Cmd, columns int) ([]byte, error) {
	t, err := pty.StartWithSize(program, &pty.Winsize{Rows: rows, Cols: uint16(columns)})
	if err != nil {
		return nil, err
	}
	defer t.Close()
	var written bytes.Buffer
	// The system ends the reading of a terminal that no program has open with EIO.
	if _, err := io.Copy(&written, t); err != nil && !errors.Is(err, syscall.EIO) {
		return nil, err
	}
	return written.Bytes(), program.Wait()
}

// Lines are the lines of a terminal of that many columns after a program wrote to it,
// without the blanks at their ends and the empty lines at the end.
func Lines(written []byte, columns int) []string {
	screen := vt.NewEmulator(columns, rows)
	defer screen.Close()
	_, _ = screen.Write(written) // it keeps what it is given
	lines := strings.Split(screen.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \r")
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// Fits checks that no line wrapped and that nothing was written past the last column:
// the screen must be the same as on a terminal that is wider than any line. It returns
// the first difference.
func Fits(written []byte, columns int) error {
	const wide = 400
	narrow, all := Lines(written, columns), Lines(written, wide)
	for i, line := range all {
		if i >= len(narrow) || narrow[i] != line {
			return fmt.Errorf("line %d does not fit into %d columns: %q", i+1, columns, line)
		}
	}
	if len(narrow) > len(all) {
		return fmt.Errorf("%d lines are left over, the first is %q", len(narrow)-len(all), narrow[len(all)])
	}
	return nil
}
