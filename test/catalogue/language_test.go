package catalogue_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/fedroute/fedroute/internal/lync/shell"
	"github.com/fedroute/fedroute/lyncsim/powershell/syntax"
)

// tree parses a script of the catalogue.
func tree(t *testing.T, c shell.Command) *syntax.ScriptBlock {
	t.Helper()
	block, err := syntax.Parse(c.Text)
	if err != nil {
		t.Fatal(err)
	}
	return block
}

// Commands other than those of the product that scripts may use, all of
// Windows PowerShell 3.0. None shows anything to a console, starts a process
// or evaluates text.
var plainCommands = []string{
	"ConvertFrom-Json", "ConvertTo-Json", "ForEach-Object", `Microsoft.PowerShell.Core\Get-Command`, "Get-Content", "Get-Module", "Get-Service",
	"Get-WmiObject", "Import-Module", "Join-Path", "New-Object", "Out-String", "Remove-Item", `Microsoft.PowerShell.Utility\Select-Object`, "Set-Content",
	"Sort-Object", "Test-Path", "Where-Object", "Write-Error",
}

// Types that scripts may name.
var plainTypes = []string{
	"bool", "CmdletBinding", "datetime", "hashtable", "int", "ipaddress", "object[]", "Parameter", "pscustomobject", "string", "string[]",
	"timespan", "ValidateSet", "xml",
	"System.Net.NetworkInformation.IPGlobalProperties", "System.Security.Principal.NTAccount", "System.Security.Principal.WindowsIdentity",
	"System.Threading.AbandonedMutexException", "System.UnauthorizedAccessException",
}

// Types of which scripts may make an object.
var plainObjects = []string{
	"System.DirectoryServices.DirectorySearcher", "System.Security.Cryptography.X509Certificates.X509Chain",
	"System.Security.Cryptography.X509Certificates.X509Store", "System.Threading.Mutex",
}

func TestLanguage(t *testing.T) {
	each(t, func(t *testing.T, c shell.Command) {
		block := tree(t, c)
		if block.Params == nil || !slices.ContainsFunc(block.Params.Attributes, named("CmdletBinding")) {
			t.Error("without [CmdletBinding()] param() an unknown argument would be accepted in silence")
		} else {
			for _, p := range block.Params.Parameters {
				if p.Type() == nil {
					t.Errorf("parameter %s has no type", p.Name.Name)
				}
			}
		}
		functions := functionsIn(block)
		syntax.Inspect(block, func(n syntax.Node) bool {
			if complaint := forbidden(n, functions, c); complaint != "" {
				t.Errorf("line %d: %s", n.Span().Line(), complaint)
			}
			return true
		})
	})
}

// TestLanguageComplains shows that the test above can fail.
func TestLanguageComplains(t *testing.T) {
	for name, text := range map[string]string{
		"exit":        "exit 1",
		"global":      "$global:x = 1",
		"script":      "$script:x = 1",
		"new":         "[xml]::new()",
		"type":        "[System.Net.Dns]::GetHostName()",
		"cast":        "[scriptblock]'x'",
		"console":     "Write-Host x",
		"text":        "Invoke-Expression $x",
		"alias":       "gci",
		"program":     "& $x",
		"dot":         ". $x",
		"redirection": "Get-Module 2>&1",
		"object":      "New-Object -TypeName System.Net.WebClient",
	} {
		t.Run(name, func(t *testing.T) {
			complained := false
			syntax.Inspect(tree(t, shell.Command{Text: text}), func(n syntax.Node) bool {
				complained = complained || forbidden(n, nil, shell.Command{}) != ""
				return true
			})
			if !complained {
				t.Errorf("nothing was said of %q", text)
			}
		})
	}
}

func named(name string) func(syntax.AttributeNode) bool {
	return func(n syntax.AttributeNode) bool {
		a, ok := n.(*syntax.Attribute)
		return ok && strings.EqualFold(a.Name.String(), name)
	}
}

func functionsIn(block *syntax.ScriptBlock) []string {
	var names []string
	syntax.Inspect(block, func(n syntax.Node) bool {
		if f, ok := n.(*syntax.FunctionDefinition); ok {
			names = append(names, f.Name)
		}
		return true
	})
	return names
}

// forbidden returns why the catalogue may not contain a node, or "" when it may.
func forbidden(n syntax.Node, functions []string, c shell.Command) string {
	switch n := n.(type) {
	case *syntax.ExitStatement:
		return "exit would end the whole worker"
	case *syntax.TrapStatement, *syntax.UsingStatement:
		return "not needed here"
	case *syntax.VariableExpression:
		if slices.Contains([]string{"global", "script", "variable", "function"}, n.Qualifier()) {
			return "$" + n.Name + " would leak into the next call"
		}
	case *syntax.InvokeMemberExpression:
		if member, ok := n.Member.(*syntax.StringConstantExpression); n.Static && ok && strings.EqualFold(member.Value, "new") {
			return "::new() does not exist before Windows PowerShell 5.0"
		}
	case *syntax.TypeConstraint:
		return unknownType(n.Type)
	case *syntax.TypeExpression:
		return unknownType(n.Type)
	case *syntax.Attribute:
		return unknownType(n.Name)
	case *syntax.Command:
		return forbiddenCommand(n, functions, c)
	}
	return ""
}

func unknownType(name *syntax.TypeName) string {
	if slices.ContainsFunc(plainTypes, func(known string) bool { return strings.EqualFold(known, name.String()) }) {
		return ""
	}
	return fmt.Sprintf("[%s] is not among the types that the catalogue uses", name)
}

func forbiddenCommand(n *syntax.Command, functions []string, c shell.Command) string {
	known := func(list []string) bool {
		return slices.ContainsFunc(list, func(name string) bool { return strings.EqualFold(name, n.Name()) })
	}
	switch {
	case len(n.Redirections) > 0:
		return "a redirection would write to the worker's output"
	case n.Invocation == syntax.CallOperator && c.Name == "Invoke-EdgeSetup":
		return "" // Bootstrapper.exe
	case n.Invocation != syntax.Direct, n.Name() == "":
		return "commands are called by their name"
	case strings.EqualFold(n.Name(), "New-Object") && !slices.ContainsFunc(plainObjects, func(name string) bool { return strings.HasPrefix(n.Text(), "New-Object -TypeName "+name+" ") }):
		return "no object of that type is made"
	case known(plainCommands), known(functions), known(c.Cmdlets):
		return ""
	}
	return n.Name() + " is not among the commands that the catalogue uses"
}
