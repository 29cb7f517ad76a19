# Stands in for the cmdlets of Windows, of Active Directory and of the product that the
# installers call. Each call that changes something becomes a line; no line has a password,
# but each says whether one came as a SecureString. State is in a file, so that a second run
# finds what the first one made. Other computers are folders of this one.
#   windows.ps1 STATE SCRIPT [-Check] [-WhatIf]
param([string]$StateFile, [string]$Script, [switch]$Check, [switch]$WhatIf)

$global:stateFile = $StateFile
$global:state = Import-Clixml -LiteralPath $StateFile
$env:COMPUTERNAME = $state.Computer
$env:ProgramFiles = $state.ProgramFiles
function global:Told([string]$Line) { [Console]::Out.WriteLine($Line); $global:state | Export-Clixml -LiteralPath $global:stateFile -Depth 9 }
function global:Protected($Password) { if ($Password -is [securestring] -and $Password.Length -gt 20) { 'a protected password' } else { 'NO PROTECTED PASSWORD' } }
function global:Entry([string]$Name, [string]$Kind) {
    [pscustomobject]@{ Name = $Name; SamAccountName = $Name + $(if ($Kind -eq 'service') { '$' }); DistinguishedName = "CN=$Name,DC=contoso,DC=com"; Kind = $Kind; PrincipalsAllowedToRetrieveManagedPassword = @($state.May[$Name]) }
}
function global:Find([string]$Kind, [string]$Filter, $Identity) {
    # The filter names a variable of the caller; the module resolves it there.
    if ($Filter) { $Identity = Get-Variable -Name $Filter.Substring($Filter.IndexOf('$') + 1) -ValueOnly -Scope 2 }
    if ($state.$Kind -contains $Identity) { Entry $Identity $Kind } elseif (-not $Filter) { throw "the domain has no $Kind $Identity" }
}

function global:Import-Module {
    param($Name, [switch]$PassThru, [switch]$Force)
    if ($Name -ne 'ActiveDirectory') { Microsoft.PowerShell.Core\Import-Module @PSBoundParameters }
}
function global:Get-ADDomain { [pscustomobject]@{ NetBIOSName = $state.Domain; DNSRoot = 'contoso.com' } }
function global:Get-KdsRootKey { foreach ($time in $state.RootKeys) { [pscustomobject]@{ EffectiveTime = [datetime]$time } } }
function global:Get-ADComputer { param([string]$Filter) $name = Get-Variable -Name $Filter.Substring($Filter.IndexOf('$') + 1) -ValueOnly -Scope 1; if ($state.computers -contains $name) { [pscustomobject]@{ DistinguishedName = "CN=$($name.Split('.')[0]),OU=Lync,DC=contoso,DC=com" } } }
function global:Get-ADGroup { param($Identity, [string]$Filter) Find 'group' $Filter $Identity }
function global:Get-ADUser { param($Identity, [string]$Filter) Find 'user' $Filter $Identity }
function global:Get-ADServiceAccount { param($Identity, [string]$Filter, $Properties) Find 'service' $Filter $Identity }
function global:New-ADGroup { param($Name, $SamAccountName, $GroupScope, $GroupCategory, $Description) $state.group += $Name; Told "domain: $GroupScope $GroupCategory group $SamAccountName" }
function global:New-ADUser {
    param($Name, $SamAccountName, $AccountPassword, $Enabled, $PasswordNeverExpires, $CannotChangePassword, $AccountNotDelegated, $Description)
    $state.user += $Name; Told "domain: account $SamAccountName, enabled $Enabled, delegable $(-not $AccountNotDelegated), with $(Protected $AccountPassword)"
}
function global:Set-ADAccountPassword { param($Identity, [switch]$Reset, $NewPassword) Told "domain: account $Identity gets $(Protected $NewPassword)" }
function global:New-ADServiceAccount { param($Name, $DNSHostName, $PrincipalsAllowedToRetrieveManagedPassword) $state.service += $Name; $state.May[$Name] = $PrincipalsAllowedToRetrieveManagedPassword; Told "domain: service account $Name ($DNSHostName) for $PrincipalsAllowedToRetrieveManagedPassword" }
function global:Set-ADServiceAccount { param($Identity, $PrincipalsAllowedToRetrieveManagedPassword) $state.May[$Identity] = $PrincipalsAllowedToRetrieveManagedPassword; Told "domain: service account $Identity for $PrincipalsAllowedToRetrieveManagedPassword" }
function global:Get-ADGroupMember { param($Identity) foreach ($name in $state.Members[$Identity]) { [pscustomobject]@{ DistinguishedName = $name } } }
function global:Add-ADGroupMember { param($Identity, $Members) $state.Members[$Identity] = @($state.Members[$Identity]) + $Members.DistinguishedName; Told "domain: $Identity has $($Members.SamAccountName)" }
function global:Remove-ADGroupMember { [CmdletBinding(SupportsShouldProcess = $true)] param($Identity, $Members) $state.Members[$Identity] = @($state.Members[$Identity] | Where-Object { $_ -ne $Members.DistinguishedName }); Told "domain: $Identity has $($Members.SamAccountName) no more" }
function global:Remove-ADServiceAccount { [CmdletBinding(SupportsShouldProcess = $true)] param($Identity) $state.service = @($state.service -ne $Identity); Told "domain: no service account $Identity" }
function global:Remove-ADUser { [CmdletBinding(SupportsShouldProcess = $true)] param($Identity) $state.user = @($state.user -ne $Identity); Told "domain: no account $Identity" }
function global:Remove-ADGroup { [CmdletBinding(SupportsShouldProcess = $true)] param($Identity) $state.group = @($state.group -ne $Identity); Told "domain: no group $Identity" }
function global:Test-ADServiceAccount { param($Identity) @($state.May[$Identity.TrimEnd('$')]) -like "CN=$($env:COMPUTERNAME),*" }

