//go:build unix

package pwsh

import (
	"os/exec"
	"syscall"
)

// alone puts the program into a process group of its own, which is killed as a
// whole. Config.Program may be a script that starts the real program.
func alone(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
