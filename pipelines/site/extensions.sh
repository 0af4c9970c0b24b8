#!/bin/sh
# make extensions: what the page's engine loads for Parquet, JSON and time zones, of DuckDB's source on PyPI, into ./extensions (packed).
# Needs Debian 13's emscripten: 3.1.69 has the libc++ (18.1) and the exceptions (-fwasm-exceptions) that duckdb-eh.wasm was made with. What
# an extension needs of the engine stays open, and is taken from it when it is loaded; sources that go well together are compiled as one.
set -eu
export LC_ALL=C
version=1.4.3 hash=fea43e03604c713e25a25211ada87d30cd2a044d8f27afab5deba26ac49e5268
emcc --version | grep -q ' 3\.1\.69 ' || { echo "emscripten 3.1.69 is needed (Debian 13: apt-get install emscripten)" >&2; exit 1; }
to=$(cd "$(dirname "$0")" && pwd)/extensions
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary duckdb --dest "$work" duckdb==$version
cd "$work"
echo "$hash  duckdb-$version.tar.gz" | sha256sum --check --quiet
tar xzf duckdb-$version.tar.gz
cd duckdb-$version/external/duckdb

field() { printf %s "$1"; head -c $((32 - ${#1})) /dev/zero; }
together() { file=$1; shift; printf '#include "%s"\n' "$@" >"$file"; }
# NAME ARGUMENTS...: compile and link; then what the engine looks for at the end of an extension: its version, and no signature
extension() {
  name=$1; shift
  includes=$(printf ' -I%s' . src/include extension/$name/include third_party/*/include third_party/*)
  # without random addresses: by those the compiler orders some code
  setarch -R em++ -std=c++11 -Os -w -fPIC -fwasm-exceptions -DNDEBUG -DDUCKDB_NO_THREADS=1 -DDUCKDB_BUILD_LOADABLE_EXTENSION -DWASM_LOADABLE_EXTENSIONS \
    $includes "$@" -sSIDE_MODULE=2 -sEXPORTED_FUNCTIONS=_${name}_duckdb_cpp_init -o $name.wasm
  { cat $name.wasm; printf '\0\223\4\20duckdb_signature\200\4'; for value in '' '' '' CPP v$version v$version wasm_eh 4; do field "$value"; done
    head -c 256 /dev/zero; } >$name.duckdb_extension.wasm
}
together json.cpp extension/json/*.cpp extension/json/json_functions/*.cpp
extension json json.cpp
together parquet.cpp $(find extension/parquet -name '*.cpp' ! -name column_writer.cpp | sort)
cd third_party
codecs=$(printf ' third_party/%s' parquet/*.cpp thrift/thrift/*/*.cpp snappy/snappy.cc snappy/snappy-sinksource.cc lz4/lz4.cpp brotli/*/*.cpp)
cd ..
extension parquet parquet.cpp extension/parquet/column_writer.cpp $codecs
icu=extension/icu/third_party/icu
together icu.cpp $(find extension/icu -maxdepth 1 -name '*.cpp' ! -name icu-datesub.cpp | sort)
# in DuckDB's order: some define what others do not bear
for part in common i18n; do together $part.cpp $(sed -n "s|^ *\([a-z].*\.cpp\))*$|$icu/$part/\1|p" $icu/$part/CMakeLists.txt); done
extension icu -I$icu/common -I$icu/i18n icu.cpp extension/icu/icu-datesub.cpp common.cpp i18n.cpp $icu/stubdata/stubdata.cpp

mkdir -p "$to"
sha256sum ./*.duckdb_extension.wasm | sed 's|\./||' >"$to/SHA256SUMS"
gzip -9n ./*.duckdb_extension.wasm
mv ./*.duckdb_extension.wasm.gz "$to"