function global:Get-CsComputer { foreach ($name in $state.computers) { [pscustomobject]@{ Fqdn = $name } } }
function global:Get-CsService { param([switch]$FileStore) if ($FileStore) { [pscustomobject]@{ UncPath = '\\files.contoso.com\lync' } } }
function global:Test-CsSetupPermission { param($ComputerOU) $state.Prepared -contains $ComputerOU }
function global:Grant-CsSetupPermission { param($ComputerOU, [switch]$Force) $state.Prepared += $ComputerOU; Told "domain: setup permission on $ComputerOU" }
function global:icacls.exe { Told "share: $args"; $global:LASTEXITCODE = 0 }

# Other computers.
function global:On([string]$Computer, [scriptblock]$Block) {
    $own = $env:COMPUTERNAME, $env:ProgramFiles
    $env:COMPUTERNAME, $env:ProgramFiles = $Computer.Split('.')[0], ($env:ProgramFiles + '-' + $Computer)
    try { & $Block } finally { $env:COMPUTERNAME, $env:ProgramFiles = $own }
}
function global:Test-WSMan { param($ComputerName) if ($state.Silent -contains $ComputerName) { throw "$ComputerName does not answer" } }
function global:New-PSSession { param($ComputerName) [pscustomobject]@{ ComputerName = $ComputerName } }
function global:Remove-PSSession { param($Session) }
function global:Invoke-Command { param($Session, $ComputerName, [scriptblock]$ScriptBlock, [object[]]$ArgumentList) if ($Session) { $ComputerName = $Session.ComputerName }; On $ComputerName { & $ScriptBlock @ArgumentList } }
function global:Copy-Item {
    [CmdletBinding()] param($Path, $Destination, [switch]$Recurse, $ToSession)
    if ($ToSession) { $null = $PSBoundParameters.Remove('ToSession'); Told "$($ToSession.ComputerName): files are copied" }
    Microsoft.PowerShell.Management\Copy-Item @PSBoundParameters
}
function global:Start-Sleep { }
function global:New-ScheduledTaskAction { param($Execute, $Argument) [pscustomobject]@{ Execute = $Execute; Argument = $Argument } }
function global:Register-ScheduledTask { param($TaskName, $Action, $User, $RunLevel, [switch]$Force) $global:task = $Action; [Console]::Out.WriteLine("${env:COMPUTERNAME}: task of ${User}: $($Action.Execute) $($Action.Argument -replace '-File ".*[\\/]', '-File "')") }
function global:Start-ScheduledTask { $script = [regex]::Match($task.Argument, '-File "(.*)"').Groups[1].Value -replace '\\', '/'; try { $null = & $script -Unattended } catch { } }
function global:Unregister-ScheduledTask { [CmdletBinding(SupportsShouldProcess = $true)] param($TaskName) [Console]::Out.WriteLine("${env:COMPUTERNAME}: the task is gone") }

