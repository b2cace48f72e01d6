# The benchmark figures in the documentation are those of the last `./build.sh bench`.

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    . "$root/bench/chart.ps1"
    . "$root/bench/figures.ps1"
    $results = Get-Content -Raw "$root/docs/benchmarks.json" | ConvertFrom-Json -AsHashtable
}

Describe 'The benchmark''s figures' {
    It 'are those in README' {
        $readme = (Get-Content -Raw "$root/README.md").Replace("`r", '')
        [regex]::Match($readme, $FiguresPattern).Value | Should -BeExactly (New-FigureTable $results)
    }

    It 'are those of the chart' {
        (Get-Content -Raw "$root/docs/benchmarks.svg").Replace("`r", '').TrimEnd() | Should -BeExactly (New-Chart $results).Replace("`r", '')
    }
    It 'are those that docs/performance.md gives' {
        $text = (Get-Content -Raw "$root/docs/performance.md") -replace '\s+', ' '
        $token = $results.fresh.ArcToken.token.median
        $ratios = $results.fresh.EmptyModule.load, $results.fresh.MSAL.token, $results.fresh['Azure.Identity'].token, $results.fresh.Documentation.token |
            ForEach-Object { [string]::Format([cultureinfo]::InvariantCulture, '{0:N2}', $token / $_.median) }
        $words = [regex]::Match($text, 'take (\S+) times an empty module''s import.*?, (\S+) times MSAL.*?, (\S+) times Azure.Identity.*?and (\S+) times the documentation')
        $words.Groups[1..4].Value | Should -Be $ratios
    }
}
