package configuration

// proxy is a function that a restricted session has in place of a cmdlet. Callers see it,
// and it stands before the cmdlet in the bodies of all functions, too.
type proxy struct{ name, body string }

// proxies are the functions of SessionType RestrictedRemoteServer with the parameters
// that about_Session_Configuration_Files and the real engine give them.
var proxies = []proxy{
	{"Select-Object", `[CmdletBinding()]
param(
    [ValidateCount(1, 11)]
    [ValidateSet('ModuleName', 'Namespace', 'OutputType', 'Count', 'HelpUri', 'Name', 'CommandType', 'ResolvedCommandName', 'DefaultParameterSet', 'CmdletBinding', 'Parameters')]
    [string[]]$Property,
    [Parameter(Mandatory, ValueFromPipeline)][AllowNull()]$InputObject
)
process {
    $named = @{}
    if ($PSBoundParameters.ContainsKey('Property')) { $named['Property'] = $Property }
    Microsoft.PowerShell.Utility\Select-Object -InputObject $InputObject @named
}`},
	{"Measure-Object", `[CmdletBinding()]
param([Parameter(Mandatory, ValueFromPipeline)][AllowNull()]$InputObject)
begin { $all = @() }
process { $all += , $InputObject }
end { $all | Microsoft.PowerShell.Utility\Measure-Object }`},
	{"Out-Default", `[CmdletBinding()]
param([Parameter(Mandatory, ValueFromPipeline)][AllowNull()]$InputObject)
process { }`},
	{"Get-Command", `[CmdletBinding()]
param(
    [ValidateCount(0, 1000)][ValidateLength(0, 1000)][string[]]$Name,
    [ValidateCount(0, 100)][ValidateLength(0, 1000)][string[]]$Module,
    [object[]]$ArgumentList, $CommandType, [switch]$ListImported, [switch]$ShowCommandInfo
)
Microsoft.PowerShell.Core\Get-Command @PSBoundParameters`},
	{"Get-Help", `[CmdletBinding()]
param([ValidatePattern('^[-._:\\\p{Ll}\p{Lu}\p{Lt}\p{Lo}\p{Nd}\p{Lm}]{1,100}$')][string]$Name, [string[]]$Category)
Microsoft.PowerShell.Core\Get-Help @PSBoundParameters`},
	{"Get-FormatData", `[CmdletBinding()]
param([string[]]$TypeName)
Microsoft.PowerShell.Utility\Get-FormatData @PSBoundParameters`},
	{"Exit-PSSession", `[CmdletBinding()]
param()`},
	{"Clear-Host", `Select-Object -First 1`},
}

// proxyAliases are the aliases of the proxies.
var proxyAliases = map[string]string{
	"select": "Select-Object", "measure": "Measure-Object", "gcm": "Get-Command", "exsn": "Exit-PSSession", "exit": "Exit-PSSession", "cls": "Clear-Host", "clear": "Clear-Host",
}

func proxyNames() []string {
	names := make([]string, len(proxies))
	for i, p := range proxies {
		names[i] = p.name
	}
	return names
}
