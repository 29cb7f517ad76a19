package pwsh

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// inherited are the variables of this computer that a PowerShell needs to start.
// Scripts of clients see no other variables of this computer.
var inherited = strings.Fields(`PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM LD_LIBRARY_PATH SSL_CERT_FILE SSL_CERT_DIR
	SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT PROGRAMDATA APPDATA LOCALAPPDATA USERPROFILE`)

// families are prefixes of names that are inherited too.
var families = []string{"LC_", "DOTNET_", "POWERSHELL_"}

// windowsOnly are variables of a simulated Windows whose values name things that
// this computer does not have or has elsewhere.
var windowsOnly = append(strings.Fields(`ALLUSERSPROFILE NUMBER_OF_PROCESSORS OS PROCESSOR_ARCHITECTURE PROGRAMFILES PSMODULEPATH
	TEMP TMP`), inherited...)

// environment is the environment of a process: the variables that this computer's
// programs need, those of the simulated machine and of the client, and those by
// which modules find the endpoint.
func (h *Host) environment(at place, in console.Invocation) []string {
	var list []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if slices.Contains(inherited, strings.ToUpper(name)) || slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(name, f) }) {
			list = append(list, entry)
		}
	}
	for name, value := range in.Environment {
		if !slices.Contains(windowsOnly, strings.ToUpper(name)) {
			list = append(list, name+"="+value)
		}
	}
	return append(list,
		"TEMP="+at.temp, "TMP="+at.temp, "TMPDIR="+at.temp, "ProgramFiles="+at.programFiles, "PSModulePath="+h.modulePath(at),
		module.EnvEndpoint+"="+h.endpoint.address())
}

// modulePath is PSModulePath: first the modules of this package, then those of the
// program. PowerShell normally adds its own folders to the path. It is documented
// not to do so when the path lacks the program's modules, so they are named here.
func (h *Host) modulePath(at place) string {
	path := at.modules
	program, err := filepath.EvalSymlinks(h.program)
	if err != nil {
		return path
	}
	own := filepath.Join(filepath.Dir(program), "Modules")
	if info, err := os.Stat(own); err != nil || !info.IsDir() {
		return path
	}
	return path + string(os.PathListSeparator) + own
}
