# Answers with a greeting made by the tool "shout" of the layer "greetings".

handler() {
  local name
  name=$(printf '%s' "$1" | sed -n 's/.*"name"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p')
  echo "greeting ${name:-nobody}" >&2
  [ -n "$name" ] || return 1
  printf '{"greeting":"%s"}' "$(shout "$name")"
}
