#!/bin/sh
# guardian.sh FOLDER: ends the lab in FOLDER when standard input closes, that is when the process that started the lab
# is gone, in whatever way. Reads nothing; waits without using any time.
cat >/dev/null
exec sh "$(dirname "$0")/end-lab.sh" "$1"
