# Waits until the replica of $Machine has what was changed at $Changed. Asks every $Every milliseconds.
$ErrorActionPreference = 'Stop'
$changed = ([datetime]$Changed).ToUniversalTime()
foreach ($try in 1..180) {
    $replica = Get-CsManagementStoreReplicationStatus -ReplicaFqdn $Machine
    if ($replica.UpToDate -and $replica.LastUpdateCreation.ToUniversalTime() -ge $changed.AddSeconds(-1)) { return }
    Start-Sleep -Milliseconds $Every
}
throw "the replica of $Machine did not get the change in time"
