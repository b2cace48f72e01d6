# Helper for tests: searches texts for secrets. (Secrets.Tests.ps1 tests it and uses it.)

# Finds secrets (tokens and keys) in a text: whole, in part, wrapped, or as an exported SecureString on Linux. Returns nothing
# for a clean text.
function Find-Secret([string[]]$Text, [string[]]$Secrets) {
    $all = ($Text -join '') -replace '\s', ''
    foreach ($secret in $Secrets) {
        # The search is for the start, the middle and the end, because a shortened token must be found, too.
        foreach ($start in 0, [int]($secret.Length / 2), ($secret.Length - 16)) {
            $part = $secret.Substring($start, 16)
            $bytes = [Text.Encoding]::Unicode.GetBytes($part)
            foreach ($form in $part, [Convert]::ToHexString($bytes), [Convert]::ToBase64String($bytes[0..29])) {
                if ($all.Contains($form, [StringComparison]::OrdinalIgnoreCase)) {
                    "'$form' of a secret of $($secret.Length) characters"
                }
            }
        }
    }
}
