# A token in the way of Microsoft's documentation: send a request, read the file that the refusal names, send it again.
param([string]$Endpoint, [string]$Resource)

$uri = '{0}?api-version=2020-06-01&resource={1}' -f $Endpoint, [uri]::EscapeDataString($Resource)
try {
    $null = Invoke-WebRequest -Uri $uri -Headers @{ Metadata = 'True' } -UseBasicParsing
}
catch {
    $challenge = "$($_.Exception.Response.Headers.WwwAuthenticate)"
}
$path = $challenge -replace '^Basic realm=', ''
$key = Get-Content -Raw $path
$answer = Invoke-WebRequest -Uri $uri -Headers @{ Metadata = 'True'; Authorization = "Basic $key" } -UseBasicParsing
(ConvertFrom-Json $answer.Content).access_token
