#!/usr/bin/env bash
# What this project does on a GPU: parity of the golden checkpoint, then times of a published shape under generated weights, at most 15 minutes in all.
# Runs from a checkout (needs .NET) or from what tests/gpu/pack.sh has packed (needs nothing but a driver and CUDA's libraries).
#   tests/gpu/measure.sh --onnxruntime-dir DIR [--provider cuda|tensorrt|cpu] [--shape NAME] [--precision fp16|fp32|bf16] [--seconds S] [--passes N]
set -euo pipefail

provider=cuda shape=qwen2-vl-2b precision=fp16 seconds=20 passes=100 phrase_tokens=20 natives=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || { echo "$1: found nothing behind it, expected a value" >&2; exit 2; }
  case "$1" in
    --provider) provider=$2 ;;
    --shape) shape=$2 ;;
    --precision) precision=$2 ;;
    --seconds) seconds=$2 ;;
    --passes) passes=$2 ;;
    --onnxruntime-dir) natives=$(realpath "$2") ;;
    *) echo "$1: unknown, expected --provider, --shape, --precision, --seconds, --passes or --onnxruntime-dir" >&2; exit 2 ;;
  esac
  shift 2
done

here=$(cd "$(dirname "$0")" && pwd)
if [ -x "$here/bin/divla" ]; then
  golden=$here/golden
  divla() { "$here/bin/divla" "$@"; }
  benchmarks() { "$here/bin/DiVLA.Control.Benchmarks" "$@"; }
else
  root=$(cd "$here/../.." && pwd)
  golden=$root/tests/golden
  divla() { dotnet run -c Release --no-restore --project "$root/src/DiVLA.Control.Cli" -- "$@"; }
  benchmarks() { dotnet run -c Release --no-restore --project "$root/tests/DiVLA.Control.Benchmarks" -- "$@"; }
fi
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

# CUDA's libraries as PyTorch's packages bring them, where there are such.
if [ "$provider" != cpu ] && command -v python3 >/dev/null; then
  found=$(python3 -c "import nvidia,os;print(':'.join(d for p in nvidia.__path__ for d,_,f in os.walk(p) if d.endswith('/lib')))" 2>/dev/null || true)
  export LD_LIBRARY_PATH="$found${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi

work=$(mktemp -d)
limit=900
left() { local now=$((limit - SECONDS)); [ "$now" -gt 0 ] || { echo "15 minutes are over" >&2; exit 1; }; echo "$now"; }
# Functions cannot be timed out, so a watchdog ends what is running when the time is up.
( sleep "$limit"; echo "15 minutes are over" >&2; kill -TERM $$ ) &
watchdog=$!
trap 'kill "$watchdog" 2>/dev/null || true; rm -rf "$work"' EXIT

onnx=(--provider "$provider")
[ -z "$natives" ] || onnx+=(--onnxruntime-dir "$natives")
# The GPU's fused attention has no fp32: the golden checkpoint is compared in what is measured.
case "$precision" in fp16) dtype=f16 ;; bf16) dtype=bf16 ;; fp32) dtype=f32 ;; *) echo "--precision: found '$precision', expected fp16, bf16 or fp32" >&2; exit 2 ;; esac

echo "== Machine"
command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || echo "no nvidia-smi"

echo "== Parity of the golden checkpoint, $provider, $precision"
parity=0
benchmarks parity "$golden" "$provider" "$dtype" ${natives:+"$natives"} || parity=$?

echo "== What $shape should take ($(left) s left)"
divla model build --shape "$shape" --dry-run --precision "$precision" --phrase-tokens "$phrase_tokens" --instruction-tokens 34

echo "== Building $shape in $precision ($(left) s left)"
divla model build --shape "$shape" --random-weights --precision "$precision" --phrase-tokens "$phrase_tokens" --instruction-tokens 34 --output "$work/bundle" 2>/dev/null

echo "== What it takes: stages, a pass without decoding, a phrase of $phrase_tokens tokens, the closed loop through gRPC ($(left) s left)"
divla bench --bundle "$work/bundle" "${onnx[@]}" --passes "$passes" --phrases 10 --seconds "$seconds"
echo "== Done in $SECONDS s; parity $([ "$parity" -eq 0 ] && echo held || echo FAILED)"
exit "$parity"
