# Remoting over SSH to this machine: the remote side gets the token, and only results come back.
# These tests are slow, need root, and run only with ARCTOKEN_FULL=1.

BeforeAll {
    . "$PSScriptRoot/common.ps1"
    . "$PSScriptRoot/find-secret.ps1"
    $server = $agent = $folder = $session = $null
    $skip = if ($env:ARCTOKEN_FULL -ne '1') { 'it takes a while: only with ARCTOKEN_FULL=1' }
    elseif (-not $IsLinux -or (id -u) -ne '0') { 'a mount namespace of its own needs root on Linux' }
    elseif (-not (Get-Command ssh, ssh-keygen, unshare -ErrorAction Ignore | Select-Object -Skip 2)) { 'ssh, ssh-keygen or unshare is missing' }
    if (-not $skip) {
        $folder = New-TestFolder
        $agent = Start-Emulator
        $where = $agent.Where
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()

        $start = [Diagnostics.ProcessStartInfo]::new("$PSScriptRoot/ssh-server.sh")
        @("$RepositoryRoot/target/openssh", $folder.FullName, $port) + (Get-PowerShellCommand) + '-sshs', '-NoLogo', '-NoProfile' |
            ForEach-Object { $start.ArgumentList.Add($_) }
        $start.RedirectStandardInput = $start.RedirectStandardError = $true
        $server = [Diagnostics.Process]::Start($start)
        $said = while ($line = $server.StandardError.ReadLine()) {
            $line
            if ($line -like 'Server listening*') { break }
        }
        if (-not ($said -match 'Server listening')) {
            $skip = "no SSH server: $($said | Select-Object -Last 1)"
        }
        else {
            $null = $server.StandardError.ReadToEndAsync()
            $session = New-PSSession -HostName 127.0.0.1 -Port $port -UserName root -KeyFilePath "$folder/user" -Options @{
                StrictHostKeyChecking = 'no'; UserKnownHostsFile = "$folder/known"
            }
        }
    }
}

AfterAll {
    if ($session) { Remove-PSSession $session }
    if ($server) {
        $server.StandardInput.Close()
        if (-not $server.WaitForExit(10000)) { $server.Kill($true) }
    }
    Stop-Emulator $agent
    if ($folder) { Remove-Item $folder -Recurse -Force }
}

Describe 'A session over SSH' {
    BeforeEach {
        if ($skip) { Set-ItResult -Skipped -Because $skip }
    }

    It 'gets tokens on the other side, and none of them travels in an object' {
        $token = Invoke-Command $session { Import-Module $using:ModulePath; $place = $using:where; Get-ArcToken https://remote.example @place }
        $token.Resource | Should -Be 'https://remote.example'
        $token.psobject.Properties.Name | Should -Not -Contain 'Token'
        $issued = (Get-Issued $agent).tokens
        $issued | Should -Not -BeNullOrEmpty
        Find-Secret ($token | Format-List * -Force | Out-String), ([Management.Automation.PSSerializer]::Serialize($token)) $issued | Should -BeNullOrEmpty
        $token | Out-String -Width 200 | Should -Match 'remote\.example'
    }

    It 'uses them there' {
        $length = Invoke-Command $session { $place = $using:where; (Get-ArcToken https://used.example @place -AsPlainText).Length }
        $length | Should -Be @((Get-Issued $agent).tokens)[-1].Length
    }

    It 'brings back checks and the machine with their views' {
        $checks = Invoke-Command $session { $place = $using:where; Test-ArcAgent @place }
        @($checks).Count | Should -Be 12
        $checks | Out-String | Should -Match 'Pass\S* +Port'
        Invoke-Command $session { $place = $using:where; Get-ArcMachine @place } | Out-String -Width 200 | Should -Match 'Tags +: Datacenter=Amsterdam, Environment=Test'
    }

    It 'brings back errors with their ids' {
        $problem = Get-OneError { Invoke-Command $session { Get-ArcToken -Endpoint http://192.0.2.1/ } }
        $problem.FullyQualifiedErrorId | Should -Be 'EndpointRefused,ArcToken.Commands.GetArcTokenCommand'
    }
}
