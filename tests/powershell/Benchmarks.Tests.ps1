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
}
