package program

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Build compiles the command in the module's folder. It switches cgo off, as make
// does, although a test with the race detector runs with cgo. So the results that
// make has compiled are used again.
func Build(module, command, out string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	build := exec.Command("go", "build", "-C", module, "-o", out, command)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s of %s: %w\n%s", command, module, err, said)
	}
	return nil
}
