# The lines of docs/consumers.md: they are PowerShell, they call our commands as these are, and keep tokens where they belong.

BeforeDiscovery {
    $rows = Get-Content "$PSScriptRoot/../../docs/consumers.md" | Where-Object { $_ -match '^\| (?!Consumer |---)' }
    $lines = foreach ($row in $rows) {
        $cell = ($row -split '(?<!\\)\|')[3].Replace('\|', '|')
        foreach ($match in [regex]::Matches($cell, '`([^`]*Arc[^`]*)`')) { @{ Line = $match.Groups[1].Value } }
    }
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'docs/consumers.md' {
    It 'has lines' -ForEach @{ Count = $lines.Count } {
        $Count | Should -BeGreaterThan 20
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
                $real.Parameters.Keys | Should -Contain $parameter.ParameterName
            }
        }

        foreach ($match in [regex]::Matches($Line, '-ResourceTypeName (\w+)')) {
            (Import-Csv -Delimiter "`t" "$RepositoryRoot/data/audiences.tsv").name | Should -Contain $match.Groups[1].Value
        }
    }
}
