package kit

import (
	"crypto/sha256"
	"fmt"
	"strings"
)

// The two role capabilities. Nobody else uses these names: PowerShell finds a role
// capability by its name in any module.
const (
	readerRole   = "FedRouteReader"
	operatorRole = "FedRouteOperator"
)

// manifest is the module's manifest.
func manifest(functions []Function) string {
	return fmt.Sprintf(`@{
    RootModule        = 'FedRoute.psm1'
    ModuleVersion     = '%d.0'
    GUID              = '%s'
    PowerShellVersion = '5.1'
    Description       = 'The functions of fedroute; written by kubectl fedroute kit'
    FunctionsToExport = %s
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
`, Version, guid("module"), array(names(functions)))
}

// capability is a role capability: the functions that the role makes visible. A name that
// the module lacks would hide all of them.
func capability(role string, functions []Function) string {
	return fmt.Sprintf(`@{
    GUID             = '%s'
    Description      = '%s; written by kubectl fedroute kit'
    ModulesToImport  = 'FedRoute'
    VisibleFunctions = %s
}
`, guid(role), role, array(names(functions)))
}

// configuration is the session configuration of a machine. SessionType stands in every
// file: without it PowerShell opens a session with the full language.
func (m Machine) configuration(o Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, `@{
    SchemaVersion   = '2.0.0.0'
    GUID            = '%s'
    Description     = 'fedroute, kit version %d'
    SessionType     = 'RestrictedRemoteServer'
    LanguageMode    = 'NoLanguage'
    ExecutionPolicy = 'RemoteSigned'
`, guid("configuration "+m.FQDN), Version)
	if m.RunAs == "" {
		b.WriteString("    RunAsVirtualAccount = $true\n")
	} else {
		fmt.Fprintf(&b, "    GroupManagedServiceAccount = %s\n", quote(m.RunAs))
	}
	if o.Transcripts != "" {
		fmt.Fprintf(&b, "    TranscriptDirectory = %s\n", quote(o.Transcripts))
	}
	b.WriteString("    RoleDefinitions = @{\n")
	if m.Readers != m.Operators {
		fmt.Fprintf(&b, "        %s = @{ RoleCapabilities = '%s' }\n", quote(m.Readers), readerRole)
	}
	fmt.Fprintf(&b, "        %s = @{ RoleCapabilities = '%s', '%s' }\n    }\n}\n", quote(m.Operators), readerRole, operatorRole)
	return b.String()
}

func names(functions []Function) []string {
	list := make([]string, 0, len(functions))
	for _, f := range functions {
		list = append(list, f.Name)
	}
	return list
}

// quote writes a text as a literal PowerShell string.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// guid is the same for the same thing of the same version.
func guid(of string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "fedroute kit %d %s", Version, of))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}
