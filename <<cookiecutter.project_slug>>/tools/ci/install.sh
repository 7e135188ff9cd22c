#!/bin/sh
# Installs the programs in versions.txt into a folder, each only if its archive has the checksum that stands there.
# Usage: tools/ci/install.sh FOLDER
set -eu

folder=$1
versions=$(dirname "$0")/versions.txt
case $(uname -m) in
  x86_64 | amd64) machine=amd64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *) machine=$(uname -m) ;;
esac
platform=$(uname -s | tr '[:upper:]' '[:lower:]')-$machine

checksum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# install PROGRAM URL PLATFORM: in the URL, VERSION and PLATFORM stand for the version and for the third argument.
install() {
  line=$(grep "^$1 [^ ]* $platform " "$versions") || {
    echo "$versions names no $1 for $platform: add a line for it" >&2
    exit 3
  }
  version=$(echo "$line" | cut -d ' ' -f 2)
  url=$(echo "$2" | sed "s/VERSION/$version/g; s/PLATFORM/$3/")
  archive=$(mktemp)
  trap 'rm -f "$archive"' EXIT
  curl --fail --silent --show-error --location --retry 3 --output "$archive" "$url" || {
    echo "$url could not be fetched: $1 $version is missing, so try again where that host can be reached" >&2
    exit 3
  }
  found=$(checksum "$archive")
  if [ "$found" != "$(echo "$line" | cut -d ' ' -f 4)" ]; then
    echo "$url has the SHA-256 $found, which is not the one in $versions: nothing was installed" >&2
    exit 1
  fi
  mkdir -p "$folder"
  tar -xzf "$archive" -C "$folder" "$1"
  rm -f "$archive"
  echo "$1 $version"
}

releases=releases/download
install kustomize \
  "https://github.com/kubernetes-sigs/kustomize/$releases/kustomize%2FVERSION/kustomize_VERSION_PLATFORM.tar.gz" \
  "$(echo "$platform" | tr - _)"
install kubeconform \
  "https://github.com/yannh/kubeconform/$releases/VERSION/kubeconform-PLATFORM.tar.gz" "$platform"
