package program

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Alone waits until no other test of this computer, in any process, is alone with the
// thing of that name. It is until the test ends.
func Alone(t testing.TB, name string) {
	t.Helper()
	lock, err := os.OpenFile(filepath.Join(os.TempDir(), "fedroute-"+name+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() }) // which gives the lock back
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
}
