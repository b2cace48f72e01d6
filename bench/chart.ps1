# Draws the chart in docs/benchmarks.svg from the same numbers as the tables: two groups of bars, each with its own scale.

function New-Chart($Results) {
    $culture = [cultureinfo]::InvariantCulture
    $version = { param($Name) if ($Results.versions) { "$($Name) $($Results.versions[$Name])" } else { $Name } }
    $names = [ordered]@{
        ArcToken         = & $version ArcToken
        Documentation    = 'two Invoke-WebRequest'
        AzAuth           = 'AzAuth'
        'Azure.Identity' = & $version Azure.Identity
        MSAL             = & $version MSAL
    }
    $groups = @(
        @{ Title = 'Fresh PowerShell: load and first token'; Value = { param($Name) $Results.fresh[$Name].token.median } }
        @{ Title = 'Warm PowerShell: a token past every cache'; Value = { param($Name) $Results.warm["$Name fresh"].median / 1000 } }
    )
    $top = 24
    $parts = foreach ($group in $groups) {
        $bars = foreach ($name in $names.Keys | Where-Object { $Results.fresh.Contains($_) }) {
            [pscustomobject]@{ Label = $names[$name]; Ours = $name -eq 'ArcToken'; Value = & $group.Value $name }
        }
        $longest = ($bars.Value | Measure-Object -Maximum).Maximum
        '<text class="title" x="16" y="{0}">{1}</text>' -f $top, $group.Title
        foreach ($bar in $bars) {
            $top += 26
            $width = [string]::Format($culture, '{0:0.#}', [Math]::Max(1, 380 * $bar.Value / $longest))
            $text = [string]::Format($culture, $(if ($bar.Value -lt 10) { '{0:0.0} ms' } else { '{0:0} ms' }), $bar.Value)
            '<text class="label" x="176" y="{0}">{1}</text>' -f ($top + 13), $bar.Label
            '<rect class="{0}" x="184" y="{1}" width="{2}" height="18" rx="2"/>' -f $(if ($bar.Ours) { 'ours' } else { 'peer' }), $top, $width
            [string]::Format($culture, '<text class="value" x="{0:0.#}" y="{1}">{2}</text>', 190 + [double]::Parse($width, $culture), ($top + 13), $text)
        }
        $top += 56
    }
    $height = $top - 20
    @"
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 $height" width="660" height="$height" role="img" aria-label="Time to a token: ArcToken and its peers">
<style>
text { font: 13px system-ui, sans-serif; fill: #333 } .title { font-weight: 600 } .label { text-anchor: end }
.ours { fill: #0a6cc9 } .peer { fill: #a9b4c0 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .peer { fill: #66707b } .ours { fill: #4ea1f3 } }
</style>
$($parts -join "`n")
</svg>
"@
}
