/**
 * Words in front of a command for which the system makes no user namespace, as some systems do for everybody: a
 * namespace of one's own may have a limit of one's own.
 */
export const forbidNamespaces: readonly string[] = [
  ...['unshare', '--user', '--map-root-user', 'sh', '-c'],
  'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"',
];
