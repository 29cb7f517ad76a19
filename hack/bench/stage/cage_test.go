package stage

import (
	"os/exec"
	"strings"
	"testing"
)

// TestCageHoldsAProgram: a program runs in the cgroup where the machine allows one, and as it is
// where it does not.
func TestCageHoldsAProgram(t *testing.T) {
	c := newCage(t.Name(), 64<<20)
	defer c.remove()
	program, args := c.around("/bin/cat", []string{"/proc/self/cgroup"})
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if inside := strings.Contains(string(out), t.Name()); inside != (c != nil) {
		t.Errorf("there is a cgroup: %t; the program says\n%s", c != nil, out)
	}
	if c == nil {
		t.Log("this machine lets nobody make a cgroup")
		return
	}
	peak, met, err := c.used()
	if err != nil || peak <= 0 || peak > 64 || met != 0 {
		t.Errorf("the program held %.1f MiB and met the limit %d times (%v)", peak, met, err)
	}
}

// TestCageKnowsItsLimit: a program that wants more than the cage holds meets the limit.
func TestCageKnowsItsLimit(t *testing.T) {
	c := newCage(t.Name(), 8<<20)
	if c == nil {
		t.Log("this machine lets nobody make a cgroup")
		return
	}
	defer c.remove()
	program, args := c.around("/bin/dd", []string{"if=/dev/zero", "of=/dev/null", "bs=64M", "count=1"})
	if err := exec.Command(program, args...).Run(); err == nil {
		t.Error("64 MiB were held in a cgroup of 8")
	}
	if _, met, err := c.used(); err != nil || met == 0 {
		t.Errorf("the limit was met %d times (%v)", met, err)
	}
}
