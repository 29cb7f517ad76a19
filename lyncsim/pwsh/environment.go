package pwsh

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/console"
	"github.com/fedroute/fedroute/lyncsim/pwsh/module"
)

// inherited are the variables of this computer that a PowerShell needs to
// start. Nothing else of the environment is shown to what clients send.
var inherited = strings.Fields(`PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM LD_LIBRARY_PATH SSL_CERT_FILE SSL_CERT_DIR
	SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT PROGRAMDATA APPDATA LOCALAPPDATA USERPROFILE`)

// families are beginnings of names that are inherited as well.
var families = []string{"LC_", "DOTNET_", "POWERSHELL_"}

// windowsOnly are variables of a simulated Windows whose values name what this
// computer does not have, or has elsewhere.
var windowsOnly = append(strings.Fields(`ALLUSERSPROFILE NUMBER_OF_PROCESSORS OS PROCESSOR_ARCHITECTURE PROGRAMFILES PSMODULEPATH
	TEMP TMP`), inherited...)

// environment is what a process sees: what this computer's programs need, the
// simulated machine's and the client's variables, and the way to the endpoint.
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

// modulePath is PSModulePath: the modules here first, then those of the program.
// PowerShell adds its own folders to what it is given, but is documented to
// leave the path alone when it lacks the program's modules.
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
