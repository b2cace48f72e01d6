# The picture of a session in README shows the current output of the commands.

BeforeAll { . "$PSScriptRoot/common.ps1" }

Describe 'The picture of a session' {
    # The picture shows the checks of a machine without an agent.
    It 'is that of a session now, but for the time and the port' -Skip:(-not $IsLinux -or (Test-Path /opt/azcmagent/bin/himds)) {
        $folder = New-Item -ItemType Directory "$TestDrive/pictures"
        $result = Invoke-PowerShell "& '$RepositoryRoot/tools/session-picture.ps1' -Module '$ModulePath' -Emulator '$EmulatorPath' -Folder '$folder'"
        $result.Error | Should -BeNullOrEmpty
        foreach ($name in 'session-light.svg', 'session-dark.svg') {
            $now, $shown = foreach ($place in $folder, "$RepositoryRoot/docs") {
                (Get-Content -Raw "$place/$name").Replace("`r", '') -replace '\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ', 'TIME' -replace '(?<=127\.0\.0\.1:)\d+', 'PORT' -replace 'textLength="[\d.]+"'
            }
            $now | Should -BeExactly $shown
        }
    }
}
