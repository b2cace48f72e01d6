# The commands in docs/consumers.md: they are valid PowerShell, use existing parameters, and do not expose tokens.

BeforeDiscovery {
    $rows = Get-Content "$PSScriptRoot/../../docs/consumers.md" | Where-Object { $_ -match '^\| (?!Consumer |---)' }
    # Wherever in a row it stands: the tables have their lines in different columns.
    $lines = foreach ($row in $rows) {
        foreach ($match in [regex]::Matches($row.Replace('\|', '|'), '`([^`]*-Arc[^`]*)`')) { @{ Line = $match.Groups[1].Value } }
    }

    # Rows of programs and libraries: seven cells, the last of them the day.
    $programs = $rows | Where-Object { $_ -match '\| 20\d\d-\d\d-\d\d' } | ForEach-Object { @{ Row = $_; Cells = ($_ -split '(?<!\\)\|').Trim() } }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'docs/consumers.md' {
    It 'has lines' -ForEach @{ Count = $lines.Count } {
        $Count | Should -BeGreaterThan 20
    }

    It 'has rows of programs with a day: <Count>' -ForEach @{ Count = $programs.Count } {
        $Count | Should -BeGreaterThan 40
    }

    It 'has all cells of <Row>' -ForEach $programs {
        $Cells.Count | Should -Be 9 -Because 'there are seven columns'
        $Cells[1..7] | Should -Not -Contain ''
        if ($Cells[7] -like '*test*') {
            # Each package that is named has a row that is run.
            $name = [regex]::Match($Cells[1], '`([^`]+)`').Groups[1].Value
            Get-ChildItem "$RepositoryRoot/tests/consumers/rows", "$RepositoryRoot/tests/consumers/clients" | Get-Content -Raw | Where-Object { $_.Contains("``$name``") } | Should -Not -BeNullOrEmpty
        }
    }

    It 'has a line that is right: <Line>' -ForEach $lines {
        $problems = $null
        $ast = [Management.Automation.Language.Parser]::ParseInput($Line, [ref]$null, [ref]$problems)
        $problems | Should -BeNullOrEmpty

        $assignments = $ast.FindAll({ $args[0] -is [Management.Automation.Language.AssignmentStatementAst] }, $true)
        $assignments.Where({ $_.Left -isnot [Management.Automation.Language.MemberExpressionAst] }) | Should -BeNullOrEmpty -Because 'no token goes into a variable'

        $commands = $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -like '*-Arc*' }, $true)
        $commands.Count | Should -BeGreaterThan 0
        foreach ($command in $commands) {
            $real = Get-Command $command.GetCommandName() -Module ArcToken -ErrorAction Stop
            foreach ($parameter in $command.CommandElements.Where({ $_ -is [Management.Automation.Language.CommandParameterAst] })) {
                { $real.ResolveParameter($parameter.ParameterName) } | Should -Not -Throw
            }
        }

        foreach ($match in [regex]::Matches($Line, '-ResourceTypeName (\w+)')) {
            (Import-Csv -Delimiter "`t" "$RepositoryRoot/src/audience/audiences.tsv").name | Should -Contain $match.Groups[1].Value
        }
    }
}
