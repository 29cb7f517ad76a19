package utility

import (
	"slices"

	"github.com/fedroute/fedroute/lyncsim/powershell"
)

// Core is Microsoft.PowerShell.Core: the cmdlets of the engine itself.
func Core() *powershell.Module { return module("Core", "3.0.0.0") }

// Utility is Microsoft.PowerShell.Utility: objects, text, JSON and messages.
// Each call makes a module with type data of its own, for one runspace.
func Utility() *powershell.Module { return module("Utility", "3.1.0.0") }

// Management is Microsoft.PowerShell.Management: paths, files and the machine.
// The files are those of the runspace's disk. The disk stores no folders: a folder
// exists when a file is in it. Each call makes a module for one runspace.
func Management() *powershell.Module { return module("Management", "3.1.0.0") }

// Security is Microsoft.PowerShell.Security: the execution policy. The other commands
// of the module are refused.
func Security() *powershell.Module {
	return module("Security", "3.0.0.0")
}

// Modules are the modules that every PowerShell process has from its start. Each call
// makes modules for one runspace, because Utility keeps the type data of a runspace.
func Modules() []*powershell.Module {
	return []*powershell.Module{Core(), Utility(), Management(), Security()}
}

func coreCmdlets() []cmdlet {
	return []cmdlet{
		whereObject(), forEachObject(), outNull(), outHost(), importModule(), removeModule(), getModule(), newModule(), exportModuleMember(),
		getCommand(), setStrictMode(), invokeCommand(),
	}
}

func utilityCmdlets() []cmdlet {
	types := &typeData{gone: make(map[string]bool)}
	return slices.Concat([]cmdlet{
		selectObject(), sortObject(), groupObject(), measureObject(), compareObject(), getUnique(), teeObject(),
		newObject(), getMember(), addMember(), getTypeData(types), removeTypeData(types),
		convertToJSON(types), convertFromJSON(), convertToCSV(), convertFromCSV(), exportCSV(), importCSV(),
		exportCLIXML(), importCLIXML(), convertFromStringData(), joinString(), selectString(),
		writeOutput(), writeHost(), writeError(), outString(), outFile(), formatTable(), formatList(),
		getDate(), newTimeSpan(), startSleep(), measureCommand(), newGUID(), getRandom(), invokeExpression(), getHost(),
		getCulture("Get-Culture"), getCulture("Get-UICulture"), getAlias(), setAlias(), newAlias(),
	}, messages(), variableCommands())
}

func managementCmdlets() []cmdlet {
	stack := &locations{}
	return []cmdlet{
		joinPath(), splitPath(), testPath(), resolvePath(), convertPath(), getLocation(), setLocation(), pushLocation(stack), popLocation(stack),
		getItem(), getChildItem(), newItem(), copyItem(), moveItem(), removeItem(), renameItem(),
		getContent(), setContent(), addContent(), clearContent(), getService(), getWMIObject(),
	}
}
