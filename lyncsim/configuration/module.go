package configuration

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// ModuleFolder is where the modules of a folder are on the machine's disk.
const ModuleFolder = `C:\Program Files\WindowsPowerShell\Modules`

// modules are the modules of a folder, by lower-case name.
type modules map[string]module

type module struct {
	powershell.ScriptModule
	broken       error // why it cannot be imported; nil: it can
	capabilities map[string]capability
	files        map[string][]byte // by their path on the machine's disk
}

func readModules(files fs.FS) (modules, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	all := make(modules)
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		sub, err := fs.Sub(files, e.Name())
		if err != nil {
			return nil, err
		}
		m, err := readModule(sub, e.Name())
		if err != nil {
			return nil, fmt.Errorf("module %s: %w", e.Name(), err)
		}
		all[strings.ToLower(e.Name())] = m
	}
	return all, nil
}

func readModule(files fs.FS, name string) (module, error) {
	m := module{ScriptModule: powershell.ScriptModule{Name: name, Version: "0.0"}, capabilities: make(map[string]capability), files: make(map[string][]byte)}
	err := fs.WalkDir(files, ".", func(at string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, at)
		if err != nil {
			return err
		}
		m.files[onDisk(name, at)] = raw
		if path.Dir(at) == "RoleCapabilities" && path.Ext(at) == ".psrc" {
			return m.readRole(files, at)
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	m.broken = m.readText(files)
	return m, nil
}

func onDisk(module, at string) string {
	return ModuleFolder + `\` + module + `\` + strings.ReplaceAll(at, "/", `\`)
}

func (m *module) readRole(files fs.FS, at string) error {
	t, err := readTable(files, at)
	if err != nil {
		return err
	}
	if err := t.check(capabilityKeys, describing, capabilityRefused); err != nil {
		return err
	}
	c, err := readCapability(t)
	m.capabilities[strings.ToLower(strings.TrimSuffix(path.Base(at), ".psrc"))] = c
	return err
}

// readText reads the module's manifest, when there is one, and the text of its root
// module.
func (m *module) readText(files fs.FS) error {
	root := m.Name + ".psm1"
	if manifest, err := readTable(files, m.Name+".psd1"); err == nil {
		if r := manifest.text("RootModule"); r != "" {
			root = r
		}
		m.Version = manifest.text("ModuleVersion")
		if m.Functions, err = manifest.texts("FunctionsToExport"); err != nil {
			return err
		}
	} else if _, missing := fs.Stat(files, m.Name+".psd1"); missing == nil {
		return err
	}
	raw, err := fs.ReadFile(files, root)
	if err != nil {
		return err
	}
	m.Text, m.Path = decoded(raw), onDisk(m.Name, root)
	return nil
}

// capability finds a role capability by its name in any module.
func (ms modules) capability(name string) (capability, bool) {
	for _, m := range ms {
		if c, ok := m.capabilities[strings.ToLower(name)]; ok {
			return c, true
		}
	}
	return capability{}, false
}

// Install writes the files of the modules to a machine's disk.
func (s *Set) Install(disk dotnet.Files) error {
	for _, m := range s.modules {
		for name, raw := range m.files {
			if err := disk.WriteFile(name, raw); err != nil {
				return err
			}
		}
	}
	return nil
}
