// Package modules_test installs the programs as users do: with go install from a module
// proxy, without a checkout. This fails for a module with a replacement, and for one that
// does not list its requirements.
package modules_test

import (
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const (
	root    = "../.."
	path    = "github.com/fedroute/fedroute"
	version = "v0.0.1"
)

// modules are the modules that can be installed, each with its folder.
var modules = map[string]string{path: root, path + "/lyncsim": root + "/lyncsim"}

func TestProgramsInstallFromAProxy(t *testing.T) {
	p := newProxy(t)
	cases := map[string]struct {
		reason, program, argument, says string
	}{
		"manager": {"the product's controller", path + "/cmd/manager", "--help", "-leader-elect"},
		"plugin":  {"the product's kubectl plugin", path + "/cmd/kubectl-fedroute", "commands", "Publish-FederationFlags"},
		"lyncsim": {"the simulated organization, by the path of its module", path + "/lyncsim", "schema", "A simulated Lync Server"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p.run(t, "go", "install", c.program+"@"+version)
			said := p.run(t, filepath.Join(p.bin, filepath.Base(c.program)), c.argument)
			if !strings.Contains(said, c.says) {
				t.Errorf("%s, installed by go install %s@%s, answers %s without %q:\n%s", c.reason, c.program, version, c.argument, c.says, said)
			}
		})
	}
}

// proxy is a module proxy made of files, with caches and programs of its own.
type proxy struct {
	bin string
	env []string
}

// newProxy makes a proxy that has the modules as they are in the tree now. Other modules
// come from this computer's cache of downloads, or are downloaded from their usual source.
func newProxy(t *testing.T) proxy {
	t.Helper()
	files := t.TempDir()
	for name, folder := range modules {
		offer(t, files, name, folder)
	}
	cache := strings.TrimSpace(goEnv(t, "GOMODCACHE"))
	p := proxy{bin: t.TempDir()}
	p.env = append(os.Environ(),
		"GOPROXY=file://"+files+",file://"+filepath.Join(cache, "cache/download")+","+strings.TrimSpace(goEnv(t, "GOPROXY")),
		"GOMODCACHE="+t.TempDir(), "GOBIN="+p.bin, "GOFLAGS=-trimpath -buildvcs=false -modcacherw", "CGO_ENABLED=0",
		"GOSUMDB=off", "GOPRIVATE=", "GONOPROXY=", "GOENV=off", "GOWORK=off")
	return p
}

// run runs a program outside of every checkout and returns its output.
func (p proxy) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = t.TempDir(), p.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// offer writes the files by which a proxy offers one version of a module.
func offer(t *testing.T, proxy, name, folder string) {
	t.Helper()
	dir := filepath.Join(proxy, name, "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	requirements, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"list": version + "\n", version + ".info": `{"Version": "` + version + `", "Time": "2026-01-01T00:00:00Z"}`, version + ".mod": string(requirements),
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	archive, err := os.Create(filepath.Join(dir, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	if err := zip.Create(archive, module.Version{Path: name, Version: version}, source(t, folder)); err != nil {
		t.Fatal(err)
	}
}

// source lists the files of a module: the files in its folder, without other modules and
// without built files.
func source(t *testing.T, folder string) []zip.File {
	t.Helper()
	var files []zip.File
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		if d.IsDir() {
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || d.Name() == "bin" || strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		inside, err := filepath.Rel(folder, path)
		if d.Type().IsRegular() {
			files = append(files, file{whole: path, inside: filepath.ToSlash(inside)})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// file is a file that goes into a module's archive.
type file struct{ whole, inside string }

func (f file) Path() string                 { return f.inside }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(f.whole) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(f.whole) }
