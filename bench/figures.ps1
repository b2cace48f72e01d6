# Makes the table of figures in README.md from the same numbers as the chart.

$FiguresPattern = '(?s)(?<=<!-- figures: written by ./build.sh bench -->\n).*?(?=<!-- end of figures -->)'

function New-FigureTable($Results) {
    $culture = [cultureinfo]::InvariantCulture
    $names = 'ArcToken', 'MSAL', 'Azure.Identity', 'Documentation'
    $row = { param($What, $Format, $Value)
        $cells = foreach ($name in $names) {
            $number = & $Value $name
            if ($null -eq $number) { '-' } else { [string]::Format($culture, $Format, $number) }
        }
        "| $What | $($cells -join ' | ') |"
    }
    $base = $Results.memory.EmptyModule.'fresh 1000'
    $disk = @{ ArcToken = $Results.disk.whole; MSAL = $Results.disk.MSAL; 'Azure.Identity' = $Results.disk.'Azure.Identity with all it needs' }
    $version = { param($Name) if ($Results.versions) { "$Name $($Results.versions[$Name])" } else { $Name } }
    $core = if ($Results.versions) { " with $(& $version Azure.Core)" }
    $shell = if ($Results.versions) { ", in $(& $version PowerShell)" }
    @(
        "| | $(& $version ArcToken) | $(& $version MSAL) | $(& $version Azure.Identity)$core | the script in Azure's documentation$shell |"
        '| --- | --- | --- | --- | --- |'
        & $row 'loading and the first token, in a fresh PowerShell' '{0:0} ms' { param($Name) $Results.fresh[$Name].token.median }
        & $row 'a new token, in a warm PowerShell' '{0:0.0} ms' { param($Name) $Results.warm["$Name fresh"].median / 1000 }
        & $row 'a token from the cache' '{0:0} µs' { param($Name) $Results.warm["$Name cached"]?.median }
        & $row 'memory after 1,000 new tokens' '{0:0.0} MB' { param($Name) $Results.memory[$Name].'fresh 1000' - $base }
        & $row 'on disk' '{0:0.0} MB' { param($Name) if ($disk[$Name]) { $disk[$Name] / 1e6 } }
        ''
    ) -join "`n"
}
