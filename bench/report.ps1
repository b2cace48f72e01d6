# The tables, as text. Every ratio has what it is a ratio of beside it.

function Format-Time([double]$Microseconds) {
    $culture = [cultureinfo]::InvariantCulture
    if ($Microseconds -lt 100) { [string]::Format($culture, '{0:N1} us', $Microseconds) }
    elseif ($Microseconds -lt 1000) { [string]::Format($culture, '{0:N0} us', $Microseconds) }
    else { [string]::Format($culture, '{0:N2} ms', $Microseconds / 1000) }
}

# A row: what, its figure, the spread, and its ratio to what it is held against.
function New-Row([string]$What, $Spread, [double]$Scale = 1, [double]$Base = 0, [string]$BaseName, [double]$Target = 0) {
    $median = $Spread.median * $Scale
    [pscustomobject]@{
        What   = $What
        Median = Format-Time $median
        Middle = "$(Format-Time ($Spread.q1 * $Scale)) .. $(Format-Time ($Spread.q3 * $Scale))"
        Ratio  = if ($Base) { '{0:N2} x {1}' -f ($median / $Base), $BaseName } else { '' }
        Target = if ($Target) { '{0} {1:N2}' -f $(if ($median / $Base -le $Target) { 'met,   at most' } else { 'MISSED, at most' }), $Target } else { '' }
    }
}

function Write-Table([string]$Title, $Rows) {
    "`n$Title"
    ($Rows | Format-Table -AutoSize | Out-String -Width 200).Trim("`r", "`n")
}

function Write-Report($Results) {
    $ms = 1000
    "`nload of the machine: $($Results.machine.load_before) before, $($Results.machine.load_after) after; $($Results.machine.processors) processors"
    foreach ($name in $Results.skipped.Keys) { "not measured: $name ($($Results.skipped[$name]))" }

    $peers = @($Results.fresh.Keys | Where-Object { $_ -notin 'ArcToken', 'EmptyModule' })
    # Bash is no PowerShell: its script is held against the program arc-token, below.
    $best = ($peers | Where-Object { $_ -ne 'BashCurl' } | ForEach-Object { $Results.fresh[$_].token.median } | Measure-Object -Minimum).Minimum * $ms
    $empty = $Results.fresh.EmptyModule.load.median * $ms
    $rows = @(New-Row 'ArcToken: Import-Module and first token' $Results.fresh.ArcToken.token $ms $best 'the best peer' 0.2)
    $rows += New-Row 'ArcToken: Import-Module alone' $Results.fresh.ArcToken.load $ms $empty 'an empty binary module' 1.3
    $rows += New-Row 'empty binary module: Import-Module alone' $Results.fresh.EmptyModule.load $ms
    $rows += foreach ($name in $peers) { New-Row "$name`: load and first token" $Results.fresh[$name].token $ms $best 'the best peer' }
    Write-Table 'A fresh PowerShell' $rows

    if ($Results.Contains('native')) {
        $bare = $Results.native.bare.median
        Write-Table 'Native, through the C ABI' @(
            New-Row 'bare socket: exchange' $Results.native.bare
            New-Row 'ArcToken: exchange, no cache' $Results.native.exchange 1 $bare 'the bare socket' 1.5
            New-Row 'ArcToken: from the cache' $Results.native.cached
            New-Row 'bare socket: a process for one token' $Results.first.bare
            New-Row 'ArcToken: a process for one token' $Results.first.abi 1 $Results.first.bare.median 'the bare socket' 2.5
            New-Row 'ArcToken: the program arc-token' $Results.first.program 1 $Results.first.bare.median 'the bare socket'
            if ($Results.first.Contains('script')) {
                New-Row 'the documentation''s script, bash and curl' $Results.first.script 1 $Results.first.program.median 'arc-token'
            }
        )
        '  (the emulator itself takes {0} of processor time for an exchange)' -f (Format-Time $Results.emulator.processor_microseconds)
    }

    $nothing = $Results.warm['EmptyModule cached'].median
    $rows = @(New-Row 'empty cmdlet that writes an object' $Results.warm['EmptyModule cached'])
    $rows += New-Row 'Get-ArcToken, from the cache' $Results.warm['ArcToken cached'] 1 $nothing 'the empty cmdlet' 1.5
    if ($Results.Contains('native')) {
        $rows += New-Row 'Get-ArcToken -ForceRefresh' $Results.warm['ArcToken fresh'] 1 ($Results.native.exchange.median + $nothing) 'native exchange and empty cmdlet' 1.5
    }
    $rows += foreach ($name in $Results.warm.Keys | Where-Object { $_ -notlike 'ArcToken*' -and $_ -notlike 'EmptyModule*' }) {
        $ours = $Results.warm["ArcToken $($name.Split(' ')[1])"].median
        New-Row $name $Results.warm[$name] 1 $ours "ArcToken's"
    }
    Write-Table 'A warm PowerShell' $rows

    Write-Table "64 runspaces ask for 5 resources at the same time ($($Results.runspaces.requests) requests, 10 are needed)" @(
        New-Row 'one runspace makes the 64 calls' $Results.runspaces.one $ms
        New-Row '64 runspaces call an empty cmdlet at once' $Results.runspaces.nothing $ms
        New-Row '64 runspaces make them at once' $Results.runspaces.parallel $ms ($Results.runspaces.one.median * $ms) 'one runspace' 1.2
        New-Row '64 runspaces make them at once' $Results.runspaces.parallel $ms ($Results.runspaces.nothing.median * $ms) '64 empty cmdlets'
    )

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
            $bare = $Results.callers[$number].bare.median
            New-Row "$number callers" $Results.callers[$number].exchange 1 $bare "bare sockets"
        })
        Write-Table 'Tokens of some length' @(foreach ($kilobytes in $Results.sizes.Keys) {
            New-Row "$kilobytes kB, exchange" $Results.sizes[$kilobytes].exchange 1 $Results.sizes[$kilobytes].bare.median 'the bare socket'
            New-Row "$kilobytes kB, from the cache" $Results.sizes[$kilobytes].cached
        })
        Write-Table 'Resources in the cache' @(foreach ($number in $Results.resources.Keys) { New-Row "$number resources, from the cache" $Results.resources[$number] })
    }
}
