#!/bin/sh
# end-lab.sh FOLDER: ends every process of the lab in FOLDER and removes the folder.
# A lab's processes carry the folder in their environment, and hand it down to their children: that finds whole trees,
# also of a lab whose owner and guardian were killed, and never a process of somebody else.
folder=$1
members() { grep -lszxF "KAFKA_RENDER_LAB_MEMBER=$folder" /proc/[0-9]*/environ | cut -d / -f 3; }

# A process that was just being started shows up a moment later: the folder goes when twice nothing was found.
quiet=0
while [ "$quiet" -lt 2 ]; do
  found=$(members)
  # shellcheck disable=SC2086 # a list of words on purpose
  if [ -n "$found" ]; then kill -KILL $found 2>/dev/null; quiet=0; else quiet=$((quiet + 1)); fi
  sleep 0.05
done
rm -rf -- "$folder"
