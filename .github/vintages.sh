#!/usr/bin/env bash
# Keep the raw vintages of a warehouse in the branch `data` of origin: vintages.sh restore|save FOLDER
# A commit adds what is new and removes nothing; a file above 100 MB, which GitHub refuses, is left out and named.
set -euo pipefail
what=$1 folder=$2 most=${MOST_MB:-100}
export GIT_AUTHOR_NAME=publish GIT_AUTHOR_EMAIL=publish@localhost GIT_COMMITTER_NAME=publish GIT_COMMITTER_EMAIL=publish@localhost
mkdir -p "$folder"
# that the server says the branch is not there (2) is the first run; any other failure is one
git ls-remote --exit-code --heads origin refs/heads/data > /dev/null && there=0 || there=$?
case $there in
  0) git fetch --quiet --depth 1 origin data && base=$(git rev-parse FETCH_HEAD) ;;
  2) echo "no branch data yet: the first run" && base=$(git commit-tree -m "no vintages yet" "$(git mktree < /dev/null)") ;;
  *) exit 1 ;;
esac
work=$(mktemp -d)
trap 'git worktree remove --force "$work"' EXIT
git worktree add --quiet --detach "$work" "$base"
if [ "$what" = restore ]; then
  for part in raw releases origin.json; do
    if [ -e "$work/$part" ]; then cp -R "$work/$part" "$folder/"; fi
  done
  exit 0
fi
for part in raw origin.json; do
  if [ -e "$folder/$part" ]; then cp -R "$folder/$part" "$work/"; fi
done
# the description of the last release, by which the next one tells what changed
if [ -e "$folder/releases/latest/datapackage.json" ]; then
  mkdir -p "$work/releases/before"
  cp "$folder/releases/latest/datapackage.json" "$work/releases/before/"
fi
find "$work" -type f -size +"$((most * 1024 * 1024))c" -print -delete | sed "s/^/left out, above $most MB: /"
git -C "$work" add --all --force
if git -C "$work" diff --cached --quiet; then echo "nothing new"; exit 0; fi
git -C "$work" commit --quiet --message "vintages of $(date -u +%F)"
git -C "$work" push --quiet origin HEAD:refs/heads/data
