package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell"
	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// typeData are the extended type data of one runspace. gone holds the types, among those
// that the simulator knows, whose type data a script has removed.
type typeData struct{ gone map[string]bool }

// knownTypeData is the only type whose type data change the effect of a cmdlet here.
const knownTypeData = "system.array"

func (t *typeData) removed(name string) bool { return t.gone[strings.ToLower(name)] }

func removeTypeData(t *typeData) cmdlet {
	return cmdlet{name: "Remove-TypeData", heeds: "TypeName",
		process: func(_ context.Context, c *powershell.Call) error {
			name := strings.ToLower(c.Text("TypeName"))
			if name != knownTypeData {
				return dotnet.Refuse("Remove-TypeData of %s", c.Text("TypeName"))
			}
			if t.gone[name] {
				return c.WriteError(powershell.NewErrorRecord("System.InvalidOperationException", "TypeDataRemoveException", "InvalidOperation", name,
					"Error in TypeData \""+c.Text("TypeName")+"\": The type data could not be found."))
			}
			t.gone[name] = true
			return nil
		}}
}

// getTypeData is Get-TypeData. It shows that a type has type data; the content of the
// type data is not simulated.
func getTypeData(t *typeData) cmdlet {
	return cmdlet{name: "Get-TypeData", heeds: "TypeName",
		process: func(_ context.Context, c *powershell.Call) error {
			for _, name := range c.Texts("TypeName") {
				if !strings.EqualFold(name, knownTypeData) {
					return dotnet.Refuse("Get-TypeData of %s", name)
				}
				if t.removed(name) {
					continue
				}
				if err := c.EmitWhole(value.NewObject("System.Management.Automation.Runspaces.TypeData").Set("TypeName", "System.Array")); err != nil {
					return err
				}
			}
			if !c.Has("TypeName") {
				return dotnet.Refuse("Get-TypeData of all types")
			}
			return nil
		}}
}
