package configuration

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/identity"
)

// Copy is the configuration as a .pssc file for one caller: without roles and accounts,
// which PowerShell on Linux refuses. What the caller's roles give stands in the file
// itself. It is empty for a configuration that restricts nothing.
func (c *Configuration) Copy(caller identity.Identity) string {
	if !c.restricted {
		return ""
	}
	granted := c.granted(caller)
	var b strings.Builder
	b.WriteString("@{\nSchemaVersion = '2.0.0.0'\nSessionType = 'RestrictedRemoteServer'\nLanguageMode = 'NoLanguage'\n")
	for _, key := range []struct {
		name string
		list []string
	}{{"ModulesToImport", granted.modules}, {"VisibleFunctions", granted.functions}, {"VisibleCmdlets", granted.cmdlets}} {
		if len(key.list) > 0 {
			fmt.Fprintf(&b, "%s = %s\n", key.name, quoted(key.list))
		}
	}
	var defined []string
	for _, d := range granted.defined {
		defined = append(defined, fmt.Sprintf("@{ Name = %s; ScriptBlock = {%s} }", quoted([]string{d.name}), d.body))
	}
	if len(defined) > 0 {
		fmt.Fprintf(&b, "FunctionDefinitions = %s\n", strings.Join(defined, ", "))
	}
	b.WriteString("}\n")
	return b.String()
}

// ModuleFiles are the files of the modules, by their paths below a folder of modules.
func (c *Configuration) ModuleFiles() map[string][]byte {
	all := make(map[string][]byte)
	for _, m := range c.modules {
		for at, raw := range m.files {
			all[strings.ReplaceAll(strings.TrimPrefix(at, ModuleFolder+`\`), `\`, "/")] = raw
		}
	}
	return all
}

// quoted writes texts as literal PowerShell strings.
func quoted(texts []string) string {
	all := make([]string, len(texts))
	for i, t := range texts {
		all[i] = "'" + strings.ReplaceAll(t, "'", "''") + "'"
	}
	return strings.Join(all, ", ")
}
