# Waits until the replica of $Machine has what was changed at $Changed.
$ErrorActionPreference = 'Stop'
$changed = ([datetime]$Changed).ToUniversalTime()
foreach ($try in 1..180) {
    $replica = Get-CsManagementStoreReplicationStatus -ReplicaFqdn $Machine
    if ($replica.UpToDate -and $replica.LastUpdateCreation.ToUniversalTime() -ge $changed.AddSeconds(-1)) { return }
    Start-Sleep -Seconds 2
}
throw "the replica of $Machine did not get the change in time"
