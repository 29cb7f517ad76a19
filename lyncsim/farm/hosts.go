package farm

import (
	"fmt"
	"slices"
	"strings"
)

// HostSpec is how Windows is set up on machines. The zero value is Windows Server as
// it is installed, with a WinRM listener for HTTPS that an administrator added.
type HostSpec struct {
	// Machines are those that the settings are for; none means every machine that no
	// other entry names.
	Machines []string `json:"machines,omitempty"`
	// HTTP is the WinRM listener on port 5985; true when left out, as on Windows.
	HTTP *bool `json:"http,omitempty"`
	// AllowUnencrypted takes messages over HTTP that are not sealed.
	AllowUnencrypted bool `json:"allowUnencrypted,omitempty"`
	// CbtHardeningLevel is None, Relaxed (default) or Strict: whether a logon over HTTPS
	// must be bound to the TLS connection.
	CbtHardeningLevel string `json:"cbtHardeningLevel,omitempty"`
	// LocalAccountTokenFilterPolicy gives local accounts that are administrators their
	// whole token over the network. Without it only the account Administrator has it.
	LocalAccountTokenFilterPolicy bool       `json:"localAccountTokenFilterPolicy,omitempty"`
	Quotas                        QuotasSpec `json:"quotas,omitempty"`
	// PowerShell is the version of Windows PowerShell: 3.0, 4.0 or 5.1 (default).
	PowerShell string `json:"powershell,omitempty"`
	// ExecutionPolicy is Restricted, AllSigned, RemoteSigned (default), Unrestricted or
	// Bypass.
	ExecutionPolicy string `json:"executionPolicy,omitempty"`
	// LanguageMode is FullLanguage (default) or ConstrainedLanguage, as an application
	// control policy sets it.
	LanguageMode string `json:"languageMode,omitempty"`
	// StartsByCmd starts every process through cmd.exe, also where a client asks to do
	// without, as versions later than Windows Server 2012 are said to do.
	StartsByCmd bool `json:"startsByCmd,omitempty"`
	// MissingPatches are updates that the machine lacks, such as KB2842230.
	MissingPatches []string `json:"missingPatches,omitempty"`
}

// QuotasSpec are the quotas of WinRM. Zero means the one of Windows Server 2012 R2.
type QuotasSpec struct {
	MaxShellsPerUser               int      `json:"maxShellsPerUser,omitempty"`
	MaxProcessesPerShell           int      `json:"maxProcessesPerShell,omitempty"`
	MaxConcurrentOperationsPerUser int      `json:"maxConcurrentOperationsPerUser,omitempty"`
	MaxMemoryPerShellMB            int      `json:"maxMemoryPerShellMB,omitempty"`
	IdleTimeout                    Duration `json:"idleTimeout,omitempty"`
	MaxShellRunTime                Duration `json:"maxShellRunTime,omitempty"`
}

// Memory of shells, in MB.
const (
	defaultMemory = 1024
	// memoryWithoutPatch is what a shell of WMF 3.0 gets, whatever its quota says, while
	// the update memoryPatch is missing.
	memoryWithoutPatch = 150
	memoryPatch        = "KB2842230"
	// ModuleMemory is what a shell needs for the product's module [invented].
	ModuleMemory = 200
)

// ShellMemory is the memory that a remote shell may use, in MB.
func (h HostSpec) ShellMemory() int {
	memory := h.Quotas.MaxMemoryPerShellMB
	if memory <= 0 {
		memory = defaultMemory
	}
	if h.lacks(memoryPatch) {
		return min(memory, memoryWithoutPatch)
	}
	return memory
}

func (h HostSpec) lacks(patch string) bool {
	return slices.ContainsFunc(h.MissingPatches, func(p string) bool { return strings.EqualFold(p, patch) })
}

// TakesHTTP reports whether the machine has the listener on port 5985.
func (h HostSpec) TakesHTTP() bool { return h.HTTP == nil || *h.HTTP }

// checkHosts finds words that mean nothing.
func (s Spec) checkHosts() error {
	if s.Language != "" && !slices.Contains([]Language{English, German, French}, s.Language) {
		return fmt.Errorf("language: %q is none of %s, %s and %s", s.Language, English, German, French)
	}
	for _, h := range s.Hosts {
		for _, field := range []struct{ name, value, allowed string }{
			{"cbtHardeningLevel", h.CbtHardeningLevel, "None Relaxed Strict"},
			{"powershell", h.PowerShell, "3.0 4.0 5.1"},
			{"executionPolicy", h.ExecutionPolicy, "Restricted AllSigned RemoteSigned Unrestricted Bypass"},
			{"languageMode", h.LanguageMode, "FullLanguage ConstrainedLanguage"},
		} {
			if field.value != "" && !slices.Contains(strings.Fields(field.allowed), field.value) {
				return fmt.Errorf("hosts: %s %q is none of %s", field.name, field.value, field.allowed)
			}
		}
		for _, m := range h.Machines {
			if !slices.ContainsFunc(slices.Collect(s.machines()), func(have *MachineSpec) bool { return strings.EqualFold(have.FQDN, m) }) {
				return fmt.Errorf("hosts: there is no machine %s", m)
			}
		}
	}
	return nil
}

// Host is how Windows is set up on a machine.
func (s Spec) Host(fqdn string) HostSpec {
	var all HostSpec
	for _, h := range s.Hosts {
		if slices.ContainsFunc(h.Machines, func(m string) bool { return strings.EqualFold(m, fqdn) }) {
			return h
		}
		if len(h.Machines) == 0 {
			all = h
		}
	}
	return all
}