# The computer itself.
function global:Get-LocalGroup { [CmdletBinding()] param($Name) if ($state.LocalGroups -contains $Name) { $Name } }
function global:New-LocalGroup { param($Name, $Description) $state.LocalGroups += $Name; Told "${env:COMPUTERNAME}: local group $Name" }
function global:Remove-LocalGroup { param($Name) $state.LocalGroups = @($state.LocalGroups -ne $Name); Told "${env:COMPUTERNAME}: no local group $Name" }
function global:Get-LocalUser { [CmdletBinding()] param($Name) if ($state.LocalUsers -contains $Name) { $Name } }
function global:New-LocalUser { param($Name, $Password, [switch]$PasswordNeverExpires, [switch]$UserMayNotChangePassword, $Description) if ($Description.Length -gt 48) { throw 'a description has 48 characters' }; $state.LocalUsers += $Name; Told "${env:COMPUTERNAME}: local account $Name with $(Protected $Password)" }
function global:Set-LocalUser { param($Name, $Password) Told "${env:COMPUTERNAME}: local account $Name gets $(Protected $Password)" }
function global:Remove-LocalUser { param($Name) $state.LocalUsers = @($state.LocalUsers -ne $Name); Told "${env:COMPUTERNAME}: no local account $Name" }
function global:Get-LocalGroupMember { [CmdletBinding()] param($Group, $SID, $Member) if ($state.LocalMembers -contains "${env:COMPUTERNAME} $Group$SID $Member") { $Member } else { Write-Error 'no such member' } }
function global:Add-LocalGroupMember { param($Group, $SID, $Member) $state.LocalMembers += "${env:COMPUTERNAME} $Group$SID $Member"; Told "${env:COMPUTERNAME}: $Group$SID has $Member" }
function global:Get-PSSessionConfiguration { [CmdletBinding()] param($Name) if ($state.Registered -contains $env:COMPUTERNAME) { $Name } }
function global:Unregister-PSSessionConfiguration { param($Name, [switch]$Force, [switch]$NoServiceRestart) $state.Registered = @($state.Registered -ne $env:COMPUTERNAME); Told "${env:COMPUTERNAME}: $Name is not registered any more" }
function global:Register-PSSessionConfiguration {
    param($Name, $Path, [switch]$Force)
    if ($state.Refuses -contains $env:COMPUTERNAME) { throw 'the group is not known here yet' }
    $state.Registered += $env:COMPUTERNAME
    Told "${env:COMPUTERNAME}: $Name is registered, with the module $(Test-Path -Path (Join-Path -Path $env:ProgramFiles -ChildPath 'WindowsPowerShell/Modules/FedRoute/FedRoute.psd1'))"
}
function global:Unblock-File { param([Parameter(ValueFromPipeline = $true)]$InputObject) process { } }

$switches = @{}
if ($Check) { $switches.Check = $true }
if ($WhatIf) { $switches.WhatIf = $true }
try { & $Script @switches } catch { "ended: $_" }
