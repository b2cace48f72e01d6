# Builds the libraries of the tests: Microsoft's clients, a stand-in for Az's module, and consumers of tokens.

$TestLibraries = "$BuildRoot/target/test-libraries"
$TestProjects = @{
    'tests/clients/Clients.csproj'                 = "$TestLibraries/clients/Clients.dll"
    'tests/powershell/az-standin/AzStandIn.csproj' = "$TestLibraries/modules/Az.Accounts/AzStandIn.dll"
    'tests/powershell/consumers/Consumers.csproj'  = "$TestLibraries/consumers/Consumers.dll"
}

# Builds each library that has a newer source.
function Build-TestLibraries {
    foreach ($project in $TestProjects.Keys) {
        $newest = Get-ChildItem (Split-Path $project) -File | Sort-Object LastWriteTimeUtc | Select-Object -Last 1
        $built = Get-Item $TestProjects[$project] -ErrorAction Ignore
        if (-not $built -or $newest.LastWriteTimeUtc -gt $built.LastWriteTimeUtc) {
            Invoke-Dotnet build $project -c Release -o (Split-Path $TestProjects[$project]) -warnaserror --nologo -v quiet | Out-Host
            (Get-Item $TestProjects[$project]).LastWriteTimeUtc = [datetime]::UtcNow
        }
    }
}
