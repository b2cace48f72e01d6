# The bill of materials of a package, in CycloneDX's JSON: crates, NuGet packages, Rust's standard library, and every file with its hash.

# $Built: the platforms (Get-BuiltPlatforms). $Files: a table of names and paths of what is shipped.
function New-Sbom([string]$File, $Built, [Collections.IDictionary]$Files) {
    $sums = Get-CrateSums
    $shipped = Get-ShippedCrates arc-token, arc-token-cli $Built.Target
    $all = Get-ForeignCrates
    Assert-Licences $shipped
    Assert-Licences $all -Tools
    $shippedIds = $shipped.id

    $components = @(
        foreach ($crate in $all | Sort-Object name, version) {
            [ordered]@{
                type = 'library'; 'bom-ref' = Get-CrateReference $crate; name = $crate.name; version = $crate.version
                # What builds or tests need is listed, too, and is not in any file.
                scope = $crate.id -in $shippedIds ? 'required' : 'excluded'
                hashes = @(@{ alg = 'SHA-256'; content = $sums["$($crate.name) $($crate.version)"] } | Where-Object content)
                licenses = @(@{ expression = Get-LicenceExpression $crate }); purl = Get-CrateReference $crate
            }
        }
        foreach ($compiler in $Built.Compiler | Where-Object { $_ } | Sort-Object -Unique) {
            [ordered]@{
                type = 'library'; 'bom-ref' = "rust-std: $compiler"; name = 'rust-std'; version = $compiler; scope = 'required'
                licenses = @(@{ expression = 'MIT OR Apache-2.0' })
            }
        }
        foreach ($package in Get-NuGetPackages) {
            [ordered]@{
                type = 'library'; 'bom-ref' = "pkg:nuget/$($package.Name)@$($package.Version)"; name = $package.Name; version = $package.Version
                scope = 'excluded'; description = 'Compiled against, not shipped.'; purl = "pkg:nuget/$($package.Name)@$($package.Version)"
            }
        }
        foreach ($name in Get-OrdinalOrder $Files.Keys) {
            [ordered]@{
                type = 'file'; 'bom-ref' = "file: $name"; name = $name
                hashes = @(@{ alg = 'SHA-256'; content = (Get-FileHash $Files[$name] -Algorithm SHA256).Hash.ToLowerInvariant() })
            }
        }
    )

    $document = [ordered]@{
        bomFormat = 'CycloneDX'; specVersion = '1.6'; version = 1
        metadata = [ordered]@{
            timestamp = (Get-ArchiveTime).UtcDateTime.ToString('yyyy-MM-ddTHH:mm:ssZ')
            component = [ordered]@{
                type = 'application'; 'bom-ref' = 'ArcToken'; name = 'ArcToken'; version = $Version
                licenses = @(@{ license = @{ id = 'MIT' } })
            }
        }
        components = $components
        dependencies = @(@([ordered]@{ ref = 'ArcToken'; dependsOn = @($shipped | ForEach-Object { Get-CrateReference $_ }) }))
    }
    [IO.File]::WriteAllText($File, ($document | ConvertTo-Json -Depth 10).Replace("`r", '') + "`n")
}

function Get-CrateReference($Crate) {
    "pkg:cargo/$($Crate.name)@$($Crate.version)"
}

# The hashes that Cargo.lock holds the crates to.
function Get-CrateSums {
    $sums = @{}
    $text = Get-Content -Raw "$BuildRoot/Cargo.lock"
    foreach ($match in [regex]::Matches($text, '(?m)^name = "([^"]+)"\r?\nversion = "([^"]+)"\r?\nsource = "[^"]*"\r?\nchecksum = "([0-9a-f]{64})"')) {
        $sums["$($match.Groups[1]) $($match.Groups[2])"] = "$($match.Groups[3])"
    }
    $sums
}

function Get-NuGetPackages {
    ([xml](Get-Content -Raw "$BuildRoot/$ManagedProject")).SelectNodes('//PackageReference') | ForEach-Object { [pscustomobject]@{ Name = $_.Include; Version = $_.Version } }
}
