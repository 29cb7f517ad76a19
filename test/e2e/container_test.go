//go:build e2e

package e2e_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
)

// nonroot is the user of the image (see Dockerfile).
const nonroot = 65532

// container makes the file system of a pod. It has the program, and the files that a
// kubelet mounts for its account. The image has nothing else that the program needs. The
// API server gave out the token.
func container(t *testing.T, d *appsv1.Deployment) (dir string) {
	t.Helper()
	if v := d.Spec.Template.Spec.Volumes; len(v) > 0 {
		t.Fatalf("the pod has volumes, which this suite does not mount: %v", v)
	}
	var token authenticationv1.TokenRequest
	must(t, objects.SubResource("token").Create(t.Context(), account(t, d), &token))
	dir, err := os.MkdirTemp(folder, "pod")
	must(t, err)
	t.Cleanup(func() { _ = chmod(dir, 0o755) }) // otherwise only root could remove it
	mount := filepath.Join(dir, "var/run/secrets/kubernetes.io/serviceaccount")
	must(t, os.MkdirAll(mount, 0o755))
	must(t, os.Link(filepath.Join(folder, "manager"), filepath.Join(dir, "manager")))
	for name, text := range map[string]string{"token": token.Status.Token, "ca.crt": string(plane.Config.CAData), "namespace": d.Namespace} {
		must(t, os.WriteFile(filepath.Join(mount, name), []byte(text), 0o444))
	}
	must(t, chmod(dir, 0o555))
	return dir
}

// chmod changes a folder and all folders in it.
func chmod(dir string, mode fs.FileMode) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			err = os.Chmod(path, mode)
		}
		return err
	})
}

// confined lets a process see dir only, and run as a user who is nobody on this machine.
// When the test runs as root, the process becomes the image's user. Otherwise it runs in a
// user namespace, where the image's user stands for the user of the test.
func confined(dir string) *syscall.SysProcAttr {
	if os.Getuid() == 0 {
		return &syscall.SysProcAttr{Chroot: dir, Credential: &syscall.Credential{Uid: nonroot, Gid: nonroot}}
	}
	one := func(id int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: nonroot, HostID: id, Size: 1}}
	}
	return &syscall.SysProcAttr{Chroot: dir, Cloneflags: syscall.CLONE_NEWUSER, UidMappings: one(os.Getuid()), GidMappings: one(os.Getgid())}
}

// withinMemory compares the largest resident memory that the process ever had with the
// container's limit. At that limit the kernel would have killed the process.
func (p *pod) withinMemory(t *testing.T, state string) {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	must(t, err)
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	var kib int64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		t.Fatalf("peak memory of the manager: %v in\n%s", err, text)
	}
	limit := only(p.deployment).Resources.Limits.Memory()
	t.Logf("%s: peak memory %d MiB of %s", state, kib>>10, limit)
	if kib<<10 >= limit.Value() {
		t.Errorf("%s: the manager had %d MiB resident, its limit is %s", state, kib>>10, limit)
	}
}

// TestTheManagerIsToldItsMemoryLimit: the manager has the collector work harder below the
// limit that it is told, so that is the container's own, however somebody patches it.
func TestTheManagerIsToldItsMemoryLimit(t *testing.T) {
	for _, namespace := range []string{everywhere, inside} {
		d := deployed(t, namespace)
		env, limit := environment(t, d), only(d).Resources.Limits.Memory()
		if told := env["FEDROUTE_MEMORY_LIMIT"]; limit.Value() == 0 || told != strconv.FormatInt(limit.Value(), 10) {
			t.Errorf("namespace %s: the manager is told %q, the container's limit is %s", namespace, told, limit)
		}
		if set := env["GOMEMLIMIT"]; set != "" {
			t.Errorf("namespace %s: GOMEMLIMIT is %s and passes over the container's limit", namespace, set)
		}
	}
}
