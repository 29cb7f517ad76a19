package powershell

import (
	"slices"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

// Version is a version of Windows PowerShell. The zero value is 5.1.
type Version string

// The versions of Windows PowerShell that are simulated. The older ones lack what
// scripts of 5.1 use; what they say otherwise differently is not simulated.
const (
	V30 Version = "3.0"
	V40 Version = "4.0"
	V51 Version = "5.1"
)

// before reports whether the runspace is of an older Windows PowerShell.
func (rs *Runspace) before(v Version) bool {
	mine := rs.options.Version
	return rs.Edition() == Windows51 && mine != "" && mine < v
}

// The cmdlets that came later, by the version that has them first (the pages "What's
// new" of Windows PowerShell).
var (
	since40 = strings.Fields("Get-FileHash")
	since50 = strings.Fields("Write-Information New-Guid New-TemporaryFile Get-Clipboard Set-Clipboard ConvertFrom-String " +
		"Format-Hex Import-PowerShellDataFile Compress-Archive Expand-Archive")
)

// lacks reports whether the version does not have a cmdlet yet.
func (rs *Runspace) lacks(cmdlet string) bool {
	names := func(list []string) bool {
		return slices.ContainsFunc(list, func(n string) bool { return strings.EqualFold(n, cmdlet) })
	}
	return rs.before(V40) && names(since40) || rs.before("5.0") && names(since50)
}

// older takes from a list of modules what the version does not have yet.
func (rs *Runspace) older(list []*Module) []*Module {
	if !rs.before(V51) {
		return list
	}
	for _, m := range list { // modulesIn has made them
		m.Commands = slices.DeleteFunc(m.Commands, func(c *Command) bool { return rs.lacks(c.Name) })
	}
	return list
}

// reserved is the error of older versions for words that they keep for later.
func (rs *Runspace) reserved(ast *syntax.ScriptBlock) error {
	if len(ast.Usings) == 0 || !rs.before("5.0") {
		return nil
	}
	return &syntax.ParseError{Issues: []syntax.Issue{{
		Extent: ast.Usings[0].Span(), ID: "ReservedKeywordNotAllowed",
		Message: "The 'using' keyword is not supported in this version of the language.",
	}}}
}

// missingMethod is the error for a method that came with a later version.
func (f *frame) missingMethod(v Version, t *dotnet.Type, name string) error {
	if !f.rs.before(v) {
		return nil
	}
	return f.raising(&dotnet.MissingMember{Type: t.Name, Name: name, Method: true})
}

// olderTable is $PSVersionTable of an older version.
func (rs *Runspace) olderTable() *value.Hashtable {
	version, build := value.Version{Major: 4, Build: -1, Revision: -1}, value.Version{Major: 6, Minor: 3, Build: 9600, Revision: 16406}
	if rs.before(V40) {
		version, build = value.Version{Major: 3, Build: -1, Revision: -1}, value.Version{Major: 6, Minor: 2, Build: 9200, Revision: 16398}
	}
	return value.NewHashtable().Set("PSVersion", version).Set("BuildVersion", build).
		Set("CLRVersion", value.Version{Major: 4, Minor: 0, Build: 30319, Revision: 42000}).
		Set("WSManStackVersion", value.Version{Major: 3, Minor: 0, Build: -1, Revision: -1}).
		Set("PSRemotingProtocolVersion", value.Version{Major: 2, Minor: 2, Build: -1, Revision: -1}).
		Set("SerializationVersion", value.Version{Major: 1, Minor: 1, Build: 0, Revision: 1})
}
