/**
 * Sets up the mounts as the first process of a new namespace, says so, then waits until its input ends: when this
 * program stops or crashes the pipe closes, the process ends, and the kernel ends everything in the namespace.
 * Layers are bound to plain names first, because overlay options cannot hold every path. Extensions listen for
 * telemetry on `sandbox.localdomain` (Telemetry API reference), so that name is known inside.
 * `/var/task` exists on few machines and cannot be made there, so `/var` gets an overlay that has it; where the kernel
 * refuses that, because of mounts below `/var` or too many overlays upon each other, a tmpfs to which everything is
 * bound, which takes longer.
 * At the end it tries whether the function can have its user's own id, by a user namespace in the user namespace.
 * Arguments: user and group id, the work folder, the folder for `/tmp`, the code folder, then the layers in order.
 */
export const anchorScript = `
set -e
uid=$1
gid=$2
shift 2
cd "$1"
mkdir base empty stack code tmp var
{ cat /etc/hosts 2>/dev/null || true; echo; echo '127.0.0.1 sandbox.localdomain sandbox'; } > hosts
[ ! -f /etc/hosts ] || mount --bind hosts /etc/hosts
mount --bind "$2" tmp
mount --bind "$3" code
shift 3
lower=base
index=0
for layer in "$@"; do
  mkdir "stack/$index"
  mount --bind "$layer" "stack/$index"
  lower="stack/$index:$lower"
  index=$((index + 1))
done
mount -t overlay overlay -o "lowerdir=$lower:empty" /opt
if [ ! -d /var/task ]; then
  mkdir -p stub/task
  if ! mount -t overlay overlay -o lowerdir=stub:/var /var 2>/dev/null; then
    mount --rbind /var var
    mount -t tmpfs -o mode=755 tmpfs /var
    for entry in var/* var/.[!.]*; do
      copy=/var/\${entry#var/}
      if [ -L "$entry" ]; then cp -P "$entry" "$copy"
      elif [ -d "$entry" ]; then mkdir "$copy"; mount --rbind "$entry" "$copy"
      elif [ -f "$entry" ]; then : > "$copy"; mount --bind "$entry" "$copy"
      fi
    done
    mkdir /var/task
  fi
fi
mount -t overlay overlay -o lowerdir=code:base /var/task
mount --bind tmp /tmp
read -r pid rest < /proc/self/stat
own=
if [ "$uid" != 0 ] && unshare --user --map-user="$uid" --map-group="$gid" true 2>/dev/null; then own=own; fi
echo "ready $pid $own"
read -r end || true
`;

/**
 * Enters the folder a Lambda process starts in, and becomes the executable, with no variable of the shell's own and as
 * many open files as on Lambda. What follows the folder is that command, perhaps behind another tool.
 */
export const enterScript = 'ulimit -n 1024 2>/dev/null; cd "$1" && unset OLDPWD && shift && exec "$@"';
