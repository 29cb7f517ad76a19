package configuration

import "fmt"

// capability is what a .pssc file or a role capability gives to callers.
type capability struct {
	modules   []string
	functions []string // visible
	cmdlets   []string // visible
	defined   []definition
}

// definition is a function that the file itself defines.
type definition struct{ name, body string }

const (
	capabilityKeys    = "ModulesToImport VisibleFunctions VisibleCmdlets FunctionDefinitions"
	capabilityRefused = "VisibleAliases VisibleExternalCommands VisibleProviders ScriptsToProcess AliasDefinitions VariableDefinitions " +
		"EnvironmentVariables TypesToProcess FormatsToProcess AssembliesToLoad"
	describing = "GUID Author Description CompanyName Copyright"
)

// readCapability reads the keys that .pssc and .psrc files share.
func readCapability(t table) (capability, error) {
	var c capability
	for key, into := range map[string]*[]string{"ModulesToImport": &c.modules, "VisibleFunctions": &c.functions, "VisibleCmdlets": &c.cmdlets} {
		var err error
		if *into, err = t.texts(key); err != nil {
			return c, err
		}
	}
	list, err := t.tables("FunctionDefinitions")
	if err != nil {
		return c, err
	}
	for _, d := range list {
		name := d.text("Name")
		if name == "" || d.text("ScriptBlock") == "" {
			return c, fmt.Errorf("%s: a function definition needs a Name and a ScriptBlock", t.file)
		}
		c.defined = append(c.defined, definition{name, d.text("ScriptBlock")})
	}
	return c, nil
}

// join is both capabilities together.
func (c capability) join(d capability) capability {
	return capability{
		modules: append(c.modules[:len(c.modules):len(c.modules)], d.modules...), functions: append(c.functions[:len(c.functions):len(c.functions)], d.functions...),
		cmdlets: append(c.cmdlets[:len(c.cmdlets):len(c.cmdlets)], d.cmdlets...), defined: append(c.defined[:len(c.defined):len(c.defined)], d.defined...),
	}
}
