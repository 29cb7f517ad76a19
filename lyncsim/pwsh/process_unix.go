//go:build unix

package pwsh

import (
	"os/exec"
	"syscall"
)

// alone makes the program the head of a process group that is killed as a
// whole: PROGRAM may be a script that starts the real one.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
