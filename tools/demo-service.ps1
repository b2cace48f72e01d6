# A service for the demo, on the loopback interface. It answers 200 to a bearer token that the emulator issued for the service's
# audience, and 401 to any other. It uses a TcpListener, because an HttpListener needs special rights on Windows.

function Start-DemoService([string]$EmulatorControl, [string]$Audience) {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $shell = [powershell]::Create().AddScript($DemoService.ToString()).AddArgument($listener).AddArgument($EmulatorControl).AddArgument($Audience)
    [pscustomobject]@{
        Uri      = "http://$($listener.LocalEndpoint)/secrets/demo"
        Listener = $listener
        Shell    = $shell
        Running  = $shell.BeginInvoke()
    }
}

function Stop-DemoService($Service) {
    $Service.Listener.Stop() # This also ends the service's loop.
    $null = $Service.Running.AsyncWaitHandle.WaitOne(5000)
    $Service.Shell.Dispose()
}

$DemoService = {
    param($Listener, [string]$EmulatorControl, [string]$Audience)

    function Get-Refusal([string]$Token) {
        if (-not $Token) { return 'no bearer token' }
        $issued = Invoke-RestMethod "$EmulatorControl/issued"
        if ($Token -cnotin $issued.tokens) { return 'a token that nobody issued' }
        $body = $Token.Split('.')[1].Replace('-', '+').Replace('_', '/')
        $body = $body.PadRight($body.Length + (4 - $body.Length % 4) % 4, '=')
        $claims = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($body)) | ConvertFrom-Json
        if ($claims.aud -cne $Audience) { return "a token for $($claims.aud)" }
        if ($claims.exp -le [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()) { return 'an expired token' }
    }

    while ($true) {
        try { $client = $Listener.AcceptTcpClient() } catch { return }
        try {
            $reader = [IO.StreamReader]::new($client.GetStream())
            $token = ''
            while ($line = $reader.ReadLine()) {
                if ($line -match '^Authorization: Bearer (\S+)$') { $token = $Matches[1] }
            }
            $refusal = Get-Refusal $token
            $status, $text = if ($refusal) { '401 Unauthorized', "refused: $refusal" } else { '200 OK', 'the secret of the vault' }
            $answer = "HTTP/1.1 $status`r`nContent-Type: text/plain`r`nContent-Length: $($text.Length)`r`nConnection: close`r`n`r`n$text"
            $client.GetStream().Write([Text.Encoding]::ASCII.GetBytes($answer))
        }
        finally {
            $client.Dispose()
        }
    }
}
