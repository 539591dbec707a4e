#!/usr/bin/env bash
# Packs all that tests/gpu/measure.sh needs where there is no .NET: both programs with their runtime, the golden checkpoint, the script.
#   tests/gpu/pack.sh FILE.tar.xz
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: $0 FILE.tar.xz" >&2; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
file=$(realpath -m "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# One folder for both: they share their runtime and most of their libraries.
for project in tests/DiVLA.Control.Benchmarks src/DiVLA.Control.Cli; do
  dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained -o "$folder/pack/bin" -p:DebugType=none
done
# What measuring does not use, and what other machines would.
rm -rf "$folder"/pack/bin/*.pdb "$folder"/pack/bin/DiVLA*.xml "$folder"/pack/bin/divla.xml "$folder"/pack/bin/ParquetSharpNative.so "$folder"/pack/bin/libmscordaccore.so "$folder"/pack/bin/libmscordbi.so
cp -r "$root/tests/golden" "$folder/pack/golden"
cp "$root/tests/gpu/measure.sh" "$folder/pack/"
tar -C "$folder" -cJf "$file" pack
ls -l "$file"
