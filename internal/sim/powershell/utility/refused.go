package utility

import (
	"context"
	"strings"

	"github.com/fedroute/fedroute/internal/sim/powershell"
	"github.com/fedroute/fedroute/internal/sim/powershell/dotnet"
)

// What Windows has and the simulator has not, with the parameters that calls
// usually name: each says so when it is called.
const (
	refusedCore = `Get-Help Name Full Detailed Examples Parameter Online Category
Start-Job ScriptBlock Name ArgumentList FilePath InitializationScript
Get-Job Id Name State
Receive-Job Id Job Name Keep Wait
Wait-Job Id Job Name Timeout Any
Remove-Job Id Job Name Force
New-PSSession ComputerName Credential ConfigurationName UseSSL Authentication SessionOption
Remove-PSSession Session Id ComputerName Name
Enter-PSSession ComputerName Credential
Register-ArgumentCompleter CommandName ParameterName ScriptBlock Native
Export-ModuleMember Function Cmdlet Variable Alias
Add-PSSnapin Name PassThru`
	refusedUtility = `ConvertTo-Xml InputObject Depth NoTypeInformation As
ConvertTo-Html InputObject Property Head Body Title Fragment As PreContent PostContent
Get-Random InputObject Maximum Minimum Count SetSeed
Add-Type TypeDefinition AssemblyName Path MemberDefinition Name Namespace Language ReferencedAssemblies PassThru
Invoke-WebRequest Uri Method Body Headers Credential OutFile UseBasicParsing UseDefaultCredentials ContentType TimeoutSec
Invoke-RestMethod Uri Method Body Headers Credential OutFile UseBasicParsing UseDefaultCredentials ContentType TimeoutSec
Import-Csv Path LiteralPath Delimiter Header Encoding
Export-Csv InputObject Path LiteralPath Delimiter NoTypeInformation Append Force Encoding
Import-Clixml Path LiteralPath
Export-Clixml InputObject Path LiteralPath Depth Force
Update-TypeData TypeName MemberName MemberType Value Force DefaultDisplayPropertySet
Read-Host Prompt AsSecureString
Register-ObjectEvent InputObject EventName Action SourceIdentifier
Send-MailMessage To From Subject Body SmtpServer Port UseSsl
Format-Wide InputObject Property Column AutoSize
Format-Custom InputObject Property Depth
Get-FileHash Path Algorithm
Trace-Command Name Expression PSHost
New-TimeSpan Start End Days Hours Minutes Seconds
Set-Alias Name Value Scope Option Description Force PassThru
New-Alias Name Value Scope Option Description Force PassThru
Get-Alias Name Definition Scope
Import-LocalizedData BindingVariable FileName BaseDirectory`
	refusedManagement = `Get-Process Name Id ComputerName Module
Start-Process FilePath ArgumentList Wait PassThru NoNewWindow Verb WindowStyle WorkingDirectory
Stop-Process Name Id Force
Wait-Process Name Id Timeout
Get-Service Name ComputerName DisplayName
Start-Service Name InputObject PassThru
Stop-Service Name InputObject Force PassThru
Restart-Service Name InputObject Force PassThru
Set-Service Name StartupType Status
Get-WmiObject Class Query Namespace ComputerName Filter Credential
Invoke-WmiMethod Class Name Namespace ArgumentList
Get-EventLog LogName Newest Source EntryType After Before
Test-Connection ComputerName Count Quiet
Restart-Computer ComputerName Force Wait
Rename-Item Path NewName Force
Get-ItemProperty Path Name LiteralPath
Set-ItemProperty Path Name Value Type Force
Get-PSDrive Name PSProvider
New-PSDrive Name PSProvider Root
Push-Location Path
Pop-Location StackName
Clear-Content Path LiteralPath Force`
	refusedSecurity = `ConvertTo-SecureString String AsPlainText Force Key
ConvertFrom-SecureString SecureString Key
Get-Credential Credential UserName Message
Set-ExecutionPolicy ExecutionPolicy Scope Force
Get-Acl Path
Set-Acl Path AclObject
Get-AuthenticodeSignature FilePath`
)

// refuse makes the commands of such a list.
func refuse(list string) []*powershell.Command {
	var commands []*powershell.Command
	for line := range strings.Lines(list) {
		words := strings.Fields(line)
		name := words[0]
		refusal := func(context.Context, *powershell.Call) error { return dotnet.Refuse("%s", name) }
		command := &powershell.Command{Name: name, ShouldProcess: true, Begin: refusal,
			Class: "Microsoft.PowerShell.Commands." + strings.ReplaceAll(name, "-", "") + "Command",
			Parameters: []powershell.Parameter{{Name: "Remaining", AllowNull: true,
				Sets: []powershell.ParameterSet{{Position: powershell.Named, FromPipeline: true, FromRemaining: true}}}}}
		for _, p := range words[1:] {
			command.Parameters = append(command.Parameters, powershell.Parameter{Name: p, AllowNull: true})
		}
		commands = append(commands, command)
	}
	return commands
}
