# Signs the module, on Windows: Authenticode for what PowerShell and Windows look at, and a catalogue with the hashes of all files.

# The files of a module, and how each is signed: by a signature of its own, or by the catalogue alone. One that is of no known kind stops
# the build: somebody must say how PowerShell treats it.
function Get-SigningPlan([string]$Module) {
    foreach ($file in Get-ChildItem $Module -Recurse -File) {
        $way = switch -Regex ($file.Name) {
            '\.(dll|psd1|psm1|ps1)$' { 'Authenticode'; break }
            '\.(so|dylib|xml|txt|md)$|^LICENSE$' { 'Catalogue'; break }
            default { throw "Nothing says how '$($file.FullName)' is to be signed: see tools/build/signing.ps1." }
        }
        [pscustomobject]@{ File = $file.FullName; Way = $way }
    }
}

# The certificate: a PFX in Base64 in ARCTOKEN_SIGNING_PFX, and its password in ARCTOKEN_SIGNING_PASSWORD. Both go out of the
# environment, so that no program that is started later gets them.
function Get-SigningCertificate {
    assert $env:ARCTOKEN_SIGNING_PFX 'package --sign wants a certificate: a PFX in Base64 in ARCTOKEN_SIGNING_PFX, its password in ARCTOKEN_SIGNING_PASSWORD.'
    $bytes = [Convert]::FromBase64String($env:ARCTOKEN_SIGNING_PFX)
    $password = $env:ARCTOKEN_SIGNING_PASSWORD
    $env:ARCTOKEN_SIGNING_PFX = $env:ARCTOKEN_SIGNING_PASSWORD = $null
    [Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadPkcs12($bytes, $password)
}

# Signs what has signatures of its own, then lists all files in ArcToken.cat, and signs that. The time stamp keeps the signatures good
# when the certificate has ended.
function Set-ModuleSignature([string]$Module, $Certificate = (Get-SigningCertificate), [string]$TimestampServer = $env:ARCTOKEN_TIMESTAMP_SERVER) {
    assert (@(Get-Command Set-AuthenticodeSignature, New-FileCatalog -ErrorAction Ignore).Count -eq 2) 'Only Windows has the commands that sign. Run package --sign there.'
    assert $TimestampServer 'package --sign wants the address of a time stamp server in ARCTOKEN_TIMESTAMP_SERVER.'
    $sign = {
        param($File)
        $signature = Set-AuthenticodeSignature -FilePath $File -Certificate $Certificate -HashAlgorithm SHA256 -IncludeChain All -TimestampServer $TimestampServer
        assert ($signature.Status -eq 'Valid') "'$File' could not be signed: $($signature.StatusMessage)"
    }
    $plan = @(Get-SigningPlan $Module)
    foreach ($item in $plan | Where-Object Way -EQ Authenticode) {
        & $sign $item.File
    }
    $null = New-FileCatalog -Path $Module -CatalogFilePath "$Module/ArcToken.cat" -CatalogVersion 2.0
    & $sign "$Module/ArcToken.cat"
}
