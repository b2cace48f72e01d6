# How tests look for secrets in what PowerShell wrote.

# The places where any of the secrets (tokens and keys) shows in a text, also in part, wrapped, or as a SecureString is written
# to disk on Linux. Nothing when it is clean.
function Find-Secret([string[]]$Text, [string[]]$Secrets) {
    $all = ($Text -join '') -replace '\s', ''
    foreach ($secret in $Secrets) {
        # The first and last characters, and some in the middle: a shortened token is one too.
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
