# Writes the results as tables of text. Each ratio names its base.

function Format-Time([double]$Microseconds) {
    $culture = [cultureinfo]::InvariantCulture
    if ($Microseconds -lt 100) { [string]::Format($culture, '{0:N1} us', $Microseconds) }
    elseif ($Microseconds -lt 1000) { [string]::Format($culture, '{0:N0} us', $Microseconds) }
    else { [string]::Format($culture, '{0:N2} ms', $Microseconds / 1000) }
}

function Format-Spread($Spread, [double]$Scale) { "$(Format-Time ($Spread.q1 * $Scale)) .. $(Format-Time ($Spread.q3 * $Scale))" }

# The spread of two things one after the other.
function Add-Spread($One, $Other) {
    @{ median = $One.median + $Other.median; q1 = $One.q1 + $Other.q1; q3 = $One.q3 + $Other.q3 }
}

# Makes a row: name, figure, the middle half of the samples, the ratio to the base with the middle half of its samples, and the ratio
# that is aimed at.
function New-Row([string]$What, $Spread, [double]$Scale = 1, $Base, [string]$BaseName, [double]$Target = 0) {
    $ratio = if ($Base) { $Spread.median / $Base.median }
    $overlap = $Base -and $Spread.q1 -le $Base.q3 -and $Base.q1 -le $Spread.q3
    $number = if ($Base) { [string]::Format([cultureinfo]::InvariantCulture, '{0:N2}', $ratio) }
    [pscustomobject]@{
        What   = $What
        Median = Format-Time ($Spread.median * $Scale)
        Middle = Format-Spread $Spread $Scale
        Ratio  = if ($overlap) { "no difference seen to $BaseName ($(Format-Spread $Base $Scale))" }
        elseif ($Base) { "$number x $BaseName ($(Format-Spread $Base $Scale))" } else { '' }
        Target = if ($Target) { '{0} {1:N2}, is {2}' -f $(if ($ratio -le $Target) { 'met,   at most' } else { 'MISSED, at most' }), $Target, $number } else { '' }
    }
}

function Write-Table([string]$Title, $Rows) {
    "`n$Title"
    ($Rows | Format-Table -AutoSize | Out-String -Width 240).Trim("`r", "`n")
}

