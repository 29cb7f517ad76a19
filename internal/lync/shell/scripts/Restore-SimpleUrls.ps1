# Restore-SimpleUrls: puts back simple URLs that a publish emptied, where they are still empty
#
# The shell of a publish may be lost between Publish-CsTopology and the restoring. The text is
# what Publish-FederationFlags -ProposeOnly gave before that publish.
#
# Reads: the simple URLs
# Changes: simple URL collections that are empty now and were not; others belong to whoever set them
# Runs on: a management server, as a domain account that may publish
# Versions: Lync Server 2010, Lync Server 2013, Skype for Business Server 2015, Skype for Business Server 2019, Skype for Business Server Subscription Edition
# Errors: Busy while a publish runs on this machine; Invalid when the text is not what
#   Publish-FederationFlags gave; Failed when a collection does not keep what was set
# Source: cmdlet reference of Publish-CsTopology (simple URLs must be configured again after
#   publishing), Set-CsSimpleUrlConfiguration, New-CsSimpleUrl, New-CsSimpleUrlEntry
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$SimpleUrls
)

$ErrorActionPreference = 'Stop'
$module = Get-Module -Name SkypeForBusiness, Lync | Microsoft.PowerShell.Utility\Select-Object -First 1
if (-not $module) {
    $module = Get-Module -ListAvailable -Name SkypeForBusiness, Lync | Sort-Object -Property Name -Descending | Microsoft.PowerShell.Utility\Select-Object -First 1
    if (-not $module) { Write-Error -ErrorId 'fedroute.Unsupported' -Category ResourceUnavailable -Message 'this machine has neither the SkypeForBusiness nor the Lync module' }
    Import-Module -Name $module.Name
}

# The text comes back from outside: each value is a string of one line, or it is refused.
function Assert-Text($Values) {
    foreach ($value in $Values) {
        if ($value -isnot [string] -or $value -cnotmatch '\A[^\x00-\x1f]{0,2048}\z') {
            Write-Error -ErrorId 'fedroute.Invalid' -Category InvalidData -Message 'the simple URLs to restore are not in the form in which they were kept'
        }
    }
}

function ConvertFrom-Plain($Collection) {
    foreach ($url in $Collection.Urls) {
        Assert-Text @($url.Component, $url.Domain, $url.ActiveUrl)
        Assert-Text $url.Entries
        $entries = @($url.Entries | ForEach-Object { New-CsSimpleUrlEntry -Url $_ })
        New-CsSimpleUrl -Component $url.Component -Domain $url.Domain -ActiveUrl $url.ActiveUrl -SimpleUrlEntry $entries
    }
}

try {
    $mutex = New-Object -TypeName System.Threading.Mutex -ArgumentList $false, 'Global\fedroute-publish'
    $held = $mutex.WaitOne(0)
}
catch [System.Threading.AbandonedMutexException] { $held = $true }
catch [System.UnauthorizedAccessException] {
    # A mutex that exists and may not be opened is one that a session of another account holds.
    Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'a publish is still running on this machine; it was begun under another account'
}
if (-not $held) { Write-Error -ErrorId 'fedroute.Busy' -Category ResourceBusy -Message 'a publish is still running on this machine' }
try {
    $restored = @(foreach ($collection in (ConvertFrom-Json -InputObject $SimpleUrls)) {
            Assert-Text @($collection.Identity)
            if (@($collection.Urls).Count -eq 0) { continue }
            if (@((Get-CsSimpleUrlConfiguration -Identity $collection.Identity).SimpleUrl).Count -gt 0) { continue }
            $null = Set-CsSimpleUrlConfiguration -Identity $collection.Identity -SimpleUrl @{ Replace = @(ConvertFrom-Plain $collection) } -Force -Confirm:$false
            if (@((Get-CsSimpleUrlConfiguration -Identity $collection.Identity).SimpleUrl).Count -eq 0) {
                Write-Error -ErrorId 'fedroute.Failed' -Category InvalidResult -Message "the simple URLs of $($collection.Identity) were set and are still empty"
            }
            $collection.Identity
        })
    [pscustomobject]@{ Restored = $restored }
}
finally {
    $mutex.ReleaseMutex()
    $mutex.Dispose()
}
