#!/usr/bin/env bash
# Checks a bill of materials against CycloneDX's schema, with the project's own library from npm. Prints what is wrong. Ends with 77, and the
# reason in its last line, where npm or its registry is not to be had.
#
#   tests/release/sbom.sh FILE
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
tool=$root/target/cyclonedx packages='@cyclonedx/cyclonedx-library@10.3.0 ajv@8 ajv-formats@3 ajv-formats-draft2019@1'
file=$(realpath "$1")
skip() { echo "skipped: $*"; exit 77; }

command -v npm >/dev/null || skip 'npm is missing'
if [ "$(cat "$tool/packages" 2>/dev/null)" != "$packages" ]; then
  rm -rf "$tool"
  mkdir -p "$tool"
  echo '{"private":true}' >"$tool/package.json"
  npm install --prefix "$tool" --ignore-scripts --no-audit --no-fund --silent $packages >"$tool/log" 2>&1 ||
    skip "npm cannot get CycloneDX's library: $(tail -n 1 "$tool/log")"
  echo "$packages" >"$tool/packages"
fi

cd "$tool"
exec node -e '
  const { Validation, Spec } = require("@cyclonedx/cyclonedx-library");
  const text = require("node:fs").readFileSync(process.argv[1], "utf8");
  new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text).then((problem) => {
    if (problem === null) return;
    console.error(JSON.stringify(problem, null, 1).slice(0, 3000));
    process.exit(1);
  });
' "$file"