function Write-Report($Results) {
    $ms = 1000
    "`nload of the machine: $($Results.machine.load_before) before, $($Results.machine.load_after) after; $($Results.machine.processors) processors"
    foreach ($name in $Results.skipped.Keys) { "not measured: $name ($($Results.skipped[$name]))" }

    foreach ($name in $Results.versions.Keys | Where-Object { $Results.versions[$_] }) { "$name $($Results.versions[$name])" }

    $peers = @($Results.fresh.Keys | Where-Object { $_ -notin 'ArcToken', 'EmptyModule' })
    # The bash script has its comparison below, with the program arc-token.
    $targets = @{ MSAL = 0.4; 'Azure.Identity' = 0.3; Documentation = 0.28 }
    $ours, $empty = $Results.fresh.ArcToken, $Results.fresh.EmptyModule
    $rows = @(New-Row 'empty binary module: Import-Module alone' $empty.load $ms)
    $rows += New-Row 'ArcToken: Import-Module alone' $ours.load $ms $empty.load 'the empty module'
    $rows += New-Row 'ArcToken: Import-Module and first token' $ours.token $ms $empty.load 'the empty module' 1.35
    $rows += foreach ($name in $peers) { New-Row "$name`: load and first token" $Results.fresh[$name].token $ms }
    $rows += foreach ($name in $peers | Where-Object { $_ -ne 'BashCurl' }) {
        New-Row "ArcToken beside $name" $ours.token $ms $Results.fresh[$name].token $name ($targets[$name] ?? 0)
    }
    Write-Table 'A fresh PowerShell' $rows

    if ($Results.Contains('native')) {
        $bare = $Results.native.bare
        Write-Table 'Native, through the C ABI' @(
            New-Row 'bare socket: exchange' $Results.native.bare
            New-Row 'ArcToken: exchange, no cache' $Results.native.exchange 1 $bare 'the bare socket'
            New-Row 'ArcToken: from the cache' $Results.native.cached
            New-Row 'bare socket: a process for one token' $Results.first.bare
            New-Row 'ArcToken: a process for one token' $Results.first.abi 1 $Results.first.bare 'the bare socket'
            New-Row 'ArcToken: the program arc-token' $Results.first.program 1 $Results.first.bare 'the bare socket'
            if ($Results.first.Contains('script')) {
                New-Row 'the documentation''s script, bash and curl' $Results.first.script 1 $Results.first.program 'arc-token'
            }
        )
        '  (the emulator itself takes {0} of processor time for an exchange)' -f (Format-Time $Results.emulator.processor_microseconds)
    }

    $nothing = $Results.warm['EmptyModule cached']
    $rows = @(New-Row 'empty cmdlet that writes an object' $nothing)
    $rows += New-Row 'Get-ArcToken, from the cache' $Results.warm['ArcToken cached'] 1 $nothing 'the empty cmdlet'
    if ($Results.Contains('native')) {
        $rows += New-Row 'Get-ArcToken -ForceRefresh' $Results.warm['ArcToken fresh'] 1 (Add-Spread $Results.native.exchange $nothing) 'native exchange and empty cmdlet'
    }
    $rows += foreach ($name in $Results.warm.Keys | Where-Object { $_ -notlike 'ArcToken*' -and $_ -notlike 'EmptyModule*' }) {
        New-Row $name $Results.warm[$name] 1 $Results.warm["ArcToken $($name.Split(' ')[1])"] "ArcToken's"
    }
    Write-Table 'A warm PowerShell' $rows

    Write-Table 'Five tokens by one call, of an agent that takes 200 ms for each of its two answers' @(
        New-Row 'Get-ArcToken, one resource' $Results.several['ArcToken one'] $ms
        New-Row 'Get-ArcToken, five resources' $Results.several['ArcToken five'] $ms $Results.several['ArcToken one'] 'one resource' 1.3
        if ($Results.several.Contains('MSAL five')) {
            New-Row 'MSAL, five one after the other' $Results.several['MSAL five'] $ms $Results.several['ArcToken one'] 'one resource of ours'
        }
    )

    Write-Table "64 runspaces ask for 5 resources at the same time ($($Results.runspaces.requests) requests, 10 are needed)" @(
        New-Row 'one runspace makes the 64 calls' $Results.runspaces.one $ms
        New-Row '64 runspaces call an empty cmdlet at once' $Results.runspaces.nothing $ms
        New-Row '64 runspaces make them at once' $Results.runspaces.parallel $ms $Results.runspaces.one 'one runspace'
        New-Row '64 runspaces make them at once' $Results.runspaces.parallel $ms $Results.runspaces.nothing '64 empty cmdlets'
    )

    $loaded = $Results.loaded
    Write-Table ('A loaded session: {0:N0} calls of 64 runspaces in {1:N1} s, {2} requests (10 are needed)' -f $loaded.calls, $loaded.seconds, $loaded.requests) @(
        New-Row 'a cached call in one runspace' $loaded.single
        New-Row '  its 99th percentile' @{ median = $loaded.single.p99; q1 = $loaded.single.p99; q3 = $loaded.single.p99 } 1 $loaded.single 'the median' 10
        New-Row "a cached call while another waits for the agent$(if (-not $loaded.waits) { ' (it did not wait)' })" $loaded.beside 1 $loaded.single 'calls without that'
    )
    $growth = $loaded.growth.ArcToken - $loaded.growth.EmptyModule
    '  (Memory after 1 million cached calls: {0:N2} MB more, {1:N2} MB with as many calls of an empty cmdlet; the difference, {2:N2} MB, is {3} 1 MB.)' -f
        $loaded.growth.ArcToken, $loaded.growth.EmptyModule, $growth, $(if ($growth -le 1) { 'within' } else { 'MORE than' })

    Write-Table 'Memory that a fresh PowerShell gains, MB resident' @(foreach ($name in $Results.memory.Keys) {
        $row = [ordered]@{ What = $name }
        foreach ($key in $Results.memory[$name].Keys) { $row[$key] = '{0:N1}' -f $Results.memory[$name][$key] }
        [pscustomobject]$row
    })
    $added = $Results.memory.ArcToken.'fresh 1000' - $Results.memory.EmptyModule.'fresh 1000'
    $growth = $Results.memory.ArcToken.'cached 100000' - $Results.memory.ArcToken.'cached 1' - $Results.memory.EmptyModule.'cached 100000' + $Results.memory.EmptyModule.'cached 1'
    '  (ArcToken adds {0:N1} MB after 1,000 tokens to what as many calls of an empty cmdlet take; to be under 6.' -f $added
    '   From the first to the 100,000th cached one it grows by {0:N1} MB more than that cmdlet.)' -f $growth

    Write-Table 'On disk' @(foreach ($name in $Results.disk.Keys) {
        [pscustomobject]@{ What = $name; kB = '{0:N0}' -f ($Results.disk[$name] / 1000) }
    })

    if ($Results.Contains('callers')) {
        Write-Table 'Callers at the same time, no cache: until all have their token' @(foreach ($number in $Results.callers.Keys) {
            New-Row "$number callers" $Results.callers[$number].exchange 1 $Results.callers[$number].bare 'bare sockets'
        })
        Write-Table 'Tokens of some length' @(foreach ($kilobytes in $Results.sizes.Keys) {
            New-Row "$kilobytes kB, exchange" $Results.sizes[$kilobytes].exchange 1 $Results.sizes[$kilobytes].bare 'the bare socket'
            New-Row "$kilobytes kB, from the cache" $Results.sizes[$kilobytes].cached
        })
        Write-Table 'Resources in the cache' @(foreach ($number in $Results.resources.Keys) { New-Row "$number resources, from the cache" $Results.resources[$number] })
    }
}
